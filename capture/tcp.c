#include "capture/tcp.h"

enum { TCP_HEADER_LEN = 20 };

/*
 * source port 2 | destination port 2
 * sequence number 4
 * acknowledgement number 4
 * data offset 4 bits, reserved 4 bits | flags 1 | window 2
 * checksum 2 | urgent pointer 2 | options | payload                      RFC 9293 section 3.1
 */
bool tcp_read(struct tcp_segment *out, struct bytes packet, size_t cut)
{
    struct tcp_segment s = {0};
    struct reader r = reader_of(packet);
    uint8_t data_offset;

    if (!reader_u16(&r, &s.source_port) || !reader_u16(&r, &s.destination_port) ||
        !reader_u32(&r, &s.sequence) || !reader_u32(&r, &s.acknowledge) ||
        !reader_u8(&r, &data_offset) || !reader_u8(&r, &s.flags) || !reader_skip(&r, 6))
        return false;

    size_t header_len = 4 * (size_t)(data_offset >> 4);

    if (header_len < TCP_HEADER_LEN || header_len > packet.len + cut)
        return false;
    if (reader_skip(&r, header_len - TCP_HEADER_LEN)) {
        s.payload = reader_rest(&r);
        s.cut = cut;
    } else {
        s.cut = packet.len + cut - header_len;
    }
    *out = s;
    return true;
}
