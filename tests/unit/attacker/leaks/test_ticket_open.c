/* Whose key opens a ticket: those that were given, what GnuTLS makes of them, those that were
 * published. */
#include "attacker/leaks/ticket_open.h"

#include <stdlib.h>

#include "attacker/leaks/published_keys.h"
#include "tests/support/check.h"
#include "tests/support/ticket_maker.h"
#include "tests/support/vectors.h"

/* One attempt, and what was told of it. */
struct attempt {
    struct ticket_keys keys;
    struct ticket_seen seen;
    struct ticket_opened opened;
    struct evidence e;
};

static enum ticket_answer try_it(struct attempt *a, struct bytes ticket)
{
    a->seen.ticket = ticket;
    a->seen.frame = 9;
    evidence_clear(&a->e);

    enum ticket_answer answer = ticket_open(&a->keys, &a->seen, &a->opened);
    ticket_open_note(&a->keys, &a->seen, answer, &a->opened, &a->e);
    return answer;
}

/* give adds a file of 80 bytes with this key. */
static void give(struct attempt *a, const struct ticket_key *key)
{
    struct buffer file = {0};

    buffer_append(&file, bytes_of(key->name, sizeof(key->name)));
    buffer_append(&file, bytes_of(key->mac, 32));
    buffer_append(&file, bytes_of(key->cipher, 32));
    assert_true(ticket_keys_add(&a->keys, buffer_view(&file)));
    buffer_clear(&file);
}

static void forget(struct attempt *a)
{
    ticket_keys_clear(&a->keys);
    evidence_clear(&a->e);
    *a = (struct attempt){0};
}

static void tells(const struct attempt *a, size_t step, const char *part)
{
    assert_true(step < a->e.num_steps);
    assert_int_equal(a->e.steps[step].frame, 9);
    if (!strstr(a->e.steps[step].result, part))
        fail_msg("\"%s\" is not in \"%s\"", part, a->e.steps[step].result);
}

static void tickets_of_real_servers_open(void **state)
{
    struct vectors *v = vectors_open("tickets.txt");
    size_t num = 0;

    (void)state;
    for (; vectors_next(v); num++) {
        struct bytes secret = vectors_hex(v, "SECRET");
        uint64_t seconds = strtoull(vectors_word(v, "SECONDS"), NULL, 10);
        struct attempt a = {
            .seen = {.time_ns = seconds * 1000000000,
                     .lifetime = (uint32_t)strtoul(vectors_word(v, "LIFETIME"), NULL, 10)}};

        assert_true(ticket_keys_add(&a.keys, vectors_hex(v, "KEY")));
        assert_int_equal(try_it(&a, vectors_hex(v, "TICKET")), TICKET_OPENED);
        assert_true(bytes_equal(bytes_of(a.opened.state.secret, a.opened.state.len), secret));
        assert_int_equal(a.opened.state.suite_id, strtoul(vectors_word(v, "SUITE"), NULL, 16));
        assert_int_equal(a.opened.state.tls13, strcmp(vectors_word(v, "TLS13"), "1") == 0);
        assert_int_equal(a.opened.rotated, seconds > 0);
        assert_true(a.opened.named);
        assert_null(a.opened.published);
        tells(&a, 0,
              seconds > 0 ? "which is what GnuTLS makes of the one that was given"
                          : "which was given, and its HMAC-SHA-256 verifies with it");
        tells(&a, 1, a.opened.state.tls13 ? "a pre-shared key" : "a master secret, 48 bytes");
        forget(&a);
    }
    assert_int_equal(num, 4);
}

static void of_rotated_keys_the_one_that_is_named_opens_it(void **state)
{
    struct ticket_key keys[3];
    struct attempt a = {0};
    struct bytes inside = ticket_state_made(0xc02f);

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        keys[i] = ticket_key_made(32, 32);
        keys[i].name[0] = (uint8_t)i;
        keys[i].mac[0] = (uint8_t)i;
        give(&a, &keys[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        struct bytes ticket = ticket_made(&keys[i], &TICKET_OPENSSL, inside);

        assert_int_equal(try_it(&a, ticket), TICKET_OPENED);
        assert_true(a.opened.named);
        assert_int_equal(a.opened.state.secret[0], 0x5e);
        exact_free(ticket);
    }
    exact_free(inside);
    forget(&a);
}

static void a_key_of_another_name_is_told_from_one_that_was_altered(void **state)
{
    struct ticket_key key = ticket_key_made(32, 32);
    struct ticket_key other = key;
    struct bytes inside = ticket_state_made(0xc02f);
    struct bytes ticket = ticket_made(&key, &TICKET_OPENSSL, inside);
    struct attempt a = {0};

    (void)state;
    assert_int_equal(try_it(&a, ticket), TICKET_SHUT);
    assert_int_equal(a.e.num_steps, 0); /* nobody gave anything, and nothing fits: no news */

    other.mac[0] ^= 1;
    other.name[0] = 0xee;
    give(&a, &other);
    assert_int_equal(try_it(&a, ticket), TICKET_SHUT);
    tells(&a, 0,
          "no: it names the key 1011 1213 1415 1617 1819 1a1b ..., and the one that was "
          "given is ee11");
    give(&a, &other);
    assert_int_equal(try_it(&a, ticket), TICKET_SHUT);
    tells(&a, 0, "none of the 2 that were given has that name");

    other.name[0] = key.name[0];
    give(&a, &other);
    assert_int_equal(try_it(&a, ticket), TICKET_DIFFERS);
    tells(&a, 0, "which was given, but its MAC does not verify");

    key.name[0] = 0xdd; /* the name is no part of the secret */
    give(&a, &key);
    assert_int_equal(try_it(&a, ticket), TICKET_OPENED);
    assert_false(a.opened.named);
    tells(&a, 0, "which none has that was given, but its HMAC-SHA-256 verifies with one of them");
    exact_free(ticket);
    exact_free(inside);
    forget(&a);
}

static void a_state_that_nobody_knows_is_told(void **state)
{
    static const uint8_t unknown[96] = "a way of its own to write it";
    struct ticket_key key = ticket_key_made(32, 32);
    struct bytes ticket = ticket_made(&key, &TICKET_OPENSSL, bytes_of(unknown, sizeof(unknown)));
    struct attempt a = {0};

    (void)state;
    give(&a, &key);
    assert_int_equal(try_it(&a, ticket), TICKET_UNREADABLE);
    tells(&a, 0, "its HMAC-SHA-256 verifies with it");
    tells(&a, 1, "in a format that is none of OpenSSL, GnuTLS and RFC 5077");
    exact_free(ticket);
    forget(&a);
}

static void what_is_too_short_is_a_name_and_no_ticket(void **state)
{
    static const uint8_t name[32] = {0x10, 0x11};
    struct ticket_key key = ticket_key_made(32, 32);
    struct attempt a = {0};

    (void)state;
    give(&a, &key);
    assert_int_equal(try_it(&a, bytes_of(name, sizeof(name))), TICKET_SHUT);
    tells(&a, 0, "of 32 bytes, it is too short to hold a session");
    assert_int_equal(try_it(&a, (struct bytes){0}), TICKET_SHUT);
    forget(&a);
}

static void published_keys_need_not_be_given(void **state)
{
    static const struct ticket_shape *const shapes[] = {&TICKET_OPENSSL, &TICKET_RFC5077,
                                                        &TICKET_GNUTLS};
    struct bytes inside = ticket_state_made(0xc02f);
    struct ticket_key key;
    const char *told;

    (void)state;
    for (size_t which = 0; (told = published_keys_get(which, &key)) != NULL; which++) {
        for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
            struct attempt a = {0};
            struct ticket_key other = ticket_key_made(32, 32);

            memcpy(key.name, "any name is fine", sizeof(key.name));
            struct bytes ticket = ticket_made(&key, shapes[i], inside);
            give(&a, &other); /* which does not stand in the way */
            assert_int_equal(try_it(&a, ticket), TICKET_OPENED);
            assert_string_equal(a.opened.published, told);
            tells(&a, 0, "one that nobody has to steal");
            tells(&a, 0, told);
            exact_free(ticket);
            forget(&a);
        }
    }
    exact_free(inside);
}

/* GnuTLS 3.6.4 to 3.6.13: 64 bytes of zeros, as they stood there until the first rotation. */
static void the_tickets_of_cve_2020_13777_open(void **state)
{
    static const struct ticket_key zeros = {.mac_len = 16, .cipher_len = 32};
    struct bytes inside = ticket_state_made(0xc02f);
    struct bytes ticket = ticket_made(&zeros, &TICKET_GNUTLS, inside);
    struct attempt a = {0};

    (void)state;
    assert_int_equal(try_it(&a, ticket), TICKET_OPENED);
    tells(&a, 0,
          "its HMAC-SHA-1 verifies with a published key, all zero, AES-256, as in "
          "CVE-2020-13777 (GnuTLS 3.6.4 to 3.6.13)");
    exact_free(ticket);
    exact_free(inside);
    forget(&a);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(tickets_of_real_servers_open),
        CASE(of_rotated_keys_the_one_that_is_named_opens_it),
        CASE(a_key_of_another_name_is_told_from_one_that_was_altered),
        CASE(a_state_that_nobody_knows_is_told),
        CASE(what_is_too_short_is_a_name_and_no_ticket),
        CASE(published_keys_need_not_be_given),
        CASE(the_tickets_of_cve_2020_13777_open),
    };

    return RUN(cases);
}
