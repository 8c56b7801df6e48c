/*
 * group_attack.h - one group of integers modulo p: what is weak about it, and the exponents that
 * follow.
 *
 * There are three weaknesses, and they add up.
 *
 *     The order of g is made of small primes. Then pohlig_hellman.h finds all of x, or the part of
 *     it that small primes account for.
 *     p is no prime. Then the question falls apart into one for each prime of p.
 *     The exponent was chosen short. Then kangaroo.h finds what the first two have left of it.
 *
 * And if one of the two values lies in a small subgroup, no more need be known of the other one's
 * exponent than it is modulo the order of that subgroup.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_GROUP_ATTACK_H
#define KEYFALL_ATTACKER_GROUPS_GROUP_ATTACK_H

#include "attacker/groups/congruence.h"
#include "attacker/groups/cyclic.h"

/* What follows from p and g alone. */
struct group_attack {
    BIGNUM *p;
    BIGNUM *g;
    struct budget budget;     /* of whatever is done just now */
    struct residues residues; /* modulo p */
    enum primality primality;
    struct factors modulus; /* of p: itself, when it is a prime */
    struct cyclic *parts;   /* one for each of them, without those that divide g */
    size_t num_parts;
    BIGNUM *known; /* of the order of g modulo p, as far as it has primes that are known */
    BIGNUM *order; /* g^order = 1, unless p was not taken apart */
    bool prepared; /* as far as it can be, in the time there was */
};

/* How an exponent was found. */
enum group_way {
    WAY_NONE,
    WAY_SMALL_PRIMES,   /* all of it, modulo the order of g */
    WAY_SMALL_SUBGROUP, /* so much of it as the other one's value asks for */
    WAY_SHORT,          /* what small primes left of it was short */
};

/* Zero is "not found". Ends with group_solution_clear. */
struct group_solution {
    enum group_way way;
    size_t whose;        /* the exponent of this value */
    BIGNUM *exponent;    /* the shared secret is the other value to the power of this */
    unsigned known_bits; /* what small primes gave of it: x modulo a number of so many bits */
    unsigned tried_bits; /* no shorter exponent was missed, with some probability */
    bool no_power[2];    /* this value is no power of g */
};

/* group_attack_new looks at a group for so long; p is at least 3. `safe`: (p - 1) / 2 is known to
 * be a prime as well. Freed by group_attack_free, which takes NULL. */
struct group_attack *group_attack_new(const BIGNUM *p, const BIGNUM *g, bool safe,
                                      uint64_t milliseconds, bool (*stop)(void))
    __attribute__((returns_nonnull));
void group_attack_free(struct group_attack *a);

/* group_attack_is_safe: p is a prime, and so is (p - 1) / 2. */
bool group_attack_is_safe(const struct group_attack *a);

/* group_attack_largest is the largest prime that is known to divide the order of g; NULL for none.
 */
const BIGNUM *group_attack_largest(const struct group_attack *a);

/*
 * group_attack_solve looks for the exponent of one of the two values, for so long, and checks that
 * g to the power of it is the value. `thorough`: also by what takes all the time there is, or can
 * give a part of an exponent only. False when it was not found.
 */
bool group_attack_solve(struct group_attack *a, struct group_solution *out,
                        const BIGNUM *const values[static 2], uint64_t milliseconds,
                        bool thorough) MUST_CHECK;

void group_solution_clear(struct group_solution *s);

#endif
