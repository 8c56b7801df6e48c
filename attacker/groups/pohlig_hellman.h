/*
 * pohlig_hellman.h - the logarithm, one prime of the order at a time (Pohlig and Hellman, 1978).
 *
 * Raised to order / q, both g and y fall into the q elements of order q, and there the question is
 * small: it costs sqrt(q) steps. So the price of a group is that of the largest prime of its order,
 * and not that of its length.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_POHLIG_HELLMAN_H
#define KEYFALL_ATTACKER_GROUPS_POHLIG_HELLMAN_H

#include "attacker/groups/baby_steps.h"
#include "attacker/groups/congruence.h"
#include "attacker/groups/cyclic.h"

/*
 * pohlig_hellman joins to *x what can be found of the exponent with g^x = y in the time there is:
 * modulo all of c->known, or modulo a part of it when some of its primes are too large. The answer
 * is SOUGHT_NOT_THERE when y is no power of g, SOUGHT_OUT_OF_TIME when something was left out; what
 * stands in *x is right nonetheless.
 */
enum sought pohlig_hellman(const struct cyclic *c, struct congruence *x,
                           const BIGNUM *y) MUST_CHECK;

#endif
