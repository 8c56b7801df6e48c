/*
 * packet_builder.h - frames made byte by byte, for tests of what reads them.
 *
 * build_frame makes the usual one in one go: Ethernet, 802.1Q tags, IPv4 or IPv6, TCP. Anything
 * else is put together from the inside to the outside: build_segment, and a wrap_... for each
 * header that stands in front of it. Checksums are left 0, because recordings of a sending host
 * hold wrong ones anyway, but for those of packets that are wrapped and of segments whose recipe
 * asks for it.
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
    bool tcp_checksum;      /* a right one; not 0 */
};

/* build_frame replaces what is in `out` by the frame. */
void build_frame(struct buffer *out, const struct recipe *recipe);

/* build_segment replaces what is in `out` by the TCP segment alone. */
void build_segment(struct buffer *out, const struct recipe *recipe);

/* wrap_hex puts these bytes in front of what is in `out`; so do all the others with theirs. */
void wrap_hex(struct buffer *out, const char *hex);

/* wrap_ip makes it an IP packet of the endpoints' family, with the right length and checksum. */
void wrap_ip(struct buffer *out, struct endpoint from, struct endpoint to, uint8_t protocol);

/* wrap_udp makes it a UDP datagram without a checksum. */
void wrap_udp(struct buffer *out, uint16_t from, uint16_t to);

/* wrap_ethernet makes it a frame. */
void wrap_ethernet(struct buffer *out, uint16_t ether_type);

/*
 * build_fragment replaces what is in `out` by a fragment of the IP packet `whole`: `len` bytes of
 * its payload from `offset`. In an IPv6 packet all that follows the first header is fragmentable.
 */
void build_fragment(struct buffer *out, struct bytes whole, size_t offset, size_t len,
                    uint32_t identification);

/* checksum_over is the Internet checksum (RFC 1071) of two pieces behind each other; the first is
 * of even length. */
uint16_t checksum_over(struct bytes first, struct bytes second);

/* ipv4 and ipv6 make endpoints out of text such as "10.0.0.1" and "fd00::1". */
struct endpoint ipv4(const char *address, uint16_t port);
struct endpoint ipv6(const char *address, uint16_t port);

#endif
