/*
 * kangaroo.h - the logarithm that is known to lie below 2^bits, in about 2^(bits/2 + 1) steps and
 * with little memory (Pollard, 1978; van Oorschot and Wiener, 1999).
 *
 * Two kangaroos jump through the group; how far depends on where they stand, and each knows how far
 * it has come. The tame one starts at g^(2^bits / 2), the wild one at y, whose distance is sought.
 * Once the wild one lands where the tame one has been, it goes the same way from there on; and from
 * the two distances follows the one that was not known. Places whose mark ends in zeros are written
 * down, so that the meeting is noticed.
 *
 * The order of the group need not be known, so it serves for exponents that were chosen too short.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_KANGAROO_H
#define KEYFALL_ATTACKER_GROUPS_KANGAROO_H

#include "attacker/groups/baby_steps.h"

/* Distances have 64 bits. Nobody has the time for more than 2^31 steps anyway. */
#define KANGAROO_MAX_BITS 60

/* kangaroo_find: base^*x = target. What lies below 2^bits is missed about once in a thousand
 * times: then it answers SOUGHT_NOT_THERE. */
enum sought kangaroo_find(const struct residues *r, uint64_t *x, const BIGNUM *base,
                          const BIGNUM *target, unsigned bits) MUST_CHECK;

#endif
