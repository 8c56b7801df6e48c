/*
 * congruence.h - what is known of an exponent: x = residue modulo some number.
 *
 * Two of these make one that knows more (the Chinese remainder theorem), until the modulus is the
 * whole order of the group.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_CONGRUENCE_H
#define KEYFALL_ATTACKER_GROUPS_CONGRUENCE_H

#include "attacker/groups/number.h"

struct congruence {
    BIGNUM *residue;
    BIGNUM *modulus;
};

/* congruence_init: x = 0 modulo 1, which is nothing known. Ends with congruence_clear, for which
 * zero is well, too. */
void congruence_init(struct congruence *c);
void congruence_clear(struct congruence *c);

/* congruence_join adds what `other` knows; false when the two contradict each other. The moduli may
 * have common factors. */
bool congruence_join(struct congruence *c, const struct congruence *other) MUST_CHECK;

#endif
