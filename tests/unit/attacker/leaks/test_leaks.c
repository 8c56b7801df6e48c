#include "attacker/leaks/leaks.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/premaster_box.h"
#include "tests/support/sample_exchange.h"

/* One of each: a server's key, an ephemeral key, and a key log for sample_hello.h's client. */
struct thief {
    struct leaks leaks;
    EVP_PKEY *server;
    EVP_PKEY *ephemeral;
};

static void load(struct thief *t)
{
    static const char line[] =
        "CLIENT_RANDOM c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1 "
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        "202122232425262728292a2b2c2d2e2f\n";
    struct complaint why;
    struct scratch s;

    *t = (struct thief){.server = make_rsa(1024), .ephemeral = make_curve("X25519")};
    scratch_make(&s);
    struct bytes server = key_bytes(t->server, KEY_PEM_PKCS8);
    struct bytes ephemeral = key_bytes(t->ephemeral, KEY_PEM_PKCS8);
    char *paths[] = {scratch_write(&s, "server.key", server),
                     scratch_write(&s, "ephemeral-1.pem", ephemeral),
                     scratch_write(&s, "keylog.txt", bytes_of(line, strlen(line)))};
    assert_true(server_keys_load(&t->leaks.server_keys, paths[0], NULL, &why));
    assert_true(private_keys_load(&t->leaks.ephemerals, paths[1], NULL, &why));
    assert_true(keylog_load(&t->leaks.keylog, paths[2], &why));
    for (size_t i = 0; i < 3; i++)
        free(paths[i]);
    exact_free(server);
    exact_free(ephemeral);
    scratch_remove(&s);
}

static void forget(struct thief *t)
{
    leaks_clear(&t->leaks);
    EVP_PKEY_free(t->server);
    EVP_PKEY_free(t->ephemeral);
}

static void the_first_leak_that_knows_ends_the_asking(void **state)
{
    struct thief t;
    struct bytes premaster = premaster_of(TLS_1_2);
    struct leaks_found found;
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};

    (void)state;
    load(&t);
    struct bytes box = box_of(t.server, premaster);
    exchange_of_rsa(&h, 0x002f, t.server, box);
    leaks_ask(&t.leaks, &h, &found, &secret, &e);
    assert_true(found.found);
    assert_int_equal(found.source, LEAK_SERVER_KEY);
    assert_int_equal(found.answers[LEAK_SERVER_KEY], ANSWER_SECRET);
    assert_int_equal(found.answers[LEAK_EPHEMERAL], ANSWER_NOT_GIVEN);
    assert_int_equal(found.answers[LEAK_KEYLOG], ANSWER_NOT_GIVEN);
    assert_int_equal(secret.kind, SECRET_PREMASTER);
    evidence_clear(&e);
    handshake_clear(&h);
    exact_free(premaster);
    exact_free(box);
    forget(&t);
}

static void a_leak_that_does_not_know_hands_over_to_the_next(void **state)
{
    EVP_PKEY *client = make_curve("X25519");
    struct leaks_found found;
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};
    struct thief t;

    (void)state;
    load(&t);
    struct exchange_plan plan = {.version = TLS_1_2,
                                 .suite = 0xc02f,
                                 .curve = 0x001d,
                                 .signer = t.server,
                                 .scheme = 0x0401,
                                 .hash = "SHA256",
                                 .server = t.ephemeral,
                                 .client = client};
    exchange_of_dh(&h, &plan);
    leaks_ask(&t.leaks, &h, &found, &secret, &e);
    assert_true(found.found);
    assert_int_equal(found.source, LEAK_EPHEMERAL);
    assert_int_equal(found.answers[LEAK_SERVER_KEY], ANSWER_WITHSTOOD);
    handshake_clear(&h);
    secret_clear(&secret);

    plan.server = client;
    exchange_of_dh(&h, &plan);
    leaks_ask(&t.leaks, &h, &found, &secret, &e);
    assert_true(found.found);
    assert_int_equal(found.source, LEAK_KEYLOG);
    assert_int_equal(found.answers[LEAK_EPHEMERAL], ANSWER_MISMATCH);
    assert_int_equal(secret.kind, SECRET_MASTER);
    handshake_clear(&h);
    evidence_clear(&e);
    secret_clear(&secret);
    EVP_PKEY_free(client);
    forget(&t);
}

static void nothing_leaked_is_nothing_found(void **state)
{
    const struct sample_choice choice = {.version = TLS_1_2, .suite = 0x002f};
    const struct leaks none = {0};
    struct leaks_found found = {.found = true};
    struct handshake h = {0};
    struct secret secret = {0};
    struct evidence e = {0};

    (void)state;
    assert_false(leaks_any(&none));
    saw_hellos(&h, &choice);
    leaks_ask(&none, &h, &found, &secret, &e);
    assert_false(found.found);
    assert_int_equal(e.num_steps, 0);
    assert_int_equal(secret.kind, SECRET_NONE);
    handshake_clear(&h);
}

static void each_kind_of_leak_counts_as_one(void **state)
{
    struct thief t;

    (void)state;
    load(&t);
    assert_true(leaks_any(&t.leaks));
    const struct leaks key = {.server_keys = t.leaks.server_keys};
    const struct leaks ephemeral = {.ephemerals = t.leaks.ephemerals};
    const struct leaks keylog = {.keylog = t.leaks.keylog};
    struct leaks nothing = {.discrete_log = discrete_log_new(1000, NULL)};
    struct leaks psk = {0};
    struct complaint why;
    assert_true(leaks_any(&key));
    assert_true(leaks_any(&ephemeral));
    assert_true(leaks_any(&keylog));
    assert_true(leaks_any(&nothing));
    leaks_clear(&nothing);
    assert_false(leaks_any(&nothing));
    assert_true(psks_add(&psk.psks, "alice:0a0b", &why));
    assert_true(leaks_any(&psk));
    leaks_clear(&psk);
    assert_false(leaks_any(&psk));
    forget(&t);
    assert_false(leaks_any(&t.leaks));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_first_leak_that_knows_ends_the_asking),
        CASE(a_leak_that_does_not_know_hands_over_to_the_next),
        CASE(nothing_leaked_is_nothing_found),
        CASE(each_kind_of_leak_counts_as_one),
    };

    return RUN(cases);
}
