#include "capture/link.h"

#include <pcap/dlt.h>

enum {
    ETHERNET_ADDRESSES_LEN = 12, /* destination 6, source 6 */
    ETHER_TYPE_VLAN = 0x8100,    /* IEEE 802.1Q: two bytes of tag, then the type of what it tags */
    ETHER_TYPE_STACKED = 0x88a8, /* IEEE 802.1ad: the outer tag of two */
    TAGS_MAX = 2,                /* more is no network that anyone runs */
};

static bool is_tag(uint16_t ether_type)
{
    return ether_type == ETHER_TYPE_VLAN || ether_type == ETHER_TYPE_STACKED;
}

/* destination 6 | source 6 | { 0x8100 | tag 2 } | type 2 | payload. IEEE 802.3, 802.1Q. */
static bool read_ethernet(struct link_frame *out, struct bytes frame)
{
    struct reader r = reader_of(frame);
    uint16_t type;

    if (!reader_skip(&r, ETHERNET_ADDRESSES_LEN) || !reader_u16(&r, &type))
        return false;
    for (int tags = 0; tags < TAGS_MAX && is_tag(type); tags++) {
        if (!reader_skip(&r, 2) || !reader_u16(&r, &type))
            return false;
    }
    *out = (struct link_frame){type, reader_rest(&r)};
    return true;
}

static const struct link {
    int type;
    bool (*read)(struct link_frame *out, struct bytes frame);
} links[] = {
    {DLT_EN10MB, read_ethernet},
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

bool link_read(struct link_frame *out, int link_type, struct bytes frame)
{
    const struct link *link = find(link_type);

    return link && link->read(out, frame);
}
