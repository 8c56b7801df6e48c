/*
 * rewriter_loss.h - a recording in which bytes are missing, and what of it a reader can still find.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_LOSS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_LOSS_H

#include "tests/support/rewriter_segments.h"

/* Bytes of what one side says, counted from its first one: from `start` to before `end`. */
struct hole {
    bool client;
    size_t start;
    size_t end;
};

/* hole_of_segment: where the segment with this number stands in its side's stream; empty for one
 * without data. The list must be whole. */
struct hole hole_of_segment(const struct segments *list, size_t number);

/* segments_lose takes the bytes of a hole out of a whole list, as if no packet had carried them. */
void segments_lose(struct segments *list, const struct hole *hole);

/* hole_shows: does anything that is recorded besides tell that these bytes were sent? More of the
 * same side's stream does, its end, or an acknowledgement. The list must be whole. */
bool hole_shows(const struct segments *list, const struct hole *hole);

/* What a hole costs. */
struct damage {
    bool in_handshake;     /* something is missing that was said in the clear and is needed */
    size_t sealed_records; /* so many sealed records are not whole */
    size_t sealed_bytes;   /* and this is how long they are together */
    size_t next_bytes;     /* how long the sealed record behind them is; 0 without one */
    size_t last_end;       /* where the last of them ends in the stream */
};

/*
 * damage_of cuts a side's whole stream into records and looks at those that the hole touches.
 * `tls13`: what is sealed there says so.
 */
struct damage damage_of(struct bytes stream, const struct hole *hole, bool tls13);

#endif
