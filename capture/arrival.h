/*
 * arrival.h - what has arrived at the TCP of which two?
 *
 * The way from a recorded frame to the TCP segment in it, layer by layer: link.h, ip.h,
 * fragments.h, tunnel.h, tcp.h. What carries no TCP ends here, and is counted; UDP goes another
 * way, to datagram_flows.h, where somebody wants it. A segment that came
 * in fragments arrives with the last of them, and carries its frame number and time. Whoever
 * tunnels is not asked: the addresses are those of the innermost IP. Next: reassembly.h, what is
 * done with the segments.
 */
#ifndef KEYFALL_CAPTURE_ARRIVAL_H
#define KEYFALL_CAPTURE_ARRIVAL_H

#include "capture/datagram_flows.h"
#include "capture/endpoint.h"
#include "capture/fragments.h"
#include "capture/packet.h"
#include "capture/tcp.h"

/*
 * Tunnels inside of each other that are followed. Not none, because that is how whole data centers
 * are wired; not more, because a tunnel in a tunnel is a mistake more often than a network.
 */
#define ARRIVAL_MAX_TUNNELS 1

struct arrival {
    struct endpoint source;
    struct endpoint destination;
    struct tcp_segment segment; /* its payload is a view into the packet, or into its datagram */
    uint64_t time_ns;
    uint64_t frame;
};

/* What was met that is no TCP segment; in packets, but for those of the fragments. */
struct arrival_counts {
    uint64_t not_tcp;        /* they carry something else */
    uint64_t malformed;      /* headers that contradict themselves or are cut off */
    uint64_t too_deep;       /* more layers or tunnels in each other than are followed */
    uint64_t tunnels_unread; /* in tunnels of a kind that is not read */
    uint64_t bad_checksums;  /* left out because a checksum was wrong */
    struct fragment_counts fragments;
};

struct arrivals;

/*
 * arrivals_new: `counts` is borrowed, and counted on. With verify_checksums the packets are left
 * out whose checksums (IPv4, TCP, UDP around a tunnel) are wrong. Freed by arrivals_free.
 */
struct arrivals *arrivals_new(struct arrival_counts *counts, bool verify_checksums);

/* arrivals_want_datagrams: UDP that is no tunnel is handed to `datagrams`, which are borrowed. */
void arrivals_want_datagrams(struct arrivals *a, struct datagram_flows *datagrams);

/*
 * arrivals_read looks for a TCP segment in a packet, or in the datagram that it completes. What it
 * finds is valid until the next call. Where it finds none, it has counted why, and *out means
 * nothing.
 */
bool arrivals_read(struct arrivals *a, struct arrival *out, const struct packet *packet) MUST_CHECK;

/* arrivals_finish says that the recording has ended; what fragments still wait are counted. */
void arrivals_finish(struct arrivals *a);

/* arrivals_free takes NULL too. */
void arrivals_free(struct arrivals *a);

#endif
