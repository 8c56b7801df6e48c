/*
 * half_stream.h - which bytes of this direction come next?
 *
 * One direction of a TCP connection. Sequence numbers count modulo 2^32; here each byte has an
 * offset of 64 bits instead, so that a stream may be longer than 4 GB and comparing is plain.
 *
 *     handed on            next   hole    waiting      hole   waiting
 *     =====================|......|#######|............|######|
 *
 * A hole is given up when too much waits behind it, when the connection ends, or, where it is the
 * end of a packet that the snap length cut, as soon as the other side has acknowledged it: then
 * nobody will send those bytes again.
 *
 * What lies far away may be forged, or be damaged: at the end a hole of more than REASSEMBLY_NEAR
 * is believed only where the other side has acknowledged what is behind it, or says nothing at all.
 *
 * Where the recording does not hold the SYN, the first segment in it need not be the first in the
 * stream. So its bytes are held until the other side has acknowledged the foremost of them: in
 * front of that nothing is missing that could still be sent. But it may still be recorded, where
 * packets changed places; so they are also held until half_stream_settle says that this is over.
 * What comes in front of the beginning nevertheless is counted.
 */
#ifndef KEYFALL_CAPTURE_HALF_STREAM_H
#define KEYFALL_CAPTURE_HALF_STREAM_H

#include "capture/reassembly.h"
#include "capture/recent.h"
#include "capture/waiting.h"

/* struct outlet is where the bytes of one direction go, and where holes are counted. */
struct outlet {
    const struct stream_listener *listener;
    struct reassembly_counts *counts;
    struct recent *recent; /* what was handed on lately, of all directions */
    void *conversation;
    enum side side;
};

struct half_stream {
    struct outlet out;
    bool placed;           /* `origin` is known: something of this direction was seen */
    bool running;          /* where it begins is known, too */
    bool settled;          /* what was sent first is not recorded any later */
    bool has_fin;          /* where it ends */
    bool has_acked;        /* the other side has acknowledged something */
    uint32_t origin;       /* the sequence number whose offset is HALF_STREAM_ORIGIN */
    uint64_t start;        /* offset of the first byte, once it is running */
    uint64_t next;         /* offset of the first byte that was not handed on */
    uint64_t fin;          /* offset behind the last byte */
    uint64_t fin_frame;    /* frame that said so */
    uint64_t acked;        /* the highest offset that the other side is waiting for */
    bool acked_far;        /* that is far beyond all that was known, and was said only once */
    unsigned contradicted; /* acknowledgements since then that know less */
    uint64_t cut_end;      /* bytes from `next` to here were on the wire, but not recorded ... */
    uint64_t cut_frame;    /* ... because the snap length cut this frame */
    uint64_t latest;       /* where in out.recent the bytes in front of `next` are */
    struct waiting early;  /* what waits behind a hole */
};

/* Offsets start here and not at 0, because segments may lie up to 2^31 bytes in front of a first.
 */
#define HALF_STREAM_ORIGIN ((uint64_t)1 << 32)

/* half_stream_init makes a direction of which nothing is known. */
void half_stream_init(struct half_stream *h, struct outlet out);

/* half_stream_start says that the byte with this sequence number is the first: a SYN was seen. */
void half_stream_start(struct half_stream *h, uint32_t sequence);

/* half_stream_settle says that no packet is still to come that was sent in front of those that
 * came. */
void half_stream_settle(struct half_stream *h);

/*
 * half_stream_take takes a segment's payload, behind which `cut` bytes were not recorded. What is
 * new and in order goes to the listener before this returns; what is early is copied.
 */
void half_stream_take(struct half_stream *h, uint32_t sequence, const struct chunk *payload,
                      size_t cut);

/* half_stream_fin says that the stream ends in front of this sequence number. The first one counts,
 * unless it can't be: far away, or in front of what was handed on. */
void half_stream_fin(struct half_stream *h, uint32_t sequence, uint64_t frame);

/*
 * half_stream_acknowledged: the other side has all bytes in front of this sequence number. That may
 * be forged too; what several later acknowledgements contradict is not believed any more.
 */
void half_stream_acknowledged(struct half_stream *h, uint32_t acknowledge);

/* half_stream_flush gives up all holes, so that nothing waits any more; what lies behind one that
 * is not believed is counted and left out. */
void half_stream_flush(struct half_stream *h);

/* half_stream_end flushes, reports what is known to be missing at the end, and frees all memory. */
void half_stream_end(struct half_stream *h);

/* half_stream_clear frees the memory and tells nobody. */
void half_stream_clear(struct half_stream *h);

/* half_stream_complete: everything up to the FIN was handed on. */
bool half_stream_complete(const struct half_stream *h);

/*
 * half_stream_offset: of all the offsets that a number can stand for, the one nearest to `next`.
 * RFC 9293 section 3.4.
 */
uint64_t half_stream_offset(const struct half_stream *h, uint32_t sequence);

/* half_stream_foremost is the lowest offset that waits; false when there is none. */
bool half_stream_foremost(const struct half_stream *h, uint64_t *offset);

/* half_stream_known_end is the offset behind the last byte of which anything was seen. */
uint64_t half_stream_known_end(const struct half_stream *h);

/* half_stream_used: at least a byte or a FIN of it was seen, not merely a SYN. */
bool half_stream_used(const struct half_stream *h);

/* half_stream_first_sequence is the sequence number of the first byte, once it is running. */
uint32_t half_stream_first_sequence(const struct half_stream *h);

/* half_stream_next_sequence is the sequence number of the next byte, once it is running. */
uint32_t half_stream_next_sequence(const struct half_stream *h);

#endif
