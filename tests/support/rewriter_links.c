#include "tests/support/rewriter_links.h"

#include "tests/support/check.h"

static bool is_six(struct bytes packet)
{
    return packet.at[0] >> 4 == 6;
}

static void put_ether_type(struct writer *w, struct bytes packet)
{
    write_uint(w, is_six(packet) ? 0x86dd : 0x0800, 2);
}

/* The number of an address family is each system's own: IPv6 is 24 on NetBSD and OpenBSD, 28 on
 * FreeBSD, 30 on macOS. */
static void put_family(struct writer *w, struct bytes packet, uint32_t six, bool little_endian)
{
    uint32_t family = is_six(packet) ? six : 2;

    write_uint(w, little_endian ? family << 24 : family, 4);
}

static void put_ppp(struct writer *w, struct bytes packet)
{
    write_uint(w, is_six(packet) ? 0x0057 : 0x0021, 2);
}

static void put_pppoe(struct writer *w, struct bytes packet)
{
    write_hex(w, "8864 11 00 0042");
    write_uint(w, 2 + packet.len, 2);
    put_ppp(w, packet);
}

/* put_ethernet_types writes what stands between the two addresses and the packet. */
static void put_ethernet_types(struct writer *w, struct bytes packet, enum link_form form)
{
    if (form == LINK_QINQ)
        write_hex(w, "88a8 0064");
    if (form == LINK_VLAN || form == LINK_QINQ || form == LINK_VLAN_PPPOE)
        write_hex(w, "8100 2065");
    if (form == LINK_PPPOE || form == LINK_VLAN_PPPOE) {
        put_pppoe(w, packet);
    } else if (form == LINK_MPLS) {
        write_hex(w, "8847 00010140");
    } else if (form == LINK_MPLS_THREE) {
        write_hex(w, "8847 00010040 00020040 00030140");
    } else {
        put_ether_type(w, packet);
    }
}

static uint32_t put_on_ethernet(struct writer *w, struct bytes packet, enum link_form form)
{
    write_hex(w, "020000000001 020000000002");
    put_ethernet_types(w, packet, form);
    write_bytes(w, packet);
    if (form == LINK_ETHERNET_PADDED) {
        while (w->out.len < 60)
            write_uint(w, 0xee, 1);
        write_hex(w, "deadbeef");
    }
    return 1;
}

static void put_cooked(struct writer *w, struct bytes packet)
{
    write_hex(w, "0000 0001 0006 020000000001 0000");
    put_ether_type(w, packet);
}

static void put_cooked_2(struct writer *w, struct bytes packet)
{
    put_ether_type(w, packet);
    write_hex(w, "0000 00000003 0001 00 06 020000000001 0000");
}

/* put_on_link writes the frame of one packet and returns the link type. */
static uint32_t put_on_link(struct writer *w, struct bytes packet, enum link_form form)
{
    uint32_t type = 0;

    switch (form) {
    case LINK_ETHERNET:
    case LINK_ETHERNET_PADDED:
    case LINK_VLAN:
    case LINK_QINQ:
    case LINK_MPLS:
    case LINK_MPLS_THREE:
    case LINK_PPPOE:
    case LINK_VLAN_PPPOE:
        return put_on_ethernet(w, packet, form);
    case LINK_COOKED:
        put_cooked(w, packet);
        type = 113;
        break;
    case LINK_COOKED_2:
        put_cooked_2(w, packet);
        type = 276;
        break;
    case LINK_NULL_LITTLE_ENDIAN:
        put_family(w, packet, 30, true);
        type = 0;
        break;
    case LINK_NULL_BIG_ENDIAN:
        put_family(w, packet, 28, false);
        type = 0;
        break;
    case LINK_LOOP:
        put_family(w, packet, 24, false);
        type = 108;
        break;
    case LINK_RAW:
        type = 101;
        break;
    case LINK_RAW_ONE_FAMILY:
        type = is_six(packet) ? 229 : 228;
        break;
    case LINK_PPP:
        put_ppp(w, packet);
        type = 9;
        break;
    case LINK_PPP_HDLC:
        write_hex(w, "ff03");
        put_ppp(w, packet);
        type = 50;
        break;
    }
    write_bytes(w, packet);
    return type;
}

uint32_t packets_link(struct packets *list, enum link_form form)
{
    struct packets framed = {0};
    uint32_t type = 0;

    for (size_t i = 0; i < list->num; i++) {
        struct writer w = {0};

        type = put_on_link(&w, buffer_view(&list->at[i].bytes), form);
        packets_add(&framed, list->at[i].time_ns, &w);
    }
    packets_swap(list, &framed);
    packets_clear(&framed);
    return type;
}

void packets_snap(struct packets *list, size_t snap_length)
{
    for (size_t i = 0; i < list->num; i++) {
        if (snap_length > 0 && list->at[i].bytes.len > snap_length)
            list->at[i].bytes.len = snap_length;
    }
}
