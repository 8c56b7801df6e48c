#include "attacker/groups/baby_steps.h"

#include "tests/support/check.h"
#include "tests/support/weak_group.h"

#define LONG_ENOUGH 60000

static bool stop_at_once(void)
{
    return true;
}

static void each_logarithm_of_a_small_group_is_found(void **state)
{
    BIGNUM *p = number_of_word(1019); /* 2 generates all 1018 */
    BIGNUM *g = number_of_word(2);
    BIGNUM *y = number_of_word(1);
    struct budget budget;
    struct residues r;

    (void)state;
    budget_begin(&budget, LONG_ENOUGH, NULL);
    residues_init(&r, p, &budget);
    for (uint64_t x = 0; x < 1018; x++) {
        uint64_t found = 0;

        assert_int_equal(baby_steps_find(&r, &found, g, y, 1018), SOUGHT_FOUND);
        assert_int_equal(found, x);
        assert_int_equal(BN_mod_mul(y, y, g, p, r.context), 1);
    }
    residues_clear(&r);
    BN_free(p);
    BN_free(g);
    BN_free(y);
}

static void a_subgroup_of_a_large_prime_is_as_small_as_its_order(void **state)
{
    struct weak_group group;
    struct budget budget;
    struct residues r;
    BIGNUM *y = number_new();
    uint64_t found = 0;

    (void)state;
    weak_group_subgroup(&group, 256, 30, false, 7);
    budget_begin(&budget, LONG_ENOUGH, NULL);
    residues_init(&r, group.p, &budget);
    uint64_t order = number_word(group.order);
    const uint64_t exponents[] = {0, 1, 2, order / 2, order - 2, order - 1};
    for (size_t i = 0; i < sizeof(exponents) / sizeof(exponents[0]); i++) {
        assert_true(residues_power_word(&r, y, group.g, exponents[i]));
        assert_int_equal(baby_steps_find(&r, &found, group.g, y, order), SOUGHT_FOUND);
        assert_int_equal(found, exponents[i]);
    }

    assert_int_equal(BN_set_word(y, 3), 1); /* of another order */
    assert_int_equal(baby_steps_find(&r, &found, group.g, y, order), SOUGHT_NOT_THERE);
    budget_begin(&budget, LONG_ENOUGH, stop_at_once);
    assert_int_equal(baby_steps_find(&r, &found, group.g, y, order), SOUGHT_OUT_OF_TIME);
    residues_clear(&r);
    BN_free(y);
    weak_group_clear(&group);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_logarithm_of_a_small_group_is_found),
        CASE(a_subgroup_of_a_large_prime_is_as_small_as_its_order),
    };

    return RUN(cases);
}
