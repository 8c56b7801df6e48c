#include "tests/support/check.h"

#include <pcap/dlt.h>

#include "capture/link.h"

/* A frame, and what is to be found in it: the last `payload_len` bytes. */
struct example {
    const char *name;
    int link_type;
    const char *hex;
    uint16_t ether_type;
    size_t payload_len;
};

static const struct example examples[] = {
    {"Ethernet", DLT_EN10MB, "020000000001 020000000002 0800 4500", ETHER_TYPE_IPV4, 2},
    {"nothing behind Ethernet", DLT_EN10MB, "020000000001 020000000002 86dd", ETHER_TYPE_IPV6, 0},
    {"802.3 with SNAP", DLT_EN10MB, "020000000001 020000000002 000a aaaa03 000000 0800 4500",
     ETHER_TYPE_IPV4, 2},
    {"SNAP of a bridge", DLT_EN10MB, "020000000001 020000000002 000a aaaa03 0000f8 0800 4500",
     ETHER_TYPE_IPV4, 2},
    {"NULL of a big machine", DLT_NULL, "00000002 4500", ETHER_TYPE_IPV4, 2},
    {"NULL of a little machine", DLT_NULL, "02000000 4500", ETHER_TYPE_IPV4, 2},
    {"NULL, IPv6 on Linux", DLT_NULL, "0a000000 60", ETHER_TYPE_IPV6, 1},
    {"NULL, IPv6 on OpenBSD", DLT_NULL, "00000018 60", ETHER_TYPE_IPV6, 1},
    {"NULL, IPv6 on FreeBSD", DLT_NULL, "1c000000 60", ETHER_TYPE_IPV6, 1},
    {"NULL, IPv6 on macOS", DLT_NULL, "1e000000 60", ETHER_TYPE_IPV6, 1},
    {"NULL of another family", DLT_NULL, "07000000 60", ETHER_TYPE_NONE, 1},
    {"LOOP", DLT_LOOP, "00000002 4500", ETHER_TYPE_IPV4, 2},
    {"LOOP, IPv6", DLT_LOOP, "00000018 60", ETHER_TYPE_IPV6, 1},
    {"LOOP the wrong way round", DLT_LOOP, "02000000 60", ETHER_TYPE_NONE, 1},
    {"cooked", DLT_LINUX_SLL, "0000 0001 0006 020000000001 0000 0800 4500", ETHER_TYPE_IPV4, 2},
    {"cooked, no type", DLT_LINUX_SLL, "0000 0001 0006 020000000001 0000 0001 4500",
     ETHER_TYPE_NONE, 2},
    {"cooked, SNAP", DLT_LINUX_SLL, "0000 0001 0006 020000000001 0000 0004 aaaa03 000000 0800 4500",
     ETHER_TYPE_IPV4, 2},
    {"cooked, VLAN", DLT_LINUX_SLL, "0000 0001 0006 020000000001 0000 8100 0064 86dd 60",
     ETHER_TYPE_IPV6, 1},
    {"cooked v2", 276, "0800 0000 00000002 0001 00 06 020000000001 0000 4500", ETHER_TYPE_IPV4, 2},
    {"cooked v2, PPPoE", 276,
     "8864 0000 00000002 0001 00 06 020000000001 0000 11 00 0001 0004 0057 6000", ETHER_TYPE_IPV6,
     2},
    {"cooked v2, MPLS", 276, "8847 0000 00000002 0001 00 06 020000000001 0000 00010140 45000000",
     ETHER_TYPE_IPV4, 4},
    {"raw IPv4", DLT_RAW, "4500", ETHER_TYPE_IPV4, 2},
    {"raw IPv6", DLT_RAW, "6000", ETHER_TYPE_IPV6, 2},
    {"raw, neither", DLT_RAW, "5000", ETHER_TYPE_NONE, 2},
    {"raw, as on OpenBSD", 14, "4500", ETHER_TYPE_IPV4, 2},
    {"raw, as in a file", 101, "6000", ETHER_TYPE_IPV6, 2},
    {"PPP", DLT_PPP, "ff03 0021 4500", ETHER_TYPE_IPV4, 2},
    {"PPP without an address", DLT_PPP, "0057 6000", ETHER_TYPE_IPV6, 2},
    {"PPP with a short protocol", DLT_PPP, "ff03 21 4500", ETHER_TYPE_IPV4, 2},
    {"PPP, short in every way", DLT_PPP, "57 6000", ETHER_TYPE_IPV6, 2},
    {"PPP, control", DLT_PPP, "ff03 c021 0101", ETHER_TYPE_NONE, 2},
    {"PPP, MPLS", DLT_PPP, "ff03 0281 00010140 45000000", ETHER_TYPE_IPV4, 4},
    {"PPP, MPLS multicast", DLT_PPP, "ff03 0283 00010140 45000000", ETHER_TYPE_IPV4, 4},
    {"PPP on a serial line", DLT_PPP_SERIAL, "ff03 0021 4500", ETHER_TYPE_IPV4, 2},
    {"Cisco on a serial line", DLT_PPP_SERIAL, "0f00 0800 4500", ETHER_TYPE_IPV4, 2},
    {"Cisco, multicast", DLT_PPP_SERIAL, "8f00 86dd 6000", ETHER_TYPE_IPV6, 2},
    {"Cisco HDLC", DLT_C_HDLC, "0f00 0800 4500", ETHER_TYPE_IPV4, 2},
    {"PPPoE", DLT_PPP_ETHER, "11 00 0001 0004 0021 4500", ETHER_TYPE_IPV4, 2},
};

static void every_link_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        struct bytes frame = unhex(e->hex);
        struct link_frame out;

        assert_true(link_supported(e->link_type));
        if (link_read(&out, e->link_type, frame) != LAYERS_READ)
            fail_msg("%s: is not read", e->name);
        if (out.ether_type != e->ether_type || out.payload.len != e->payload_len)
            fail_msg("%s: type %04x, %zu bytes", e->name, out.ether_type, out.payload.len);
        assert_ptr_equal(out.payload.at + out.payload.len, frame.at + frame.len);
        exact_free(frame);
    }
}

/* Where the last layer looks at the packet, to tell what it is, it needs some of that too. */
static size_t header_len(const struct example *e, struct bytes frame)
{
    bool looked_at = e->link_type == DLT_RAW || e->link_type == 14 || e->link_type == 101;
    bool labels = strstr(e->name, "MPLS") != NULL;

    return frame.len - e->payload_len + (looked_at ? 1 : 0) + (labels ? 4 : 0);
}

static void each_cut_inside_of_a_header_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        const struct example *e = &examples[i];
        struct bytes whole = unhex(e->hex);
        struct link_frame out = {.ether_type = 0x5a5a};

        for (size_t len = 0; len < header_len(e, whole); len++) {
            struct bytes cut = exact_copy(bytes_first(whole, len));

            if (link_read(&out, e->link_type, cut) != LAYERS_CUT)
                fail_msg("%s: its first %zu bytes are taken", e->name, len);
            assert_int_equal(out.ether_type, 0x5a5a);
            exact_free(cut);
        }
        exact_free(whole);
    }
}

static void links_of_one_network_need_no_header(void **state)
{
    struct bytes packet = unhex("4500");
    struct link_frame out;

    (void)state;
    assert_int_equal(link_read(&out, DLT_IPV4, packet), LAYERS_READ);
    assert_int_equal(out.ether_type, ETHER_TYPE_IPV4);
    assert_ptr_equal(out.payload.at, packet.at);
    assert_int_equal(link_read(&out, DLT_IPV6, packet), LAYERS_READ);
    assert_int_equal(out.ether_type, ETHER_TYPE_IPV6);
    exact_free(packet);
}

/* Frames of every link with some bytes altered: what is read of them still lies inside of them. */
static void altered_frames_are_read_within_their_bounds(void **state)
{
    uint64_t random = 1;
    size_t num_read = 0;

    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        const struct example *e = &examples[i % (sizeof(examples) / sizeof(examples[0]))];
        struct bytes frame = unhex(e->hex);
        struct link_frame out;

        for (size_t changes = i % 4; changes > 0; changes--) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            *(uint8_t *)unconst(frame.at + (random >> 33) % frame.len) = (uint8_t)(random >> 25);
        }
        if (link_read(&out, e->link_type, frame) == LAYERS_READ) {
            assert_true(out.payload.len <= frame.len);
            assert_ptr_equal(out.payload.at + out.payload.len, frame.at + frame.len);
            num_read++;
        }
        exact_free(frame);
    }
    assert_in_range(num_read, 50000, 199999);
}

static void another_link_type_is_not_supported(void **state)
{
    struct bytes frame = unhex("020000000001 020000000002 0800 4500");
    struct link_frame out;

    (void)state;
    assert_false(link_supported(DLT_IEEE802_11));
    assert_false(link_supported(DLT_IEEE802_11_RADIO));
    assert_int_equal(link_read(&out, DLT_IEEE802_11, frame), LAYERS_CUT);
    exact_free(frame);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_link_is_read),
        CASE(each_cut_inside_of_a_header_is_refused),
        CASE(links_of_one_network_need_no_header),
        CASE(altered_frames_are_read_within_their_bounds),
        CASE(another_link_type_is_not_supported),
    };

    return RUN(cases);
}
