/*
 * fragments.h - which fragments belong to one datagram, and is it complete?
 *
 * datagram.h puts one together; fragment_table.h finds it. Here is how long each is kept:
 * identifications are used again, so fragments that were recorded far apart don't belong together;
 * and a recording that holds each packet twice brings the fragments of a complete datagram once
 * more, so the latest of those are remembered.
 */
#ifndef KEYFALL_CAPTURE_FRAGMENTS_H
#define KEYFALL_CAPTURE_FRAGMENTS_H

#include "capture/ip.h"

/*
 * How long a datagram waits for what is missing, in recorded time from its first fragment. RFC 8200
 * section 4.5 says 60 s; RFC 1122 section 3.3.2 says 60 to 120 s for IPv4.
 */
#define FRAGMENTS_TIMEOUT_NS (60 * (uint64_t)1000000000)

/*
 * Datagrams that wait at a time. Not fewer, because losing one fragment in a thousand on a fast
 * link leaves thousands of incomplete ones within the timeout; not more, because nobody fragments
 * that much but a flood, in which the oldest is given up first.
 */
#define FRAGMENTS_MAX_DATAGRAMS 4096

/*
 * Bytes that they take together. Room for all of the above at the size of an Ethernet's fragments,
 * or for two hundred of the largest, each of which takes its length twice, rounded up.
 */
#define FRAGMENTS_MAX_MEMORY ((size_t)32 << 20)

/*
 * Complete datagrams that are remembered, so that a second copy of their fragments does not pass
 * for the beginning of another. Where packets are recorded twice, the copies follow each other
 * closely; and each may take 128 KiB.
 */
#define FRAGMENTS_MAX_COMPLETE 64

struct fragment_counts {
    uint64_t met;          /* fragments, all of them */
    uint64_t put_together; /* datagrams */
    uint64_t incomplete;   /* datagrams of which a part is missing from the recording */
    uint64_t given_up;     /* datagrams that a limit did not let wait any longer */
};

enum fragments_answer {
    FRAGMENTS_COMPLETE,  /* with this one; the packet is now the whole datagram */
    FRAGMENTS_WAITING,   /* for others; or it was a second copy */
    FRAGMENTS_MALFORMED, /* it contradicts itself or others, and was left out */
};

struct fragments;

/* fragments_new: `counts` is borrowed, and counted on. Freed by fragments_free. */
struct fragments *fragments_new(struct fragment_counts *counts);

/*
 * fragments_add takes a packet for which ip_read answered IP_FRAGMENT. With FRAGMENTS_COMPLETE
 * payload, cut and protocol of *packet become those of the datagram, as datagram_give says; the
 * payload is valid until the next call.
 */
enum fragments_answer fragments_add(struct fragments *f, struct ip_packet *packet,
                                    uint64_t time_ns) MUST_CHECK;

/* fragments_finish says, once, that the recording has ended: what still waits is incomplete. */
void fragments_finish(struct fragments *f);

/* fragments_memory: bytes that the waiting datagrams take. */
size_t fragments_memory(const struct fragments *f);

/* fragments_free takes NULL too. */
void fragments_free(struct fragments *f);

#endif
