/*
 * turns.h - a conversation as one row of bytes, so that a fuzzer can change it.
 *
 *     server 1 bit | odd 1 bit | length 14 bits | `length` bytes            and so on
 *
 * Any row of bytes is a conversation: a turn that is longer than what is left has all that is left.
 * What an odd turn is, is up to who plays it.
 */
#ifndef KEYFALL_TESTS_SUPPORT_TURNS_H
#define KEYFALL_TESTS_SUPPORT_TURNS_H

#include "capture/alloc.h"
#include "capture/stream.h"

/* The longest one; there is no segment as long as this in the fixtures. */
#define TURN_MAX_LEN 0x3fff

struct turn {
    enum side from;
    bool odd;
    size_t len;        /* as it is claimed */
    struct bytes said; /* a view: so many bytes, or what is left */
};

/* turn_next takes the next one; false at the end. */
bool turn_next(struct reader *r, struct turn *out) MUST_CHECK;

/* turn_append writes one, or several when it is too long for one. */
void turn_append(struct buffer *out, enum side from, struct bytes said);

#endif
