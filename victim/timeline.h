/*
 * timeline.h - what time is it in this recording?
 *
 * Without a seed: the time of day. With one: a simulated clock that starts at the same moment on
 * every run and moves on by plausible latencies, so that timestamps, certificate dates and tickets
 * come out the same. Either way no two packets have the same time.
 */
#ifndef KEYFALL_VICTIM_TIMELINE_H
#define KEYFALL_VICTIM_TIMELINE_H

#include "victim/seed.h"

/* Where simulated time starts: 2026-01-05 09:00:00 UTC, a Monday morning. */
#define TIMELINE_START_S UINT64_C(1767603600)

struct timeline {
    bool simulated;
    uint64_t now_ns; /* since the epoch; of the last moment given out */
    struct dice dice;
};

/* What happens between one packet and the next. */
enum delay {
    DELAY_BURST, /* the same sender goes on: microseconds */
    DELAY_WIRE,  /* the packet crosses to the other end: tens of microseconds */
    DELAY_THINK, /* an end computes before it answers: about a millisecond */
};

/* timeline_init starts the clock: simulated when the user gave a seed. */
void timeline_init(struct timeline *t, const struct seed *seed);

/* timeline_pass lets `delay` go by (real time does that by itself); returns the time in ns. */
uint64_t timeline_pass(struct timeline *t, enum delay delay);

/*
 * timeline_next_conversation moves a simulated clock to the next full slot of five seconds, so that
 * the n-th conversation of a seed starts at the same second whatever the ones before it did.
 */
void timeline_next_conversation(struct timeline *t);

/* timeline_seconds is the time in seconds since the epoch, without moving a simulated clock. */
uint64_t timeline_seconds(const struct timeline *t);

#endif
