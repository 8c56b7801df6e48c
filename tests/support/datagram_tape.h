/*
 * datagram_tape.h - a fixture's packets, played to a run in another order, twice, or not at all.
 */
#ifndef KEYFALL_TESTS_SUPPORT_DATAGRAM_TAPE_H
#define KEYFALL_TESTS_SUPPORT_DATAGRAM_TAPE_H

#include "tests/support/run_stage.h"

#define TAPE_MAX_PACKETS 64

struct tape {
    struct packet packets[TAPE_MAX_PACKETS];
    size_t num;
};

/* tape_read takes the packets of a fixture's recording. Ends with tape_clear. */
void tape_read(struct tape *t, const char *fixture);
void tape_clear(struct tape *t);

/* tape_play hands the packet at `index` to the run; tape_play_all all of them, but `without`. */
void tape_play(const struct tape *t, struct run_stage *s, size_t index);
void tape_play_all(const struct tape *t, struct run_stage *s, size_t without);

/* TAPE_ALL is the `without` that leaves nothing out. */
#define TAPE_ALL ((size_t)-1)

#endif
