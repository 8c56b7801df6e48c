/*
 * record_stream.h - chunks of one direction in, whole records out, each with the frame in which its
 * last byte was recorded.
 *
 * A recording has holes. No record reaches over one: where the bytes in front of a hole are no
 * whole record, the stream stands still until its owner crosses the hole and says where to go on.
 */
#ifndef KEYFALL_ATTACKER_TLS_RECORD_STREAM_H
#define KEYFALL_ATTACKER_TLS_RECORD_STREAM_H

#include "attacker/tls/record.h"
#include "capture/alloc.h"
#include "capture/stream.h"

/* Where in the held bytes a chunk ends, and which one it was. */
struct record_mark {
    size_t end;
    uint64_t frame;
    uint64_t time_ns;
};

/* A hole stands behind so many of the held bytes. */
struct record_hole {
    size_t at;
    uint64_t missing; /* bytes */
};

/* Zero is an empty stream. */
struct record_stream {
    struct buffer held;        /* what has not been given out yet, or was by the latest call */
    size_t taken;              /* bytes at its beginning that were given out */
    struct record_mark *marks; /* one a chunk, in order */
    size_t num_marks;
    size_t room_for_marks;
    size_t marks_passed;       /* marks at the beginning that end in what was given out */
    struct record_hole *holes; /* in order; no two at the same place */
    size_t num_holes;
    size_t holes_passed; /* holes at the beginning that were crossed */
    size_t room_for_holes;
};

/* record_stream_append adds a chunk; records given out before die. */
void record_stream_append(struct record_stream *s, const struct chunk *chunk);

/* record_stream_append_hole says that `missing` bytes are not in the recording, here. */
void record_stream_append_hole(struct record_stream *s, uint64_t missing);

/*
 * record_stream_next gives out the next whole record, valid until the next append, and the mark of
 * the chunk in which it ends. Otherwise as record_next; MALFORMED also sets the mark, to where the
 * bytes begin that are no record.
 */
enum progress record_stream_next(struct record_stream *s, struct record *out,
                                 struct record_mark *mark) MUST_CHECK;

/* record_stream_left: the bytes that were not given out, up to the first hole; dead at the next
 * append. */
struct bytes record_stream_left(const struct record_stream *s);

/* record_stream_take takes `len` of those, and gives the mark of the chunk in which they end. */
void record_stream_take(struct record_stream *s, size_t len, struct record_mark *mark);

/* record_stream_at_hole: behind the bytes that are left stands a hole. */
bool record_stream_at_hole(const struct record_stream *s);

/* record_stream_cross takes all that is left in front of the hole, which there is, and the hole;
 * the answer is how many bytes are missing in it. */
uint64_t record_stream_cross(struct record_stream *s);

/* record_stream_waiting: bytes that are held and were not given out. */
size_t record_stream_waiting(const struct record_stream *s);

/* record_stream_memory: bytes of memory that it takes besides itself. */
size_t record_stream_memory(const struct record_stream *s);

void record_stream_clear(struct record_stream *s);

#endif
