#include "capture/layers.h"

/* destination 6 | source 6 | type 2 | payload. IEEE 802.3. */
static enum layers_answer take_off_ethernet(struct link_frame *frame)
{
    struct reader r = reader_of(frame->payload);
    uint16_t type;

    if (!reader_skip(&r, 12) || !reader_u16(&r, &type))
        return LAYERS_CUT;
    *frame = (struct link_frame){type <= ETHER_TYPE_MAX_LENGTH ? ETHER_TYPE_LLC : type, r.left};
    return LAYERS_READ;
}

/* tag 2 | type 2 | payload. IEEE 802.1Q. */
static enum layers_answer take_off_tag(struct link_frame *frame)
{
    struct reader r = reader_of(frame->payload);
    uint16_t type;

    if (!reader_skip(&r, 2) || !reader_u16(&r, &type))
        return LAYERS_CUT;
    *frame = (struct link_frame){type <= ETHER_TYPE_MAX_LENGTH ? ETHER_TYPE_LLC : type, r.left};
    return LAYERS_READ;
}

/* 0xaa 0xaa | 0x03 | organization 3 | type 2 | payload: SNAP. Others carry no IP. RFC 1042. */
static enum layers_answer take_off_llc(struct link_frame *frame)
{
    enum { SNAP = 0xaaaa03, NO_ORGANIZATION = 0, BRIDGE_TUNNEL = 0x0000f8 };
    struct reader r = reader_of(frame->payload);
    uint32_t llc;
    uint32_t organization;
    uint16_t type;

    if (!reader_u24(&r, &llc))
        return LAYERS_CUT;
    frame->ether_type = ETHER_TYPE_NONE;
    if (llc != SNAP)
        return LAYERS_READ;
    if (!reader_u24(&r, &organization) || !reader_u16(&r, &type))
        return LAYERS_CUT;
    if (organization == NO_ORGANIZATION || organization == BRIDGE_TUNNEL)
        *frame = (struct link_frame){type, r.left};
    return LAYERS_READ;
}

/* version, type 1 | code 1 | session 2 | length 2 | PPP. RFC 2516 section 4. */
static enum layers_answer take_off_pppoe(struct link_frame *frame)
{
    enum { CODE_SESSION = 0 };
    struct reader r = reader_of(frame->payload);
    uint8_t code;

    if (!reader_skip(&r, 1) || !reader_u8(&r, &code) || !reader_skip(&r, 4))
        return LAYERS_CUT;
    *frame = (struct link_frame){code == CODE_SESSION ? ETHER_TYPE_PPP : ETHER_TYPE_NONE, r.left};
    return LAYERS_READ;
}

static uint16_t ether_type_of_ppp(uint64_t protocol)
{
    switch (protocol) {
    case 0x0021:
        return ETHER_TYPE_IPV4;
    case 0x0057:
        return ETHER_TYPE_IPV6;
    case 0x0281:
        return ETHER_TYPE_MPLS;
    case 0x0283:
        return ETHER_TYPE_MPLS_OTHER;
    default:
        return ETHER_TYPE_NONE;
    }
}

/* { 0xff 0x03 } | protocol 1 or 2 | payload. RFC 1661 sections 2 and 6.5, RFC 1662 section 3.1. */
static enum layers_answer take_off_ppp(struct link_frame *frame)
{
    enum { ALL_STATIONS = 0xff };
    struct reader r = reader_of(frame->payload);
    struct reader ahead = r;
    uint8_t first;
    uint64_t protocol;

    if (!reader_u8(&ahead, &first))
        return LAYERS_CUT;
    if (first == ALL_STATIONS) { /* an address, and one byte of control behind it */
        if (!reader_skip(&ahead, 1))
            return LAYERS_CUT;
        r = ahead;
        if (!reader_u8(&ahead, &first))
            return LAYERS_CUT;
    }
    /* The last byte of a protocol number is odd, the one in front of it even. */
    if (!reader_uint(&r, &protocol, first & 1 ? 1 : 2))
        return LAYERS_CUT;
    *frame = (struct link_frame){ether_type_of_ppp(protocol), r.left};
    return LAYERS_READ;
}

/*
 * Nothing says what the labels stand in front of: both ends know it. It shows: an IP packet begins
 * with its version; a pseudowire's Ethernet frame with a control word, mostly zero, or without one.
 * RFC 4928 section 3, RFC 4448 section 4.
 */
static enum layers_answer look_behind_labels(struct link_frame *frame, struct reader r)
{
    struct reader ahead = r;
    uint32_t word;

    if (!reader_u32(&ahead, &word))
        return LAYERS_CUT;

    unsigned nibble = word >> 28;

    if (nibble == 4 || nibble == 6)
        return layers_read_by_version(frame, r.left) ? LAYERS_READ : LAYERS_CUT;
    *frame = (struct link_frame){ETHER_TYPE_ETHERNET, word == 0 ? ahead.left : r.left};
    return LAYERS_READ;
}

/* { label 20 bits | class 3 bits | bottom of stack 1 bit | time to live 8 bits }. RFC 3032. */
static enum layers_answer take_off_labels(struct link_frame *frame)
{
    enum { BOTTOM_OF_STACK = 0x100 };
    struct reader r = reader_of(frame->payload);
    uint32_t label;

    for (int labels = 0; labels < LAYERS_MAX_LABELS; labels++) {
        if (!reader_u32(&r, &label))
            return LAYERS_CUT;
        if (label & BOTTOM_OF_STACK)
            return look_behind_labels(frame, r);
    }
    return LAYERS_TOO_MANY;
}

static const struct layer {
    uint16_t ether_type;
    enum layers_answer (*take_off)(struct link_frame *frame);
} layers[] = {
    {ETHER_TYPE_ETHERNET, take_off_ethernet}, {ETHER_TYPE_VLAN, take_off_tag},
    {ETHER_TYPE_STACKED, take_off_tag},       {ETHER_TYPE_STACKED_OLD, take_off_tag},
    {ETHER_TYPE_LLC, take_off_llc},           {ETHER_TYPE_PPPOE, take_off_pppoe},
    {ETHER_TYPE_PPP, take_off_ppp},           {ETHER_TYPE_MPLS, take_off_labels},
    {ETHER_TYPE_MPLS_OTHER, take_off_labels},
};

static const struct layer *find(uint16_t ether_type)
{
    for (size_t i = 0; i < sizeof(layers) / sizeof(layers[0]); i++) {
        if (layers[i].ether_type == ether_type)
            return &layers[i];
    }
    return NULL;
}

enum layers_answer layers_take_off(struct link_frame *frame)
{
    const struct layer *layer = find(frame->ether_type);
    enum layers_answer answer = LAYERS_READ;

    for (int taken = 0; layer && answer == LAYERS_READ; taken++) {
        if (taken == LAYERS_MAX)
            return LAYERS_TOO_MANY;
        answer = layer->take_off(frame);
        layer = find(frame->ether_type);
    }
    return answer;
}

bool layers_read_by_version(struct link_frame *out, struct bytes packet)
{
    struct reader r = reader_of(packet);
    uint8_t first;

    if (!reader_u8(&r, &first))
        return false;
    *out = (struct link_frame){first >> 4 == 4   ? ETHER_TYPE_IPV4
                               : first >> 4 == 6 ? ETHER_TYPE_IPV6
                                                 : ETHER_TYPE_NONE,
                               packet};
    return true;
}
