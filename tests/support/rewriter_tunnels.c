#include "tests/support/rewriter_tunnels.h"

#include "tests/support/packet_builder.h"

enum {
    PROTOCOL_IPV4 = 4,
    PROTOCOL_UDP = 17,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_GRE = 47,
    TYPE_IPV4 = 0x0800,
    TYPE_IPV6 = 0x86dd,
    TYPE_ETHERNET = 0x6558,
    VXLAN_PORT = 4789,
};

static uint64_t type_of(struct bytes packet)
{
    return packet.at[0] >> 4 == 6 ? TYPE_IPV6 : TYPE_IPV4;
}

static void put_ethernet(struct writer *w, struct bytes packet)
{
    write_hex(w, "020000000001 020000000002");
    write_uint(w, type_of(packet), 2);
    write_bytes(w, packet);
}

static void put_gre(struct writer *w, struct bytes packet, enum tunnel tunnel, uint32_t number)
{
    bool with_all = tunnel == TUNNEL_GRE_WITH_ALL;

    write_uint(w, with_all ? 0xb000 : 0, 2);
    write_uint(w, tunnel == TUNNEL_GRE_ETHERNET ? TYPE_ETHERNET : type_of(packet), 2);
    if (with_all) {
        write_uint(w, 0, 4);
        write_uint(w, 0xcafe, 4);
        write_uint(w, number, 4);
    }
    if (tunnel == TUNNEL_GRE_ETHERNET)
        put_ethernet(w, packet);
    else
        write_bytes(w, packet);
    if (with_all)
        put_checksum(w, 0, 0, 4);
}

static void put_vxlan(struct writer *w, struct bytes packet)
{
    write_uint(w, 54321, 2);
    write_uint(w, VXLAN_PORT, 2);
    write_uint(w, 8 + 8 + 14 + packet.len, 2);
    write_uint(w, 0, 2); /* no checksum */
    write_hex(w, "08000000 000abc00");
    put_ethernet(w, packet);
}

/* put_inside writes what the outer packet carries, and says which protocol that is. */
static uint8_t put_inside(struct writer *w, struct bytes packet, enum tunnel tunnel,
                          uint32_t number)
{
    switch (tunnel) {
    case TUNNEL_GRE:
    case TUNNEL_GRE_WITH_ALL:
    case TUNNEL_GRE_ETHERNET:
        put_gre(w, packet, tunnel, number);
        return PROTOCOL_GRE;
    case TUNNEL_VXLAN:
        put_vxlan(w, packet);
        return PROTOCOL_UDP;
    case TUNNEL_NONE:
    case TUNNEL_IN_IPV4:
    case TUNNEL_IN_IPV6:
        break;
    }
    write_bytes(w, packet);
    return packet.at[0] >> 4 == 6 ? PROTOCOL_IPV6 : PROTOCOL_IPV4;
}

void packets_tunnel(struct packets *list, enum tunnel tunnel)
{
    bool six = tunnel == TUNNEL_IN_IPV6;
    struct endpoint from = six ? ipv6("fd00::a", 0) : ipv4("192.0.2.1", 0);
    struct endpoint to = six ? ipv6("fd00::b", 0) : ipv4("192.0.2.2", 0);
    struct packets outer = {0};

    if (tunnel == TUNNEL_NONE)
        return;
    for (size_t i = 0; i < list->num; i++) {
        struct writer inside = {0};
        struct writer w = {0};
        uint8_t protocol =
            put_inside(&inside, buffer_view(&list->at[i].bytes), tunnel, (uint32_t)i);

        put_ip_header(&w, &from, &to, protocol, inside.out.len);
        write_bytes(&w, writer_view(&inside));
        buffer_clear(&inside.out);
        packets_add(&outer, list->at[i].time_ns, &w);
    }
    packets_swap(list, &outer);
    packets_clear(&outer);
}
