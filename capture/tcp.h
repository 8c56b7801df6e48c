/*
 * tcp.h - which bytes of a stream does this segment carry?
 *
 * RFC 9293 section 3.1. Options are passed over: what they agree on (window scale, timestamps,
 * selective acknowledgement) changes how a sender sends, not which bytes a number stands for.
 * Next: reassembly.h, which makes streams of segments.
 */
#ifndef KEYFALL_CAPTURE_TCP_H
#define KEYFALL_CAPTURE_TCP_H

#include "capture/bytes.h"

/* The bits of tcp_segment.flags that matter here. */
enum tcp_flag {
    TCP_FLAG_FIN = 0x01,
    TCP_FLAG_SYN = 0x02,
    TCP_FLAG_RST = 0x04,
    TCP_FLAG_ACK = 0x10,
};

struct tcp_segment {
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t sequence;    /* of the first byte of payload, or of the SYN in front of it */
    uint32_t acknowledge; /* means something only with TCP_FLAG_ACK */
    uint8_t flags;
    struct bytes payload; /* what was recorded of it, a view into the packet */
    size_t cut;           /* bytes of payload that followed on the wire and were not recorded */
};

/* tcp_carries_payload: does it, on the wire, whether that was recorded or not? */
static inline bool tcp_carries_payload(const struct tcp_segment *s)
{
    return s->payload.len > 0 || s->cut > 0;
}

/*
 * tcp_read takes one segment out of an IP payload, of which `cut` more bytes were on the wire. A
 * segment whose options the snap length cut is still one: all of its payload is then missing.
 * False when the 20 bytes of fixed header are not there, or the header claims to be shorter than
 * those or longer than the packet; then *out is as before.
 */
bool tcp_read(struct tcp_segment *out, struct bytes packet, size_t cut) MUST_CHECK;

#endif
