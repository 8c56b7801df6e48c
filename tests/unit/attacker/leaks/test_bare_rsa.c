#include "attacker/leaks/bare_rsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include "attacker/leaks/key_decode.h"
#include "attacker/leaks/premaster.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"

/* RSAPrivateKey, RFC 8017 section A.1.2. */
enum number { N, E, D, P, Q, DP, DQ, QINV, NUM_NUMBERS };

struct rsa {
    BIGNUM *numbers[NUM_NUMBERS];
};

static void clear_rsa(struct rsa *rsa)
{
    for (int i = 0; i < NUM_NUMBERS; i++)
        BN_free(rsa->numbers[i]);
}

static struct rsa numbers_of(const EVP_PKEY *key)
{
    static const char *const names[NUM_NUMBERS] = {
        OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
        OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
        OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
        OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
    };
    struct rsa rsa = {0};

    for (int i = 0; i < NUM_NUMBERS; i++)
        assert_int_equal(EVP_PKEY_get_bn_param(key, names[i], &rsa.numbers[i]), 1);
    return rsa;
}

static void write_integer(struct writer *w, const BIGNUM *number)
{
    ASN1_INTEGER *integer = BN_to_ASN1_INTEGER(number, NULL);
    uint8_t *der = NULL;
    int len = i2d_ASN1_INTEGER(integer, &der);

    assert_true(len > 0);
    write_bytes(w, bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    ASN1_INTEGER_free(integer);
}

/* der_of writes PKCS #1; for exact_free. */
static struct bytes der_of(const struct rsa *rsa)
{
    struct writer w = {0};

    write_hex(&w, "3082");
    write_open(&w, 2);
    write_hex(&w, "020100");
    for (int i = 0; i < NUM_NUMBERS; i++)
        write_integer(&w, rsa->numbers[i]);
    write_close(&w);
    return writer_take(&w);
}

/* opens: these numbers, in a file, decrypt what is encrypted for `key`. */
static void opens(const struct rsa *rsa, EVP_PKEY *key)
{
    struct private_keys loaded = {0};
    struct bytes der = der_of(rsa);
    struct bytes premaster = premaster_of(0x0303);
    struct bytes box = box_of(key, premaster);

    assert_int_equal(key_decode(&loaded, der, NULL).num_keys, 1);
    assert_int_equal(premaster_decrypt(loaded.keys[0], box).result, PREMASTER_OPENED);
    assert_ptr_equal(private_keys_find(&loaded, key), loaded.keys[0]);
    private_keys_clear(&loaded);
    exact_free(box);
    exact_free(premaster);
    exact_free(der);
}

static void zero(struct rsa *rsa, enum number first)
{
    for (int i = (int)first; i < NUM_NUMBERS; i++)
        BN_zero(rsa->numbers[i]);
}

static void a_key_with_all_its_numbers_stays_as_it_is(void **state)
{
    EVP_PKEY *key = make_rsa(1024);
    EVP_PKEY *curve = make_curve("P-256");
    struct rsa rsa = numbers_of(key);

    (void)state;
    assert_ptr_equal(bare_rsa_complete(key), key);
    assert_ptr_equal(bare_rsa_complete(curve), curve);
    opens(&rsa, key);
    clear_rsa(&rsa);
    EVP_PKEY_free(curve);
    EVP_PKEY_free(key);
}

static void the_private_exponent_is_enough_without_primes(void **state)
{
    static const enum number missing_from[] = {P, DP, QINV};
    EVP_PKEY *key = make_rsa(1024);

    (void)state;
    for (size_t i = 0; i < sizeof(missing_from) / sizeof(missing_from[0]); i++) {
        struct rsa rsa = numbers_of(key);

        zero(&rsa, missing_from[i]);
        opens(&rsa, key);
        clear_rsa(&rsa);
    }
    EVP_PKEY_free(key);
}

static EVP_PKEY *make_rsa_with_exponent(BN_ULONG exponent)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    BIGNUM *e = BN_new();
    EVP_PKEY *key = NULL;

    assert_int_equal(BN_set_word(e, exponent), 1);
    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(context, 512), 1);
    assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, e), 1);
    assert_int_equal(EVP_PKEY_generate(context, &key), 1);
    BN_free(e);
    EVP_PKEY_CTX_free(context);
    return key;
}

static void a_public_exponent_that_is_missing_is_found_again(void **state)
{
    static const BN_ULONG exponents[] = {3, 17, 65535, 65537};

    (void)state;
    for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
        EVP_PKEY *key = make_rsa_with_exponent(exponents[i]);
        struct rsa rsa = numbers_of(key);

        zero(&rsa, P);
        BN_zero(rsa.numbers[E]);
        opens(&rsa, key);
        clear_rsa(&rsa);
        EVP_PKEY_free(key);
    }
}

static void what_has_no_private_exponent_is_not_helped(void **state)
{
    EVP_PKEY *key = make_rsa(512);
    struct rsa rsa = numbers_of(key);
    struct private_keys loaded = {0};
    struct bytes premaster = premaster_of(0x0303);
    struct bytes box = box_of(key, premaster);

    (void)state;
    zero(&rsa, D);
    struct bytes der = der_of(&rsa);
    (void)key_decode(&loaded, der, NULL);
    for (size_t i = 0; i < loaded.num_keys; i++)
        assert_int_not_equal(premaster_decrypt(loaded.keys[i], box).result, PREMASTER_OPENED);
    private_keys_clear(&loaded);
    exact_free(der);
    exact_free(box);
    exact_free(premaster);
    clear_rsa(&rsa);
    EVP_PKEY_free(key);
}

static void swap(struct rsa *rsa, enum number a, enum number b)
{
    BIGNUM *number = rsa->numbers[a];

    rsa->numbers[a] = rsa->numbers[b];
    rsa->numbers[b] = number;
}

static void the_smaller_prime_may_stand_first(void **state)
{
    EVP_PKEY *key = make_rsa(1024);
    struct rsa rsa = numbers_of(key);
    BN_CTX *context = BN_CTX_new();

    (void)state;
    if (BN_cmp(rsa.numbers[P], rsa.numbers[Q]) > 0) {
        swap(&rsa, P, Q);
        swap(&rsa, DP, DQ);
        assert_non_null(BN_mod_inverse(rsa.numbers[QINV], rsa.numbers[Q], rsa.numbers[P], context));
    }
    assert_true(BN_cmp(rsa.numbers[P], rsa.numbers[Q]) < 0);
    opens(&rsa, key);
    BN_CTX_free(context);
    clear_rsa(&rsa);
    EVP_PKEY_free(key);
}

static EVP_PKEY *public_key_of(const struct rsa *rsa)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, rsa->numbers[N]), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, rsa->numbers[E]), 1);

    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return key;
}

/* A key of `bits` bits takes minutes to make of two primes; of many small ones, no time at all. Its
 * arithmetic is the same. */
static struct rsa make_of_small_primes(int bits)
{
    enum { PRIME_BITS = 256 };
    struct rsa rsa = {0};
    BN_CTX *context = BN_CTX_new();
    BIGNUM *order = BN_new();
    BIGNUM *prime = BN_new();
    BIGNUM *product = BN_new();

    for (int i = 0; i < NUM_NUMBERS; i++)
        rsa.numbers[i] = BN_new();
    assert_int_equal(BN_one(rsa.numbers[N]), 1);
    assert_int_equal(BN_one(order), 1);
    assert_int_equal(BN_set_word(rsa.numbers[E], 65537), 1);
    for (int longer = 0; BN_num_bits(rsa.numbers[N]) < bits;) {
        int left = bits - BN_num_bits(rsa.numbers[N]);
        bool last = left <= 2 * PRIME_BITS;

        assert_int_equal(
            BN_generate_prime_ex(prime, last ? left + longer : PRIME_BITS, 0, NULL, NULL, NULL), 1);
        assert_int_equal(BN_mul(product, rsa.numbers[N], prime, context), 1);
        longer = last && !longer; /* a product has as many bits as both factors, or one less */
        if (BN_mod_word(prime, 65537) == 1 || (last && BN_num_bits(product) != bits))
            continue;
        assert_non_null(BN_copy(rsa.numbers[N], product));
        assert_int_equal(BN_sub_word(prime, 1), 1);
        assert_int_equal(BN_mul(order, order, prime, context), 1);
    }
    assert_non_null(BN_mod_inverse(rsa.numbers[D], rsa.numbers[E], order, context));
    BN_free(product);
    BN_free(prime);
    BN_free(order);
    BN_CTX_free(context);
    return rsa;
}

static void keys_of_512_to_16384_bits_decrypt(void **state)
{
    static const int sizes[] = {512, 1000, 1023, 3072, 8192, 16384};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct rsa rsa = make_of_small_primes(sizes[i]);
        EVP_PKEY *key = public_key_of(&rsa);

        assert_int_equal(EVP_PKEY_get_bits(key), sizes[i]);
        opens(&rsa, key);
        EVP_PKEY_free(key);
        clear_rsa(&rsa);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_key_with_all_its_numbers_stays_as_it_is),
        CASE(the_private_exponent_is_enough_without_primes),
        CASE(a_public_exponent_that_is_missing_is_found_again),
        CASE(what_has_no_private_exponent_is_not_helped),
        CASE(the_smaller_prime_may_stand_first),
        CASE(keys_of_512_to_16384_bits_decrypt),
    };

    return RUN(cases);
}
