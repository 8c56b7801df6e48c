#include "tests/support/check.h"

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
        CASE(other_protocols_are_not_ip),
    };

    return RUN(cases);
}
