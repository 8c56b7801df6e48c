#include "capture/tunnel.h"

/*
 * flags 13 bits, version 3 bits | protocol 2
 * { checksum 2 | reserved 2 } { key 4 } { sequence number 4 } | payload
 * Each in braces is there when its flag says so. RFC 2784 section 2, RFC 2890 section 2.
 */
static enum tunnel_answer read_gre(struct tunnel *t, const struct ip_packet *packet)
{
    enum {
        CHECKSUM = 0x8000,
        ROUTING = 0x4000, /* RFC 1701, which RFC 2784 has taken back */
        KEY = 0x2000,
        SEQUENCE = 0x1000,
        VERSION = 0x0007,   /* 1: PPTP, RFC 2637 */
        ERSPAN_II = 0x88be, /* the frame alone, or with a header when there is a sequence number */
        ERSPAN_III = 0x22eb,
        ERSPAN_HEADER_LEN = 8,
    };
    struct reader r = reader_of(packet->payload);
    uint16_t flags;
    uint16_t protocol;

    if (!reader_u16(&r, &flags) || !reader_u16(&r, &protocol))
        return TUNNEL_MALFORMED;
    if (flags & (ROUTING | VERSION) || protocol == ERSPAN_III)
        return TUNNEL_UNREAD;
    if ((flags & CHECKSUM && !reader_skip(&r, 4)) || (flags & KEY && !reader_skip(&r, 4)) ||
        (flags & SEQUENCE && !reader_skip(&r, 4)))
        return TUNNEL_MALFORMED;
    if (protocol == ERSPAN_II) {
        if (flags & SEQUENCE && !reader_skip(&r, ERSPAN_HEADER_LEN))
            return TUNNEL_MALFORMED;
        protocol = ETHER_TYPE_ETHERNET;
    }
    t->inside = (struct link_frame){protocol, r.left};
    return TUNNEL_CARRIES;
}

/* flags 1 | reserved 3 | network 3 | reserved 1 | Ethernet frame. RFC 7348 section 5. */
static enum tunnel_answer read_vxlan(struct tunnel *t, const struct ip_packet *packet)
{
    enum {
        PORT = 4789,
        PORT_OF_LINUX = 8472, /* from before there was a number; the kernel's default to this day */
        NETWORK_VALID = 0x08,
        GROUP_POLICY = 0x80, /* means only that the reserved bytes are used */
    };
    struct reader r;
    uint8_t flags;

    if (!udp_read(&t->udp, packet->payload, packet->cut) ||
        (t->udp.destination_port != PORT && t->udp.destination_port != PORT_OF_LINUX))
        return TUNNEL_NONE;
    r = reader_of(t->udp.payload);
    if (!reader_u8(&r, &flags))
        return TUNNEL_MALFORMED;
    if ((flags & ~GROUP_POLICY) != NETWORK_VALID)
        return TUNNEL_NONE; /* something else that uses the same port */
    if (!reader_skip(&r, 7))
        return TUNNEL_MALFORMED;
    t->inside = (struct link_frame){ETHER_TYPE_ETHERNET, r.left};
    t->cut = t->udp.cut;
    t->in_udp = true;
    return TUNNEL_CARRIES;
}

enum tunnel_answer tunnel_read(struct tunnel *out, const struct ip_packet *packet)
{
    struct tunnel t = {.inside.payload = packet->payload, .cut = packet->cut};
    enum tunnel_answer answer = TUNNEL_CARRIES;

    switch (packet->protocol) {
    case IP_PROTOCOL_IPV4:
        t.inside.ether_type = ETHER_TYPE_IPV4;
        break;
    case IP_PROTOCOL_IPV6:
        t.inside.ether_type = ETHER_TYPE_IPV6;
        break;
    case IP_PROTOCOL_GRE:
        answer = read_gre(&t, packet);
        break;
    case IP_PROTOCOL_UDP:
        answer = read_vxlan(&t, packet);
        break;
    default:
        answer = TUNNEL_NONE;
    }
    if (answer == TUNNEL_CARRIES)
        *out = t;
    return answer;
}
