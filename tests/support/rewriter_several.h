/*
 * rewriter_several.h - several conversations in one recording, and what is found of each.
 *
 * To start the attacker takes longer than to read one small conversation, so that many of them are
 * better asked for at once.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_SEVERAL_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_SEVERAL_H

#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_segments.h"

/* Each of them may be taken for two, when something is missing of it. */
#define SEVERAL_MAX (FINDINGS_MAX_SESSIONS / 2)

/* Zero has none. */
struct several {
    struct segments segments;
    struct endpoint clients[SEVERAL_MAX];
    size_t num;
};

/* several_add puts a conversation behind the others. Its client, which has sent the list's first
 * segment, gets a port of its own. */
void several_add(struct several *several, const struct segments *list);

/* several_find attacks them with this leak, tells what is found of each in the order in which they
 * were added, and forgets them. The caller clears as many findings. */
void several_find(struct several *several, const char *leak, struct findings found[SEVERAL_MAX]);

#endif
