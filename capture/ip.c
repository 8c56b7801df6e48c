#include "capture/ip.h"

enum {
    IPV4_HEADER_LEN = 20,
    IPV4_FRAGMENT_MASK = 0x3fff, /* "more fragments", and the offset; not "don't fragment" */
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

/*
 * version 4 bits, header length 4 bits | service 1 | total length 2
 * identification 2                     | flags, fragment offset 2
 * time to live 1 | protocol 1          | checksum 2
 * source 4 | destination 4 | options                                     RFC 791 section 3.1
 */
static enum ip_answer read_v4(struct ip_packet *out, struct bytes packet, size_t cut)
{
    struct ip_packet p = {.family = 4};
    struct reader r = reader_of(packet);
    uint8_t version_and_length;
    uint16_t total;
    uint16_t fragment;

    if (!reader_u8(&r, &version_and_length) || !reader_skip(&r, 1) || !reader_u16(&r, &total) ||
        !reader_skip(&r, 2) || !reader_u16(&r, &fragment) || !reader_skip(&r, 1) ||
        !reader_u8(&r, &p.protocol) || !reader_skip(&r, 2) ||
        !reader_copy(&r, p.source, IPV4_ADDRESS_LEN) ||
        !reader_copy(&r, p.destination, IPV4_ADDRESS_LEN))
        return IP_MALFORMED;

    size_t header_len = 4 * (size_t)(version_and_length & 0x0f);

    if (version_and_length >> 4 != 4 || header_len < IPV4_HEADER_LEN ||
        (total != 0 && total < header_len) || !reader_skip(&r, header_len - IPV4_HEADER_LEN))
        return IP_MALFORMED;
    if (fragment & IPV4_FRAGMENT_MASK)
        return IP_FRAGMENT;
    bounded(&p, r.left, cut, total == 0 ? r.left.len + cut : total - header_len);
    *out = p;
    return IP_WHOLE;
}

/*
 * version 4 bits, traffic class 8 bits, flow label 20 bits
 * payload length 2 | next header 1 | hop limit 1
 * source 16 | destination 16                                             RFC 8200 section 3
 */
static enum ip_answer read_v6(struct ip_packet *out, struct bytes packet, size_t cut)
{
    struct ip_packet p = {.family = 6};
    struct reader r = reader_of(packet);
    uint32_t version;
    uint16_t promised;

    if (!reader_u32(&r, &version) || !reader_u16(&r, &promised) || !reader_u8(&r, &p.protocol) ||
        !reader_skip(&r, 1) || !reader_copy(&r, p.source, IPV6_ADDRESS_LEN) ||
        !reader_copy(&r, p.destination, IPV6_ADDRESS_LEN) || version >> 28 != 6)
        return IP_MALFORMED;
    if (p.protocol == IP_PROTOCOL_IPV6_FRAGMENT)
        return IP_FRAGMENT;
    bounded(&p, r.left, cut, promised == 0 ? r.left.len + cut : promised);
    *out = p;
    return IP_WHOLE;
}

enum ip_answer ip_read(struct ip_packet *out, const struct link_frame *frame, size_t cut)
{
    switch (frame->ether_type) {
    case ETHER_TYPE_IPV4:
        return read_v4(out, frame->payload, cut);
    case ETHER_TYPE_IPV6:
        return read_v6(out, frame->payload, cut);
    default:
        return IP_NOT_IP;
    }
}
