/*
 * tunnel.h - is there another network inside of this packet?
 *
 * GRE (RFC 2784 and 2890, with ERSPAN's mirrored frames), VXLAN (RFC 7348), and IP in IP (RFC 2003,
 * RFC 2473). A tunnel's inside is told as a link's is: by an ether type and what follows. Next:
 * arrival.h, which goes one level deep.
 */
#ifndef KEYFALL_CAPTURE_TUNNEL_H
#define KEYFALL_CAPTURE_TUNNEL_H

#include "capture/ip.h"
#include "capture/udp.h"

enum tunnel_answer {
    TUNNEL_NONE,      /* it carries something of its own */
    TUNNEL_CARRIES,   /* *out is filled */
    TUNNEL_UNREAD,    /* a tunnel of a kind that is not read here */
    TUNNEL_MALFORMED, /* a header that is cut off */
};

struct tunnel {
    struct link_frame inside; /* a view into the packet, with layers still to be taken off */
    size_t cut;               /* bytes of it that followed and were not recorded */
    bool in_udp;
    struct udp_datagram udp; /* with in_udp: what it came in */
};

/* tunnel_read looks into a whole packet; other answers than TUNNEL_CARRIES leave *out as before. */
enum tunnel_answer tunnel_read(struct tunnel *out, const struct ip_packet *packet) MUST_CHECK;

#endif
