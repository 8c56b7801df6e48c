/*
 * cyclic.h - the powers of g modulo a prime (or the power of one), and how many there are.
 *
 * Their number, the order of g, divides p - 1; and of which primes it is made decides how hard it
 * is to find an exponent: see pohlig_hellman.h.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_CYCLIC_H
#define KEYFALL_ATTACKER_GROUPS_CYCLIC_H

#include "attacker/groups/factors.h"
#include "attacker/groups/residues.h"

struct cyclic {
    struct residues residues; /* modulo prime^power */
    BIGNUM *prime;
    unsigned power;
    BIGNUM *g;            /* reduced */
    struct factors among; /* of all that can be powers: of prime - 1, and prime^(power - 1) */
    struct factors order; /* of the powers of g: the primes that are known, each with its share */
    BIGNUM *known;        /* the product of those */
    BIGNUM *rest;         /* g^(known * rest) = 1; 1 when the whole order is known */
};

/* cyclic_init: the prime of the modulus does not divide g, and `safe` says that half of it is known
 * to be a prime, too. The budget goes on to be used. False when it was spent before the order was
 * known as far as it can be; *c is to be cleared all the same. */
bool cyclic_init(struct cyclic *c, const struct prime_power *modulus, bool safe, const BIGNUM *g,
                 struct budget *budget) MUST_CHECK;

/* cyclic_whole is known * rest. */
void cyclic_whole(const struct cyclic *c, BIGNUM *out);

void cyclic_clear(struct cyclic *c);

#endif
