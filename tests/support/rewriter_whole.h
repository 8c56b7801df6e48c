/*
 * rewriter_whole.h - a recording that is whole, to judge what is found when parts of it are
 * missing.
 *
 * The judges return null when all is right, and otherwise a sentence, to be freed.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_WHOLE_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_WHOLE_H

#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_loss.h"

struct whole {
    const struct specimen *specimen;
    struct segments segments;
    struct buffer streams[2]; /* by side: what was on the wire */
    struct findings findings;
};

void whole_read(struct whole *whole, const struct specimen *specimen);
void whole_clear(struct whole *whole);

/* whole_dishonest: is the claim consistent, and no byte wrong? Something must be missing. */
char *whole_dishonest(const struct whole *whole, const struct findings *found);

/* whole_misjudged: with this one hole, is all that is claimed right, and all that the hole leaves
 * open? A hole in the handshake may leave nothing. */
char *whole_misjudged(const struct whole *whole, const struct hole *hole,
                      const struct findings *found);

/* whole_lose_some takes one in four of the segments behind the handshake out of a copy of the
 * list, and returns how many sealed records that damages, at most. */
size_t whole_lose_some(const struct whole *whole, struct segments *segments,
                       unsigned short dice[3]);

/* whole_lacking: honest, and no more records closed than are damaged? */
char *whole_lacking(const struct whole *whole, size_t num_damaged, const struct findings *found);

#endif
