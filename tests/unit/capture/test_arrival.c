#include "tests/support/check.h"

#include <pcap/dlt.h>
#include <stdlib.h>

#include "capture/arrival.h"
#include "tests/support/packet_builder.h"

#define TEXT "the words inside"

/* An onlooker, the frame that he is about to see, and what he made of the last one. */
struct onlooker {
    struct arrivals *arrivals;
    struct arrival_counts counts;
    struct recipe recipe; /* 10.0.0.1:40000 says TEXT to 10.0.0.2:443 */
    struct buffer frame;
    uint64_t num_frames; /* frame n is recorded at n ms */
    size_t cut;          /* bytes that are taken off the end of each frame */
    size_t missing;      /* bytes that are expected to be missing from the end of the payload */
    bool altered;        /* nothing is expected */
    struct arrival arrival;
};

static void look(struct onlooker *o, bool verify_checksums)
{
    arrivals_free(o->arrivals);
    o->counts = (struct arrival_counts){0};
    o->arrivals = arrivals_new(&o->counts, verify_checksums);
}

static int setup(void **state)
{
    struct onlooker *o = alloc_zero(sizeof(*o));

    o->recipe = (struct recipe){
        .from = ipv4("10.0.0.1", 40000),
        .to = ipv4("10.0.0.2", 443),
        .payload = bytes_of(TEXT, strlen(TEXT)),
        .tcp_checksum = true,
    };
    look(o, false);
    *state = o;
    return 0;
}

static int teardown(void **state)
{
    struct onlooker *o = *state;

    arrivals_free(o->arrivals);
    buffer_clear(&o->frame);
    free(o);
    return 0;
}

static void use_ipv6(struct onlooker *o)
{
    o->recipe.from = ipv6("fd00::1", 40000);
    o->recipe.to = ipv6("fd00::2", 443);
}

/* sees hands in o->frame as it is. */
static bool sees_frame_of(struct onlooker *o, int link_type)
{
    struct bytes exact = exact_copy(bytes_first(buffer_view(&o->frame), o->frame.len - o->cut));
    struct packet packet = {
        .frame = ++o->num_frames,
        .time_ns = 1000000 * o->num_frames,
        .link_type = link_type,
        .wire_len = o->frame.len,
        .data = exact,
    };
    bool seen = arrivals_read(o->arrivals, &o->arrival, &packet);

    if (seen && !o->altered) {
        size_t len = o->recipe.payload.len - o->missing;

        assert_int_equal(o->arrival.frame, o->num_frames);
        assert_int_equal(o->arrival.time_ns, packet.time_ns);
        assert_true(endpoint_equal(&o->arrival.source, &o->recipe.from));
        assert_true(endpoint_equal(&o->arrival.destination, &o->recipe.to));
        assert_true(bytes_equal(o->arrival.segment.payload, bytes_first(o->recipe.payload, len)));
        assert_int_equal(o->arrival.segment.cut, o->missing);
    }
    exact_free(exact);
    return seen;
}

/* sees hands in o->frame, an IP packet, on an Ethernet. */
static bool sees(struct onlooker *o)
{
    wrap_ethernet(&o->frame, o->frame.at[0] >> 4 == 6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4);
    return sees_frame_of(o, DLT_EN10MB);
}

/* The packet that the recipe makes, in o->frame. */
static void make_packet(struct onlooker *o)
{
    build_segment(&o->frame, &o->recipe);
    wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_TCP);
}

static uint64_t all_counts(const struct arrival_counts *c)
{
    return c->not_tcp + c->malformed + c->too_deep + c->tunnels_unread + c->bad_checksums;
}

static void a_segment_is_seen(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    assert_true(sees(o));
    use_ipv6(o);
    make_packet(o);
    assert_true(sees(o));
    assert_int_equal(all_counts(&o->counts), 0);
}

/* --- Tunnels ---------------------------------------------------------------------------------- */

static void in_vxlan(struct onlooker *o, uint16_t port)
{
    wrap_ethernet(&o->frame, o->frame.at[0] >> 4 == 6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4);
    wrap_hex(&o->frame, "08 000000 000001 00");
    wrap_udp(&o->frame, 50000, port);
}

/* tunnel puts the packet in o->frame into a tunnel of this kind, as far as the outer IP's payload;
 * false when there is no such kind. *protocol is what the outer IP has to say. */
static bool tunnel(struct onlooker *o, int kind, uint8_t *protocol)
{
    bool v6 = o->frame.at[0] >> 4 == 6;

    *protocol = IP_PROTOCOL_GRE;
    switch (kind) {
    case 0:
        *protocol = v6 ? IP_PROTOCOL_IPV6 : IP_PROTOCOL_IPV4;
        return true;
    case 1:
        wrap_hex(&o->frame, v6 ? "0000 86dd" : "0000 0800");
        return true;
    case 2:
        wrap_ethernet(&o->frame, v6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4);
        wrap_hex(&o->frame, "2000 6558 00000007");
        return true;
    case 3:
        wrap_hex(&o->frame, v6 ? "0001 86dd" : "0001 0800"); /* a tag, as behind the addresses */
        wrap_ethernet(&o->frame, ETHER_TYPE_VLAN);
        wrap_hex(&o->frame, "1000 88be 00000001 1001000100000000"); /* ERSPAN */
        return true;
    case 4:
    case 5:
        in_vxlan(o, kind == 4 ? 4789 : 8472);
        *protocol = IP_PROTOCOL_UDP;
        return true;
    default:
        return false;
    }
}

static void wrap_outer(struct onlooker *o, bool v6, uint8_t protocol)
{
    if (v6)
        wrap_ip(&o->frame, ipv6("fd99::1", 0), ipv6("fd99::2", 0), protocol);
    else
        wrap_ip(&o->frame, ipv4("192.0.2.1", 0), ipv4("192.0.2.2", 0), protocol);
}

static void each_tunnel_is_looked_into(void **state)
{
    struct onlooker *o = *state;
    uint8_t protocol;

    for (int families = 0; families < 4; families++) {
        if (families == 2)
            use_ipv6(o);
        make_packet(o);
        for (int kind = 0; tunnel(o, kind, &protocol); kind++) {
            wrap_outer(o, families & 1, protocol);
            if (!sees(o))
                fail_msg("tunnel %d, families %d", kind, families);
            make_packet(o);
        }
    }
    assert_int_equal(all_counts(&o->counts), 0);
}

static void a_tunnel_in_a_tunnel_is_counted(void **state)
{
    struct onlooker *o = *state;
    uint8_t protocol;

    for (int kind = 0; kind <= 5; kind++) {
        make_packet(o);
        assert_true(tunnel(o, kind, &protocol));
        wrap_outer(o, false, protocol);
        assert_true(tunnel(o, 1, &protocol));
        wrap_outer(o, false, protocol);
        assert_false(sees(o));
        assert_int_equal(o->counts.too_deep, kind + 1);
    }
    assert_int_equal(all_counts(&o->counts), 6);
}

static void tunnels_of_other_kinds_are_counted(void **state)
{
    struct onlooker *o = *state;

    build_segment(&o->frame, &o->recipe);
    wrap_hex(&o->frame, "3001 880b 0004 0001 00000001"); /* PPTP */
    wrap_outer(o, false, IP_PROTOCOL_GRE);
    assert_false(sees(o));
    assert_int_equal(o->counts.tunnels_unread, 1);
    build_segment(&o->frame, &o->recipe);
    o->frame.len = 3; /* a cut header */
    wrap_outer(o, false, IP_PROTOCOL_GRE);
    assert_false(sees(o));
    assert_int_equal(o->counts.malformed, 1);
    assert_int_equal(all_counts(&o->counts), 2);
}

static void what_is_cut_off_a_tunnel_is_cut_off_the_segment(void **state)
{
    struct onlooker *o = *state;
    uint8_t protocol;

    o->cut = 6;
    o->missing = 6;
    make_packet(o);
    for (int kind = 0; tunnel(o, kind, &protocol); kind++) {
        wrap_outer(o, false, protocol);
        assert_true(sees(o));
        make_packet(o);
    }
}

static void layers_without_end_are_counted(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    for (int i = 0; i < 20; i++)
        wrap_hex(&o->frame, "0001 8100");
    wrap_ethernet(&o->frame, ETHER_TYPE_VLAN);
    assert_false(sees_frame_of(o, DLT_EN10MB));
    assert_int_equal(o->counts.too_deep, 1);
}

/* --- Fragments -------------------------------------------------------------------------------- */

static struct bytes copied_packet(const struct onlooker *o)
{
    return exact_copy(buffer_view(&o->frame));
}

/* The third of three fragments is seen, whatever the order: that one brings the segment. */
static void assert_three_fragments(struct onlooker *o)
{
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct bytes whole = copied_packet(o);
    size_t header_len = whole.at[0] >> 4 == 6 ? 40 : 20;

    for (uint32_t i = 0; i < 6; i++) {
        for (size_t j = 0; j < 3; j++) {
            size_t offset = 8 * (size_t)orders[i][j];
            size_t rest = whole.len - header_len - offset;

            build_fragment(&o->frame, whole, offset, orders[i][j] == 2 ? rest : 8, i);
            assert_int_equal(sees(o), j == 2);
        }
    }
    exact_free(whole);
}

static void fragments_are_put_together(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    assert_three_fragments(o);
    use_ipv6(o);
    make_packet(o);
    assert_three_fragments(o);
    assert_int_equal(o->counts.fragments.met, 36);
    assert_int_equal(o->counts.fragments.put_together, 12);
    assert_int_equal(all_counts(&o->counts), 0);
}

static void headers_inside_of_a_datagram_are_passed_over(void **state)
{
    struct onlooker *o = *state;

    use_ipv6(o);
    build_segment(&o->frame, &o->recipe);
    wrap_hex(&o->frame, "06 01 010c 000000000000 000000000000"); /* destination options */
    wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_DESTINATION);
    assert_three_fragments(o);
    assert_int_equal(all_counts(&o->counts), 0);
}

static void headers_in_front_of_a_fragment_are_passed_over(void **state)
{
    struct onlooker *o = *state;

    use_ipv6(o);
    for (size_t i = 0; i < 2; i++) {
        build_segment(&o->frame, &o->recipe);

        struct bytes part = exact_copy(i == 0 ? bytes_first(buffer_view(&o->frame), 24)
                                              : bytes_of(o->frame.at + 24, o->frame.len - 24));

        o->frame.len = 0;
        buffer_append(&o->frame, part);
        exact_free(part);
        wrap_hex(&o->frame, i == 0 ? "06 00 0001 00000007" : "06 00 0018 00000007");
        wrap_hex(&o->frame, "2c 00 010400000000");
        wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_HOP_BY_HOP);
        assert_int_equal(sees(o), i == 1);
    }
}

static void a_fragment_of_all_needs_no_others(void **state)
{
    struct onlooker *o = *state;

    use_ipv6(o);
    for (int i = 0; i < 2; i++) {
        build_segment(&o->frame, &o->recipe);
        wrap_hex(&o->frame, "06 00 0000 00000007");
        wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_FRAGMENT);
        assert_true(sees(o));
    }
    assert_int_equal(o->counts.fragments.met, 0);
}

static void fragments_inside_of_a_datagram_are_malformed(void **state)
{
    struct onlooker *o = *state;

    use_ipv6(o);
    build_segment(&o->frame, &o->recipe);
    wrap_hex(&o->frame, "06 00 0001 00000007");
    wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_FRAGMENT);

    struct bytes whole = copied_packet(o);

    build_fragment(&o->frame, whole, 0, 16, 1);
    assert_false(sees(o));
    build_fragment(&o->frame, whole, 16, whole.len - 40 - 16, 1);
    assert_false(sees(o));
    assert_int_equal(o->counts.malformed, 1);
    exact_free(whole);
}

/* A fragment of `inner` goes through a tunnel, the packets of which are cut in two. */
static void send_part(struct onlooker *o, int kind, struct bytes inner, bool last)
{
    size_t header_len = kind % 2 ? 40 : 20;
    uint8_t protocol;

    build_fragment(&o->frame, inner, last ? 16 : 0, last ? inner.len - 36 : 16, 5);
    assert_true(tunnel(o, kind, &protocol));
    wrap_outer(o, kind % 2, protocol);

    struct bytes outer = copied_packet(o);

    build_fragment(&o->frame, outer, 0, 8, last ? 11 : 10);
    assert_false(sees(o));
    build_fragment(&o->frame, outer, 8, outer.len - header_len - 8, last ? 11 : 10);
    assert_int_equal(sees(o), last);
    exact_free(outer);
}

static void fragments_in_and_around_a_tunnel_are_put_together(void **state)
{
    struct onlooker *o = *state;

    for (int kind = 0; kind <= 5; kind++) {
        make_packet(o);

        struct bytes inner = copied_packet(o);

        send_part(o, kind, inner, false);
        send_part(o, kind, inner, true);
        exact_free(inner);
        look(o, false);
    }
}

/* Both have the same addresses, protocol and identification; yet one stands inside of the other. */
static void a_fragment_may_look_like_the_one_around_it(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_IPV4);

    struct bytes inner = copied_packet(o);

    build_fragment(&o->frame, inner, 0, 24, 5);
    wrap_ip(&o->frame, o->recipe.from, o->recipe.to, IP_PROTOCOL_IPV4);

    struct bytes outer = copied_packet(o);

    build_fragment(&o->frame, outer, 0, 16, 5);
    assert_false(sees(o));
    build_fragment(&o->frame, outer, 16, outer.len - 36, 5);
    assert_false(sees(o));
    assert_int_equal(o->counts.fragments.put_together, 1);
    arrivals_finish(o->arrivals);
    assert_int_equal(o->counts.fragments.incomplete, 1);
    exact_free(inner);
    exact_free(outer);
}

static void a_datagram_is_given_out_up_to_the_hole(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);

    struct bytes whole = copied_packet(o);

    build_fragment(&o->frame, whole, 0, 24, 1);
    o->cut = 3; /* of the first four bytes of TEXT one is left */
    assert_false(sees(o));
    build_fragment(&o->frame, whole, 24, whole.len - 20 - 24, 1);
    o->cut = 0;
    o->missing = strlen(TEXT) - 1;
    assert_true(sees(o));
    exact_free(whole);
}

static void fragments_that_miss_others_are_counted(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);

    struct bytes whole = copied_packet(o);

    build_fragment(&o->frame, whole, 8, 8, 1);
    assert_false(sees(o));
    arrivals_finish(o->arrivals);
    assert_int_equal(o->counts.fragments.incomplete, 1);
    assert_int_equal(all_counts(&o->counts), 0);
    exact_free(whole);
}

/* --- Checksums -------------------------------------------------------------------------------- */

/* Each byte of the packet in o->frame from this one on is altered, and none of them is believed. */
static void assert_alterations_are_refused(struct onlooker *o, size_t from)
{
    struct bytes whole = copied_packet(o);
    uint16_t ether_type = whole.at[0] >> 4 == 6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4;

    look(o, true);
    assert_true(sees(o));
    for (size_t i = from; i < whole.len; i++) {
        o->frame.len = 0;
        buffer_append(&o->frame, whole);
        o->frame.at[i] ^= 0x40;
        wrap_ethernet(&o->frame, ether_type);
        if (sees_frame_of(o, DLT_EN10MB))
            fail_msg("byte %zu was altered, and nobody saw it", i);
    }
    assert_true(o->counts.bad_checksums > 16);
    exact_free(whole);
}

static void with_checksums_no_altered_byte_is_believed(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    assert_alterations_are_refused(o, 0);
}

/* The header in front of the addresses has no checksum. */
static void of_ipv6_the_segment_and_addresses_are_checked(void **state)
{
    struct onlooker *o = *state;

    use_ipv6(o);
    make_packet(o);
    assert_alterations_are_refused(o, 8);
}

static void without_being_asked_no_checksum_is_looked_at(void **state)
{
    struct onlooker *o = *state;

    make_packet(o);
    o->frame.at[10] ^= 1; /* the header's */
    o->frame.at[36] ^= 1; /* the segment's */
    assert_true(sees(o));
}

static void what_cannot_be_verified_is_taken(void **state)
{
    struct onlooker *o = *state;

    look(o, true);
    o->recipe.tcp_checksum = false;
    o->recipe.no_total_length = true; /* a card is to segment it */
    build_frame(&o->frame, &o->recipe);
    assert_true(sees_frame_of(o, DLT_EN10MB));
    o->recipe.no_total_length = false;
    build_frame(&o->frame, &o->recipe);
    assert_false(sees_frame_of(o, DLT_EN10MB));
    assert_int_equal(o->counts.bad_checksums, 1);
    make_packet(o);
    o->frame.at[36] ^= 1; /* the segment's checksum */
    o->cut = 1;
    o->missing = 1;
    assert_true(sees(o));
}

static void a_datagram_of_fragments_is_verified_as_a_whole(void **state)
{
    struct onlooker *o = *state;

    look(o, true);
    make_packet(o);
    assert_three_fragments(o);
    make_packet(o);
    o->frame.at[20 + 20] ^= 1; /* of the payload */

    struct bytes whole = copied_packet(o);

    build_fragment(&o->frame, whole, 0, 24, 77);
    assert_false(sees(o));
    build_fragment(&o->frame, whole, 24, whole.len - 44, 77);
    assert_false(sees(o));
    assert_int_equal(o->counts.bad_checksums, 1);
    exact_free(whole);
}

/* Of VXLAN in IPv4 the outer checksum is usually 0; where it isn't, it must be right. */
static void the_checksum_around_a_tunnel_is_verified(void **state)
{
    struct onlooker *o = *state;
    struct bytes pseudo = unhex("c0000201 c0000202 0000 0000 0000 0011");

    look(o, true);
    for (int damage = -1; damage <= 1; damage++) {
        make_packet(o);
        in_vxlan(o, 4789);
        if (damage >= 0) {
            ((uint8_t *)unconst(pseudo.at))[11] = (uint8_t)o->frame.len;

            uint16_t sum = checksum_over(pseudo, buffer_view(&o->frame));

            o->frame.at[6] = (uint8_t)(sum >> 8);
            o->frame.at[7] = (uint8_t)(sum ^ (damage ? 1 : 0));
        }
        wrap_outer(o, false, IP_PROTOCOL_UDP);
        assert_int_equal(sees(o), damage < 1);
    }
    assert_int_equal(o->counts.bad_checksums, 1);
    exact_free(pseudo);
}

/* --- Whatever comes --------------------------------------------------------------------------- */

/* Frames of all kinds with some bytes altered: no crash, and each is a segment, waits, or counted.
 */
static void altered_frames_do_no_harm(void **state)
{
    struct onlooker *o = *state;
    uint64_t random = 1;
    uint8_t protocol;

    o->altered = true;
    for (uint32_t i = 0; i < 200000; i++) {
        if (i % 2)
            use_ipv6(o);
        make_packet(o);
        (void)tunnel(o, (int)(i % 7), &protocol);
        if (i % 7 < 6)
            wrap_outer(o, i % 3, protocol);
        if (i % 5 == 0) {
            struct bytes whole = copied_packet(o);

            build_fragment(&o->frame, whole, 0, 16, i);
            exact_free(whole);
        }
        for (uint64_t changes = i % 4; changes > 0; changes--) {
            random = random * 6364136223846793005U + 1442695040888963407U;
            o->frame.at[(random >> 33) % o->frame.len] = (uint8_t)(random >> 25);
        }
        (void)sees(o);
    }
    arrivals_finish(o->arrivals);
    assert_true(all_counts(&o->counts) > 1000);
}

#define BEFORE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        BEFORE(a_segment_is_seen),
        BEFORE(each_tunnel_is_looked_into),
        BEFORE(a_tunnel_in_a_tunnel_is_counted),
        BEFORE(tunnels_of_other_kinds_are_counted),
        BEFORE(what_is_cut_off_a_tunnel_is_cut_off_the_segment),
        BEFORE(layers_without_end_are_counted),
        BEFORE(fragments_are_put_together),
        BEFORE(headers_inside_of_a_datagram_are_passed_over),
        BEFORE(headers_in_front_of_a_fragment_are_passed_over),
        BEFORE(a_fragment_of_all_needs_no_others),
        BEFORE(fragments_inside_of_a_datagram_are_malformed),
        BEFORE(fragments_in_and_around_a_tunnel_are_put_together),
        BEFORE(a_fragment_may_look_like_the_one_around_it),
        BEFORE(a_datagram_is_given_out_up_to_the_hole),
        BEFORE(fragments_that_miss_others_are_counted),
        BEFORE(with_checksums_no_altered_byte_is_believed),
        BEFORE(of_ipv6_the_segment_and_addresses_are_checked),
        BEFORE(without_being_asked_no_checksum_is_looked_at),
        BEFORE(what_cannot_be_verified_is_taken),
        BEFORE(a_datagram_of_fragments_is_verified_as_a_whole),
        BEFORE(the_checksum_around_a_tunnel_is_verified),
        BEFORE(altered_frames_do_no_harm),
    };

    return RUN(cases);
}
