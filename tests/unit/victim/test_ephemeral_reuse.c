/* The server's ephemeral key of one conversation and of the next, as the client sees them. */
#include "victim/ephemeral_reuse.h"

#include "tests/support/check.h"
#include "tests/support/two_parties.h"

static const char *const exchanges[] = {"dhe", "ecdhe", "anon-dh", "dhe-psk", "tls13"};
#define NUM_EXCHANGES (sizeof(exchanges) / sizeof(*exchanges))

struct shown {
    EVP_PKEY *key;
    uint8_t random[32];
};

static struct shown hold(struct two_parties *s)
{
    struct shown shown = {0};

    two_hold(s);
    assert_int_equal(SSL_get_peer_tmp_key(s->client->ssl, &shown.key), 1);
    assert_int_equal(SSL_get_server_random(s->client->ssl, shown.random, 32), 32);
    return shown;
}

static void assert_same_key(struct wishes wishes, bool same)
{
    struct two_parties s;
    struct shown first;
    struct shown second;

    two_open(&s, &wishes);
    first = hold(&s);
    second = hold(&s);
    assert_int_equal(EVP_PKEY_eq(first.key, second.key), same);
    assert_memory_not_equal(first.random, second.random, 32);
    EVP_PKEY_free(first.key);
    EVP_PKEY_free(second.key);
    two_clear(&s);
}

static void the_key_stays_and_the_random_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_EXCHANGES; i++)
        assert_same_key((struct wishes){.kx = exchanges[i], .reuse_ephemeral = "reuse-ephemeral"},
                        true);
}

static void a_seed_makes_no_difference_to_that(void **state)
{
    (void)state;
    assert_same_key(
        (struct wishes){
            .kx = "ecdhe", .reuse_ephemeral = "reuse-ephemeral", .seed = "s", .quiet = true},
        true);
}

static void without_the_wish_each_conversation_has_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_EXCHANGES; i++)
        assert_same_key((struct wishes){.kx = exchanges[i]}, false);
}

/* A client that shares nothing leaves the server in the middle; all that is drawn then is fresh. */
static void a_handshake_that_fails_does_not_leave_it_on(void **state)
{
    static const struct wishes wishes = {.kx = "tls13", .reuse_ephemeral = "reuse-ephemeral"};
    struct two_parties s;

    (void)state;
    two_open(&s, &wishes);
    two_begin(&s);
    assert_int_equal(SSL_set1_groups_list(s.client->ssl, unconst("X25519")), 1);
    assert_int_equal(SSL_set1_groups_list(s.server->ssl, unconst("P-256")), 1);
    assert_false(two_talk(&s));
    assert_false(s.scene.reuse.is_on);
    /* Nor one that the server answers with a HelloRetryRequest first. RFC 8446 section 4.1.4. */
    two_begin(&s);
    assert_int_equal(SSL_set1_groups_list(s.client->ssl, unconst("X25519:P-256")), 1);
    assert_int_equal(SSL_set1_groups_list(s.server->ssl, unconst("P-256")), 1);
    assert_true(party_step(s.client) || party_output(s.client).len > 0);
    assert_true(two_carry(s.client, s.server));
    (void)party_step(s.server);
    assert_false(s.scene.reuse.is_on);
    assert_true(two_talk(&s));
    two_clear(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_key_stays_and_the_random_changes),
        CASE(a_seed_makes_no_difference_to_that),
        CASE(without_the_wish_each_conversation_has_its_own),
        CASE(a_handshake_that_fails_does_not_leave_it_on),
    };

    return RUN(cases);
}
