/*
 * reassembly.h - packets in, byte streams out.
 *
 * TCP numbers its bytes, so order, repetition and overlap in a recording do not matter: what counts
 * is which bytes of a connection were recorded at all. In-order data is handed on straight from the
 * packet, without a copy; what came early waits, up to a limit, for what is missing in front of it.
 * Where two segments claim the same byte, the first one recorded wins.
 * RFC 9293 section 3.4 (sequence numbers), section 3.10.7 (segment arrives).
 */
#ifndef KEYFALL_CAPTURE_REASSEMBLY_H
#define KEYFALL_CAPTURE_REASSEMBLY_H

#include "capture/packet.h"
#include "capture/stream.h"

struct reassembly;

/* What was met on the way; all counts are from the start of the recording. */
struct reassembly_counts {
    uint64_t packets;       /* all that were handed in */
    uint64_t connections;   /* TCP connections */
    uint64_t not_tcp;       /* packets that carry no TCP */
    uint64_t malformed;     /* headers that contradict themselves or are cut off */
    uint64_t fragments;     /* IP fragments: not put together yet, so left out */
    uint64_t gaps;          /* holes that nothing filled */
    uint64_t bytes_missing; /* bytes in them */
    uint64_t evicted;       /* connections closed because REASSEMBLY_MAX_CONNECTIONS was reached */
    uint64_t buffers_flushed; /* times a hole was given up because too much waited behind it */
};

/* reassembly_new: `listener` is copied; what it points to is borrowed. Freed by reassembly_free. */
struct reassembly *reassembly_new(const struct stream_listener *listener);

/* reassembly_packet takes one packet of any kind; what carries no TCP is counted and left. */
void reassembly_packet(struct reassembly *r, const struct packet *packet);

/* reassembly_finish says that the recording has ended: every open connection is closed, oldest
 * first. */
void reassembly_finish(struct reassembly *r);

const struct reassembly_counts *reassembly_counts(const struct reassembly *r);

/* reassembly_free takes NULL too. It calls nobody; call reassembly_finish first. */
void reassembly_free(struct reassembly *r);

#endif
