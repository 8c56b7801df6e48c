/*
 * said.h - what was said: the beginning of a conversation's plaintext, kept for the screen.
 */
#ifndef KEYFALL_ATTACKER_STORY_SAID_H
#define KEYFALL_ATTACKER_STORY_SAID_H

#include <stdio.h>

#include "capture/alloc.h"
#include "capture/stream.h"

/* 4 KiB a direction are kept to be shown: some screens full, and little enough to keep for each of
 * many open sessions. Everything is what --extract is for. */
#define SAID_MAX_KEPT 4096

/* One side's words until the other one speaks, or something is missing. */
struct said_turn {
    enum side from;
    bool skipped; /* in front of it something is missing */
    struct buffer words;
};

/* Zero is silence. */
struct said {
    struct said_turn *turns;
    size_t num_turns;
    size_t kept[2];
    uint64_t left_out[2];
    bool skipped[2]; /* in front of what that side says next, something is missing */
};

void said_add(struct said *said, enum side from, struct bytes words);

/* said_skip: the next words of this side do not follow on the ones before. */
void said_skip(struct said *said, enum side from);

/* said_print shows it, escaped, 80 columns wide; binary content as a hex dump. */
void said_print(FILE *out, const struct said *said, bool colour);

void said_clear(struct said *said);

#endif
