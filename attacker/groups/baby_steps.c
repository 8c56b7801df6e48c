#include "attacker/groups/baby_steps.h"

static uint64_t root_of(uint64_t n)
{
    uint64_t root = 1;

    while (root * root < n)
        root *= 2;
    for (uint64_t step = root / 2; step > 0; step /= 2) {
        if ((root - step) * (root - step) >= n)
            root -= step;
    }
    return root;
}

/* take_baby_steps files base^i under its mark, for i below `num`; `base` is in the form. */
static bool take_baby_steps(const struct residues *r, struct marks *marks, const BIGNUM *base,
                            uint64_t num)
{
    BIGNUM *at = number_of_word(1);
    bool paid = true;

    residues_enter(r, at, at);
    for (uint64_t i = 0; paid && i < num; i++) {
        marks_add(marks, residues_mark(r, at), i);
        paid = residues_multiply(r, at, at, base);
    }
    BN_free(at);
    return paid;
}

/* is_logarithm: marks may be equal by chance, so what they say is checked. */
static bool is_logarithm(const struct residues *r, const BIGNUM *base, const BIGNUM *target,
                         uint64_t x)
{
    BIGNUM *power = number_new();
    bool equal = residues_power_word(r, power, base, x) && BN_cmp(power, target) == 0;

    BN_free(power);
    return equal;
}

/* take_giant_steps walks back from the target, `num` at a time, until it stands on a baby step. */
static enum sought take_giant_steps(const struct residues *r, uint64_t *x,
                                    const struct marks *marks, const BIGNUM *base,
                                    const BIGNUM *target, uint64_t order, uint64_t num)
{
    BIGNUM *at = number_new();
    BIGNUM *back = number_new();
    enum sought result = SOUGHT_NOT_THERE;
    uint64_t baby;

    residues_enter(r, at, target);
    bool paid = residues_power_word(r, back, base, order - num % order);
    residues_enter(r, back, back);
    for (uint64_t i = 0; paid && result != SOUGHT_FOUND && i * num < order; i++) {
        if (marks_find(marks, residues_mark(r, at), &baby)) {
            *x = (i * num + baby) % order;
            result = is_logarithm(r, base, target, *x) ? SOUGHT_FOUND : result;
        }
        paid = residues_multiply(r, at, at, back);
    }
    BN_free(at);
    BN_free(back);
    return result == SOUGHT_FOUND || paid ? result : SOUGHT_OUT_OF_TIME;
}

enum sought baby_steps_find(const struct residues *r, uint64_t *x, const BIGNUM *base,
                            const BIGNUM *target, uint64_t order)
{
    uint64_t num = root_of(order);
    BIGNUM *step = number_new();
    struct marks marks;

    marks_init(&marks, (size_t)num);
    residues_enter(r, step, base);
    enum sought result = take_baby_steps(r, &marks, step, num)
                             ? take_giant_steps(r, x, &marks, base, target, order, num)
                             : SOUGHT_OUT_OF_TIME;
    marks_clear(&marks);
    BN_free(step);
    return result;
}
