/*
 * pcapng_block.h - what do the blocks of a pcapng file say?
 *
 * The file is a row of blocks, each with a type and a length, so that a reader can pass over those
 * that it does not know. Here are the bodies of the few that matter for reading packets: which
 * byte order, which interfaces with which link types and clocks, the packets, and the secrets that
 * somebody has put in with them. Pure; pcapng.h reads the row.
 * draft-ietf-opsawg-pcapng section 4.
 */
#ifndef KEYFALL_CAPTURE_PCAPNG_BLOCK_H
#define KEYFALL_CAPTURE_PCAPNG_BLOCK_H

#include "capture/bytes.h"

enum pcapng_type {
    PCAPNG_TYPE_INTERFACE = 1,
    PCAPNG_TYPE_OLD_PACKET = 2, /* obsolete, and still met */
    PCAPNG_TYPE_SIMPLE_PACKET = 3,
    PCAPNG_TYPE_ENHANCED_PACKET = 6,
    PCAPNG_TYPE_SECRETS = 10,
    PCAPNG_TYPE_SECTION = 0x0a0d0d0a, /* the same number in either byte order */
};

/* What a secrets block of this type holds is a TLS key log: "TLSK". */
#define PCAPNG_SECRETS_TLS 0x544c534bu

/* struct pcapng_clock is what an interface's timestamps count. */
struct pcapng_clock {
    bool binary;      /* units of 2^-exponent seconds, else of 10^-exponent */
    uint8_t exponent; /* 0 to 127 */
    int64_t offset_s; /* seconds to be added */
};

struct pcapng_interface {
    int link_type;        /* a LINKTYPE_..., as in a pcap file */
    uint32_t snap_length; /* 0: none */
    struct pcapng_clock clock;
};

struct pcapng_packet {
    uint32_t interface; /* its number within the section, from 0 */
    bool timed;         /* `ticks` is a time of the interface's clock */
    uint64_t ticks;
    uint32_t wire_len;
    struct bytes data; /* a view into the body */
};

/* pcapng_read_section takes the body of a section header: the byte order of all that follows, and
 * the major version of the format. */
bool pcapng_read_section(enum byte_order *order, uint16_t *major, struct bytes body) MUST_CHECK;

/* pcapng_read_interface takes the body of an interface description. */
bool pcapng_read_interface(struct pcapng_interface *out, struct bytes body,
                           enum byte_order order) MUST_CHECK;

/* pcapng_read_packet takes the body of a packet block of one of the three types. A simple one has
 * no captured length: `snap_length` is that of the section's first interface. */
bool pcapng_read_packet(struct pcapng_packet *out, uint32_t type, struct bytes body,
                        uint32_t snap_length, enum byte_order order) MUST_CHECK;

/* pcapng_read_secrets takes the body of a decryption secrets block. *keylog is the text of a TLS
 * key log, or empty: these are the secrets of another protocol. */
bool pcapng_read_secrets(struct bytes *keylog, struct bytes body, enum byte_order order) MUST_CHECK;

/* pcapng_time_ns turns ticks into nanoseconds since the epoch; 0 where that can't be told in 64
 * bits. */
uint64_t pcapng_time_ns(const struct pcapng_clock *clock, uint64_t ticks);

#endif
