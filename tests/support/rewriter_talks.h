/*
 * rewriter_talks.h - what was said in the conversations of one recording, whoever has read it.
 *
 * Two readers need not agree on whom they call the client, nor on the order of conversations; so
 * talks are compared as a set. Each is of the rewriting whose number stands in its addresses: see
 * rewriter_batch.h.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_TALKS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_TALKS_H

#include "capture/alloc.h"

struct talk {
    size_t way;
    size_t conversation; /* its number in the batch */
    struct buffer said[2];
    bool matched; /* talks_compare has found its like */
};

/* Zero is empty. */
struct talks {
    struct talk *at;
    size_t num;
};

/* talks_add adds one, of the rewriting that the text of an endpoint tells, and takes its buffers.
 * Where nobody said anything, there is none. */
void talks_add(struct talks *talks, const char *endpoint, struct buffer said[2]);

void talks_clear(struct talks *talks);

/* talks_read adds what the reassembly makes of a recording, in which nothing may be missing. */
void talks_read(struct talks *talks, const char *recording);

/* talks_open adds what the attacker opens in a recording with these options. */
void talks_open(struct talks *talks, const char *recording, const char *leaks);

/* talks_have: is the same conversation there, in the same rewriting and with the same words? */
bool talks_have(const struct talks *talks, const struct talk *talk);

/* How two sets differ. */
struct difference {
    size_t num;    /* that there should be */
    size_t lost;   /* of these */
    size_t others; /* that should not be there */
};

/* talks_compare holds b's talks of a rewriting against a's, of which each should be there so many
 * times. */
struct difference talks_compare(const struct talks *a, size_t way_of_a, size_t times,
                                struct talks *b, size_t way_of_b);

#endif
