#include "attacker/groups/residues.h"

#include "tests/support/check.h"

#define LONG_ENOUGH 60000

static bool stop_at_once(void)
{
    return true;
}

/* An odd modulus has a Montgomery form, an even one has none: they count alike. */
static void products_and_powers_are_those_of_the_numbers(void **state)
{
    (void)state;
    for (uint64_t modulus = 2; modulus < 60; modulus++) {
        BIGNUM *n = number_of_word(modulus);
        BIGNUM *out = number_new();
        struct budget budget;
        struct residues r;

        budget_begin(&budget, LONG_ENOUGH, NULL);
        residues_init(&r, n, &budget);
        for (uint64_t a = 0; a < modulus; a++) {
            BIGNUM *base = number_of_word(a);
            BIGNUM *entered = number_new();
            uint64_t expected = 1;

            residues_enter(&r, entered, base);
            assert_true(residues_multiply(&r, out, entered, entered));
            residues_leave(&r, out, out);
            assert_int_equal(number_word(out), a * a % modulus);
            for (uint64_t x = 0; x < 20; x++) {
                assert_true(residues_power_word(&r, out, base, x));
                assert_int_equal(number_word(out), expected % modulus);
                expected = expected * a % modulus;
            }
            BN_free(base);
            BN_free(entered);
        }
        residues_clear(&r);
        BN_free(n);
        BN_free(out);
    }
}

static void marks_are_the_lowest_bits(void **state)
{
    BIGNUM *p = BN_get_rfc2409_prime_768(NULL);
    BIGNUM *n = number_of_word(0x123456789abcdef0);
    struct budget budget;
    struct residues r;

    (void)state;
    budget_begin(&budget, LONG_ENOUGH, NULL);
    residues_init(&r, p, &budget);
    assert_int_equal(residues_mark(&r, n), 0x123456789abcdef0);
    assert_int_equal(BN_set_bit(n, 700), 1);
    assert_int_equal(residues_mark(&r, n), 0x123456789abcdef0);
    assert_int_equal(number_bits(n), 701); /* it is as it was */
    assert_true(residues_rate(&r) > 0);
    residues_clear(&r);
    BN_free(n);
    BN_free(p);
}

static void what_cannot_be_paid_is_not_done(void **state)
{
    BIGNUM *p = BN_get_rfc3526_prime_8192(NULL);
    BIGNUM *n = number_of_word(3);
    BIGNUM *out = number_of_word(77);
    struct budget budget;
    struct residues r;

    (void)state;
    budget_begin(&budget, LONG_ENOUGH, stop_at_once);
    residues_init(&r, p, &budget);
    assert_false(residues_power(&r, out, n, p));
    assert_false(residues_multiply(&r, out, n, n));
    assert_int_equal(number_word(out), 77);
    residues_clear(&r);
    BN_free(out);
    BN_free(n);
    BN_free(p);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(products_and_powers_are_those_of_the_numbers),
        CASE(marks_are_the_lowest_bits),
        CASE(what_cannot_be_paid_is_not_done),
    };

    return RUN(cases);
}
