#include "attacker/groups/congruence.h"

#include "tests/support/check.h"

static struct congruence of(uint64_t residue, uint64_t modulus)
{
    return (struct congruence){number_of_word(residue), number_of_word(modulus)};
}

static bool join(struct congruence *c, uint64_t residue, uint64_t modulus)
{
    struct congruence other = of(residue, modulus);
    bool joined = congruence_join(c, &other);

    congruence_clear(&other);
    return joined;
}

static void is(const struct congruence *c, uint64_t residue, uint64_t modulus)
{
    assert_int_equal(number_word(c->residue), residue);
    assert_int_equal(number_word(c->modulus), modulus);
}

static void all_numbers_modulo_small_ones_come_back(void **state)
{
    (void)state;
    for (uint64_t x = 0; x < 420; x++) {
        struct congruence c;

        congruence_init(&c);
        assert_true(join(&c, x % 4, 4));
        assert_true(join(&c, x % 5, 5));
        assert_true(join(&c, x % 3, 3));
        assert_true(join(&c, x % 7, 7));
        is(&c, x, 420);
        congruence_clear(&c);
    }
}

static void moduli_may_have_common_factors(void **state)
{
    (void)state;
    for (uint64_t x = 0; x < 180; x++) {
        struct congruence c = of(x % 12, 12);

        assert_true(join(&c, x % 45, 45));
        is(&c, x, 180);
        assert_true(join(&c, x % 6, 6)); /* nothing new */
        is(&c, x, 180);
        congruence_clear(&c);
    }
}

static void what_contradicts_itself_changes_nothing(void **state)
{
    struct congruence c = of(5, 12);

    (void)state;
    assert_false(join(&c, 2, 4));
    assert_false(join(&c, 6, 12));
    is(&c, 5, 12);
    congruence_clear(&c);
    congruence_clear(&c);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_numbers_modulo_small_ones_come_back),
        CASE(moduli_may_have_common_factors),
        CASE(what_contradicts_itself_changes_nothing),
    };

    return RUN(cases);
}
