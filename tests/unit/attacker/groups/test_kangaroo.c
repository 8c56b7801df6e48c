#include "attacker/groups/kangaroo.h"

#include "tests/support/check.h"

#define LONG_ENOUGH 60000

static bool stop_at_once(void)
{
    return true;
}

/* In Oakley group 1 nothing helps but that the exponent is short. */
static void begin(struct residues *r, struct budget *budget)
{
    BIGNUM *p = BN_get_rfc2409_prime_768(NULL);

    budget_begin(budget, LONG_ENOUGH, NULL);
    residues_init(r, p, budget);
    BN_free(p);
}

static void short_exponents_are_found(void **state)
{
    BIGNUM *g = number_of_word(2);
    BIGNUM *y = number_new();
    struct budget budget;
    struct residues r;

    (void)state;
    begin(&r, &budget);
    for (unsigned bits = 0; bits <= 32; bits += 4) {
        const uint64_t all = (uint64_t)1 << bits;
        const uint64_t exponents[] = {0, all / 3, all / 2, all - 1};

        for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
            uint64_t x = 1;

            assert_true(residues_power_word(&r, y, g, exponents[i]));
            assert_int_equal(kangaroo_find(&r, &x, g, y, bits), SOUGHT_FOUND);
            assert_int_equal(x, exponents[i]);
        }
    }
    residues_clear(&r);
    BN_free(g);
    BN_free(y);
}

static void an_exponent_that_is_longer_is_not_there_and_not_made_up(void **state)
{
    BIGNUM *g = number_of_word(2);
    BIGNUM *y = number_new();
    BIGNUM *x = number_new();
    struct budget budget;
    struct residues r;
    uint64_t found = 0;

    (void)state;
    begin(&r, &budget);
    assert_int_equal(BN_set_bit(x, 400), 1);
    assert_true(residues_power(&r, y, g, x));
    for (unsigned bits = 0; bits <= 28; bits += 7)
        assert_int_equal(kangaroo_find(&r, &found, g, y, bits), SOUGHT_NOT_THERE);
    budget_begin(&budget, LONG_ENOUGH, stop_at_once);
    assert_int_equal(kangaroo_find(&r, &found, g, y, 60), SOUGHT_OUT_OF_TIME);
    residues_clear(&r);
    BN_free(g);
    BN_free(y);
    BN_free(x);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(short_exponents_are_found),
        CASE(an_exponent_that_is_longer_is_not_there_and_not_made_up),
    };

    return RUN(cases);
}
