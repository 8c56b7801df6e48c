/*
 * recent.h - what was handed on lately?
 *
 * A stream's bytes are gone once they were handed on. Yet a segment may bring them again with
 * another content: a mistake of the sender, or somebody who wants those who listen to read
 * something else than the receiver does. To notice it, the latest bytes of all streams together are
 * kept here, in one ring that overwrites its oldest entry. Each entry says where the one before of
 * the same direction stands, so that the way back leads from entry to entry and passes no others.
 *
 *     ring   [ A: bytes 0-9 ][ B: bytes 0-4 ][ A: bytes 10-19 ][ B: bytes 5-9 ]
 *              ^----------------------------------'  ^ '--- the latest of A
 *
 * What is no longer here is not compared: the promise is to notice a repetition that comes soon.
 */
#ifndef KEYFALL_CAPTURE_RECENT_H
#define KEYFALL_CAPTURE_RECENT_H

#include "capture/bytes.h"

/*
 * Bytes in the ring, with 24 in front of each entry. Not less, because a retransmission comes about
 * a round trip after the first copy, and meanwhile a busy link brings that much; not more, because
 * a ring that fits into a processor's cache costs next to nothing.
 */
#define RECENT_LEN ((size_t)1 << 20)

/*
 * Bytes of one entry; of a longer chunk its end is kept. Longer than any packet, and still small
 * enough that one connection doesn't drive out all others at once. Chunks that come one right
 * behind the other share an entry, so that segments of one byte don't make as many of them.
 */
#define RECENT_MAX_ENTRY ((size_t)64 << 10)

/*
 * Entries that one comparison looks back over. Enough for a full window of full packets; not more,
 * because a hostile recording could make every packet go all the way.
 */
#define RECENT_MAX_STEPS 128

struct recent;

/* recent_new makes an empty ring, to be freed with recent_free, which takes NULL too. */
struct recent *recent_new(void);
void recent_free(struct recent *r);

/*
 * recent_add keeps the bytes that stand at `offset` of a stream. *latest says where the latest
 * entry of that stream is; it is 0 at first. A stream's entries are added in its order.
 */
void recent_add(struct recent *r, uint64_t *latest, uint64_t offset, struct bytes data);

/* recent_differs: does what is kept of this stream hold another byte than `data` at some offset? */
bool recent_differs(const struct recent *r, uint64_t latest, uint64_t offset, struct bytes data);

#endif
