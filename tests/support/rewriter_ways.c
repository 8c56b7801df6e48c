#include "tests/support/rewriter_ways.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define TO_IPV6 .changes = {{change_to_ipv6, 0}}

static const struct rewriting on_any_link[] = {
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

static const struct rewriting in_any_packet[] = {
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

static const struct rewriting in_any_tunnel[] = {
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

static const struct rewriting in_any_file[] = {
    {"microseconds", .file = FILE_MICROSECONDS},
    {"nanoseconds", .file = FILE_NANOSECONDS},
    {"big-endian", .file = FILE_BIG_ENDIAN},
    {"big-endian, nanoseconds", .file = FILE_BIG_ENDIAN_NANOSECONDS},
    {"pcapng", .file = FILE_PCAPNG},
    {"pcapng, big-endian, nanoseconds", .file = FILE_PCAPNG_BIG_ENDIAN},
    {"pcapng, mixed interfaces, unknown blocks", .file = FILE_PCAPNG_MIXED},
    {"pcapng, many sections", .file = FILE_PCAPNG_SECTIONS},
    {"pcapng, obsolete packet blocks", .file = FILE_PCAPNG_OBSOLETE},
    {"pcapng, simple packet blocks", .file = FILE_PCAPNG_SIMPLE},
    {"pcapng, raw IP", .file = FILE_PCAPNG, .link = LINK_RAW},
    {"pcapng, cooked", .file = FILE_PCAPNG, .link = LINK_COOKED_2},
    {"gzip", .file = FILE_GZIP},
    {"gzip, several members", .file = FILE_GZIP_MEMBERS},
    {"pcapng in gzip", .file = FILE_PCAPNG_GZIP},
};

static const struct rewriting with_any_boundaries[] = {
    {"1 byte", .changes = {{change_cut, 1}}},
    {"7 bytes", .changes = {{change_cut, 7}}},
    {"536 bytes", .changes = {{change_cut, 536}}},
    {"merged", .changes = {{change_merge, 65000}}},
    {"merged, then 1460 bytes", .changes = {{change_merge, 65000}, {change_cut, 1460}}},
    {"merged and without total length", .changes = {{change_merge, 65000}},
     .ip = IP_WITHOUT_LENGTH},
};

static const struct rewriting in_any_order[] = {
    {"shuffled by 2", .changes = {{change_shuffle, 2}}},
    {"shuffled by 4", .changes = {{change_shuffle, 4}}},
    {"shuffled by 16", .changes = {{change_shuffle, 16}}},
    {"turned around by 3", .changes = {{change_reverse, 3}}},
    {"100 bytes, turned around by 8", .changes = {{change_cut, 100}, {change_reverse, 8}}},
    {"20 bytes, shuffled by 30", .changes = {{change_cut, 20}, {change_shuffle, 30}}},
    {"nothing acknowledged, shuffled by 4", .changes = {{change_no_acks, 0}, {change_shuffle, 4}}},
    {"nothing acknowledged, shuffled by 16",
     .changes = {{change_no_acks, 0}, {change_shuffle, 16}}},
    {"nothing acknowledged, turned around by 3",
     .changes = {{change_no_acks, 0}, {change_reverse, 3}}},
    {"nothing acknowledged, 100 bytes, turned around by 8",
     .changes = {{change_no_acks, 0}, {change_cut, 100}, {change_reverse, 8}}},
    {"nothing acknowledged, 20 bytes, shuffled by 30",
     .changes = {{change_no_acks, 0}, {change_cut, 20}, {change_shuffle, 30}}},
    {"the client late by 1", .changes = {{change_skew, 1}}},
    {"the client late by 4", .changes = {{change_skew, 4}}},
};

static const struct rewriting with_any_copies[] = {
    {"all twice", .changes = {{change_double, 0}}},
    {"repeated at once", .changes = {{change_repeat_late, 0}}},
    {"repeated late", .changes = {{change_repeat_late, 5}}},
    {"repeated otherwise", .changes = {{change_cut, 50}, {change_repeat_otherwise, 0}}},
    {"overlapping", .changes = {{change_cut, 50}, {change_overlap, 10}}},
    {"overlapping all", .changes = {{change_cut, 50}, {change_overlap, 50}}},
    {"overlapping differently", .changes = {{change_cut, 50}, {change_overlap_differently, 10}},
     .warns = true},
    {"keep-alives", .changes = {{change_keep_alive, 0}}},
    {"keep-alives with a byte", .changes = {{change_keep_alive, 1}}},
};

static const struct rewriting with_any_marks[] = {
    {"wrapping at the first byte", .changes = {{change_wrap, 1}}},
    {"wrapping at the second byte", .changes = {{change_wrap, 2}}},
    {"wrapping in the handshake", .changes = {{change_wrap, 300}}},
    {"wrapping in the handshake, cut and shuffled",
     .changes = {{change_wrap, 300}, {change_cut, 40}, {change_shuffle, 8}}},
    {"nothing acknowledged, wrapping in the handshake, shuffled by 8",
     .changes = {{change_wrap, 300}, {change_no_acks, 0}, {change_shuffle, 8}}},
    {"no SYN", .changes = {{change_no_syn, 0}}},
    {"RST", .changes = {{change_reset, 0}}},
    {"no FIN", .changes = {{change_no_fin, 0}}},
    {"no SYN, shuffled by 4", .changes = {{change_shuffle, 4}, {change_no_syn, 0}}},
    {"no SYN, turned around by 3", .changes = {{change_reverse, 3}, {change_no_syn, 0}}},
    {"no SYN, 200 bytes, shuffled by 8",
     .changes = {{change_cut, 200}, {change_shuffle, 8}, {change_no_syn, 0}}},
    {"no SYN, the client late by 4", .changes = {{change_skew, 4}, {change_no_syn, 0}}},
    {"no SYN, no FIN", .changes = {{change_no_syn, 0}, {change_no_fin, 0}}},
    {"half-closed", .changes = {{change_half_close, 0}}},
    {"ports exchanged", .changes = {{change_ports, 0}}},
    {"ports exchanged, no SYN", .changes = {{change_ports, 0}, {change_no_syn, 0}}},
    {"the same ports again", .changes = {{change_again, 0}}, .num_sessions = 2},
    {"the same ports again, never ended", .changes = {{change_again_unended, 0}},
     .num_sessions = 2},
    {"the same ports again, never ended and begun", .changes = {{change_again_unmarked, 0}},
     .num_sessions = 2},
};

static const struct rewriting in_a_crowd[] = {
    {"HTTP and noise", .changes = {{change_crowd, 0}}},
    {"HTTP and noise, shuffled", .changes = {{change_crowd, 0}, {change_shuffle, 6}}},
};

const struct way_group way_groups[NUM_WAY_GROUPS] = {
    {"on any link", on_any_link, COUNT(on_any_link), true},
    {"in any packet", in_any_packet, COUNT(in_any_packet), false},
    {"in any tunnel", in_any_tunnel, COUNT(in_any_tunnel), false},
    {"in any file", in_any_file, COUNT(in_any_file), false},
    {"with any boundaries", with_any_boundaries, COUNT(with_any_boundaries), false},
    {"in any order", in_any_order, COUNT(in_any_order), false},
    {"with any copies", with_any_copies, COUNT(with_any_copies), false},
    {"with any marks", with_any_marks, COUNT(with_any_marks), false},
    {"in a crowd", in_a_crowd, COUNT(in_a_crowd), false},
};
