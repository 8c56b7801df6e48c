/*
 * packet_builder.h - frames made byte by byte, for tests of what reads them.
 *
 * Ethernet, 802.1Q tags, IPv4 or IPv6, TCP. Checksums are left 0: nobody in capture/ looks at them,
 * because recordings of a sending host hold wrong ones anyway.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PACKET_BUILDER_H
#define KEYFALL_TESTS_SUPPORT_PACKET_BUILDER_H

#include "capture/alloc.h"
#include "capture/endpoint.h"
#include "capture/tcp.h"

struct recipe {
    struct endpoint from;
    struct endpoint to;
    uint32_t sequence;
    uint32_t acknowledge;
    uint8_t flags; /* enum tcp_flag */
    struct bytes payload;
    unsigned vlan_tags;     /* how many stand in front of the type */
    size_t ip_options_len;  /* IPv4 only; a multiple of 4 */
    size_t tcp_options_len; /* a multiple of 4 */
    bool no_total_length;   /* leave it 0, as network cards that segment on their own do */
    uint16_t fragment;      /* IPv4's flags and fragment offset */
    uint8_t protocol;       /* 0 means TCP */
};

/* build_frame replaces what is in `out` by the frame. */
void build_frame(struct buffer *out, const struct recipe *recipe);

/* ipv4 and ipv6 make endpoints out of text such as "10.0.0.1" and "fd00::1". */
struct endpoint ipv4(const char *address, uint16_t port);
struct endpoint ipv6(const char *address, uint16_t port);

#endif
