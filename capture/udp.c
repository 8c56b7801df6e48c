#include "capture/udp.h"

enum { UDP_HEADER_LEN = 8 };

/* source port 2 | destination port 2 | length 2 | checksum 2 | payload. RFC 768. */
bool udp_read(struct udp_datagram *out, struct bytes packet, size_t cut)
{
    struct udp_datagram d = {0};
    struct reader r = reader_of(packet);
    uint16_t length;

    if (!reader_u16(&r, &d.source_port) || !reader_u16(&r, &d.destination_port) ||
        !reader_u16(&r, &length) || !reader_u16(&r, &d.checksum))
        return false;
    if (length != 0 && length < UDP_HEADER_LEN)
        return false;

    size_t promised = length == 0 ? packet.len + cut : length;
    size_t missing = promised > packet.len ? promised - packet.len : 0;

    d.whole = bytes_first(packet, promised);
    d.payload = bytes_first(r.left, promised - UDP_HEADER_LEN);
    d.cut = missing < cut ? missing : cut;
    *out = d;
    return true;
}
