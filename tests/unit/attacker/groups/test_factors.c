#include "attacker/groups/factors.h"

#include <string.h>

#include "tests/support/check.h"

/* More milliseconds than any of these takes, by far. */
#define LONG_ENOUGH 60000

static BIGNUM *decimal(const char *text)
{
    BIGNUM *n = NULL;

    assert_int_equal(BN_dec2bn(&n, text), strlen(text));
    return n;
}

static bool stop_at_once(void)
{
    return true;
}

/* multiplies_to checks that the factors are primes in order, and multiply to `n`. */
static void multiplies_to(const struct factors *f, const BIGNUM *n)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *product = number_copy(f->rest);

    for (size_t i = 0; i < f->num; i++) {
        assert_int_equal(BN_check_prime(f->powers[i].prime, context, NULL), 1);
        assert_true(f->powers[i].exponent > 0);
        assert_true(i == 0 || BN_cmp(f->powers[i - 1].prime, f->powers[i].prime) < 0);
        for (unsigned k = 0; k < f->powers[i].exponent; k++)
            assert_int_equal(BN_mul(product, product, f->powers[i].prime, context), 1);
    }
    assert_int_equal(BN_cmp(product, n), 0);
    BN_free(product);
    BN_CTX_free(context);
}

static void a_number_falls_into_its_primes(void **state)
{
    static const struct {
        const char *number;
        size_t num_primes;
        const char *largest;
    } cases[] = {
        {"1", 0, NULL},
        {"2", 1, "2"},
        {"1024", 1, "2"},
        {"720720", 6, "13"},
        {"1048573", 1, "1048573"},                          /* the last of the small ones */
        {"1048583", 1, "1048583"},                          /* the first that is not */
        {"1099515822059", 2, "1048583"},                    /* their product */
        {"1099526307889", 1, "1048583"},                    /* a square */
        {"18446744073709551617", 2, "67280421310721"},      /* 2^64 + 1 */
        {"295147906343288963537", 2, "68719476767"},        /* 33 and 37 bits */
        {"79228163344367823809576701231", 1, "4294967311"}, /* a cube */
        /* 95 bits, which p - 1 finds, for r - 1 is smooth; and 127. */
        {"4381843480600544145217525530280224633089089129254923322798145608707", 2,
         "147808829414345923316083210206383297621"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        BIGNUM *n = decimal(cases[i].number);
        struct budget budget;
        struct factors f;

        budget_begin(&budget, LONG_ENOUGH, NULL);
        factors_find(&f, n, &budget);
        multiplies_to(&f, n);
        assert_true(BN_is_one(f.rest));
        assert_int_equal(f.num, cases[i].num_primes);
        if (cases[i].largest) {
            char *largest = BN_bn2dec(factors_largest(&f));

            assert_string_equal(largest, cases[i].largest);
            OPENSSL_free(largest);
        } else {
            assert_null(factors_largest(&f));
        }
        factors_clear(&f);
        BN_free(n);
    }
}

static void what_there_is_no_time_for_is_left(void **state)
{
    BIGNUM *n = number_new();
    BIGNUM *other = number_new();
    BN_CTX *context = BN_CTX_new();
    struct budget budget;
    struct factors f;

    (void)state;
    assert_int_equal(BN_generate_prime_ex(n, 256, 0, NULL, NULL, NULL), 1);
    assert_int_equal(BN_generate_prime_ex(other, 256, 0, NULL, NULL, NULL), 1);
    assert_int_equal(BN_mul(n, n, other, context), 1);
    assert_int_equal(BN_mul_word(n, 6), 1);
    budget_begin(&budget, 100, NULL);
    factors_find(&f, n, &budget);
    multiplies_to(&f, n);
    assert_int_equal(f.num, 2);
    assert_true(number_bits(f.rest) > 500);
    factors_clear(&f);

    budget_begin(&budget, LONG_ENOUGH, stop_at_once);
    factors_find(&f, n, &budget);
    assert_true(number_bits(f.rest) > 500);
    factors_clear(&f);
    BN_CTX_free(context);
    BN_free(other);
    BN_free(n);
}

static void primality_is_told_or_time_runs_out(void **state)
{
    BIGNUM *prime = BN_get_rfc2409_prime_1024(NULL);
    BIGNUM *composite = number_copy(prime);
    struct budget budget;

    (void)state;
    assert_int_equal(BN_add_word(composite, 8), 1);
    budget_begin(&budget, LONG_ENOUGH, NULL);
    assert_int_equal(factors_is_prime(prime, &budget), PRIMALITY_PRIME);
    assert_int_equal(factors_is_prime(composite, &budget), PRIMALITY_COMPOSITE);
    budget_begin(&budget, LONG_ENOUGH, stop_at_once);
    assert_int_equal(factors_is_prime(prime, &budget), PRIMALITY_UNKNOWN);
    for (uint64_t n = 2; n < 100; n++) {
        BIGNUM *small = number_of_word(n);
        bool is_prime = true;

        for (uint64_t d = 2; d < n; d++)
            is_prime = is_prime && n % d != 0;
        budget_begin(&budget, LONG_ENOUGH, NULL);
        assert_int_equal(factors_is_prime(small, &budget),
                         is_prime ? PRIMALITY_PRIME : PRIMALITY_COMPOSITE);
        BN_free(small);
    }
    BN_free(composite);
    BN_free(prime);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_number_falls_into_its_primes),
        CASE(what_there_is_no_time_for_is_left),
        CASE(primality_is_told_or_time_runs_out),
    };

    return RUN(cases);
}
