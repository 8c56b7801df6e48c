#include "capture/ip.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV4_MORE_FRAGMENTS = 0x2000,
    IPV4_OFFSET_MASK = 0x1fff, /* in units of 8 bytes */
    IPV4_ADDRESS_LEN = 4,
    IPV6_ADDRESS_LEN = 16,
};

/*
 * bounded fills in payload and cut, given that the header promises `promised` bytes of payload. On
 * the wire there were `rest` and `cut` more, of which some may be the padding of a short frame.
 */
static void bounded(struct ip_packet *p, struct bytes rest, size_t cut, size_t promised)
{
    size_t missing = promised > rest.len ? promised - rest.len : 0;

    p->payload = bytes_first(rest, promised);
    p->cut = missing < cut ? missing : cut;
}

/* --- Extension headers: RFC 8200 section 4 ---------------------------------------------------- */

/*
 * next header 1 | length 1 | type 1 | segments left 1 | 4 bytes | { address 16 }
 * As long as segments are left, the packet is on its way to one of the addresses in between; who
 * will get it stands at the end of the list, or in segment routing, which counts down, at its
 * beginning. RFC 5095 (type 0), RFC 6275 section 6.4 (2), RFC 8754 section 2 (4).
 */
static void read_final_destination(struct ip_packet *p, struct reader r)
{
    enum { FIXED_LEN = 8, SOURCE_ROUTE = 0, HOME_ADDRESS = 2, SEGMENT_ROUTING = 4 };
    uint8_t type;
    uint8_t segments_left;
    size_t others = r.left.len >= FIXED_LEN + IPV6_ADDRESS_LEN
                        ? (r.left.len - FIXED_LEN) / IPV6_ADDRESS_LEN - 1
                        : 0;

    if (!reader_skip(&r, 2) || !reader_u8(&r, &type) || !reader_u8(&r, &segments_left) ||
        segments_left == 0 || !reader_skip(&r, 4))
        return;
    if (type != SEGMENT_ROUTING && type != SOURCE_ROUTE && type != HOME_ADDRESS)
        return;
    if (type != SEGMENT_ROUTING && !reader_skip(&r, others * IPV6_ADDRESS_LEN))
        return;
    (void)!reader_copy(&r, p->destination, IPV6_ADDRESS_LEN); /* a list of none changes nothing */
}

/* take_off makes `p` what stands behind an extension header of this length. */
static bool take_off(struct ip_packet *p, size_t header_len, struct bytes *header)
{
    struct reader r = reader_of(p->payload);

    if (!reader_bytes(&r, header, header_len))
        return false;
    p->payload = r.left;
    return true;
}

/* next header 1 | length 1, in units of `unit` bytes, of which `uncounted` more are there | ... */
static bool take_off_extension(struct ip_packet *p, size_t unit, size_t uncounted)
{
    struct reader r = reader_of(p->payload);
    struct bytes header;
    uint8_t next;
    uint8_t length;

    if (!reader_u8(&r, &next) || !reader_u8(&r, &length) ||
        !take_off(p, unit * (length + uncounted), &header))
        return false;
    if (p->protocol == IP_PROTOCOL_ROUTING)
        read_final_destination(p, reader_of(header));
    p->protocol = next;
    return true;
}

/*
 * next header 1 | reserved 1 | offset 13 bits, reserved 2 bits, more 1 bit | identification 4
 * A packet that is all of its fragments (RFC 6946) is none. RFC 8200 section 4.5.
 */
static enum ip_answer take_off_fragment(struct ip_packet *p)
{
    enum { MORE = 1, OFFSET_MASK = 0xfff8 };
    struct reader r = reader_of(p->payload);
    uint16_t offset;

    if (!reader_u8(&r, &p->protocol) || !reader_skip(&r, 1) || !reader_u16(&r, &offset) ||
        !reader_u32(&r, &p->fragment.identification))
        return IP_MALFORMED;
    p->payload = r.left;
    p->fragment.offset = offset & OFFSET_MASK;
    p->fragment.more = offset & MORE;
    return p->fragment.offset == 0 && !p->fragment.more ? IP_WHOLE : IP_FRAGMENT;
}

/*
 * take_off_next takes off one extension header; *known is false where there is none. In IPv4 the
 * authentication header is the only one.
 */
static enum ip_answer take_off_next(struct ip_packet *p, bool *known)
{
    *known = p->family == 6 || p->protocol == IP_PROTOCOL_AUTHENTICATION;
    if (!*known)
        return IP_WHOLE;
    switch (p->protocol) {
    case IP_PROTOCOL_FRAGMENT:
        return take_off_fragment(p);
    case IP_PROTOCOL_AUTHENTICATION: /* RFC 4302 section 2.2: words of 4, without the first two */
        return take_off_extension(p, 4, 2) ? IP_WHOLE : IP_MALFORMED;
    case IP_PROTOCOL_HOP_BY_HOP:
    case IP_PROTOCOL_ROUTING:
    case IP_PROTOCOL_DESTINATION:
    case IP_PROTOCOL_MOBILITY: /* RFC 6275 section 6.1.1 */
    case IP_PROTOCOL_HIP:      /* RFC 7401 section 5.1 */
    case IP_PROTOCOL_SHIM6:    /* RFC 5533 section 5.1 */
        return take_off_extension(p, 8, 1) ? IP_WHOLE : IP_MALFORMED;
    default:
        *known = false;
        return IP_WHOLE;
    }
}

enum ip_answer ip_read_extensions(struct ip_packet *packet)
{
    struct ip_packet p = *packet;
    enum ip_answer answer;
    bool known;
    int taken = 0;

    do {
        answer = take_off_next(&p, &known);
    } while (known && answer == IP_WHOLE && ++taken <= IP_MAX_EXTENSIONS);
    if (taken > IP_MAX_EXTENSIONS)
        return IP_MALFORMED;
    if (answer != IP_MALFORMED)
        *packet = p;
    return answer;
}

/* --- The two headers ------------------------------------------------------------------------ */

/*
 * version 4 bits, header length 4 bits | service 1 | total length 2
 * identification 2                     | flags, fragment offset 2
 * time to live 1 | protocol 1          | checksum 2
 * source 4 | destination 4 | options                                     RFC 791 section 3.1
 */
static enum ip_answer read_v4(struct ip_packet *p, struct bytes packet, size_t cut)
{
    struct reader r = reader_of(packet);
    uint8_t version_and_length;
    uint16_t total;
    uint16_t identification;
    uint16_t fragment;

    p->family = 4;
    if (!reader_u8(&r, &version_and_length) || !reader_skip(&r, 1) || !reader_u16(&r, &total) ||
        !reader_u16(&r, &identification) || !reader_u16(&r, &fragment) || !reader_skip(&r, 1) ||
        !reader_u8(&r, &p->protocol) || !reader_skip(&r, 2) ||
        !reader_copy(&r, p->source, IPV4_ADDRESS_LEN) ||
        !reader_copy(&r, p->destination, IPV4_ADDRESS_LEN))
        return IP_MALFORMED;

    size_t header_len = 4 * (size_t)(version_and_length & 0x0f);

    if (version_and_length >> 4 != 4 || header_len < IPV4_HEADER_LEN ||
        (total != 0 && total < header_len) || !reader_skip(&r, header_len - IPV4_HEADER_LEN))
        return IP_MALFORMED;
    p->header = bytes_first(packet, header_len);
    p->length_known = total != 0;
    p->fragment = (struct ip_fragment){
        .identification = identification,
        .offset = 8 * (size_t)(fragment & IPV4_OFFSET_MASK),
        .more = fragment & IPV4_MORE_FRAGMENTS,
    };
    bounded(p, r.left, cut, total == 0 ? r.left.len + cut : total - header_len);
    return p->fragment.offset > 0 || p->fragment.more ? IP_FRAGMENT : ip_read_extensions(p);
}

/*
 * version 4 bits, traffic class 8 bits, flow label 20 bits
 * payload length 2 | next header 1 | hop limit 1
 * source 16 | destination 16                                             RFC 8200 section 3
 */
static enum ip_answer read_v6(struct ip_packet *p, struct bytes packet, size_t cut)
{
    struct reader r = reader_of(packet);
    uint32_t version;
    uint16_t promised;

    p->family = 6;
    if (!reader_u32(&r, &version) || !reader_u16(&r, &promised) || !reader_u8(&r, &p->protocol) ||
        !reader_skip(&r, 1) || !reader_copy(&r, p->source, IPV6_ADDRESS_LEN) ||
        !reader_copy(&r, p->destination, IPV6_ADDRESS_LEN) || version >> 28 != 6)
        return IP_MALFORMED;
    p->length_known = promised != 0;
    bounded(p, r.left, cut, promised == 0 ? r.left.len + cut : promised);
    return ip_read_extensions(p);
}

enum ip_answer ip_read(struct ip_packet *out, const struct link_frame *frame, size_t cut)
{
    struct ip_packet p = {0};
    enum ip_answer answer = IP_NOT_IP;

    if (frame->ether_type == ETHER_TYPE_IPV4)
        answer = read_v4(&p, frame->payload, cut);
    else if (frame->ether_type == ETHER_TYPE_IPV6)
        answer = read_v6(&p, frame->payload, cut);
    if (answer == IP_WHOLE || answer == IP_FRAGMENT)
        *out = p;
    return answer;
}
