/*
 * segment.h - how does one TCP segment, or one UDP datagram, look as a frame on an Ethernet?
 *
 *     Ethernet 14 | IPv4 20 or IPv6 40 | TCP 20, with the MSS option 24 | data
 *     Ethernet 14 | IPv4 20 or IPv6 40 | UDP 8                          | data
 *
 * Everything a dissector checks is right: both lengths, both checksums, IP identification. Left
 * out: windows that change, SACK, timestamps; a network that is made up loses nothing and is never
 * full.
 */
#ifndef KEYFALL_CAPTURE_SEGMENT_H
#define KEYFALL_CAPTURE_SEGMENT_H

#include "capture/bytes.h"
#include "capture/endpoint.h"

/* The most data a segment holds: what an Ethernet frame of 1514 bytes leaves. RFC 9293, 3.7.1. */
#define SEGMENT_MSS_IPV4 1460
#define SEGMENT_MSS_IPV6 1440

#define SEGMENT_FRAME_MAX 1514

/* A datagram holds what a record of DTLS does, RFC 6347 section 4.1. An Ethernet would carry a long
 * one in fragments, but whoever records on the sending host sees it in one piece. */
#define SEGMENT_DATAGRAM_MAX       18432
#define SEGMENT_DATAGRAM_FRAME_MAX (14 + 40 + 8 + SEGMENT_DATAGRAM_MAX)

#define SEGMENT_MAC_SIZE 6

/* Flags of TCP. RFC 9293 section 3.1. */
#define SEGMENT_FIN 0x01
#define SEGMENT_SYN 0x02
#define SEGMENT_PSH 0x08
#define SEGMENT_ACK 0x10

struct segment {
    const struct endpoint *from;
    const struct endpoint *to; /* of the same family */
    const uint8_t *from_mac;   /* SEGMENT_MAC_SIZE bytes each */
    const uint8_t *to_mac;
    uint32_t seq;
    uint32_t ack; /* of use with SEGMENT_ACK only */
    uint16_t ip_id;
    uint8_t flags;     /* SEGMENT_SYN brings the MSS option with it */
    struct bytes data; /* at most segment_mss() bytes */
};

/* segment_mss is the most data a segment between addresses of this family holds. */
size_t segment_mss(uint8_t family);

/* segment_frame writes the whole frame and returns its length. RFC 791, 8200, 9293. */
size_t segment_frame(uint8_t out[static SEGMENT_FRAME_MAX], const struct segment *s);

/* segment_datagram writes a frame with a datagram: of *s, neither numbers nor flags. RFC 768. */
size_t segment_datagram(uint8_t out[static SEGMENT_DATAGRAM_FRAME_MAX], const struct segment *s);

#endif
