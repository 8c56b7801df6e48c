/*
 * link.h - what does a frame of this kind of link carry?
 *
 * A recording says of each packet on what kind of link it was made. One row of a table a kind: how
 * to get from the frame's first byte to what it carries, which is named as on an Ethernet. Where
 * that is one more layer of the link (a VLAN tag, say), layers.h goes on to the network packet.
 * Left out: what the addresses of the link say; nobody here asks. IEEE 802.11 is not taken apart.
 * Next: ip.h, the network packet.
 */
#ifndef KEYFALL_CAPTURE_LINK_H
#define KEYFALL_CAPTURE_LINK_H

#include "capture/layers.h"

/* link_supported: can frames of this DLT_... or LINKTYPE_... of libpcap be read? */
bool link_supported(int link_type);

/* link_advice says what to do with a recording of a link that is not supported. */
const char *link_advice(int link_type);

/*
 * link_read takes off the link's header and the layers behind it. LAYERS_CUT when the frame ends
 * inside of them, or the link type is not supported; *out is filled with LAYERS_READ only.
 */
enum layers_answer link_read(struct link_frame *out, int link_type, struct bytes frame) MUST_CHECK;

#endif
