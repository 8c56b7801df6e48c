/* The server's key against Diffie-Hellman: it is tried, and the evidence says what came of it. */
#include "attacker/leaks/exchange_attack.h"

#include <stdlib.h>
#include <string.h>

#include "attacker/leaks/server_key.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_exchange.h"

static const char MATCHES[] = "Does the key belong to this server's certificate?";
static const char DECRYPTS[] = "Does the ClientKeyExchange decrypt with the key?";
static const char ALL_THE_SAME[] = "And if those bytes are decrypted with it all the same?";
static const char SIGNED[] = "Does the ServerKeyExchange's signature verify with the key?";
static const char MISSING[] = "What is missing?";
static const char COST[] = "What would it cost to compute x from the server's value?";

struct keys {
    EVP_PKEY *rsa;
    EVP_PKEY *stranger;
    EVP_PKEY *curve;
    EVP_PKEY *edwards;
    EVP_PKEY *field[2];
    EVP_PKEY *x25519[2];
};

static int set_up(void **state)
{
    struct keys *k = alloc_zero(sizeof(*k));

    k->rsa = make_rsa(1024);
    k->stranger = make_rsa(1024);
    k->curve = make_curve("P-256");
    k->edwards = make_curve("ED25519");
    for (int i = 0; i < 2; i++) {
        k->field[i] = make_finite_field("ffdhe2048");
        k->x25519[i] = make_curve("X25519");
    }
    *state = k;
    return 0;
}

static int tear_down(void **state)
{
    struct keys *k = *state;

    EVP_PKEY_free(k->rsa);
    EVP_PKEY_free(k->stranger);
    EVP_PKEY_free(k->curve);
    EVP_PKEY_free(k->edwards);
    for (int i = 0; i < 2; i++) {
        EVP_PKEY_free(k->field[i]);
        EVP_PKEY_free(k->x25519[i]);
    }
    free(k);
    return 0;
}

/* attack makes the whole attack with `key`, and it is answered so; the evidence is the caller's to
 * clear. */
static void attack_answered(enum answer answer, const struct exchange_plan *plan, EVP_PKEY *key,
                            struct evidence *e)
{
    struct private_keys given = keys_of(&key, 1);
    struct handshake *h = alloc_zero(sizeof(*h));
    struct secret secret = {0};

    exchange_of_dh(h, plan);
    assert_int_equal(server_key_ask(&given, h, &secret, e), answer);
    assert_int_equal(secret.kind, SECRET_NONE);
    private_keys_clear(&given);
    handshake_clear(h);
    free(h);
}

static void attack(const struct exchange_plan *plan, EVP_PKEY *key, struct evidence *e)
{
    attack_answered(ANSWER_WITHSTOOD, plan, key, e);
}

static struct exchange_plan dhe_rsa(const struct keys *k)
{
    return (struct exchange_plan){.version = TLS_1_2,
                                  .suite = 0x0033,
                                  .certified = k->rsa,
                                  .signer = k->rsa,
                                  .scheme = 0x0401,
                                  .hash = "SHA256",
                                  .server = k->field[0],
                                  .client = k->field[1]};
}

static void each_step_of_the_attack_is_there_with_its_frame(void **state)
{
    const struct keys *k = *state;
    const struct exchange_plan plan = dhe_rsa(k);
    struct evidence e = {0};

    attack(&plan, k->rsa, &e);
    assert_int_equal(e.num_steps, 6);
    says(result_of(&e, MATCHES), "yes");
    says(result_of(&e, DECRYPTS), "there is no ciphertext in it: its 258 bytes are the client's "
                                  "public value in ffdhe2048: ");
    assert_int_equal(step_of(&e, DECRYPTS)->frame, 105);
    says(result_of(&e, ALL_THE_SAME), "RSA has no answer to it"); /* longer than the modulus */
    says(result_of(&e, SIGNED), "yes (rsa_pkcs1_sha256");
    says(result_of(&e, SIGNED), "all it does is sign");
    assert_int_equal(step_of(&e, SIGNED)->frame, 103);
    says(result_of(&e, MISSING), "neither was ever sent");
    says(result_of(&e, COST), "a discrete logarithm in ffdhe2048");
    says(result_of(&e, COST), "the number field sieve");
    assert_int_equal(step_of(&e, COST)->frame, 103);
    evidence_clear(&e);
}

static void every_scheme_verifies_with_the_right_key_and_with_no_other(void **state)
{
    const struct keys *k = *state;
    const struct {
        struct exchange_plan plan;
        EVP_PKEY *wrong;
        const char *name;
    } cases[] = {
        {{TLS_1_2, 0xc02f, 0x001d, NULL, k->rsa, 0x0401, "SHA256", false, NULL, NULL},
         k->stranger,
         "rsa_pkcs1_sha256"},
        {{TLS_1_2, 0xc02f, 0x001d, NULL, k->rsa, 0x0804, "SHA256", true, NULL, NULL},
         k->stranger,
         "rsa_pss_rsae_sha256"},
        {{TLS_1_2, 0xc02f, 0x001d, NULL, k->rsa, 0x0201, "SHA1", false, NULL, NULL},
         k->stranger,
         "rsa_pkcs1_sha1"},
        {{TLS_1_2, 0xc02b, 0x001d, NULL, k->curve, 0x0403, "SHA256", false, NULL, NULL},
         k->rsa,
         "ecdsa_secp256r1_sha256"},
        {{TLS_1_2, 0xc02b, 0x001d, NULL, k->edwards, 0x0807, NULL, false, NULL, NULL},
         k->curve,
         "ed25519"},
        {{TLS_1_0, 0xc013, 0x001d, NULL, k->rsa, 0, "MD5-SHA1", false, NULL, NULL},
         k->stranger,
         "RSA with MD5 and SHA-1"},
        {{TLS_1_1, 0xc009, 0x001d, NULL, k->curve, 0, "SHA1", false, NULL, NULL},
         k->edwards,
         "SHA-1"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exchange_plan plan = cases[i].plan;
        struct evidence right = {0};
        struct evidence wrong = {0};

        plan.server = k->x25519[0];
        plan.client = k->x25519[1];
        attack(&plan, plan.signer, &right);
        says(result_of(&right, SIGNED), "yes (");
        says(result_of(&right, SIGNED), cases[i].name);
        attack_answered(ANSWER_MISMATCH, &plan, cases[i].wrong, &wrong);
        says(result_of(&wrong, SIGNED), "no (");
        evidence_clear(&right);
        evidence_clear(&wrong);
    }
}

static void a_curve_value_put_through_rsa_is_noise(void **state)
{
    const struct keys *k = *state;
    struct exchange_plan plan = dhe_rsa(k);
    struct evidence e = {0};

    plan.suite = 0xc02f;
    plan.curve = 0x001d;
    plan.server = k->x25519[0];
    plan.client = k->x25519[1];
    attack(&plan, k->rsa, &e);
    says(result_of(&e, DECRYPTS), "its 33 bytes are the client's public value in x25519");
    says(result_of(&e, ALL_THE_SAME), "noise: it begins ");
    says(result_of(&e, COST), "a discrete logarithm in x25519");
    says(result_of(&e, COST), "Pollard's rho, about 2^126");
    evidence_clear(&e);
}

static void a_key_that_cannot_decrypt_is_told(void **state)
{
    const struct keys *k = *state;
    const struct exchange_plan plan = {TLS_1_2, 0xc02b,   0x001d, k->curve,     k->curve,
                                       0x0403,  "SHA256", false,  k->x25519[0], k->x25519[1]};
    struct evidence e = {0};

    attack(&plan, k->curve, &e);
    says(result_of(&e, MATCHES), "yes: EC-prime256v1");
    says(result_of(&e, ALL_THE_SAME), "a key of this kind cannot decrypt, it only signs");
    says(result_of(&e, SIGNED), "yes (ecdsa_secp256r1_sha256");
    evidence_clear(&e);
}

static void an_unsigned_and_an_unknown_signature_are_told(void **state)
{
    const struct keys *k = *state;
    struct exchange_plan plan = dhe_rsa(k);
    struct evidence e = {0};

    plan.suite = 0x0034; /* DH_anon */
    plan.certified = NULL;
    plan.signer = NULL;
    attack(&plan, k->rsa, &e);
    says(result_of(&e, SIGNED), "nobody signed it");
    evidence_clear(&e);

    plan = dhe_rsa(k);
    plan.scheme = 0xfe00;
    attack_answered(ANSWER_BROKEN, &plan, k->rsa, &e);
    says(result_of(&e, SIGNED), "can't be told: signature scheme 0xfe00 is not known here");
    evidence_clear(&e);
}

static void in_tls_1_3_the_key_signs_what_is_encrypted(void **state)
{
    static const struct sample_choice share = {.version = TLS_1_3, .suite = 0x1301, .group = 0x1d};
    const struct keys *k = *state;
    EVP_PKEY *rsa = k->rsa;
    struct private_keys given = keys_of(&rsa, 1);
    struct handshake *h = alloc_zero(sizeof(*h));
    struct secret secret = {0};
    struct evidence e = {0};

    saw_hellos(h, &share);
    assert_int_equal(server_key_ask(&given, h, &secret, &e), ANSWER_WITHSTOOD);
    says(result_of(&e, MATCHES), "can't be known: TLS 1.3 encrypts");
    says(result_of(&e, "Is there a ciphertext for the key to open?"),
         "a public value of 32 bytes in x25519: 1d1d 1d1d");
    says(result_of(&e, ALL_THE_SAME), "noise");
    says(result_of(&e, "What does the key do in this handshake?"), "CertificateVerify");
    says(result_of(&e, COST), "Pollard's rho");
    evidence_clear(&e);
    private_keys_clear(&given);
    handshake_clear(h);
    free(h);
}

static void a_hybrid_group_is_not_a_logarithm_alone(void **state)
{
    const struct keys *k = *state;
    struct handshake *h = alloc_zero(sizeof(*h));
    struct message hello = {.frame = 4};
    struct evidence e = {0};

    h->version = TLS_1_3;
    h->group = 0x11ec;
    h->client_hello = &hello;
    h->server_hello = &hello;
    h->client_value = bytes_of("ab", 2);
    h->server_value = bytes_of("cd", 2);
    exchange_attack_tls13(k->rsa, h, &e);
    says(result_of(&e, COST), "not even for a quantum computer");
    evidence_clear(&e);
    free(h);
}

/* A key share or a pre-shared key may stand where nothing was recorded. */
static void a_torn_hello_of_tls_1_3_proves_nothing(void **state)
{
    static const struct {
        bool client_torn, server_torn, client_value;
        enum answer answer;
    } rows[] = {
        {true, false, true, ANSWER_WITHSTOOD},
        {true, false, false, ANSWER_BROKEN},
        {false, true, true, ANSWER_BROKEN},
        {false, true, false, ANSWER_BROKEN},
    };
    const struct keys *k = *state;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct handshake *h = alloc_zero(sizeof(*h));
        struct message client = {.frame = 4, .torn = rows[i].client_torn};
        struct message server = {.frame = 5, .torn = rows[i].server_torn};
        struct evidence e = {0};

        h->version = TLS_1_3;
        h->group = 0x001d;
        h->client_hello = &client;
        h->server_hello = &server;
        h->server_value = bytes_of("cd", 2);
        if (rows[i].client_value)
            h->client_value = bytes_of("ab", 2);
        assert_int_equal(exchange_attack_tls13(k->rsa, h, &e), rows[i].answer);
        if (rows[i].answer == ANSWER_BROKEN)
            says(result_of(&e, "Is there a ciphertext for the key to open?"), "has a hole");
        evidence_clear(&e);
        free(h);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_step_of_the_attack_is_there_with_its_frame),
        CASE(every_scheme_verifies_with_the_right_key_and_with_no_other),
        CASE(a_curve_value_put_through_rsa_is_noise),
        CASE(a_key_that_cannot_decrypt_is_told),
        CASE(an_unsigned_and_an_unknown_signature_are_told),
        CASE(in_tls_1_3_the_key_signs_what_is_encrypted),
        CASE(a_hybrid_group_is_not_a_logarithm_alone),
        CASE(a_torn_hello_of_tls_1_3_proves_nothing),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
