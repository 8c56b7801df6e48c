/*
 * The fixtures, as they would look on other links, in other packets and in other files. Whatever
 * stands around the TCP segments, what is found in them is the same.
 */
#include "tests/support/check.h"
#include "tests/support/rewriter_trial.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define TO_IPV6 .changes = {{change_to_ipv6, 0}}

static void on_any_link(void **state)
{
    static const struct rewriting ways[] = {
        {"Ethernet", .link = LINK_ETHERNET},
        {"Ethernet with padding and checksum", .link = LINK_ETHERNET_PADDED},
        {"802.1Q", .link = LINK_VLAN},
        {"QinQ", .link = LINK_QINQ},
        {"MPLS", .link = LINK_MPLS},
        {"MPLS, three labels", .link = LINK_MPLS_THREE},
        {"PPPoE", .link = LINK_PPPOE},
        {"PPPoE in 802.1Q", .link = LINK_VLAN_PPPOE},
        {"Linux cooked", .link = LINK_COOKED},
        {"Linux cooked 2", .link = LINK_COOKED_2},
        {"BSD loopback, little-endian", .link = LINK_NULL_LITTLE_ENDIAN},
        {"BSD loopback, big-endian", .link = LINK_NULL_BIG_ENDIAN},
        {"OpenBSD loopback", .link = LINK_LOOP},
        {"raw IP", .link = LINK_RAW},
        {"raw IP of one version", .link = LINK_RAW_ONE_FAMILY},
        {"PPP", .link = LINK_PPP},
        {"PPP in HDLC", .link = LINK_PPP_HDLC},
    };
    struct rewriting with_ipv6[COUNT(ways)];

    for (size_t i = 0; i < COUNT(ways); i++) {
        with_ipv6[i] = ways[i];
        with_ipv6[i].changes[0].apply = change_to_ipv6;
    }
    try_all(*state, ways, COUNT(ways));
    try_all(*state, with_ipv6, COUNT(with_ipv6));
}

static void in_any_packet(void **state)
{
    static const struct rewriting ways[] = {
        {"IPv4 options", .ip = IP_WITH_OPTIONS},
        {"IPv6 extension headers", .ip = IP_WITH_OPTIONS, TO_IPV6},
        {"wrong checksums", .ip = IP_WRONG_CHECKSUMS},
        {"wrong checksums in IPv6", .ip = IP_WRONG_CHECKSUMS, TO_IPV6},
        {"no total length", .ip = IP_WITHOUT_LENGTH},
        {"fragments", .fragments = FRAGMENTS_IN_ORDER},
        {"fragments, reversed", .fragments = FRAGMENTS_REVERSED},
        {"fragments, shuffled", .fragments = FRAGMENTS_SHUFFLED},
        {"fragments, doubled", .fragments = FRAGMENTS_DOUBLED},
        {"fragments, the last one late", .fragments = FRAGMENTS_LATE},
        {"fragments, one contradicted", .fragments = FRAGMENTS_OVERLAPPED},
        {"fragments of IPv6", .fragments = FRAGMENTS_IN_ORDER, TO_IPV6},
        {"fragments of IPv6, reversed", .fragments = FRAGMENTS_REVERSED, TO_IPV6},
        {"fragments of IPv6, shuffled", .fragments = FRAGMENTS_SHUFFLED, TO_IPV6},
        {"fragments of IPv6, doubled", .fragments = FRAGMENTS_DOUBLED, TO_IPV6},
        {"fragments of IPv6, the last one late", .fragments = FRAGMENTS_LATE, TO_IPV6},
    };

    try_all(*state, ways, COUNT(ways));
}

static void in_any_tunnel(void **state)
{
    static const struct rewriting ways[] = {
        {"GRE", .tunnel = TUNNEL_GRE},
        {"GRE with checksum, key and number", .tunnel = TUNNEL_GRE_WITH_ALL},
        {"GRE with Ethernet", .tunnel = TUNNEL_GRE_ETHERNET},
        {"VXLAN", .tunnel = TUNNEL_VXLAN},
        {"IP in IP", .tunnel = TUNNEL_IN_IPV4},
        {"in IPv6", .tunnel = TUNNEL_IN_IPV6},
        {"GRE with IPv6", .tunnel = TUNNEL_GRE, TO_IPV6},
        {"VXLAN with IPv6", .tunnel = TUNNEL_VXLAN, TO_IPV6},
        {"6in4", .tunnel = TUNNEL_IN_IPV4, TO_IPV6},
        {"IPv6 in IPv6", .tunnel = TUNNEL_IN_IPV6, TO_IPV6},
        {"fragments in GRE", .tunnel = TUNNEL_GRE, .fragments = FRAGMENTS_SHUFFLED},
        {"options in VXLAN", .tunnel = TUNNEL_VXLAN, .ip = IP_WITH_OPTIONS},
        {"GRE on QinQ", .tunnel = TUNNEL_GRE, .link = LINK_QINQ},
        {"VXLAN on cooked", .tunnel = TUNNEL_VXLAN, .link = LINK_COOKED_2},
    };

    try_all(*state, ways, COUNT(ways));
}

static void in_any_simple_file(void **state)
{
    static const struct rewriting ways[] = {
        {"microseconds", .file = FILE_MICROSECONDS},
        {"nanoseconds", .file = FILE_NANOSECONDS},
        {"big-endian", .file = FILE_BIG_ENDIAN},
        {"big-endian, nanoseconds", .file = FILE_BIG_ENDIAN_NANOSECONDS},
    };

    try_all(*state, ways, COUNT(ways));
}

int main(void)
{
    return run_trials("on any link", on_any_link) + run_trials("in any packet", in_any_packet) +
           run_trials("in any tunnel", in_any_tunnel) +
           run_trials("in any simple file", in_any_simple_file);
}
