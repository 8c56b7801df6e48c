/* How tickets are sealed: each way is opened, and nothing but the very ticket with the very key. */
#include "attacker/leaks/ticket_seal.h"

#include <openssl/evp.h>

#include "tests/support/check.h"
#include "tests/support/ticket_maker.h"

static const struct {
    const struct ticket_shape *shape;
    size_t mac_len;
    size_t cipher_len;
    const char *mac;
} ways[] = {
    {&TICKET_OPENSSL, 32, 32, "HMAC-SHA-256"}, {&TICKET_OPENSSL, 16, 16, "HMAC-SHA-256"},
    {&TICKET_RFC5077, 32, 16, "HMAC-SHA-256"}, {&TICKET_RFC5077, 16, 16, "HMAC-SHA-256"},
    {&TICKET_GNUTLS, 16, 32, "HMAC-SHA-1"},
};

#define NUM_WAYS (sizeof(ways) / sizeof(ways[0]))

static bool opens(const struct ticket_key *key, struct bytes ticket, struct buffer *state)
{
    struct bytes exact = exact_copy(ticket);
    const char *mac = NULL;
    bool opened = ticket_seal_open(key, exact, state, &mac);

    exact_free(exact);
    return opened;
}

/* stays_shut: and nothing is given out. */
static void stays_shut(const struct ticket_key *key, struct bytes ticket)
{
    struct buffer state = {0};

    assert_false(opens(key, ticket, &state));
    assert_int_equal(state.len, 0);
}

static void each_way_to_seal_is_opened(void **state)
{
    struct bytes inside = ticket_state_made(0xc02f);

    (void)state;
    for (size_t i = 0; i < NUM_WAYS; i++) {
        struct ticket_key key = ticket_key_made(ways[i].mac_len, ways[i].cipher_len);
        struct bytes ticket = ticket_made(&key, ways[i].shape, inside);
        struct buffer plain = {0};
        const char *mac = NULL;

        assert_true(ticket_seal_names(&key, ticket));
        assert_true(ticket_seal_open(&key, ticket, &plain, &mac));
        assert_string_equal(mac, ways[i].mac);
        assert_int_equal(plain.len, (inside.len + 15) / 16 * 16);
        assert_true(bytes_equal(bytes_first(buffer_view(&plain), inside.len), inside));
        buffer_clear(&plain);
        exact_free(ticket);
    }
    exact_free(inside);
}

static void what_is_cut_or_longer_stays_shut(void **state)
{
    struct bytes inside = ticket_state_made(0xc02f);

    (void)state;
    for (size_t i = 0; i < NUM_WAYS; i++) {
        struct ticket_key key = ticket_key_made(ways[i].mac_len, ways[i].cipher_len);
        struct bytes ticket = ticket_made(&key, ways[i].shape, inside);
        struct buffer longer = {0};

        for (size_t len = 0; len < ticket.len; len++)
            stays_shut(&key, bytes_first(ticket, len));
        buffer_append(&longer, ticket);
        buffer_append(&longer, bytes_of("", 1));
        stays_shut(&key, buffer_view(&longer));
        buffer_clear(&longer);
        exact_free(ticket);
    }
    exact_free(inside);
}

static void each_changed_byte_keeps_it_shut(void **state)
{
    struct bytes inside = ticket_state_made(0xc02f);

    (void)state;
    for (size_t i = 0; i < NUM_WAYS; i++) {
        struct ticket_key key = ticket_key_made(ways[i].mac_len, ways[i].cipher_len);
        struct bytes ticket = ticket_made(&key, ways[i].shape, inside);

        for (size_t at = 0; at < ticket.len; at++) {
            struct bytes changed = exact_copy(ticket);

            ((uint8_t *)unconst(changed.at))[at] ^= 0x80;
            stays_shut(&key, changed);
            exact_free(changed);
        }
        exact_free(ticket);
    }
    exact_free(inside);
}

static void another_key_keeps_it_shut(void **state)
{
    struct ticket_key key = ticket_key_made(32, 32);
    struct bytes inside = ticket_state_made(0xc02f);
    struct bytes ticket = ticket_made(&key, &TICKET_OPENSSL, inside);
    struct ticket_key other = key;

    (void)state;
    other.mac[31] ^= 1;
    stays_shut(&other, ticket);
    assert_true(ticket_seal_names(&other, ticket));
    other = key;
    other.name[15] ^= 1;
    assert_false(ticket_seal_names(&other, ticket));
    assert_false(ticket_seal_names(&key, bytes_first(ticket, 15)));
    exact_free(ticket);
    exact_free(inside);
}

/* A MAC that verifies, and in front of it no whole blocks, or none at all, or not even an IV. */
static void what_aes_cannot_open_stays_shut(void **state)
{
    static const size_t lengths[] = {0, 16, 31, 32, 33, 47, 49, 50};
    struct ticket_key key = ticket_key_made(32, 32);

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        struct buffer ticket = {0};
        uint8_t covered[64] = {0};
        uint8_t mac[32];
        size_t len;

        assert_non_null(EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, key.mac, key.mac_len, covered,
                                  lengths[i], mac, sizeof(mac), &len));
        buffer_append(&ticket, bytes_of(covered, lengths[i]));
        buffer_append(&ticket, bytes_of(mac, sizeof(mac)));
        stays_shut(&key, buffer_view(&ticket));
        buffer_clear(&ticket);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_way_to_seal_is_opened),      CASE(what_is_cut_or_longer_stays_shut),
        CASE(each_changed_byte_keeps_it_shut), CASE(another_key_keeps_it_shut),
        CASE(what_aes_cannot_open_stays_shut),
    };

    return RUN(cases);
}
