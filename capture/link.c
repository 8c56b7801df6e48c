#include "capture/link.h"

#include <pcap/dlt.h>

#ifndef DLT_LINUX_SLL2
#define DLT_LINUX_SLL2 276 /* libpcap knows it since 1.10 */
#endif

enum {
    LINKTYPE_RAW = 101,     /* what DLT_RAW is called in a file */
    DLT_RAW_OF_OPENBSD = 14 /* and on OpenBSD */
};

/* An IP packet without any header in front: its own version number tells which. */
static bool read_raw(struct link_frame *out, struct reader r)
{
    return layers_read_by_version(out, r.left);
}

/* The numbers of the address families differ from system to system; that of IPv6 most of all. */
static uint16_t ether_type_of_family(uint32_t family)
{
    switch (family) {
    case 2: /* everywhere */
        return ETHER_TYPE_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */
        return ETHER_TYPE_IPV6;
    default:
        return ETHER_TYPE_NONE;
    }
}

/* family 4, big-endian | packet. OpenBSD's loopback. */
static bool read_loop(struct link_frame *out, struct reader r)
{
    uint32_t family;

    if (!reader_u32(&r, &family))
        return false;
    *out = (struct link_frame){ether_type_of_family(family), r.left};
    return true;
}

/* family 4, in the byte order of the machine that recorded | packet. The other BSDs' loopback. */
static bool read_null(struct link_frame *out, struct reader r)
{
    uint32_t family;

    if (!reader_u32(&r, &family))
        return false;
    if (family > 0xffff) /* no family is that large: it was written the other way round */
        family = __builtin_bswap32(family);
    *out = (struct link_frame){ether_type_of_family(family), r.left};
    return true;
}

/*
 * cooked fills in *out where a "cooked" header holds an ether type. Small numbers there are Linux'
 * own; one of them means a frame with an LLC header.
 */
static void cooked(struct link_frame *out, uint16_t protocol, struct bytes payload)
{
    enum { WITH_LLC = 4 };

    if (protocol <= ETHER_TYPE_MAX_LENGTH)
        protocol = protocol == WITH_LLC ? ETHER_TYPE_LLC : ETHER_TYPE_NONE;
    *out = (struct link_frame){protocol, payload};
}

/* packet type 2 | ARPHRD type 2 | address length 2 | address 8 | protocol 2. `tcpdump -i any`. */
static bool read_sll(struct link_frame *out, struct reader r)
{
    uint16_t protocol;

    if (!reader_skip(&r, 14) || !reader_u16(&r, &protocol))
        return false;
    cooked(out, protocol, r.left);
    return true;
}

/* protocol 2 | reserved 2 | interface 4 | ARPHRD type 2 | packet type 1 | length 1 | address 8 */
static bool read_sll2(struct link_frame *out, struct reader r)
{
    uint16_t protocol;

    if (!reader_u16(&r, &protocol) || !reader_skip(&r, 18))
        return false;
    cooked(out, protocol, r.left);
    return true;
}

/* address 1 | control 1 | ether type 2 | payload. Cisco's framing of HDLC, RFC 1547 section 4.3. */
static bool read_cisco_hdlc(struct link_frame *out, struct reader r)
{
    uint16_t type;

    if (!reader_skip(&r, 2) || !reader_u16(&r, &type))
        return false;
    *out = (struct link_frame){type, r.left};
    return true;
}

/* A serial line runs PPP or Cisco's HDLC; the first byte, an address, tells which. */
static bool read_serial(struct link_frame *out, struct reader r)
{
    enum { CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };
    struct reader ahead = r;
    uint8_t address;

    if (!reader_u8(&ahead, &address))
        return false;
    if (address == CISCO_UNICAST || address == CISCO_MULTICAST)
        return read_cisco_hdlc(out, r);
    *out = (struct link_frame){ETHER_TYPE_PPP, r.left};
    return true;
}

/* Without a function the whole frame is what the row says: one of the layers, or a packet. */
static const struct link {
    int type;
    bool (*read)(struct link_frame *out, struct reader r);
    uint16_t carries;
} links[] = {
    {DLT_EN10MB, NULL, ETHER_TYPE_ETHERNET},
    {DLT_NULL, read_null, 0},
    {DLT_LOOP, read_loop, 0},
    {DLT_LINUX_SLL, read_sll, 0},
    {DLT_LINUX_SLL2, read_sll2, 0},
    {DLT_RAW, read_raw, 0},
    {DLT_RAW_OF_OPENBSD, read_raw, 0},
    {LINKTYPE_RAW, read_raw, 0},
    {DLT_IPV4, NULL, ETHER_TYPE_IPV4},
    {DLT_IPV6, NULL, ETHER_TYPE_IPV6},
    {DLT_PPP, NULL, ETHER_TYPE_PPP},
    {DLT_PPP_SERIAL, read_serial, 0},
    {DLT_PPP_ETHER, NULL, ETHER_TYPE_PPPOE},
    {DLT_C_HDLC, read_cisco_hdlc, 0},
};

static const struct link *find(int type)
{
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (links[i].type == type)
            return &links[i];
    }
    return NULL;
}

bool link_supported(int link_type)
{
    return find(link_type) != NULL;
}

const char *link_advice(int link_type)
{
    switch (link_type) {
    case DLT_IEEE802_11:
    case DLT_PRISM_HEADER:
    case DLT_IEEE802_11_RADIO:
    case DLT_IEEE802_11_RADIO_AVS:
    case DLT_PPI:
        return "it is Wi-Fi as it was in the air; decrypt the network's own layer first "
               "(airdecap-ng "
               "makes an Ethernet recording of it), or record on a machine in that network";
    default:
        return "record on an Ethernet-like interface, for example -i lo or -i eth0";
    }
}

enum layers_answer link_read(struct link_frame *out, int link_type, struct bytes frame)
{
    const struct link *link = find(link_type);
    struct link_frame f;

    if (!link)
        return LAYERS_CUT;
    f = (struct link_frame){link->carries, frame};
    if (link->read && !link->read(&f, reader_of(frame)))
        return LAYERS_CUT;

    enum layers_answer answer = layers_take_off(&f);

    if (answer == LAYERS_READ)
        *out = f;
    return answer;
}
