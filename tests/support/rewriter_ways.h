/*
 * rewriter_ways.h - all the ways in which a recording is rewritten without losing a byte.
 *
 * One row a way. What a reader finds in the rewritten recording must be what it finds in the
 * original.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_WAYS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_WAYS_H

#include "tests/support/rewriter.h"

struct way_group {
    const char *name;
    const struct rewriting *ways;
    size_t num_ways;
    bool in_ipv6_too; /* each row once more, with change_to_ipv6 */
};

#define NUM_WAY_GROUPS 9
extern const struct way_group way_groups[NUM_WAY_GROUPS];

#endif
