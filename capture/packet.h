/*
 * packet.h - one recorded packet, as it stood in a capture file or came off an interface.
 */
#ifndef KEYFALL_CAPTURE_PACKET_H
#define KEYFALL_CAPTURE_PACKET_H

#include "capture/bytes.h"

struct packet {
    uint64_t frame;    /* its number in the recording, from 1, as Wireshark counts */
    uint64_t time_ns;  /* nanoseconds since the epoch */
    int link_type;     /* DLT_... of libpcap */
    size_t wire_len;   /* bytes it had on the wire; data.len is less when the snap length cut it */
    struct bytes data; /* valid until the next packet is asked for */
};

#endif
