/*
 * baby_steps.h - the logarithm in a group of a small order n, in about 2 * sqrt(n) steps and with
 * as much memory (Shanks, 1971).
 *
 *     baby steps    g^0, g^1, g^2, ... g^(m-1)          m = sqrt(n), into a table
 *     giant steps   y, y / g^m, y / g^2m, ...           until one of them is in the table
 *
 * What is larger than that table allows is kangaroo.h's.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_BABY_STEPS_H
#define KEYFALL_ATTACKER_GROUPS_BABY_STEPS_H

#include "attacker/groups/marks.h"
#include "attacker/groups/residues.h"

/* What comes of the search for a logarithm. */
enum sought {
    SOUGHT_FOUND,
    SOUGHT_NOT_THERE,   /* there is none, or not where it was looked for */
    SOUGHT_OUT_OF_TIME, /* the budget is spent */
};

#define BABY_STEPS_MAX_ORDER ((uint64_t)MARKS_MAX * MARKS_MAX)

/* baby_steps_find: base^*x = target, where the order of `base` is known and BABY_STEPS_MAX_ORDER at
 * the most. */
enum sought baby_steps_find(const struct residues *r, uint64_t *x, const BIGNUM *base,
                            const BIGNUM *target, uint64_t order) MUST_CHECK;

#endif
