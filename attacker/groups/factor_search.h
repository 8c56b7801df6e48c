/*
 * factor_search.h - one proper factor of a composite, by Pollard's p - 1 and rho.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_FACTOR_SEARCH_H
#define KEYFALL_ATTACKER_GROUPS_FACTOR_SEARCH_H

#include "attacker/groups/residues.h"

/* factor_search finds a factor of `n`, a composite without small primes; false when the budget was
 * spent before. */
bool factor_search(BIGNUM *out, const BIGNUM *n, struct budget *budget) MUST_CHECK;

/* The primes below SMALL_PRIMES_LIMIT, one after the other. Ends with small_primes_clear. */
struct small_primes {
    uint8_t *composite; /* a byte for each odd number */
    uint64_t at;
};

/* 2^20: all of them take 30 ms to divide a number of 2048 bits by, and groups that were made to be
 * weak have primes of that size. */
#define SMALL_PRIMES_LIMIT ((uint64_t)1 << 20)

void small_primes_begin(struct small_primes *s);
bool small_primes_next(struct small_primes *s, uint64_t *out);
void small_primes_clear(struct small_primes *s);

#endif
