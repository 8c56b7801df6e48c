#include "capture/segment.h"

#include <assert.h>

#define ETHERNET_SIZE   14
#define IPV4_SIZE       20
#define IPV6_SIZE       40
#define TCP_SIZE        20
#define UDP_SIZE        8
#define MSS_OPTION_SIZE 4

#define ETHERTYPE_IPV4_CODE 0x0800
#define ETHERTYPE_IPV6_CODE 0x86dd
#define PROTOCOL_TCP        6
#define PROTOCOL_UDP        17
#define HOP_LIMIT           64
#define DONT_FRAGMENT       0x4000
#define WINDOW              64240 /* what Linux opens with for this MSS */

size_t segment_mss(uint8_t family)
{
    return family == 4 ? SEGMENT_MSS_IPV4 : SEGMENT_MSS_IPV6;
}

static uint8_t *put(uint8_t *at, const void *from, size_t len)
{
    if (len > 0)
        memcpy(at, from, len);
    return at + len;
}

static uint8_t *put_uint(uint8_t *at, uint32_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> (8 * (width - 1 - i)));
    return at + width;
}

/*
 * The Internet checksum of RFC 1071. It may be computed in the machine's byte order (section 2 B)
 * and in any order of 16-bit words (2 A), so it runs over 32 bits at a time: a recording of a
 * gigabyte spends a good part of its time here. `sum` carries on from the bytes before, of which
 * there must be an even number.
 */
static uint64_t sum_words(uint64_t sum, const uint8_t *at, size_t len)
{
    uint32_t four;
    uint16_t two;

    for (; len >= sizeof(four); len -= sizeof(four), at += sizeof(four)) {
        memcpy(&four, at, sizeof(four));
        sum += four;
    }
    if (len >= sizeof(two)) {
        memcpy(&two, at, sizeof(two));
        sum += two;
        at += sizeof(two);
        len -= sizeof(two);
    }
    if (len > 0) {
        uint8_t padded[2] = {*at, 0};

        memcpy(&two, padded, sizeof(two));
        sum += two;
    }
    return sum;
}

/* checksum_of is in the machine's order, as it was summed. */
static uint16_t checksum_of(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void put_checksum(uint8_t *at, uint16_t checksum)
{
    memcpy(at, &checksum, sizeof(checksum));
}

static uint8_t *put_ipv4(uint8_t *at, const struct segment *s, uint8_t protocol, size_t len)
{
    uint8_t *start = at;

    at = put_uint(at, 0x4500, 2); /* version 4, five words of header, no service class */
    at = put_uint(at, (uint32_t)(IPV4_SIZE + len), 2);
    at = put_uint(at, s->ip_id, 2);
    at = put_uint(at, DONT_FRAGMENT, 2);
    at = put_uint(at, HOP_LIMIT, 1);
    at = put_uint(at, protocol, 1);
    at = put_uint(at, 0, 2);
    at = put(at, s->from->address, 4);
    at = put(at, s->to->address, 4);
    put_checksum(start + 10, checksum_of(sum_words(0, start, IPV4_SIZE)));
    return at;
}

static uint8_t *put_ipv6(uint8_t *at, const struct segment *s, uint8_t protocol, size_t len)
{
    at = put_uint(at, 0x60000000, 4); /* version 6, no class, no flow label */
    at = put_uint(at, (uint32_t)len, 2);
    at = put_uint(at, protocol, 1);
    at = put_uint(at, HOP_LIMIT, 1);
    at = put(at, s->from->address, 16);
    return put(at, s->to->address, 16);
}

/* The pseudo header that the checksums of TCP and UDP cover: addresses, protocol, length. RFC 9293
 * section 3.1, RFC 768. */
static uint64_t sum_pseudo_header(const struct segment *s, uint8_t protocol, size_t len)
{
    uint8_t tail[8] = {0};
    size_t address_len = s->from->family == 4 ? 4 : 16;

    put_uint(put_uint(tail, (uint32_t)len, 4), protocol, 4);

    uint64_t sum = sum_words(0, s->from->address, address_len);

    sum = sum_words(sum, s->to->address, address_len);
    return sum_words(sum, tail, sizeof(tail));
}

static uint8_t *put_tcp(uint8_t *at, const struct segment *s, size_t header_len)
{
    uint8_t *start = at;
    size_t tcp_len = header_len + s->data.len;

    at = put_uint(at, s->from->port, 2);
    at = put_uint(at, s->to->port, 2);
    at = put_uint(at, s->seq, 4);
    at = put_uint(at, s->flags & SEGMENT_ACK ? s->ack : 0, 4);
    at = put_uint(at, (uint32_t)(header_len / 4) << 4, 1);
    at = put_uint(at, s->flags, 1);
    at = put_uint(at, WINDOW, 2);
    at = put_uint(at, 0, 4); /* checksum, filled in below, and the urgent pointer */
    if (s->flags & SEGMENT_SYN) {
        at = put_uint(at, 0x0204, 2); /* option 2 of 4 bytes: maximum segment size */
        at = put_uint(at, (uint32_t)segment_mss(s->from->family), 2);
    }
    at = put(at, s->data.at, s->data.len);
    put_checksum(start + 16, checksum_of(sum_words(sum_pseudo_header(s, PROTOCOL_TCP, tcp_len),
                                                   start, tcp_len)));
    return at;
}

/* No checksum is sent as 0; one that is 0 is sent as its other form. RFC 768. */
static uint8_t *put_udp(uint8_t *at, const struct segment *s)
{
    uint8_t *start = at;
    size_t udp_len = UDP_SIZE + s->data.len;
    uint16_t checksum;

    at = put_uint(at, s->from->port, 2);
    at = put_uint(at, s->to->port, 2);
    at = put_uint(at, (uint32_t)udp_len, 2);
    at = put_uint(at, 0, 2); /* checksum, filled in below */
    at = put(at, s->data.at, s->data.len);
    checksum = checksum_of(sum_words(sum_pseudo_header(s, PROTOCOL_UDP, udp_len), start, udp_len));
    put_checksum(start + 6, checksum ? checksum : UINT16_MAX);
    return at;
}

/* put_ip puts all that stands in front of TCP or UDP. */
static uint8_t *put_ip(uint8_t *at, const struct segment *s, uint8_t protocol, size_t len)
{
    bool is_ipv4 = s->from->family == 4;

    assert(s->from->family == s->to->family);
    at = put(at, s->to_mac, SEGMENT_MAC_SIZE);
    at = put(at, s->from_mac, SEGMENT_MAC_SIZE);
    at = put_uint(at, is_ipv4 ? ETHERTYPE_IPV4_CODE : ETHERTYPE_IPV6_CODE, 2);
    return is_ipv4 ? put_ipv4(at, s, protocol, len) : put_ipv6(at, s, protocol, len);
}

size_t segment_frame(uint8_t out[static SEGMENT_FRAME_MAX], const struct segment *s)
{
    size_t header_len = TCP_SIZE + (s->flags & SEGMENT_SYN ? MSS_OPTION_SIZE : 0);
    uint8_t *at;

    assert(s->data.len <= segment_mss(s->from->family));
    at = put_ip(out, s, PROTOCOL_TCP, header_len + s->data.len);
    at = put_tcp(at, s, header_len);
    return (size_t)(at - out);
}

size_t segment_datagram(uint8_t out[static SEGMENT_DATAGRAM_FRAME_MAX], const struct segment *s)
{
    uint8_t *at;

    assert(s->data.len <= SEGMENT_DATAGRAM_MAX);
    at = put_ip(out, s, PROTOCOL_UDP, UDP_SIZE + s->data.len);
    at = put_udp(at, s);
    return (size_t)(at - out);
}
