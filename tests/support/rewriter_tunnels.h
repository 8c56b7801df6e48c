/*
 * rewriter_tunnels.h - IP packets inside other packets.
 *
 * GRE (RFC 2784, RFC 2890), VXLAN (RFC 7348), IP in IP (RFC 2003), 6in4 (RFC 4213), IPv6 (RFC
 * 2473).
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_TUNNELS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_TUNNELS_H

#include "tests/support/rewriter_packets.h"

enum tunnel {
    TUNNEL_NONE,
    TUNNEL_GRE,
    TUNNEL_GRE_WITH_ALL, /* checksum, key and sequence number */
    TUNNEL_GRE_ETHERNET, /* with whole Ethernet frames inside */
    TUNNEL_VXLAN,
    TUNNEL_IN_IPV4, /* 6in4 where IPv6 is inside */
    TUNNEL_IN_IPV6,
};

/* packets_tunnel puts each packet into another one. */
void packets_tunnel(struct packets *list, enum tunnel tunnel);

#endif
