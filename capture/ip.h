/*
 * ip.h - from which host to which, and what is inside?
 *
 * IPv4 (RFC 791) and IPv6 (RFC 8200). Checksums are not looked at: where a network card fills them
 * in, a recording made on the sending host holds wrong ones. Fragments are recognised and left to
 * the caller. Next: tcp.h, the most usual thing inside.
 */
#ifndef KEYFALL_CAPTURE_IP_H
#define KEYFALL_CAPTURE_IP_H

#include "capture/bytes.h"
#include "capture/link.h"

/* What an IP packet carries. IANA "Protocol Numbers". */
enum ip_protocol {
    IP_PROTOCOL_TCP = 6,
    IP_PROTOCOL_IPV6_FRAGMENT = 44,
};

struct ip_packet {
    uint8_t family; /* 4 or 6 */
    uint8_t source[16];
    uint8_t destination[16]; /* IPv4 in the first 4 bytes, the rest zero */
    uint8_t protocol;        /* an enum ip_protocol, or another value that no one here reads */
    struct bytes payload;    /* a view into the frame, without the padding of a short one */
    size_t cut;              /* bytes of payload that followed on the wire and were not recorded */
};

enum ip_answer {
    IP_WHOLE,     /* *out is filled */
    IP_FRAGMENT,  /* a part of a packet; *out is as before */
    IP_NOT_IP,    /* something else, such as ARP; *out is as before */
    IP_MALFORMED, /* a header that is cut off or contradicts itself; *out is as before */
};

/*
 * ip_read takes off the IP header. `cut` is the number of bytes that the snap length took off the
 * end of the frame. A length in the header that goes beyond what was on the wire is not believed;
 * one of 0, which cards that segment on their own leave (TSO), means all that is there.
 */
enum ip_answer ip_read(struct ip_packet *out, const struct link_frame *frame,
                       size_t cut) MUST_CHECK;

#endif
