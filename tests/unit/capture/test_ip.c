#include "tests/support/check.h"

#include <stdio.h>

#include "capture/ip.h"

/* Version, length | service | total 0x0019 | id | don't fragment | ttl | TCP | sum | from | to */
static const char V4[] = "45 00 0019 1234 4000 40 06 ffff 0a000001 0a000002 68656c6c6f";
/* Two words of options in front of the same five bytes. */
static const char V4_OPTIONS[] =
    "47 00 0021 1234 0000 40 06 ffff 0a000001 0a000002 0101010101010101 68656c6c6f";
static const char V6[] = "61234567 0005 06 40 "
                         "fd000000000000000000000000000001 fd000000000000000000000000000002 "
                         "68656c6c6f";

static enum ip_answer read_hex(struct ip_packet *out, uint16_t ether_type, struct bytes packet,
                               size_t cut)
{
    return ip_read(out, &(struct link_frame){ether_type, packet}, cut);
}

static enum ip_answer answer_to(const char *hex, uint16_t ether_type)
{
    struct bytes packet = unhex(hex);
    struct ip_packet out;
    enum ip_answer answer = read_hex(&out, ether_type, packet, 0);

    exact_free(packet);
    return answer;
}

static void assert_payload(const char *hex, uint16_t ether_type, const char *text, size_t cut,
                           size_t expected_cut)
{
    struct bytes packet = unhex(hex);
    struct ip_packet out;

    assert_int_equal(read_hex(&out, ether_type, packet, cut), IP_WHOLE);
    assert_true(bytes_equal(out.payload, bytes_of(text, strlen(text))));
    assert_int_equal(out.cut, expected_cut);
    exact_free(packet);
}

static void all_fields_of_ipv4_are_read(void **state)
{
    struct bytes packet = unhex(V4);
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV4, packet, 0), IP_WHOLE);
    assert_int_equal(out.family, 4);
    assert_int_equal(out.protocol, IP_PROTOCOL_TCP);
    assert_memory_equal(out.source, "\x0a\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_memory_equal(out.destination, "\x0a\0\0\2\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_true(bytes_equal(out.payload, bytes_of("hello", 5)));
    assert_int_equal(out.cut, 0);
    exact_free(packet);
}

static void all_fields_of_ipv6_are_read(void **state)
{
    struct bytes packet = unhex(V6);
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, packet, 0), IP_WHOLE);
    assert_int_equal(out.family, 6);
    assert_int_equal(out.protocol, IP_PROTOCOL_TCP);
    assert_memory_equal(out.source, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
    assert_memory_equal(out.destination, "\xfd\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2", 16);
    assert_true(bytes_equal(out.payload, bytes_of("hello", 5)));
    exact_free(packet);
}

static void options_are_passed_over(void **state)
{
    (void)state;
    assert_payload(V4_OPTIONS, ETHER_TYPE_IPV4, "hello", 0, 0);
}

/* In the header a cut is refused; behind it the packet is whole, with less recorded. */
static void assert_cuts(const char *hex, uint16_t ether_type, size_t header_len)
{
    struct bytes whole = unhex(hex);
    struct ip_packet out = {.family = 0x5a};

    for (size_t len = 0; len < whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));
        enum ip_answer answer = read_hex(&out, ether_type, cut, whole.len - len);

        if (len < header_len) {
            assert_int_equal(answer, IP_MALFORMED);
            assert_int_equal(out.family, 0x5a);
        } else {
            assert_int_equal(answer, IP_WHOLE);
            assert_int_equal(out.payload.len, len - header_len);
            assert_int_equal(out.cut, whole.len - len);
        }
        exact_free(cut);
    }
    exact_free(whole);
}

static void each_cut_is_refused_or_counted(void **state)
{
    (void)state;
    assert_cuts(V4, ETHER_TYPE_IPV4, 20);
    assert_cuts(V4_OPTIONS, ETHER_TYPE_IPV4, 28);
    assert_cuts(V6, ETHER_TYPE_IPV6, 40);
}

static void the_padding_of_a_short_frame_is_no_payload(void **state)
{
    (void)state;
    assert_payload("45 00 0015 0000 0000 40 06 0000 0a000001 0a000002 68 000000", ETHER_TYPE_IPV4,
                   "h", 0, 0);
    assert_payload("45 00 0015 0000 0000 40 06 0000 0a000001 0a000002 68 00", ETHER_TYPE_IPV4, "h",
                   2, 0);
    assert_payload("60000000 0001 06 40 fd000000000000000000000000000001 "
                   "fd000000000000000000000000000002 68 0000",
                   ETHER_TYPE_IPV6, "h", 0, 0);
}

static void a_length_of_zero_means_all_that_is_there(void **state)
{
    (void)state;
    assert_payload("45 00 0000 0000 0000 40 06 0000 0a000001 0a000002 6869", ETHER_TYPE_IPV4, "hi",
                   7, 7);
    assert_payload("60000000 0000 06 40 fd000000000000000000000000000001 "
                   "fd000000000000000000000000000002 6869",
                   ETHER_TYPE_IPV6, "hi", 7, 7);
}

static void a_length_beyond_the_wire_is_not_believed(void **state)
{
    (void)state;
    assert_payload("45 00 ffff 0000 0000 40 06 0000 0a000001 0a000002 6869", ETHER_TYPE_IPV4, "hi",
                   0, 0);
    assert_payload("45 00 ffff 0000 0000 40 06 0000 0a000001 0a000002 6869", ETHER_TYPE_IPV4, "hi",
                   3, 3);
}

static void headers_that_contradict_themselves_are_malformed(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to("44 00 0019 0000 0000 40 06 0000 0a000001 0a000002 6868686868", ETHER_TYPE_IPV4),
        IP_MALFORMED); /* four words of header */
    assert_int_equal(
        answer_to("46 00 0014 0000 0000 40 06 0000 0a000001 0a000002 01010101", ETHER_TYPE_IPV4),
        IP_MALFORMED); /* total length is less than the header */
    assert_int_equal(
        answer_to("4f 00 003c 0000 0000 40 06 0000 0a000001 0a000002 01010101", ETHER_TYPE_IPV4),
        IP_MALFORMED); /* options beyond the end */
    assert_int_equal(answer_to(V6, ETHER_TYPE_IPV4), IP_MALFORMED);
    assert_int_equal(answer_to(V4_OPTIONS, ETHER_TYPE_IPV6), IP_MALFORMED);
}

static void fragments_are_recognised(void **state)
{
    (void)state;
    assert_int_equal(
        answer_to("45 00 0019 1234 2000 40 06 ffff 0a000001 0a000002 68656c6c6f", ETHER_TYPE_IPV4),
        IP_FRAGMENT); /* the first of several */
    assert_int_equal(
        answer_to("45 00 0019 1234 0001 40 06 ffff 0a000001 0a000002 68656c6c6f", ETHER_TYPE_IPV4),
        IP_FRAGMENT); /* the last */
    assert_int_equal(answer_to("60000000 0008 2c 40 fd000000000000000000000000000001 "
                               "fd000000000000000000000000000002 0600000100000001",
                               ETHER_TYPE_IPV6),
                     IP_FRAGMENT);
}

static void a_fragment_says_where_it_belongs(void **state)
{
    struct bytes v4 = unhex("45 00 0019 1234 2003 40 06 ffff 0a000001 0a000002 68656c6c6f");
    struct bytes v6 = unhex("60000000 000d 2c 40 fd000000000000000000000000000001 "
                            "fd000000000000000000000000000002 06 00 0018 12345678 68656c6c6f");
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV4, v4, 2), IP_FRAGMENT);
    assert_int_equal(out.fragment.identification, 0x1234);
    assert_int_equal(out.fragment.offset, 24);
    assert_true(out.fragment.more);
    assert_int_equal(out.payload.len, 5);
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, v6, 0), IP_FRAGMENT);
    assert_int_equal(out.fragment.identification, 0x12345678);
    assert_int_equal(out.fragment.offset, 24);
    assert_false(out.fragment.more);
    assert_int_equal(out.protocol, IP_PROTOCOL_TCP);
    assert_true(bytes_equal(out.payload, bytes_of("hello", 5)));
    exact_free(v4);
    exact_free(v6);
}

/* --- Extension headers ------------------------------------------------------------------------ */

/* v6_with is an IPv6 packet whose first next header is `next`, and which goes on with `hex`. */
static struct bytes v6_with(uint8_t next, const char *hex)
{
    char text[1024];
    struct bytes behind = unhex(hex);

    assert_in_range(snprintf(text, sizeof(text),
                             "60000000 %04zx %02x 40 fd000000000000000000000000000001 "
                             "fd000000000000000000000000000002 %s",
                             behind.len, next, hex),
                    1, sizeof(text) - 1);
    exact_free(behind);
    return unhex(text);
}

static const struct extension {
    const char *name;
    uint8_t number;
    const char *hex; /* and "hello" of protocol 6 behind it */
} extensions[] = {
    {"hop-by-hop", 0, "06 00 010400000000 68656c6c6f"},
    {"a long one", 60, "06 01 010c000000000000000000000000 68656c6c6f"},
    {"routing", 43, "06 00 03 00 00000000 68656c6c6f"},
    {"destination options", 60, "06 00 010400000000 68656c6c6f"},
    {"authentication", 51, "06 04 0000 00000001 00000002 000102030405060708090a0b 68656c6c6f"},
    {"mobility", 135, "06 00 000000000000 68656c6c6f"},
    {"HIP", 139, "06 00 000000000000 68656c6c6f"},
    {"shim6", 140, "06 00 000000000000 68656c6c6f"},
    {"atomic fragment", 44, "06 00 0000 12345678 68656c6c6f"},
    {"one of each", 0,
     "3c 00 010400000000 2b 00 010400000000 2c 00 04 00 00000000 33 00 0000 00000001 "
     "06 04 0000 00000001 00000002 000102030405060708090a0b 68656c6c6f"},
};

static void every_extension_header_is_passed_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        struct bytes packet = v6_with(extensions[i].number, extensions[i].hex);
        struct ip_packet out;

        if (read_hex(&out, ETHER_TYPE_IPV6, packet, 3) != IP_WHOLE)
            fail_msg("%s: is not read", extensions[i].name);
        if (out.protocol != 6 || !bytes_equal(out.payload, bytes_of("hello", 5)))
            fail_msg("%s: protocol %u, %zu bytes", extensions[i].name, out.protocol,
                     out.payload.len);
        assert_int_equal(out.cut, 0);
        exact_free(packet);
    }
}

static void an_extension_header_that_is_cut_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
        struct bytes packet = v6_with(extensions[i].number, extensions[i].hex);

        for (size_t len = 40; len < packet.len; len++) {
            struct bytes cut = exact_copy(bytes_first(packet, len));
            struct ip_packet out = {.family = 0x5a};
            bool in_header = len < packet.len - 5;

            assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, cut, packet.len - len),
                             in_header ? IP_MALFORMED : IP_WHOLE);
            assert_int_equal(out.family, in_header ? 0x5a : 6);
            exact_free(cut);
        }
        exact_free(packet);
    }
}

static void an_unknown_header_ends_the_list(void **state)
{
    struct bytes packet = v6_with(60, "32 00 010400000000 00000001 00000002");
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, packet, 0), IP_WHOLE);
    assert_int_equal(out.protocol, 50); /* encrypted: ESP */
    assert_int_equal(out.payload.len, 8);
    exact_free(packet);
}

static void in_ipv4_authentication_is_the_only_extension(void **state)
{
    struct bytes packet = unhex("45 00 0025 1234 0000 40 33 ffff 0a000001 0a000002 "
                                "06 01 0000 00000001 00000002 68656c6c6f");
    struct bytes other = unhex("45 00 0021 1234 0000 40 3c ffff 0a000001 0a000002 "
                               "06 00 010400000000 68656c6c6f");
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV4, packet, 0), IP_WHOLE);
    assert_int_equal(out.protocol, 6);
    assert_true(bytes_equal(out.payload, bytes_of("hello", 5)));
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV4, other, 0), IP_WHOLE);
    assert_int_equal(out.protocol, 60);
    assert_int_equal(out.payload.len, 13);
    exact_free(packet);
    exact_free(other);
}

static void too_many_extension_headers_are_refused(void **state)
{
    (void)state;
    for (int more = 0; more <= 1; more++) {
        char hex[(IP_MAX_EXTENSIONS + 1) * 17 + 1];
        size_t len = 0;

        for (int i = 1; i < IP_MAX_EXTENSIONS + more; i++)
            len += (size_t)snprintf(hex + len, sizeof(hex) - len, "3c00010400000000 ");
        (void)snprintf(hex + len, sizeof(hex) - len, "0600010400000000");

        struct bytes packet = v6_with(60, hex);
        struct ip_packet out;

        assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, packet, 0),
                         more ? IP_MALFORMED : IP_WHOLE);
        exact_free(packet);
    }
}

/* The last byte of the destination that is read; two addresses in the header end in a and b. */
static uint8_t destination_with(const char *type_and_segments_left)
{
    char hex[256];

    (void)snprintf(hex, sizeof(hex),
                   "06 04 %s 00000000 fd00000000000000000000000000000a "
                   "fd00000000000000000000000000000b 68656c6c6f",
                   type_and_segments_left);

    struct bytes packet = v6_with(43, hex);
    struct ip_packet out;

    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, packet, 0), IP_WHOLE);
    exact_free(packet);
    return out.destination[15];
}

static void the_destination_is_the_final_one(void **state)
{
    (void)state;
    assert_int_equal(destination_with("00 01"), 0x0b); /* the last of the list */
    assert_int_equal(destination_with("00 00"), 0x02); /* there already */
    assert_int_equal(destination_with("02 01"), 0x0b);
    assert_int_equal(destination_with("04 01"), 0x0a); /* the first: it counts down */
    assert_int_equal(destination_with("04 00"), 0x02);
    assert_int_equal(destination_with("03 01"), 0x02); /* compressed, and not read */
}

static void a_routing_header_without_addresses_changes_nothing(void **state)
{
    struct bytes packet = v6_with(43, "06 00 00 01 00000000 68656c6c6f");
    struct ip_packet out;

    (void)state;
    assert_int_equal(read_hex(&out, ETHER_TYPE_IPV6, packet, 0), IP_WHOLE);
    assert_int_equal(out.destination[15], 2);
    exact_free(packet);
}

static void other_protocols_are_not_ip(void **state)
{
    (void)state;
    assert_int_equal(answer_to("0001 0800 06 04 0001", 0x0806), IP_NOT_IP); /* ARP */
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_fields_of_ipv4_are_read),
        CASE(all_fields_of_ipv6_are_read),
        CASE(options_are_passed_over),
        CASE(each_cut_is_refused_or_counted),
        CASE(the_padding_of_a_short_frame_is_no_payload),
        CASE(a_length_of_zero_means_all_that_is_there),
        CASE(a_length_beyond_the_wire_is_not_believed),
        CASE(headers_that_contradict_themselves_are_malformed),
        CASE(fragments_are_recognised),
        CASE(a_fragment_says_where_it_belongs),
        CASE(every_extension_header_is_passed_over),
        CASE(an_extension_header_that_is_cut_is_refused),
        CASE(an_unknown_header_ends_the_list),
        CASE(in_ipv4_authentication_is_the_only_extension),
        CASE(too_many_extension_headers_are_refused),
        CASE(the_destination_is_the_final_one),
        CASE(a_routing_header_without_addresses_changes_nothing),
        CASE(other_protocols_are_not_ip),
    };

    return RUN(cases);
}
