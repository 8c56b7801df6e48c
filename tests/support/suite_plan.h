/*
 * suite_plan.h - how a suite seals, read out of its IANA name: a second opinion on the table.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SUITE_PLAN_H
#define KEYFALL_TESTS_SUPPORT_SUITE_PLAN_H

#include "attacker/tls/suite.h"
#include "tests/support/record_sealer.h"

/* suite_plan is the plan for a suite of this name and number in this version; false when the name
 * speaks of a cipher that nobody here can compute. */
bool suite_plan(struct sealing_plan *out, const char *name, uint16_t id, uint16_t version);

#endif
