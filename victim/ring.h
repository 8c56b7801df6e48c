/*
 * ring.h - how do several parties agree on one key, over a network that others listen to?
 *
 * The members stand in a ring, with a real TCP connection from each to the next. As in dialogue.h
 * one thread plays them all, and what a member has to say has crossed to the next one before that
 * is asked to go on: so nothing depends on timing, and one seed gives one recording. No member sees
 * another one's secret; what it knows of them has come over the wire.
 */
#ifndef KEYFALL_VICTIM_RING_H
#define KEYFALL_VICTIM_RING_H

#include "victim/command_line.h"
#include "victim/leak_files.h"
#include "victim/recorder.h"
#include "victim/ring_member.h"

/* The connection from one member to the next. */
struct ring_link {
    int fd[NUM_SIDES]; /* the client is who sends; -1 is none */
    struct tapped tapped;
};

/* Zero with links of -1 is a ring in which nothing is open. */
struct ring {
    const struct wishes *wishes;
    struct seed seed;
    struct timeline timeline;
    struct leak_files *leaks;  /* NULL without --leaks */
    struct recorder *recorder; /* NULL without --record */
    uint8_t agreement[RING_AGREEMENT_SIZE];
    unsigned num_members;
    struct ring_member members[RING_MAX_MEMBERS];
    struct ring_link links[RING_MAX_MEMBERS]; /* from the member with the same index */
};

/*
 * ring_open prepares keys, connections and files; false with *why when something can't be had.
 * `wishes` must outlive the ring. ring_close is due in either case.
 */
bool ring_open(struct ring *ring, struct complaint *why, const struct wishes *wishes) MUST_CHECK;

/* ring_hold lets them agree, and one of them say something to all; false with *why. */
bool ring_hold(struct ring *ring, struct complaint *why) MUST_CHECK;

/* ring_sum_up says on standard error what came of it. */
void ring_sum_up(const struct ring *ring);

/* ring_close closes files and wipes keys; false with *why when a file is not whole. */
bool ring_close(struct ring *ring, struct complaint *why) MUST_CHECK;

#endif
