/*
 * factors.h - of which primes is a number made?
 *
 * Three ways, from the quick to the slow: division by all small primes; Pollard's p - 1, which
 * finds a prime r when r - 1 is smooth; and Pollard's rho in Brent's form, which finds one of k
 * bits in about 2^(k/2) steps. What none of them takes apart in the time that there is, is left.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_FACTORS_H
#define KEYFALL_ATTACKER_GROUPS_FACTORS_H

#include "attacker/groups/budget.h"
#include "attacker/groups/number.h"

struct prime_power {
    BIGNUM *prime;
    unsigned exponent;
};

/* Zero is "of none". The primes are in ascending order. */
struct factors {
    struct prime_power *powers;
    size_t num;
    BIGNUM *rest; /* a composite that was not taken apart, or 1 */
};

/* What a test by chance says of a number. */
enum primality {
    PRIMALITY_COMPOSITE,
    PRIMALITY_PRIME,   /* a composite would pass it once in 2^40 times, whoever chose it */
    PRIMALITY_UNKNOWN, /* the budget was spent before that */
};

enum primality factors_is_prime(const BIGNUM *n, struct budget *budget) MUST_CHECK;

/* factors_find: `n` is not 0. Ends with factors_clear. */
void factors_find(struct factors *out, const BIGNUM *n, struct budget *budget);

/* factors_add adds a power of a prime; the number is copied. */
void factors_add(struct factors *f, const BIGNUM *prime, unsigned exponent);

/* factors_largest is the largest of them, NULL when there are none. */
const BIGNUM *factors_largest(const struct factors *f);

void factors_clear(struct factors *f);

#endif
