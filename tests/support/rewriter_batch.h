/*
 * rewriter_batch.h - all fixtures at once, rewritten in several ways into one recording.
 *
 * A reader that takes its time to start is asked once for all of them. So that conversations stay
 * apart, each rewriting has addresses of its own, which hold its number.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_BATCH_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_BATCH_H

#include "tests/support/rewriter.h"

/* Each connection of each fixture as a list of its own. */
struct batch {
    struct segments *conversations;
    size_t *fixtures; /* the number of the one that each conversation is from */
    size_t num;
    uint64_t now_ns; /* when the next conversation begins */
};

void batch_read(struct batch *batch);
void batch_clear(struct batch *batch);

/* Into so many shares the fixtures are dealt out; what is said in one of them may build on what was
 * said before. */
#define BATCH_NUM_SHARES 3

/*
 * batch_add adds the conversations of a share, rewritten in this way, to a recording; `way` is the
 * number that its addresses get, below 256. False when it can't, because the recording was begun
 * with another link or kind of file.
 */
bool batch_add(struct batch *batch, size_t share, const struct rewriting *how, size_t way,
               struct buffer *recording);

/* batch_leave_out: this conversation takes no part any more. */
void batch_leave_out(struct batch *batch, size_t conversation);

/* batch_conversation is the number of the conversation that has this endpoint. */
size_t batch_conversation(const struct endpoint *endpoint);

/* batch_way is the number of the rewriting that a conversation with this endpoint is of. */
size_t batch_way(const struct endpoint *endpoint);

#endif
