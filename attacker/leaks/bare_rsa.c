#include "attacker/leaks/bare_rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "capture/bytes.h"

/* 65537 is what nearly everybody takes, and whoever does not takes a smaller one. */
#define LARGEST_EXPONENT 65537

/* The numbers without which nothing goes. */
struct bare {
    BIGNUM *n;
    BIGNUM *e;
    BIGNUM *d;
};

static void clear_bare(struct bare *b)
{
    BN_free(b->n);
    BN_free(b->e);
    BN_clear_free(b->d);
}

/* is_missing: not there, or written as zero. */
static bool is_missing(const EVP_PKEY *key, const char *name)
{
    BIGNUM *number = NULL;
    bool missing = EVP_PKEY_get_bn_param(key, name, &number) != 1 || BN_is_zero(number);

    BN_clear_free(number);
    return missing;
}

static bool is_complete(const EVP_PKEY *key)
{
    static const char *const names[] = {
        OSSL_PKEY_PARAM_RSA_E,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (is_missing(key, names[i]))
            return false;
    }
    return true;
}

/*
 * find_exponent: 2^d is a number whose e-th power is 2 again, and no smaller power is; so it is
 * multiplied by itself until 2 comes out.
 */
static bool find_exponent(struct bare *b, BN_CTX *context)
{
    BIGNUM *two = BN_new();
    BIGNUM *root = BN_new();
    BIGNUM *power = BN_new();
    BN_ULONG e = 1;
    bool good = two && root && power && BN_set_word(two, 2) == 1 &&
                BN_mod_exp(root, two, b->d, b->n, context) == 1 && BN_copy(power, root);

    while (good && e < LARGEST_EXPONENT && BN_cmp(power, two) != 0) {
        good = BN_mod_mul(power, power, root, b->n, context) == 1;
        e++;
    }
    good = good && e > 1 && BN_cmp(power, two) == 0 && BN_set_word(b->e, e) == 1;
    BN_clear_free(power);
    BN_clear_free(root);
    BN_free(two);
    return good;
}

static EVP_PKEY *key_of(const struct bare *b)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (build && context && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, b->n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, b->e) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, b->d) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(build)) != NULL && EVP_PKEY_fromdata_init(context) == 1)
        (void)!EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *bare_rsa_complete(EVP_PKEY *key)
{
    struct bare b = {0};
    EVP_PKEY *whole = NULL;
    BN_CTX *context;

    if (!EVP_PKEY_is_a(key, "RSA") || is_complete(key)) {
        ERR_clear_error();
        return key;
    }
    context = BN_CTX_new();
    if (context && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &b.n) == 1 &&
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_D, &b.d) == 1 && !BN_is_zero(b.d) &&
        BN_is_odd(b.n)) {
        (void)!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &b.e);
        if (!b.e)
            b.e = BN_new();
        if (b.e && (!BN_is_zero(b.e) || find_exponent(&b, context)))
            whole = key_of(&b);
    }
    BN_CTX_free(context);
    clear_bare(&b);
    ERR_clear_error();
    if (!whole)
        return key;
    EVP_PKEY_free(key);
    return whole;
}
