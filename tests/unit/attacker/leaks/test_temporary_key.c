/* Export suites: the temporary RSA key in the ServerKeyExchange, and whose key opens the box. */
#include <stdlib.h>

#include "attacker/leaks/ephemeral.h"
#include "attacker/leaks/server_key.h"
#include "attacker/opened_by.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/premaster_box.h"
#include "tests/support/sample_exchange.h"

static const char IS_IT[] = "Is the leaked key the temporary one of the ServerKeyExchange?";
static const char OPENS[] = "Does the ClientKeyExchange decrypt with it?";
static const char DECRYPTS[] = "Does the ClientKeyExchange decrypt with the key?";
static const char WHICH[] = "To which key did the client encrypt it, then?";
static const char SIGNED[] = "Does the ServerKeyExchange's signature verify with the key?";
static const char COST[] = "What would it cost to factor the temporary key?";

#define KEY       (1u << OPENED_BY_SERVER_KEY)
#define EPHEMERAL (1u << OPENED_BY_EPHEMERAL)
#define SESSION   (1u << OPENED_BY_SESSION_SECRET)
#define QUANTUM   (1u << OPENED_BY_QUANTUM_COMPUTER)

/* What all cases share: keys, and the box of the client. */
static struct {
    EVP_PKEY *server;
    EVP_PKEY *temporary;
    EVP_PKEY *stranger;
    struct bytes premaster;
    struct bytes box;
} k;

static int set_up(void **state)
{
    (void)state;
    k.server = make_rsa(1024);
    k.temporary = make_rsa(512);
    k.stranger = make_rsa(512);
    k.premaster = premaster_of(TLS_1_0);
    k.box = box_of(k.temporary, k.premaster);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(k.server);
    EVP_PKEY_free(k.temporary);
    EVP_PKEY_free(k.stranger);
    exact_free(k.premaster);
    exact_free(k.box);
    return 0;
}

/* One question and what came of it. */
struct asked {
    struct handshake h;
    struct evidence e;
    struct secret secret;
};

static enum answer ask_ephemeral(struct asked *a, EVP_PKEY **keys, size_t num_keys)
{
    const struct private_keys given = {.keys = keys, .num_keys = num_keys};

    return ephemeral_ask(&given, &a->h, &a->secret, &a->e);
}

static enum answer ask_server(struct asked *a, EVP_PKEY *key)
{
    struct private_keys given = keys_of(&key, 1);
    enum answer answer = server_key_ask(&given, &a->h, &a->secret, &a->e);

    private_keys_clear(&given);
    return answer;
}

static void forget(struct asked *a)
{
    evidence_clear(&a->e);
    secret_clear(&a->secret);
    handshake_clear(&a->h);
    free(a);
}

static void the_temporary_key_opens_the_box_and_says_so(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    EVP_PKEY *keys[] = {k.stranger, k.temporary};

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, k.box);
    assert_int_equal(ask_ephemeral(a, keys, 2), ANSWER_SECRET);
    assert_int_equal(a->secret.kind, SECRET_PREMASTER);
    assert_true(bytes_equal(secret_view(&a->secret), k.premaster));
    says(result_of(&a->e, IS_IT), "yes: it has the modulus that stands there, 64 bytes");
    says(result_of(&a->e, OPENS), "yes: its 64 bytes of ciphertext");
    assert_int_equal(step_of(&a->e, IS_IT)->frame, a->h.server_key_exchange->frame);
    assert_int_equal(step_of(&a->e, OPENS)->frame, a->h.client_key_exchange->frame);
    forget(a);
}

static void another_key_is_not_the_temporary_one(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    EVP_PKEY *curve = make_curve("P-256");
    EVP_PKEY *keys[] = {k.stranger, curve, k.server};

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, k.box);
    assert_int_equal(ask_ephemeral(a, keys, 3), ANSWER_MISMATCH);
    assert_int_equal(a->secret.kind, SECRET_NONE);
    says(result_of(&a->e, IS_IT), "no: another modulus stands there");
    EVP_PKEY_free(curve);
    forget(a);
}

static void a_box_that_the_temporary_key_does_not_open_is_broken(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    struct bytes others_box = box_of(k.stranger, k.premaster);

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, others_box);
    assert_int_equal(ask_ephemeral(a, &k.temporary, 1), ANSWER_BROKEN);
    says(result_of(&a->e, OPENS), "no: its 64 bytes of ciphertext do not open");
    exact_free(others_box);
    forget(a);
}

static void the_servers_key_only_signed_the_temporary_one(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, k.box);
    assert_int_equal(ask_server(a, k.server), ANSWER_WITHSTOOD);
    says(result_of(&a->e, DECRYPTS), "no: its 64 bytes of ciphertext do not open");
    says(result_of(&a->e, WHICH), "to a temporary RSA key of 512 bits");
    says(result_of(&a->e, SIGNED), "yes");
    says(result_of(&a->e, COST), "512 bits was first factored in 1999");
    forget(a);
}

static void a_temporary_key_that_somebody_else_signed_is_told(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    EVP_PKEY *signer = make_rsa(1024);

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, signer, k.box);
    assert_int_equal(ask_server(a, k.server), ANSWER_BROKEN);
    says(result_of(&a->e, SIGNED), "no");
    forget(a);
    a = alloc_zero(sizeof(*a));
    exchange_of_export(&a->h, NULL, k.temporary, signer, k.box); /* whose key is it, then? */
    assert_int_equal(ask_server(a, k.server), ANSWER_MISMATCH);
    EVP_PKEY_free(signer);
    forget(a);
}

/* Nothing forbids a client to encrypt to the certificate's key all the same. */
static void a_box_for_the_servers_own_key_opens_with_it(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    struct bytes box = box_of(k.server, k.premaster);

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, box);
    assert_int_equal(ask_server(a, k.server), ANSWER_SECRET);
    exact_free(box);
    forget(a);
}

static void what_opens_it_depends_on_whether_there_is_a_temporary_key(void **state)
{
    struct asked *a = alloc_zero(sizeof(*a));
    struct bytes box = box_of(k.stranger, k.premaster);

    (void)state;
    exchange_of_export(&a->h, k.server, k.temporary, k.server, k.box);
    assert_int_equal(opened_by_leaks(&a->h), EPHEMERAL | SESSION | QUANTUM);
    assert_true(opened_by_not_the_server_key(&a->h));
    forget(a);

    a = alloc_zero(sizeof(*a)); /* a certificate of 512 bits is weak enough by itself */
    exchange_of_rsa(&a->h, 0x0003, k.stranger, box);
    assert_int_equal(opened_by_leaks(&a->h), KEY | SESSION | QUANTUM);
    assert_false(opened_by_not_the_server_key(&a->h));
    assert_int_equal(ask_server(a, k.stranger), ANSWER_SECRET);
    assert_int_equal(ask_ephemeral(a, &k.temporary, 1), ANSWER_MISMATCH);

    a->h.torn[SIDE_SERVER] = true; /* perhaps a temporary key stood in the hole */
    assert_int_equal(opened_by_leaks(&a->h), SESSION | QUANTUM);
    assert_false(opened_by_not_the_server_key(&a->h));
    exact_free(box);
    forget(a);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_temporary_key_opens_the_box_and_says_so),
        CASE(another_key_is_not_the_temporary_one),
        CASE(a_box_that_the_temporary_key_does_not_open_is_broken),
        CASE(the_servers_key_only_signed_the_temporary_one),
        CASE(a_temporary_key_that_somebody_else_signed_is_told),
        CASE(a_box_for_the_servers_own_key_opens_with_it),
        CASE(what_opens_it_depends_on_whether_there_is_a_temporary_key),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
