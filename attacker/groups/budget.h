/*
 * budget.h - how long may it still take?
 *
 * What is computed in this folder may take longer than the universe has. So each loop pays for its
 * work out of a budget, and ends when that is spent; whoever started it then says that it was time
 * that ran out.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_BUDGET_H
#define KEYFALL_ATTACKER_GROUPS_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/bytes.h"

struct budget {
    uint64_t begun_ns; /* on the clock that never goes back */
    uint64_t end_ns;
    uint64_t unchecked; /* work since the clock was looked at */
    bool (*stop)(void); /* somebody wants it to end at once; may be NULL */
    bool over;
};

/* budget_begin: from now on, so many milliseconds. */
void budget_begin(struct budget *b, uint64_t milliseconds, bool (*stop)(void));

/* budget_part is a budget with one part in `parts` of what is left of `whole`. */
struct budget budget_part(const struct budget *whole, unsigned parts);

/* budget_spend pays for work, which is counted in products of two machine words; false when
 * nothing is left. */
bool budget_spend(struct budget *b, uint64_t work) MUST_CHECK;

/* budget_left and budget_spent are in nanoseconds. */
uint64_t budget_left(const struct budget *b);
uint64_t budget_spent(const struct budget *b);

#endif
