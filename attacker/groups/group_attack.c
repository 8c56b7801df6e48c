#include "attacker/groups/group_attack.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "attacker/groups/kangaroo.h"
#include "attacker/groups/pohlig_hellman.h"

/* Of the time that there is for a group, so much may go into taking p apart: one part in two. */
#define MODULUS_PARTS 2

/* Widths that the kangaroos try: from one that takes no time, each 16 times as wide as the one
 * before, so that all the narrower ones together cost less than the one that finds it. */
#define NARROWEST 16
#define WIDER     4

/* --- The group ---------------------------------------------------------------------------- */

/* join_order makes *order the least common multiple of itself and `other`. */
static void join_order(BIGNUM *order, const BIGNUM *other, BN_CTX *context)
{
    BIGNUM *common = number_new();

    number_must(BN_gcd(common, order, other, context) == 1 &&
                BN_div(common, NULL, other, common, context) == 1 &&
                BN_mul(order, order, common, context) == 1);
    BN_free(common);
}

/* take_part looks at the powers of g modulo one prime power of p. */
static bool take_part(struct group_attack *a, const struct prime_power *modulus, bool safe)
{
    BIGNUM *whole = number_new();
    BN_CTX *context = a->residues.context;
    bool done = true;

    number_must(BN_nnmod(whole, a->g, modulus->prime, context) == 1);
    if (!BN_is_zero(whole)) {
        struct cyclic *c = &a->parts[a->num_parts++];

        done = cyclic_init(c, modulus, safe, a->g, &a->budget);
        if (done) {
            cyclic_whole(c, whole);
            join_order(a->order, whole, context);
            join_order(a->known, c->known, context);
        } else {
            cyclic_clear(c); /* with half of an order, nothing right follows */
            a->num_parts--;
        }
    }
    BN_free(whole);
    return done;
}

/* take_apart finds the primes of p, which is one itself when all is well. */
static void take_apart(struct group_attack *a, bool safe)
{
    struct budget part = budget_part(&a->budget, MODULUS_PARTS);

    a->primality = safe ? PRIMALITY_PRIME : factors_is_prime(a->p, &a->budget);
    if (a->primality == PRIMALITY_COMPOSITE) {
        factors_find(&a->modulus, a->p, &part);
        return;
    }
    a->modulus.rest = number_of_word(1);
    factors_add(&a->modulus, a->p, 1);
}

struct group_attack *group_attack_new(const BIGNUM *p, const BIGNUM *g, bool safe,
                                      uint64_t milliseconds, bool (*stop)(void))
{
    struct group_attack *a = alloc_zero(sizeof(*a));

    budget_begin(&a->budget, milliseconds, stop);
    residues_init(&a->residues, p, &a->budget);
    a->p = number_copy(p);
    a->g = number_copy(g);
    a->known = number_of_word(1);
    a->order = number_of_word(1);
    take_apart(a, safe);
    a->parts = alloc_zero(a->modulus.num * sizeof(*a->parts));
    a->prepared = a->primality != PRIMALITY_UNKNOWN;
    for (size_t i = 0; i < a->modulus.num; i++)
        a->prepared =
            budget_left(&a->budget) > 0 && take_part(a, &a->modulus.powers[i], safe) && a->prepared;
    return a;
}

void group_attack_free(struct group_attack *a)
{
    if (!a)
        return;
    for (size_t i = 0; i < a->num_parts; i++)
        cyclic_clear(&a->parts[i]);
    free(a->parts);
    factors_clear(&a->modulus);
    residues_clear(&a->residues);
    BN_free(a->p);
    BN_free(a->g);
    BN_free(a->known);
    BN_free(a->order);
    free(a);
}

bool group_attack_is_safe(const struct group_attack *a)
{
    const struct factors *f = a->num_parts == 1 ? &a->parts[0].among : NULL;

    return f && a->primality == PRIMALITY_PRIME && BN_is_one(f->rest) && f->num == 2 &&
           BN_is_word(f->powers[0].prime, 2) && f->powers[0].exponent == 1 &&
           f->powers[1].exponent == 1;
}

const BIGNUM *group_attack_largest(const struct group_attack *a)
{
    const BIGNUM *largest = NULL;

    for (size_t i = 0; i < a->num_parts; i++) {
        const BIGNUM *one = factors_largest(&a->parts[i].order);

        if (one && (!largest || BN_cmp(one, largest) > 0))
            largest = one;
    }
    return largest;
}

/* --- An exponent -------------------------------------------------------------------------- */

/* One value, and what is known of its exponent. */
struct side {
    const BIGNUM *value;
    const BIGNUM *other; /* the other side's */
    struct congruence x;
};

static bool is_power(const struct group_attack *a, const BIGNUM *exponent, const BIGNUM *base,
                     const BIGNUM *value)
{
    BIGNUM *power = number_new();
    bool equal = residues_power(&a->residues, power, base, exponent) && BN_cmp(power, value) == 0;

    BN_free(power);
    return equal;
}

static bool claim(struct group_solution *out, enum group_way way, size_t whose,
                  const BIGNUM *exponent)
{
    out->way = way;
    out->whose = whose;
    out->exponent = number_copy(exponent);
    return true;
}

/* is_enough: is what is known of the exponent all that matters? Of 0, each power is 0. */
static bool is_enough(const struct group_attack *a, struct group_solution *out, size_t whose,
                      const struct side *s)
{
    if (BN_is_zero(s->other))
        return claim(out, WAY_SMALL_SUBGROUP, whose, BN_value_one());
    if (is_power(a, s->x.residue, a->g, s->value))
        return claim(out, WAY_SMALL_PRIMES, whose, s->x.residue);
    return is_power(a, s->x.modulus, s->other, BN_value_one()) &&
           claim(out, WAY_SMALL_SUBGROUP, whose, s->x.residue);
}

/* matters: would what small primes can give of one exponent be enough? That is so when the other
 * value is one of the elements whose order they make up. */
static bool matters(const struct group_attack *a, const struct side *s)
{
    return is_power(a, a->known, s->other, BN_value_one());
}

/* by_small_primes finds what there is to find of one exponent, in each part of the group. */
static bool by_small_primes(const struct group_attack *a, struct group_solution *out, size_t whose,
                            struct side *s)
{
    for (size_t i = 0; i < a->num_parts && !out->no_power[whose]; i++)
        out->no_power[whose] = pohlig_hellman(&a->parts[i], &s->x, s->value) == SOUGHT_NOT_THERE;
    return is_enough(a, out, whose, s);
}

/*
 * by_kangaroo looks for the t below 2^width of x = residue + modulus * t, which is the exponent of
 * y / g^residue to the base g^modulus.
 */
static enum sought by_kangaroo(const struct group_attack *a, BIGNUM *x, const struct side *s,
                               unsigned width)
{
    const struct residues *r = &a->residues;
    BIGNUM *base = number_new();
    BIGNUM *target = number_new();
    uint64_t t = 0;
    enum sought result = SOUGHT_OUT_OF_TIME;

    if (residues_power(r, base, a->g, s->x.modulus) &&
        residues_power(r, target, a->g, s->x.residue)) {
        result = SOUGHT_NOT_THERE;
        if (BN_mod_inverse(target, target, a->p, r->context)) {
            number_must(BN_mod_mul(target, target, s->value, a->p, r->context) == 1);
            result = kangaroo_find(r, &t, base, target, width);
        }
    }
    if (result == SOUGHT_FOUND) {
        number_must(BN_set_word(x, t) == 1 && BN_mul(x, x, s->x.modulus, r->context) == 1 &&
                    BN_add(x, x, s->x.residue) == 1);
    }
    BN_free(base);
    BN_free(target);
    return result;
}

/* try_width lets the kangaroos look for both exponents; true when one was found. */
static bool try_width(const struct group_attack *a, struct group_solution *out,
                      const struct side sides[static 2], unsigned width)
{
    BIGNUM *x = number_new();
    bool missed = false;

    for (size_t i = 0; i < 2 && out->way == WAY_NONE; i++) {
        enum sought result =
            out->no_power[i] ? SOUGHT_NOT_THERE : by_kangaroo(a, x, &sides[i], width);

        if (result == SOUGHT_FOUND && is_power(a, x, a->g, sides[i].value))
            (void)claim(out, WAY_SHORT, i, x);
        missed |= result == SOUGHT_OUT_OF_TIME;
    }
    if (out->way == WAY_NONE && !missed)
        out->tried_bits = number_bits(sides[0].x.modulus) - 1 + width;
    BN_clear_free(x);
    return out->way != WAY_NONE;
}

/* search_short tries wider and wider, up to all that is left of the group. */
static bool search_short(const struct group_attack *a, struct group_solution *out,
                         const struct side sides[static 2])
{
    unsigned known = number_bits(sides[0].x.modulus);
    unsigned all = number_bits(a->p);
    unsigned left = all - (known < all ? known : all) + WIDER;

    for (unsigned width = NARROWEST; width <= KANGAROO_MAX_BITS && width < left + WIDER;
         width += WIDER) {
        if (budget_left(&a->budget) == 0 || (out->no_power[0] && out->no_power[1]))
            return false;
        if (try_width(a, out, sides, width))
            return true;
    }
    return false;
}

bool group_attack_solve(struct group_attack *a, struct group_solution *out,
                        const BIGNUM *const values[static 2], uint64_t milliseconds, bool thorough)
{
    struct side sides[2] = {{.value = values[0], .other = values[1]},
                            {.value = values[1], .other = values[0]}};
    bool found = false;

    budget_begin(&a->budget, milliseconds, a->budget.stop);
    *out = (struct group_solution){0};
    for (size_t i = 0; i < 2; i++) {
        congruence_init(&sides[i].x);
        found = found || is_enough(a, out, i, &sides[i]);
    }
    for (size_t i = 0; i < 2 && !found; i++)
        found = (thorough || matters(a, &sides[i])) && by_small_primes(a, out, i, &sides[i]);
    out->known_bits = number_bits(sides[out->whose].x.modulus);
    found = found || (thorough && search_short(a, out, sides));
    congruence_clear(&sides[0].x);
    congruence_clear(&sides[1].x);
    ERR_clear_error(); /* not everything has an inverse */
    return found;
}

void group_solution_clear(struct group_solution *s)
{
    BN_clear_free(s->exponent);
    *s = (struct group_solution){0};
}
