#include "attacker/leaks/ephemeral.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_exchange.h"

static const char OURS[] = "Is the leaked ephemeral key one of this session?";
static const char GIVES[] = "Does it give the shared secret?";
static const char ALL[] = "Is that all that the keys are made of?";

/* shared_of is what libcrypto makes of the two keys, a finite field's with its leading zeros or
 * without; for exact_free. */
static struct bytes shared_of(EVP_PKEY *own, EVP_PKEY *peer, bool keep_zeros)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(own, NULL);
    uint8_t z[1024];
    size_t len = sizeof(z);

    assert_int_equal(EVP_PKEY_derive_init(context), 1);
    if (EVP_PKEY_is_a(own, "DH"))
        assert_int_equal(EVP_PKEY_CTX_set_dh_pad(context, keep_zeros), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(context, peer), 1);
    assert_int_equal(EVP_PKEY_derive(context, z, &len), 1);
    EVP_PKEY_CTX_free(context);
    return exact_copy(bytes_of(z, len));
}

/* What is asked, and what came of it. */
struct asked {
    struct handshake h;
    struct evidence e;
    struct secret secret;
};

static struct asked *fresh(uint16_t version)
{
    struct asked *a = alloc_zero(sizeof(*a));

    a->h.version = version;
    return a;
}

static enum answer ask(struct asked *a, EVP_PKEY **keys, size_t num_keys)
{
    const struct private_keys given = {.keys = keys, .num_keys = num_keys};

    evidence_clear(&a->e);
    secret_clear(&a->secret);
    return ephemeral_ask(&given, &a->h, &a->secret, &a->e);
}

static void forget(struct asked *a)
{
    evidence_clear(&a->e);
    secret_clear(&a->secret);
    handshake_clear(&a->h);
    free(a);
}

/* either_key_opens: the handshake's values are those of the two keys; each alone gives the shared
 * secret, a third one does not. */
static void either_key_opens(struct asked *a, EVP_PKEY *server, EVP_PKEY *client,
                             EVP_PKEY *stranger)
{
    enum secret_kind kind = a->h.version >= TLS_1_3 ? SECRET_SHARED : SECRET_PREMASTER;
    struct bytes expected = shared_of(server, client, a->h.version >= TLS_1_3);

    assert_int_equal(ask(a, &server, 1), ANSWER_SECRET);
    assert_int_equal(a->secret.kind, kind);
    assert_true(bytes_equal(secret_view(&a->secret), expected));
    says(result_of(&a->e, OURS), "yes: it gives the server's public value");
    says(result_of(&a->e, GIVES), "yes");
    assert_int_equal(ask(a, &client, 1), ANSWER_SECRET);
    assert_true(bytes_equal(secret_view(&a->secret), expected));
    says(result_of(&a->e, OURS), "yes: it gives the client's public value");
    assert_int_equal(ask(a, &stranger, 1), ANSWER_MISMATCH);
    assert_int_equal(a->secret.kind, SECRET_NONE);
    says(result_of(&a->e, OURS), "no");

    EVP_PKEY *both[] = {stranger, server};
    assert_int_equal(ask(a, both, 2), ANSWER_SECRET);
    exact_free(expected);
}

static void either_sides_key_opens_and_a_strangers_does_not(void **state)
{
    static const struct {
        const char *kind;
        uint16_t group;
        uint16_t suite;
    } cases[] = {{"P-256", 0x0017, 0xc02f},
                 {"P-384", 0x0018, 0xc02f},
                 {"X25519", 0x001d, 0xc02f},
                 {"X448", 0x001e, 0xc02f}};

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        EVP_PKEY *server = make_curve(cases[i / 2].kind);
        EVP_PKEY *client = make_curve(cases[i / 2].kind);
        EVP_PKEY *stranger = make_curve(cases[i / 2].kind);
        struct bytes server_value = public_value_of(server);
        struct bytes client_value = public_value_of(client);
        struct asked *a = fresh(i % 2 ? TLS_1_3 : TLS_1_2);

        a->h.group = cases[i / 2].group;
        a->h.suite = suite_find(i % 2 ? 0x1301 : cases[i / 2].suite);
        a->h.server_value = server_value;
        a->h.client_value = client_value;
        either_key_opens(a, server, client, stranger);
        forget(a);
        exact_free(server_value);
        exact_free(client_value);
        EVP_PKEY_free(server);
        EVP_PKEY_free(client);
        EVP_PKEY_free(stranger);
    }
}

static void a_recorded_dhe_exchange_opens_with_either_key(void **state)
{
    EVP_PKEY *keys[3];
    struct asked *a = fresh(TLS_1_2);

    (void)state;
    for (int i = 0; i < 3; i++)
        keys[i] = make_finite_field("ffdhe2048");
    const struct exchange_plan plan = {
        .version = TLS_1_2, .suite = 0x0034, .server = keys[0], .client = keys[1]};
    exchange_of_dh(&a->h, &plan);
    either_key_opens(a, keys[0], keys[1], keys[2]);
    says(result_of(&a->e, OURS), "in ffdhe2048");
    assert_int_equal(step_of(&a->e, OURS)->frame, a->h.server_key_exchange->frame);
    forget(a);
    for (int i = 0; i < 3; i++)
        EVP_PKEY_free(keys[i]);
}

static BIGNUM *number_of(const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    return n;
}

/*
 * peer_for finds the public value with which `key` agrees on Z: Z^(1/x mod q) mod p, where q =
 * (p - 1) / 2 is the order of the group. Z has to be a square.
 */
static struct bytes peer_for(const EVP_PKEY *key, const BIGNUM *z)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *p = number_of(key, OSSL_PKEY_PARAM_FFC_P);
    BIGNUM *x = number_of(key, OSSL_PKEY_PARAM_PRIV_KEY);
    BIGNUM *q = BN_new();
    BIGNUM *peer = BN_new();
    uint8_t at[256];

    assert_int_equal(BN_rshift1(q, p), 1);
    assert_non_null(BN_mod_inverse(x, x, q, context));
    assert_int_equal(BN_mod_exp(peer, z, x, p, context), 1);
    assert_int_equal(BN_bn2binpad(peer, at, sizeof(at)), sizeof(at));
    BN_free(peer);
    BN_free(q);
    BN_free(x);
    BN_free(p);
    BN_CTX_free(context);
    return exact_copy(bytes_of(at, sizeof(at)));
}

/* RFC 5246 section 8.1.2 and RFC 8446 section 7.4.1. */
static void leading_zeros_go_in_tls_1_2_and_stay_in_tls_1_3(void **state)
{
    static const struct {
        int bits; /* Z = 2^bits, a square when that is even */
        size_t zeros;
    } cases[] = {{2046, 0}, {2038, 1}, {2032, 1}, {2, 255}};
    EVP_PKEY *key = make_finite_field("ffdhe2048");
    struct bytes own = public_value_of(key);

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BIGNUM *z = BN_new();
        uint8_t padded[256];

        assert_int_equal(BN_set_bit(z, cases[i].bits), 1);
        assert_int_equal(BN_bn2binpad(z, padded, sizeof(padded)), sizeof(padded));
        struct bytes peer = peer_for(key, z);
        for (int tls13 = 0; tls13 < 2; tls13++) {
            size_t dropped = tls13 ? 0 : cases[i].zeros;
            struct asked *a = fresh(tls13 ? TLS_1_3 : TLS_1_2);

            a->h.group = 0x0100;
            a->h.server_value = own;
            a->h.client_value = peer;
            assert_int_equal(ask(a, &key, 1), ANSWER_SECRET);
            assert_int_equal(a->secret.len, sizeof(padded) - dropped);
            assert_memory_equal(a->secret.value, padded + dropped, sizeof(padded) - dropped);
            forget(a);
        }
        exact_free(peer);
        BN_free(z);
    }
    exact_free(own);
    EVP_PKEY_free(key);
}

/* RFC 8422 section 5.11: the x coordinate always has the length of the field. */
static void a_curves_leading_zeros_always_stay(void **state)
{
    static const char *const kinds[] = {"P-256", "X25519"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        EVP_PKEY *server = make_curve(kinds[i / 2]);
        EVP_PKEY *client = NULL;
        struct bytes shared = {0};

        do { /* one in 256 */
            EVP_PKEY_free(client);
            exact_free(shared);
            client = make_curve(kinds[i / 2]);
            shared = shared_of(server, client, true);
        } while (*shared.at != 0);

        struct bytes server_value = public_value_of(server);
        struct bytes client_value = public_value_of(client);
        struct asked *a = fresh(i % 2 ? TLS_1_3 : TLS_1_2);
        a->h.server_value = server_value;
        a->h.client_value = client_value;
        assert_int_equal(ask(a, &server, 1), ANSWER_SECRET);
        assert_int_equal(a->secret.len, 32);
        assert_true(bytes_equal(secret_view(&a->secret), shared));
        forget(a);
        exact_free(server_value);
        exact_free(client_value);
        exact_free(shared);
        EVP_PKEY_free(server);
        EVP_PKEY_free(client);
    }
}

static void the_same_value_in_another_field_is_another_key(void **state)
{
    EVP_PKEY *key = make_finite_field("ffdhe2048");
    struct bytes own = public_value_of(key);
    struct bytes other_prime = unhex("0fffffffffffffffffffffffffffffffffffff61");
    struct asked *a = fresh(TLS_1_2);

    (void)state;
    a->h.server_params.p = other_prime;
    a->h.server_value = own;
    a->h.client_value = own;
    assert_int_equal(ask(a, &key, 1), ANSWER_MISMATCH);
    forget(a);
    exact_free(other_prime);
    exact_free(own);
    EVP_PKEY_free(key);
}

static void a_peers_value_that_is_missing_or_impossible_gives_nothing(void **state)
{
    EVP_PKEY *keys[] = {make_curve("X25519"), make_curve("P-256")};
    /* X25519: a point of small order; P-256: no point of the curve; and each: nothing at all. */
    struct bytes bad[] = {
        unhex("0000000000000000000000000000000000000000000000000000000000000000"),
        unhex("04000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
              "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"),
    };

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct bytes own = public_value_of(keys[i % 2]);
        struct asked *a = fresh(TLS_1_2);

        a->h.server_value = own;
        if (i < 2)
            a->h.client_value = bad[i];
        assert_int_equal(ask(a, &keys[i % 2], 1), ANSWER_BROKEN);
        assert_int_equal(a->secret.kind, SECRET_NONE);
        says(result_of(&a->e, GIVES), "no");
        forget(a);
        exact_free(own);
    }
    for (size_t i = 0; i < 2; i++) {
        exact_free(bad[i]);
        EVP_PKEY_free(keys[i]);
    }
}

static void where_a_psk_goes_in_as_well_the_key_is_not_enough(void **state)
{
    EVP_PKEY *server = make_curve("X25519");
    EVP_PKEY *client = make_curve("X25519");
    struct bytes server_value = public_value_of(server);
    struct bytes client_value = public_value_of(client);

    (void)state;
    for (int tls13 = 0; tls13 < 2; tls13++) {
        struct asked *a = fresh(tls13 ? TLS_1_3 : TLS_1_2);

        a->h.suite = suite_find(tls13 ? 0x1301 : 0xc035);
        a->h.psk_chosen = tls13;
        a->h.server_value = server_value;
        a->h.client_value = client_value;
        assert_int_equal(ask(a, &server, 1), ANSWER_PSK);
        /* Whoever knows that key mixes the two, in TLS 1.3 in another way than before. */
        assert_int_equal(a->secret.kind, tls13 ? SECRET_SHARED : SECRET_OTHER);
        assert_int_equal(a->secret.len, 32);
        says(result_of(&a->e, ALL), "no: a pre-shared key");
        forget(a);
    }
    exact_free(server_value);
    exact_free(client_value);
    EVP_PKEY_free(server);
    EVP_PKEY_free(client);
}

static void without_keys_there_is_nothing_to_ask(void **state)
{
    struct asked *a = fresh(TLS_1_2);

    (void)state;
    assert_int_equal(ask(a, NULL, 0), ANSWER_NOT_GIVEN);
    assert_int_equal(a->e.num_steps, 0);
    forget(a);
}

static void keys_are_loaded_from_files(void **state)
{
    struct private_keys ephemerals = {0};
    EVP_PKEY *key = make_curve("X25519");
    struct bytes pem = key_bytes(key, KEY_PEM_PKCS8);
    struct complaint why;
    struct scratch s;

    (void)state;
    scratch_make(&s);
    char *path = scratch_write(&s, "ephemeral-1.pem", pem);
    char *noise = scratch_write(&s, "noise", bytes_of("noise", 5));
    assert_true(private_keys_load(&ephemerals, path, NULL, &why));
    assert_true(private_keys_load(&ephemerals, path, NULL, &why));
    assert_int_equal(ephemerals.num_keys, 2);
    assert_false(private_keys_load(&ephemerals, noise, NULL, &why));
    says(why.text, "noise: is not a private key");
    assert_int_equal(ephemerals.num_keys, 2);
    private_keys_clear(&ephemerals);
    assert_int_equal(ephemerals.num_keys, 0);
    free(path);
    free(noise);
    scratch_remove(&s);
    exact_free(pem);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(either_sides_key_opens_and_a_strangers_does_not),
        CASE(a_recorded_dhe_exchange_opens_with_either_key),
        CASE(leading_zeros_go_in_tls_1_2_and_stay_in_tls_1_3),
        CASE(a_curves_leading_zeros_always_stay),
        CASE(the_same_value_in_another_field_is_another_key),
        CASE(a_peers_value_that_is_missing_or_impossible_gives_nothing),
        CASE(where_a_psk_goes_in_as_well_the_key_is_not_enough),
        CASE(without_keys_there_is_nothing_to_ask),
        CASE(keys_are_loaded_from_files),
    };

    return RUN(cases);
}
