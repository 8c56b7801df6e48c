/*
 * rewriter_trial.h - a table of rewritings, tried on every specimen.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_TRIAL_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_TRIAL_H

#include "tests/support/rewriter.h"
#include "tests/support/rewriter_findings.h"

/*
 * try_all rewrites the specimen in each way of the table, and fails unless each time just the same
 * is found as in the original: outcome, reason, facts, numbers, bytes. All differences are told.
 */
void try_all(const struct specimen *specimen, const struct rewriting *ways, size_t num_ways);

/* run_trials makes one cmocka case of each specimen and returns how many failed. `try` gets the
 * specimen as its state. */
int run_trials(const char *group, void (*try)(void **state));

#endif
