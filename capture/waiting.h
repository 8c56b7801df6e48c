/*
 * waiting.h - what came too early, and what is still missing in front of it?
 *
 * The pieces of one direction that can't be handed on yet, as copies, in the order of the stream.
 * No two of them overlap: a byte that is here already is not taken again, so the first one recorded
 * wins. The order is kept in an array with free room at both ends: finding a place is a binary
 * search, and segments that arrive in order or in reverse order, as they usually do, move nothing.
 * In the worst order half of the array moves for each; at the limit of half_stream.h, which is some
 * 40 000 pieces of one byte, that is about a microsecond, so a tree would gain nothing.
 */
#ifndef KEYFALL_CAPTURE_WAITING_H
#define KEYFALL_CAPTURE_WAITING_H

#include "capture/stream.h"

/*
 * struct piece is a run of bytes of the stream, or a mark without bytes (len 0) where a packet was
 * recorded whose next `cut` bytes the snap length took.
 */
struct piece {
    uint64_t offset; /* in the stream, as half_stream.h counts */
    uint64_t time_ns;
    uint64_t frame;
    size_t cut;
    size_t len;
    uint8_t data[];
};

/* struct waiting: zero is empty. */
struct waiting {
    struct piece **slots; /* `room` of them; those in use are first .. first + count */
    size_t room;
    size_t first;
    size_t count;
    size_t memory; /* bytes that all of this takes from the heap */
};

/* waiting_add copies those parts of `chunk` that are not here yet; it stands at `offset`. */
void waiting_add(struct waiting *w, uint64_t offset, const struct chunk *chunk);

/* waiting_differs: does what is here hold another byte than `data`, which stands at `offset`? */
bool waiting_differs(const struct waiting *w, uint64_t offset, struct bytes data);

/* waiting_end is the offset behind the last piece; 0 when there is none. */
uint64_t waiting_end(const struct waiting *w);

/* waiting_mark_cut notes that at `offset` `cut` bytes of this packet are missing. */
void waiting_mark_cut(struct waiting *w, uint64_t offset, size_t cut, const struct chunk *chunk);

/* waiting_first is the foremost piece, or NULL; it lives until waiting_take_first or a clear. */
const struct piece *waiting_first(const struct waiting *w);

/* waiting_take_first hands over the foremost piece, to be freed with free(); NULL when empty. */
struct piece *waiting_take_first(struct waiting *w);

/* waiting_clear frees all pieces and leaves an empty one. */
void waiting_clear(struct waiting *w);

#endif
