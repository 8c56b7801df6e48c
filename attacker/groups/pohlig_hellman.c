#include "attacker/groups/pohlig_hellman.h"

#include "attacker/groups/kangaroo.h"

/* One prime of the order, and what is being found for it. */
struct task {
    const struct cyclic *c;
    const BIGNUM *prime; /* q */
    unsigned exponent;   /* the order has q to the power of this */
    BIGNUM *size;        /* that power */
    BIGNUM *base;        /* of that order */
    BIGNUM *y;
    BIGNUM *unit; /* base^(size / q), of order q */
};

/*
 * in_kernel: modulo r^k, the residues of order r are 1 + c * r^(k-1), and multiplying two of them
 * adds the two c. So the logarithm is a division, however large r is.
 */
static enum sought in_kernel(const struct task *t, BIGNUM *digit, const BIGNUM *target)
{
    const struct residues *r = &t->c->residues;
    BIGNUM *layer = number_new();
    BIGNUM *of_base = number_copy(t->unit);
    BIGNUM *of_target = number_copy(target);
    BIGNUM *left = number_new();
    enum sought result = SOUGHT_NOT_THERE;

    number_must(BN_div(layer, NULL, r->modulus, t->prime, r->context) == 1 &&
                BN_sub_word(of_base, 1) == 1 && BN_sub_word(of_target, 1) == 1 &&
                BN_div(of_base, NULL, of_base, layer, r->context) == 1 &&
                BN_div(of_target, left, of_target, layer, r->context) == 1);
    if (BN_is_zero(left)) {
        number_must(BN_mod_inverse(of_base, of_base, t->prime, r->context) != NULL &&
                    BN_mod_mul(digit, of_target, of_base, t->prime, r->context) == 1);
        result = SOUGHT_FOUND;
    }
    BN_free(layer);
    BN_free(of_base);
    BN_free(of_target);
    BN_free(left);
    return result;
}

static bool is_in_kernel(const struct task *t)
{
    return t->c->power > 1 && BN_cmp(t->prime, t->c->prime) == 0 && BN_is_odd(t->prime);
}

/* find_digit: unit^*digit = target, where `unit` has the order q. */
static enum sought find_digit(const struct task *t, BIGNUM *digit, const BIGNUM *target)
{
    const struct residues *r = &t->c->residues;
    uint64_t x = 0;
    enum sought result;

    if (is_in_kernel(t))
        return in_kernel(t, digit, target);
    if (number_bits(t->prime) > KANGAROO_MAX_BITS)
        return SOUGHT_OUT_OF_TIME;

    uint64_t q = number_word(t->prime);
    if (q <= BABY_STEPS_MAX_ORDER)
        result = baby_steps_find(r, &x, t->unit, target, q);
    else if (kangaroo_find(r, &x, t->unit, target, number_bits(t->prime)) == SOUGHT_FOUND)
        result = SOUGHT_FOUND;
    else
        result = SOUGHT_OUT_OF_TIME; /* kangaroos may miss one, so it may be there */
    if (result == SOUGHT_FOUND)
        number_must(BN_set_word(digit, x % q) == 1);
    return result;
}

/* is_affordable: can a logarithm among q elements be had in the time that is left? */
static bool is_affordable(const struct task *t, uint64_t rate)
{
    unsigned bits = number_bits(t->prime);
    double steps = 2;
    double seconds = (double)budget_left(t->c->residues.budget) / 1e9;

    for (unsigned i = 0; i < bits && bits <= KANGAROO_MAX_BITS; i++)
        steps *= 1.41421356;
    return is_in_kernel(t) ||
           (bits <= KANGAROO_MAX_BITS && steps * t->exponent < seconds * (double)rate);
}

/*
 * find_digits finds x modulo q^e, digit by digit: with x = d0 + d1 q + d2 q^2 + ..., what is left
 * of y after the digits that are known, raised to the power that leaves only the next one.
 */
static enum sought find_digits(const struct task *t, BIGNUM *x)
{
    const struct residues *r = &t->c->residues;
    BIGNUM *left = number_new();
    BIGNUM *digit = number_new();
    BIGNUM *place = number_of_word(1);     /* q^i */
    BIGNUM *leaves = number_copy(t->size); /* q^(e-1-i) */
    enum sought result = SOUGHT_FOUND;

    for (unsigned i = 0; result == SOUGHT_FOUND && i < t->exponent; i++) {
        number_must(BN_div(leaves, NULL, leaves, t->prime, r->context) == 1 &&
                    BN_sub(left, t->size, x) == 1);
        if (!residues_power(r, left, t->base, left)) {
            result = SOUGHT_OUT_OF_TIME;
            break;
        }
        number_must(BN_mod_mul(left, left, t->y, r->modulus, r->context) == 1);
        result =
            residues_power(r, left, left, leaves) ? find_digit(t, digit, left) : SOUGHT_OUT_OF_TIME;
        if (result == SOUGHT_FOUND)
            number_must(BN_mul(digit, digit, place, r->context) == 1 && BN_add(x, x, digit) == 1 &&
                        BN_mul(place, place, t->prime, r->context) == 1);
    }
    BN_free(left);
    BN_clear_free(digit);
    BN_free(place);
    BN_free(leaves);
    return result;
}

/* fall takes base and y down into the subgroup of q^e elements. */
static bool fall(struct task *t, const BIGNUM *whole, const BIGNUM *y)
{
    const struct residues *r = &t->c->residues;
    BIGNUM *cofactor = number_new();

    for (unsigned i = 0; i < t->exponent; i++)
        number_must(BN_mul(t->size, t->size, t->prime, r->context) == 1);
    number_must(BN_div(cofactor, NULL, whole, t->size, r->context) == 1);
    bool paid =
        residues_power(r, t->base, t->c->g, cofactor) && residues_power(r, t->y, y, cofactor);
    number_must(BN_div(cofactor, NULL, t->size, t->prime, r->context) == 1);
    paid = paid && residues_power(r, t->unit, t->base, cofactor);
    BN_free(cofactor);
    return paid;
}

/* solve finds x modulo one prime power of the order, and joins it to what is known. */
static enum sought solve(const struct cyclic *c, struct congruence *x, const BIGNUM *whole,
                         const BIGNUM *y, const struct prime_power *q, uint64_t rate)
{
    struct task t = {.c = c,
                     .prime = q->prime,
                     .exponent = q->exponent,
                     .size = number_of_word(1),
                     .base = number_new(),
                     .y = number_new(),
                     .unit = number_new()};
    struct congruence part;
    enum sought result = SOUGHT_OUT_OF_TIME;

    congruence_init(&part);
    if (is_affordable(&t, rate) && fall(&t, whole, y))
        result = find_digits(&t, part.residue);
    if (result == SOUGHT_FOUND) {
        number_must(BN_copy(part.modulus, t.size) != NULL);
        result = congruence_join(x, &part) ? SOUGHT_FOUND : SOUGHT_NOT_THERE;
    }
    congruence_clear(&part);
    BN_free(t.size);
    BN_free(t.base);
    BN_free(t.y);
    BN_free(t.unit);
    return result;
}

enum sought pohlig_hellman(const struct cyclic *c, struct congruence *x, const BIGNUM *y)
{
    BIGNUM *whole = number_new();
    BIGNUM *reduced = number_new();
    uint64_t rate = residues_rate(&c->residues);
    enum sought result = SOUGHT_FOUND;

    cyclic_whole(c, whole);
    number_must(BN_nnmod(reduced, y, c->residues.modulus, c->residues.context) == 1);
    for (size_t i = 0; result != SOUGHT_NOT_THERE && i < c->order.num; i++) {
        enum sought one = solve(c, x, whole, reduced, &c->order.powers[i], rate);

        if (one != SOUGHT_FOUND)
            result = one;
    }
    BN_free(whole);
    BN_free(reduced);
    return result;
}
