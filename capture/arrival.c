#include "capture/arrival.h"

#include <string.h>

#include "capture/ip.h"
#include "capture/link.h"

static struct endpoint endpoint_of(uint8_t family, const uint8_t address[static 16], uint16_t port)
{
    struct endpoint e = {.family = family, .port = port};

    memcpy(e.address, address, sizeof(e.address));
    return e;
}

static enum arrival_kind read_segment(struct arrival *out, const struct ip_packet *ip)
{
    if (ip->protocol != IP_PROTOCOL_TCP)
        return ARRIVAL_OTHER;
    if (!tcp_read(&out->segment, ip->payload, ip->cut))
        return ARRIVAL_MALFORMED;
    out->source = endpoint_of(ip->family, ip->source, out->segment.source_port);
    out->destination = endpoint_of(ip->family, ip->destination, out->segment.destination_port);
    return ARRIVAL_TCP;
}

enum arrival_kind arrival_read(struct arrival *out, const struct packet *packet)
{
    size_t cut = packet->wire_len > packet->data.len ? packet->wire_len - packet->data.len : 0;
    struct link_frame frame;
    struct ip_packet ip;

    out->time_ns = packet->time_ns;
    out->frame = packet->frame;
    if (link_read(&frame, packet->link_type, packet->data) != LAYERS_READ)
        return ARRIVAL_MALFORMED;
    switch (ip_read(&ip, &frame, cut)) {
    case IP_WHOLE:
        return read_segment(out, &ip);
    case IP_FRAGMENT:
        return ARRIVAL_FRAGMENT;
    case IP_NOT_IP:
        return ARRIVAL_OTHER;
    case IP_MALFORMED:
        break;
    }
    return ARRIVAL_MALFORMED;
}
