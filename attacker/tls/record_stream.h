/*
 * record_stream.h - chunks of one direction in, whole records out, each with the frame in which its
 * last byte was recorded.
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

/* Zero is an empty stream. */
struct record_stream {
    struct buffer held;        /* what has not been given out yet, or was by the latest call */
    size_t taken;              /* bytes at its beginning that were given out */
    struct record_mark *marks; /* one a chunk, in order */
    size_t num_marks;
    size_t room_for_marks;
    size_t marks_passed; /* marks at the beginning that end in what was given out */
};

/* record_stream_append adds a chunk; records given out before die. */
void record_stream_append(struct record_stream *s, const struct chunk *chunk);

/*
 * record_stream_next gives out the next whole record, valid until the next append, and the mark of
 * the chunk in which it ends. Otherwise as record_next; MALFORMED also sets the mark, to where the
 * bytes begin that are no record.
 */
enum progress record_stream_next(struct record_stream *s, struct record *out,
                                 struct record_mark *mark) MUST_CHECK;

/* record_stream_waiting: bytes that are held and were not given out. */
size_t record_stream_waiting(const struct record_stream *s);

void record_stream_clear(struct record_stream *s);

#endif
