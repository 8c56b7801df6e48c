/*
 * stream.h - what the packet side tells the others: connections, and their bytes in order.
 *
 * Whoever wants the streams of a recording hands reassembly.h a struct stream_listener. Each
 * direction of a connection arrives as chunks, in the order in which they were sent, each byte
 * once; a hole that no packet of the recording fills arrives as a gap between two chunks.
 * Nothing here knows what the bytes mean.
 */
#ifndef KEYFALL_CAPTURE_STREAM_H
#define KEYFALL_CAPTURE_STREAM_H

#include "capture/bytes.h"
#include "capture/endpoint.h"

/* The client of a connection is who sent the SYN; without one in the recording, a guess. */
enum side { SIDE_CLIENT, SIDE_SERVER };

static inline enum side side_other(enum side side)
{
    return side == SIDE_CLIENT ? SIDE_SERVER : SIDE_CLIENT;
}

struct connection {
    struct endpoint client;
    struct endpoint server;
    uint64_t start_ns;    /* first packet, nanoseconds since the epoch */
    uint64_t end_ns;      /* latest packet so far */
    uint64_t first_frame; /* frame number of the first packet */
    bool syn_seen;        /* the beginning is in the recording: no byte in front of the first */
};

struct chunk {
    struct bytes data; /* valid during the call only */
    uint64_t time_ns;  /* when the packet that carried them was recorded */
    uint64_t frame;    /* and its number */
};

struct gap {
    uint64_t missing;    /* bytes that the recording does not hold */
    bool cut_by_snaplen; /* the packet is there, but its end was not recorded */
    uint64_t frame; /* of the packet behind (lost) or in front of (cut) the hole; 0 at the end */
};

struct stream_listener {
    void *context;
    /* A connection's first packet. What it returns is handed to the three below; *c lives until
     * `closed` has returned. */
    void *(*opened)(void *context, const struct connection *c);
    void (*bytes)(void *conversation, enum side from, const struct chunk *chunk);
    void (*gap)(void *conversation, enum side from, const struct gap *gap);
    /* The last call: both sides have ended it, or the recording has, or a limit has. */
    void (*closed)(void *conversation);
};

#endif
