/*
 * reassembly.h - packets in, byte streams out.
 *
 * TCP numbers its bytes, so order, repetition and overlap in a recording do not matter: what counts
 * is which bytes of a connection were recorded at all. In-order data is handed on straight from the
 * packet, without a copy; what came early waits, up to a limit, for what is missing in front of it.
 * Where two segments claim the same byte, the first one recorded wins; that they differ is counted.
 * RFC 9293 section 3.4 (sequence numbers), section 3.10.7 (segment arrives).
 */
#ifndef KEYFALL_CAPTURE_REASSEMBLY_H
#define KEYFALL_CAPTURE_REASSEMBLY_H

#include "capture/arrival.h"
#include "capture/packet.h"
#include "capture/stream.h"

/*
 * Open connections at a time. Not fewer, because a day on a busy server has tens of thousands that
 * idle; not more, because whoever listens keeps state for each, and a flood of half-open ones must
 * not fill the memory. The one that was silent for longest is closed first.
 */
#define REASSEMBLY_MAX_CONNECTIONS 65536

/*
 * Ended connections that are remembered, so that their late retransmissions do not pass for new
 * ones. Some 150 bytes each. A late segment comes within minutes; the oldest is forgotten first,
 * and counted if it ended less than REASSEMBLY_LINGER_NS ago.
 */
#define REASSEMBLY_MAX_ENDED 65536

/*
 * Bytes of one direction that wait behind a hole. Not less, because all that is in flight can
 * overtake the one lost segment, and the receive buffers of today's systems grow to 4 to 6 MiB; not
 * more, because what came behind a full window was sent without the hole being filled any more.
 */
#define REASSEMBLY_MAX_WAITING ((size_t)4 << 20)

/*
 * The same for all connections together: room for sixteen at their limit, or thousands with the
 * usual few segments. The direction that waits for longest gives up its holes first.
 */
#define REASSEMBLY_MAX_WAITING_IN_ALL ((size_t)64 << 20)

/*
 * Bytes of a direction whose SYN is not in the recording, until it is decided where it begins, if
 * REASSEMBLY_SETTLED does not decide it before. Enough for the first flight of a sender
 * (RFC 6928: 10 segments), in which segments can have changed places; not more, because where one
 * direction alone was recorded, each connection waits for this.
 */
#define REASSEMBLY_MAX_HELD ((size_t)64 << 10)

/*
 * Segments of a connection, in both directions, until its order is settled: where a SYN is missing,
 * no direction begins before that, since what stood in front of its foremost byte may be recorded
 * behind it. Not fewer, because recorders with many queues let this many change places; not more,
 * because for so long nobody learns what a conversation says that was recorded from the middle.
 * One that speaks more slowly is settled after REASSEMBLY_LINGER_NS.
 */
#define REASSEMBLY_SETTLED 32

/*
 * How far from the point that a stream has reached a sequence number may lie and still mean this
 * stream: for a reset, and for a segment after the end. Beyond the largest usual window, with room
 * for losses; yet small enough that of 100 numbers made up at random 99 lie outside (RFC 5961).
 */
#define REASSEMBLY_NEAR ((uint32_t)16 << 20)

/*
 * How long packets of a connection still come after it was reset, or has ended: those that were on
 * their way, and those that a second recorder saw. So long a connection that was reset stays open,
 * and one that has ended while its beginning is not settled; and so long a repeated SYN is a late
 * one and no new connection with the same number. Longer than any round trip; not more, because the
 * verdict on it waits.
 */
#define REASSEMBLY_LINGER_NS ((uint64_t)2 * 1000 * 1000 * 1000)

struct reassembly;

/* What was met on the way; all counts are from the start of the recording. */
struct reassembly_counts {
    uint64_t packets;               /* all that were handed in */
    uint64_t connections;           /* TCP connections */
    struct arrival_counts arrivals; /* packets that brought no segment, and why */
    uint64_t gaps;                  /* holes that nothing filled */
    uint64_t gaps_cut;              /* those of them that the snap length made */
    uint64_t bytes_missing;         /* bytes in them */
    uint64_t evicted;       /* connections closed because REASSEMBLY_MAX_CONNECTIONS was reached */
    uint64_t flows_evicted; /* UDP, because DATAGRAM_FLOWS_MAX was reached */
    uint64_t buffers_flushed; /* times a hole was given up: REASSEMBLY_MAX_WAITING was reached */
    uint64_t flushed_in_all;  /* connections whose holes were: REASSEMBLY_MAX_WAITING_IN_ALL was */
    uint64_t forgotten; /* ended connections that REASSEMBLY_MAX_ENDED made it forget too soon */
    uint64_t in_front;  /* segments left out: they came in front of where a stream began */
    uint64_t outside;   /* pieces of data left out: their numbers lie far outside the stream */
    uint64_t differing; /* segments that repeat bytes with another content; see recent.h */
    uint64_t first_differing_frame;
};

/* What can be chosen; zero is the usual. */
struct reassembly_options {
    bool verify_checksums; /* leave out the packets whose checksums are wrong: see checksum.h */
};

/* reassembly_new: `listener` is copied; what it points to is borrowed. Freed by reassembly_free. */
struct reassembly *reassembly_new(const struct stream_listener *listener,
                                  const struct reassembly_options *options);

/* reassembly_hear_datagrams: UDP is wanted, too, by this listener, which is copied. Called once,
 * before the first packet. */
void reassembly_hear_datagrams(struct reassembly *r, const struct datagram_listener *listener);

/* reassembly_packet takes one packet of any kind; what carries no TCP is counted and left. */
void reassembly_packet(struct reassembly *r, const struct packet *packet);

/* reassembly_idle says that no packet has come for longer than any that were on their way: a
 * connection that was reset has ended. */
void reassembly_idle(struct reassembly *r);

/* reassembly_finish says that the recording has ended: every open connection is closed, oldest
 * first. */
void reassembly_finish(struct reassembly *r);

const struct reassembly_counts *reassembly_counts(const struct reassembly *r);

/* reassembly_free takes NULL too. It calls nobody; call reassembly_finish first. */
void reassembly_free(struct reassembly *r);

#endif
