/*
 * rewriter_links.h - what stands in front of an IP packet on each kind of link.
 *
 * The link-layer header types are those of https://www.tcpdump.org/linktypes.html.
 */
#ifndef KEYFALL_TESTS_SUPPORT_REWRITER_LINKS_H
#define KEYFALL_TESTS_SUPPORT_REWRITER_LINKS_H

#include "tests/support/rewriter_packets.h"

enum link_form {
    LINK_ETHERNET,
    LINK_ETHERNET_PADDED, /* to 60 bytes, and with a frame check sequence */
    LINK_VLAN,
    LINK_QINQ,
    LINK_MPLS,
    LINK_MPLS_THREE, /* labels */
    LINK_PPPOE,
    LINK_VLAN_PPPOE,
    LINK_COOKED,
    LINK_COOKED_2,
    LINK_NULL_LITTLE_ENDIAN,
    LINK_NULL_BIG_ENDIAN,
    LINK_LOOP,
    LINK_RAW,
    LINK_RAW_ONE_FAMILY, /* the link types that hold IPv4 alone, or IPv6 alone */
    LINK_PPP,
    LINK_PPP_HDLC,
};

/* packets_link puts the header in front of each packet and returns the link type for the file. */
uint32_t packets_link(struct packets *list, enum link_form form);

/* packets_snap cuts every packet to at most so many recorded bytes; 0 leaves them whole. */
void packets_snap(struct packets *list, size_t snap_length);

#endif
