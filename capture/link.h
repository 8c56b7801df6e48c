/*
 * link.h - what does a frame of this kind of link carry?
 *
 * A recording says of each packet on what kind of link it was made. One row of a table a kind: how
 * to get from the frame's first byte to the network packet in it. Left out: what the addresses of
 * the link say; nobody here asks. Next: ip.h, the network packet.
 */
#ifndef KEYFALL_CAPTURE_LINK_H
#define KEYFALL_CAPTURE_LINK_H

#include "capture/bytes.h"

/* What a frame carries is named as on an Ethernet, whatever the link. IEEE 802, RFC 9542. */
enum ether_type {
    ETHER_TYPE_IPV4 = 0x0800,
    ETHER_TYPE_IPV6 = 0x86dd,
};

struct link_frame {
    uint16_t ether_type;  /* an enum ether_type, or another value that no one here reads */
    struct bytes payload; /* a view into the frame; on short Ethernet frames padding is behind it */
};

/* link_supported: can frames of this DLT_... of libpcap be read? */
bool link_supported(int link_type);

/*
 * link_read takes off the link's header. False when the frame ends inside of it, or the link type
 * is not supported; then *out is as before.
 */
bool link_read(struct link_frame *out, int link_type, struct bytes frame) MUST_CHECK;

#endif
