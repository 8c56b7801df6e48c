#include "attacker/leaks/diffie_hellman.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "attacker/leaks/private_keys.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"

/* The rest of it is tested where it is used: test_ephemeral.c, test_fixed_dh.c. */

static void a_public_value_is_written_as_on_the_wire(void **state)
{
    static const char *const kinds[] = {"P-256", "P-521", "X25519", "X448"};
    uint8_t out[SECRET_MAX_LEN];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        EVP_PKEY *key = make_curve(kinds[i]);
        struct bytes value = public_value_of(key);

        assert_true(diffie_hellman_value_of(key, out, &len));
        assert_true(bytes_equal(bytes_of(out, len), value));
        assert_true(diffie_hellman_has_value(key, (struct bytes){0}, value));
        exact_free(value);
        EVP_PKEY_free(key);
    }

    EVP_PKEY *key = make_finite_field("ffdhe3072");
    assert_true(diffie_hellman_value_of(key, out, &len));
    assert_true(diffie_hellman_has_value(key, (struct bytes){0}, bytes_of(out, len)));
    EVP_PKEY_free(key);
}

static void a_key_that_only_signs_has_none(void **state)
{
    EVP_PKEY *keys[] = {make_rsa(1024), make_curve("ED25519")};
    uint8_t out[SECRET_MAX_LEN];
    size_t len;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_false(diffie_hellman_value_of(keys[i], out, &len));
        EVP_PKEY_free(keys[i]);
    }
}

static BIGNUM *number_of(const EVP_PKEY *key, const char *name)
{
    BIGNUM *n = NULL;

    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    return n;
}

/* in_x942 is the public half of a key, the way X9.42 writes it: certificates have it from there. */
static EVP_PKEY *in_x942(const EVP_PKEY *key)
{
    BIGNUM *p = number_of(key, OSSL_PKEY_PARAM_FFC_P);
    BIGNUM *q = BN_new();
    BIGNUM *g = number_of(key, OSSL_PKEY_PARAM_FFC_G);
    BIGNUM *value = number_of(key, OSSL_PKEY_PARAM_PUB_KEY);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
    EVP_PKEY *other = NULL;

    assert_int_equal(BN_rshift1(q, p), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, p), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_Q, q), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_G, g), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PUB_KEY, value), 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &other, EVP_PKEY_PUBLIC_KEY, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    BN_free(p);
    BN_free(q);
    BN_free(g);
    BN_free(value);
    return other;
}

static void a_key_is_the_same_in_either_way_of_writing_it(void **state)
{
    EVP_PKEY *key = make_finite_field("ffdhe2048");
    EVP_PKEY *stranger = make_finite_field("ffdhe2048");
    EVP_PKEY *curve = make_curve("P-256");
    EVP_PKEY *same = in_x942(key);
    struct private_keys list = keys_of((EVP_PKEY *[]){curve, stranger, key}, 3);

    (void)state;
    assert_int_not_equal(EVP_PKEY_eq(key, same), 1);
    assert_true(diffie_hellman_same(key, same));
    assert_false(diffie_hellman_same(stranger, same));
    assert_false(diffie_hellman_same(curve, same));
    assert_false(diffie_hellman_same(curve, curve));
    assert_ptr_equal(private_keys_find(&list, same), key);
    private_keys_clear(&list);
    EVP_PKEY_free(key);
    EVP_PKEY_free(stranger);
    EVP_PKEY_free(curve);
    EVP_PKEY_free(same);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_public_value_is_written_as_on_the_wire),
        CASE(a_key_that_only_signs_has_none),
        CASE(a_key_is_the_same_in_either_way_of_writing_it),
    };

    return RUN(cases);
}
