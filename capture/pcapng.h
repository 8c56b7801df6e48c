/*
 * pcapng.h - a pcapng file as a row of packets and secrets.
 *
 * libpcap reads these files too, but refuses interfaces of different kinds beside each other, and
 * passes over the secrets that the recording program may have put in. So this is a reader of our
 * own: it goes from block to block, remembers the interfaces of the section, and hands out packets
 * with the link type and the clock of theirs. Blocks that it does not know are passed over.
 * draft-ietf-opsawg-pcapng section 3.
 */
#ifndef KEYFALL_CAPTURE_PCAPNG_H
#define KEYFALL_CAPTURE_PCAPNG_H

#include <stdio.h>

#include "capture/packet.h"
#include "capture/pcapng_block.h"

/* 16 MiB: a packet with all its comments, and a key log of some 60 000 sessions, have fewer; a
 * length that lies makes nobody wait for more. */
#define PCAPNG_MAX_BLOCK ((uint32_t)16 << 20)

/* Interfaces in one section. A merge of thousands of recordings has thousands; each costs some
 * bytes for as long as the section lasts. */
#define PCAPNG_MAX_INTERFACES 65536

struct pcapng;

enum pcapng_step {
    PCAPNG_PACKET,  /* *packet is the next one; its `frame` is not set */
    PCAPNG_SECRETS, /* *keylog is the text of a TLS key log */
    PCAPNG_END,
    PCAPNG_DAMAGED, /* pcapng_trouble says why */
};

/* pcapng_begins: are these the first bytes of a pcapng file? */
bool pcapng_begins(struct bytes magic);

/* pcapng_new reads from `stream`, which is borrowed. Freed by pcapng_free. */
struct pcapng *pcapng_new(FILE *stream);

/* pcapng_next goes on to what comes next. What it hands out is valid until the next call. A packet
 * without a time of its own has that of the packet in front of it. */
enum pcapng_step pcapng_next(struct pcapng *p, struct packet *packet,
                             struct bytes *keylog) MUST_CHECK;

/* A block as it stands in the file, for whoever copies it. */
struct pcapng_whole_block {
    uint32_t type; /* of enum pcapng_type, or any other */
    enum byte_order order;
    struct bytes body;
    bool is_packet; /* this one: */
    struct pcapng_packet packet;
};

/* pcapng_next_block goes on to the next block, instead of to the next packet. Valid until the next
 * call. False at the end, or where pcapng_trouble says why. Blocks of over PCAPNG_MAX_BLOCK are
 * passed over. */
bool pcapng_next_block(struct pcapng *p, struct pcapng_whole_block *out) MUST_CHECK;

/* pcapng_trouble is what is wrong, after PCAPNG_DAMAGED; NULL when nothing is. */
const char *pcapng_trouble(const struct pcapng *p);

/* pcapng_free takes NULL too. */
void pcapng_free(struct pcapng *p);

#endif
