#include "attacker/groups/group_attack.h"

#include "tests/support/check.h"
#include "tests/support/weak_group.h"

#define LONG_ENOUGH 60000

/* Two exponents, and the values that belong to them. */
struct pair {
    BIGNUM *x[2];
    BIGNUM *values[2];
};

static bool stop_at_once(void)
{
    return true;
}

/* exchange makes two exponents of so many bits, or below p when that is 0. */
static void exchange(struct pair *out, const struct weak_group *group, int bits)
{
    BN_CTX *context = BN_CTX_new();

    for (size_t i = 0; i < 2; i++) {
        out->x[i] = number_new();
        out->values[i] = number_new();
        if (bits > 0)
            assert_int_equal(BN_rand(out->x[i], bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), 1);
        else
            assert_int_equal(BN_rand_range(out->x[i], group->p) && BN_add_word(out->x[i], 1), 1);
        assert_int_equal(BN_mod_exp(out->values[i], group->g, out->x[i], group->p, context), 1);
    }
    BN_CTX_free(context);
}

static void forget(struct pair *pair)
{
    for (size_t i = 0; i < 2; i++) {
        BN_free(pair->x[i]);
        BN_free(pair->values[i]);
    }
}

static bool solve(struct group_attack *a, struct group_solution *out, const struct pair *pair)
{
    const BIGNUM *values[] = {pair->values[0], pair->values[1]};

    return group_attack_solve(a, out, values, LONG_ENOUGH, true);
}

/* opens: the exponent that was found gives the secret that the two share. */
static void opens(const struct weak_group *group, const struct pair *pair,
                  const struct group_solution *s)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *shared = number_new();
    BIGNUM *computed = number_new();

    assert_int_equal(BN_mod_exp(shared, pair->values[0], pair->x[1], group->p, context), 1);
    assert_int_equal(
        BN_mod_exp(computed, pair->values[1 - s->whose], s->exponent, group->p, context), 1);
    assert_int_equal(BN_cmp(shared, computed), 0);
    BN_free(shared);
    BN_free(computed);
    BN_CTX_free(context);
}

/* falls: the group gives way, in this way, to two values with exponents of so many bits. */
static void falls(struct weak_group *group, int bits, enum group_way way)
{
    struct group_attack *a = group_attack_new(group->p, group->g, false, LONG_ENOUGH, NULL);
    struct group_solution s;
    struct pair pair;

    exchange(&pair, group, bits);
    assert_true(a->prepared);
    assert_true(solve(a, &s, &pair));
    assert_int_equal(s.way, way);
    opens(group, &pair, &s);
    group_solution_clear(&s);
    forget(&pair);
    group_attack_free(a);
    weak_group_clear(group);
}

static void smooth_groups_fall(void **state)
{
    struct weak_group group;

    (void)state;
    for (unsigned bits = 64; bits <= 512; bits *= 2) {
        weak_group_smooth(&group, bits, bits < 128 ? 12 : 20, bits);
        falls(&group, 0, WAY_SMALL_PRIMES);
    }
    weak_group_smooth(&group, 256, 30, 1); /* no small primes */
    falls(&group, 0, WAY_SMALL_PRIMES);
}

static void powers_of_a_prime_in_the_order_are_taken_one_by_one(void **state)
{
    struct weak_group group;

    (void)state;
    weak_group_power(&group, 256, 10, 12, 3);
    falls(&group, 0, WAY_SMALL_PRIMES);
    weak_group_power(&group, 200, 24, 4, 4);
    falls(&group, 0, WAY_SMALL_PRIMES);
}

static void a_modulus_that_is_no_prime_falls_apart(void **state)
{
    struct weak_group group;

    (void)state;
    weak_group_composite(&group, 256, 30, 5);
    struct group_attack *a = group_attack_new(group.p, group.g, false, LONG_ENOUGH, NULL);
    assert_int_equal(a->primality, PRIMALITY_COMPOSITE);
    assert_true(a->num_parts >= 8);
    assert_false(group_attack_is_safe(a));
    group_attack_free(a);
    falls(&group, 0, WAY_SMALL_PRIMES);
}

/* powers_of is p = base^power * others. */
static void modulus_of(struct weak_group *out, uint64_t base, unsigned power, uint64_t others)
{
    *out = (struct weak_group){number_of_word(others), number_of_word(2), NULL};
    for (unsigned i = 0; i < power; i++)
        assert_int_equal(BN_mul_word(out->p, base), 1);
}

static void powers_of_a_prime_in_the_modulus_are_no_harder(void **state)
{
    static const struct {
        uint64_t base;
        unsigned power;
        uint64_t others;
    } cases[] = {
        {1048583, 12, 1}, /* a large prime, which is easy where it is the modulus as well */
        {3, 100, 1},
        {4294967311, 5, 1019},
        {4294967311, 2, 105},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct weak_group group;

        modulus_of(&group, cases[i].base, cases[i].power, cases[i].others);
        falls(&group, 0, WAY_SMALL_PRIMES);
    }
}

/* An even modulus has no Montgomery form; and here g is odd. */
static void an_even_modulus_falls_as_well(void **state)
{
    struct weak_group group;

    (void)state;
    modulus_of(&group, 2, 60, 1048583);
    assert_int_equal(BN_set_word(group.g, 3), 1);
    falls(&group, 0, WAY_SMALL_PRIMES);
}

static void a_generator_of_few_elements_gives_way(void **state)
{
    struct weak_group group;

    (void)state;
    weak_group_subgroup(&group, 256, 28, false, 6);
    falls(&group, 0, WAY_SMALL_PRIMES);
}

static void short_exponents_give_way(void **state)
{
    struct weak_group group = {BN_get_rfc2409_prime_1024(NULL), number_of_word(2), NULL};

    (void)state;
    falls(&group, 32, WAY_SHORT);
    /* 60 bits, of which 28 + 1 are found by small primes. */
    weak_group_subgroup(&group, 256, 28, true, 7);
    falls(&group, 60, WAY_SHORT);
}

static void a_value_in_a_small_subgroup_gives_the_secret_away(void **state)
{
    struct weak_group group;
    struct group_solution s;
    struct pair pair;
    BN_CTX *context = BN_CTX_new();
    BIGNUM *large = number_new();

    (void)state;
    weak_group_subgroup(&group, 256, 28, true, 8);
    struct group_attack *a = group_attack_new(group.p, group.g, false, LONG_ENOUGH, NULL);
    exchange(&pair, &group, 0);
    /* Raised to this, the server's value is one of 2^28; the client's is not. */
    assert_int_equal(BN_cmp(a->known, group.order), 0);
    assert_int_equal(BN_div(large, NULL, group.order, a->parts[0].order.powers[1].prime, context),
                     1);
    assert_int_equal(BN_mod_exp(pair.values[0], pair.values[0], large, group.p, context), 1);
    assert_int_equal(BN_mod_mul(pair.x[0], pair.x[0], large, group.order, context), 1);
    const BIGNUM *values[] = {pair.values[0], pair.values[1]};
    assert_true(group_attack_solve(a, &s, values, LONG_ENOUGH, false));
    assert_int_equal(s.way, WAY_SMALL_SUBGROUP);
    assert_int_equal(s.whose, 1);
    opens(&group, &pair, &s);
    group_solution_clear(&s);
    forget(&pair);
    group_attack_free(a);
    weak_group_clear(&group);
    BN_free(large);
    BN_CTX_free(context);
}

static void values_that_hide_nothing_need_no_search(void **state)
{
    BIGNUM *p = BN_get_rfc2409_prime_1024(NULL);
    BIGNUM *g = number_of_word(2);
    BIGNUM *trivial[] = {number_of_word(0), number_of_word(1)};
    BIGNUM *other = number_of_word(1234567);
    struct group_attack *a = group_attack_new(p, g, true, LONG_ENOUGH, NULL);

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const BIGNUM *values[2];
        struct group_solution s;
        BIGNUM *shared = number_new();

        values[i % 2] = trivial[i / 2];
        values[1 - i % 2] = other;
        assert_true(group_attack_solve(a, &s, values, 0, false));
        assert_int_equal(
            BN_mod_exp(shared, values[1 - s.whose], s.exponent, p, a->residues.context), 1);
        assert_int_equal(BN_cmp(shared, trivial[i / 2]), 0);
        group_solution_clear(&s);
        BN_free(shared);
    }
    group_attack_free(a);
    BN_free(trivial[0]);
    BN_free(trivial[1]);
    BN_free(other);
    BN_free(p);
    BN_free(g);
}

static void a_good_group_withstands_until_time_is_over(void **state)
{
    struct weak_group group = {BN_get_rfc3526_prime_2048(NULL), number_of_word(2), NULL};
    struct group_solution s;
    struct budget clock;
    struct pair pair;

    (void)state;
    exchange(&pair, &group, 0);
    budget_begin(&clock, LONG_ENOUGH, NULL);
    struct group_attack *a = group_attack_new(group.p, group.g, false, 1000, NULL);
    const BIGNUM *values[] = {pair.values[0], pair.values[1]};
    assert_true(group_attack_is_safe(a));
    assert_false(group_attack_solve(a, &s, values, 500, true));
    assert_int_equal(s.way, WAY_NONE);
    assert_null(s.exponent);
    assert_true(s.tried_bits >= 16);
    assert_true(budget_spent(&clock) < 3000000000);
    group_attack_free(a);

    a = group_attack_new(group.p, group.g, false, LONG_ENOUGH, stop_at_once);
    assert_false(a->prepared);
    assert_false(group_attack_solve(a, &s, values, LONG_ENOUGH, true));
    group_attack_free(a);
    forget(&pair);
    weak_group_clear(&group);
}

static void a_value_that_is_no_power_of_g_is_told_apart(void **state)
{
    struct weak_group group;
    struct group_solution s;

    (void)state;
    weak_group_subgroup(&group, 256, 28, false, 9);
    struct group_attack *a = group_attack_new(group.p, group.g, false, LONG_ENOUGH, NULL);
    BIGNUM *stranger = number_of_word(5);
    const BIGNUM *values[] = {stranger, stranger};
    assert_false(group_attack_solve(a, &s, values, LONG_ENOUGH, true));
    assert_true(s.no_power[0]);
    assert_true(s.no_power[1]);
    group_attack_free(a);
    BN_free(stranger);
    weak_group_clear(&group);
}

/* Whatever a server sends, nothing falls over. */
static void odd_moduli_and_generators_come_to_an_end(void **state)
{
    (void)state;
    for (uint64_t p = 3; p < 28; p++) {
        for (uint64_t g = p % 2; g < p; g += 2) {
            struct weak_group group = {number_of_word(p), number_of_word(g), NULL};
            struct group_attack *a = group_attack_new(group.p, group.g, false, LONG_ENOUGH, NULL);
            struct group_solution s;
            struct pair pair;

            exchange(&pair, &group, 0);
            if (solve(a, &s, &pair) && g > 0)
                opens(&group, &pair, &s);
            group_solution_clear(&s);
            forget(&pair);
            group_attack_free(a);
            weak_group_clear(&group);
        }
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(smooth_groups_fall),
        CASE(powers_of_a_prime_in_the_order_are_taken_one_by_one),
        CASE(a_modulus_that_is_no_prime_falls_apart),
        CASE(powers_of_a_prime_in_the_modulus_are_no_harder),
        CASE(an_even_modulus_falls_as_well),
        CASE(a_generator_of_few_elements_gives_way),
        CASE(short_exponents_give_way),
        CASE(a_value_in_a_small_subgroup_gives_the_secret_away),
        CASE(values_that_hide_nothing_need_no_search),
        CASE(a_good_group_withstands_until_time_is_over),
        CASE(a_value_that_is_no_power_of_g_is_told_apart),
        CASE(odd_moduli_and_generators_come_to_an_end),
    };

    return RUN(cases);
}
