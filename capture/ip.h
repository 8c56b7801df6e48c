/*
 * ip.h - from which host to which, and what is inside?
 *
 * IPv4 (RFC 791) and IPv6 (RFC 8200), with the headers that can stand between them and what they
 * carry. Fragments are recognised; fragments.h puts them together. Checksums are looked at by
 * checksum.h, and only when that was asked for: where a network card fills them in, a recording
 * made on the sending host holds wrong ones. Next: tunnel.h and tcp.h, what may be inside.
 */
#ifndef KEYFALL_CAPTURE_IP_H
#define KEYFALL_CAPTURE_IP_H

#include "capture/bytes.h"
#include "capture/layers.h"

/*
 * Extension headers in front of what a packet carries. RFC 8200 section 4.1 knows an order of eight
 * at the most, and says not to rely on it; more than twice that is nobody's honest packet.
 */
#define IP_MAX_EXTENSIONS 16

/* Bytes of the largest datagram that both lengths can name, header and all. */
#define IP_MAX_DATAGRAM 65535

/* What an IP packet carries. IANA "Protocol Numbers". */
enum ip_protocol {
    IP_PROTOCOL_HOP_BY_HOP = 0,
    IP_PROTOCOL_IPV4 = 4,
    IP_PROTOCOL_TCP = 6,
    IP_PROTOCOL_UDP = 17,
    IP_PROTOCOL_IPV6 = 41,
    IP_PROTOCOL_ROUTING = 43,
    IP_PROTOCOL_FRAGMENT = 44,
    IP_PROTOCOL_GRE = 47,
    IP_PROTOCOL_AUTHENTICATION = 51,
    IP_PROTOCOL_DESTINATION = 60,
    IP_PROTOCOL_MOBILITY = 135,
    IP_PROTOCOL_HIP = 139,
    IP_PROTOCOL_SHIM6 = 140,
};

struct ip_fragment {
    uint32_t identification;
    size_t offset; /* of the payload in that of the whole datagram, a multiple of 8 */
    bool more;     /* others follow; without it, it is the last */
};

struct ip_packet {
    uint8_t family; /* 4 or 6 */
    uint8_t source[16];
    uint8_t destination[16]; /* IPv4 in the first 4 bytes, the rest zero */
    uint8_t protocol;        /* an enum ip_protocol, or another value that no one here reads */
    struct bytes payload;    /* a view into the frame, without the padding of a short one */
    size_t cut;              /* bytes of payload that followed and were not recorded */
    bool length_known;       /* false: the header's length is 0, so the payload is all there is */
    struct bytes header;     /* of IPv4, with its options: what its checksum covers */
    struct ip_fragment fragment; /* means something with IP_FRAGMENT only */
};

enum ip_answer {
    IP_WHOLE,     /* *out is filled */
    IP_FRAGMENT,  /* *out is filled with a part of a datagram */
    IP_NOT_IP,    /* something else, such as ARP; *out is as before */
    IP_MALFORMED, /* a header that is cut off or contradicts itself; *out is as before */
};

/*
 * ip_read takes off the IP header, and extension headers up to the first that it does not know. In
 * front of a fragment it stops: its payload begins behind the fragment header. `cut` is the number
 * of bytes that the snap length took off the end of the frame. A length in the header that goes
 * beyond what was on the wire is not believed; one of 0, which cards that segment on their own
 * leave (TSO), means all that is there. The destination is the final one, where a routing header
 * of IPv6 names it (types 0, 2 and 4).
 */
enum ip_answer ip_read(struct ip_packet *out, const struct link_frame *frame,
                       size_t cut) MUST_CHECK;

/*
 * ip_read_extensions goes on behind the headers that are read already: for a payload that was put
 * together of fragments, in which more of them may stand. Answers as ip_read.
 */
enum ip_answer ip_read_extensions(struct ip_packet *packet) MUST_CHECK;

#endif
