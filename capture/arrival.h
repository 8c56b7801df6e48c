/*
 * arrival.h - what has arrived at the TCP of which two?
 *
 * The way from a recorded frame to the TCP segment in it, layer by layer: link.h, ip.h, tcp.h. What
 * carries no TCP ends here. Next: reassembly.h, what is done with the segments.
 */
#ifndef KEYFALL_CAPTURE_ARRIVAL_H
#define KEYFALL_CAPTURE_ARRIVAL_H

#include "capture/endpoint.h"
#include "capture/packet.h"
#include "capture/tcp.h"

struct arrival {
    struct endpoint source;
    struct endpoint destination;
    struct tcp_segment segment; /* its payload is a view into the packet */
    uint64_t time_ns;
    uint64_t frame;
};

enum arrival_kind {
    ARRIVAL_TCP,       /* *out is filled */
    ARRIVAL_OTHER,     /* something else is in it */
    ARRIVAL_FRAGMENT,  /* a part of an IP packet */
    ARRIVAL_MALFORMED, /* a header that is cut off or contradicts itself */
};

/* arrival_read looks for a TCP segment in a packet; where it finds none, *out means nothing. */
enum arrival_kind arrival_read(struct arrival *out, const struct packet *packet) MUST_CHECK;

#endif
