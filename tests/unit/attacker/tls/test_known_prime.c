#include "attacker/tls/known_prime.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"

static struct bytes bytes_of_number(const BIGNUM *n)
{
    uint8_t at[2048];

    return exact_copy(bytes_of(at, (size_t)BN_bn2bin(n, at)));
}

static bool half_is_prime(struct bytes p)
{
    BIGNUM *n = BN_bin2bn(p.at, (int)p.len, NULL);
    BN_CTX *context = BN_CTX_new();

    assert_int_equal(BN_check_prime(n, context, NULL), 1);
    assert_int_equal(BN_rshift1(n, n), 1);
    bool prime = BN_check_prime(n, context, NULL) == 1;
    BN_CTX_free(context);
    BN_free(n);
    return prime;
}

static void primes_of_standards_are_known_and_safe_when_it_says_so(void **state)
{
    static const struct {
        const char *group;
        const char *name;
        const char *standard;
    } cases[] = {
        {"ffdhe2048", "ffdhe2048", "RFC 7919"},     {"modp_1536", "modp1536", "RFC 3526"},
        {"modp_2048", "modp2048", "RFC 3526"},      {"ffdhe8192", "ffdhe8192", "RFC 7919"},
        {"dh_1024_160", "dh_1024_160", "RFC 5114"}, {"dh_2048_224", "dh_2048_224", "RFC 5114"},
        {"dh_2048_256", "dh_2048_256", "RFC 5114"}};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        EVP_PKEY *key = make_finite_field(cases[i].group);
        BIGNUM *n = NULL;

        assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &n), 1);
        struct bytes p = bytes_of_number(n);
        const struct known_prime *known = known_prime_find(p);
        assert_non_null(known);
        assert_string_equal(known->name, cases[i].name);
        assert_string_equal(known->standard, cases[i].standard);
        if (known->bits <= 2048)
            assert_int_equal(known->safe, half_is_prime(p));
        exact_free(p);
        BN_free(n);
        EVP_PKEY_free(key);
    }
}

static void primes_that_come_with_programs_are_known(void **state)
{
    static const struct {
        const char *hex;
        const char *name;
        bool safe;
    } cases[] = {
        {"9fdb8b8a004544f0045f1737d0ba2e0b274cdf1a9f588218fb435316a16e374171fd19d8d8f37c39bf863fd6"
         "0e3e300680a3030c6e4c3757d08f70e6aa871033",
         "512-bit DH of Apache mod_ssl 2.2", true},
        {"da583c16d9852289d0e4af756f4cca92dd4be533b804fb0fed94ef9c8a4403ed574650d36999db29d776276b"
         "a2d3d412e218f4dd1e084cf6d8003e7c4774e833",
         "512-bit DH of OpenSSL s_server", true},
        {"e9e642599d355f37c97ffd3567120b8e25c9cd43e927b3a9670fbec5d890141922d2c3b3ad2480093799869d"
         "1e846aab49fab0ad26d2ce6a22219d470bce7d777d4a21fbe9c270b57f607002f3cef8393694cf45ee3688c1"
         "1a8c56ab127a3daf",
         "768-bit DH of Java 7", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes p = unhex(cases[i].hex);
        const struct known_prime *known = known_prime_find(p);

        assert_non_null(known);
        assert_string_equal(known->name, cases[i].name);
        assert_null(known->standard);
        assert_int_equal(half_is_prime(p), cases[i].safe);
        exact_free(p);
    }
}

static void a_neighbour_is_not_known(void **state)
{
    BIGNUM *n = BN_get_rfc2409_prime_1024(NULL);

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct bytes p = bytes_of_number(n);
        const struct known_prime *known = known_prime_find(p);

        assert_int_equal(known != NULL, i == 0);
        exact_free(p);
        assert_int_equal(BN_add_word(n, 2), 1);
    }
    assert_null(known_prime_find(bytes_of("", 0)));
    BN_free(n);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(primes_of_standards_are_known_and_safe_when_it_says_so),
        CASE(primes_that_come_with_programs_are_known),
        CASE(a_neighbour_is_not_known),
    };

    return RUN(cases);
}
