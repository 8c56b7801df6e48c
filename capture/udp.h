/*
 * udp.h - what does this datagram carry, and to which port?
 *
 * RFC 768. Here it matters for what tunnels in it: tunnel.h.
 */
#ifndef KEYFALL_CAPTURE_UDP_H
#define KEYFALL_CAPTURE_UDP_H

#include "capture/bytes.h"

struct udp_datagram {
    uint16_t source_port;
    uint16_t destination_port;
    uint16_t checksum;    /* 0: the sender made none */
    struct bytes whole;   /* header and payload: what the checksum covers */
    struct bytes payload; /* what was recorded of it, a view into the packet */
    size_t cut;           /* bytes of payload that followed on the wire and were not recorded */
};

/*
 * udp_read takes one datagram out of an IP payload, of which `cut` more bytes were on the wire. A
 * length beyond what was there is not believed; 0 means all that is there. False when the header is
 * not there, or the length is less than the header's; then *out is as before.
 */
bool udp_read(struct udp_datagram *out, struct bytes packet, size_t cut) MUST_CHECK;

#endif
