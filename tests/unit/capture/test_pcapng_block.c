#include "capture/pcapng_block.h"

#include "tests/support/check.h"

#define LITTLE ORDER_LITTLE_ENDIAN
#define BIG    ORDER_BIG_ENDIAN

/* A body as hex, in each of the two orders; the parsers get an exact copy. */
#define INTERFACE_LITTLE "0100 0000 00000400 0900 0100 09000000 0e00 0800 0a00000000000000 00000000"
#define INTERFACE_BIG    "0001 0000 00040000 0009 0001 09000000 000e 0008 000000000000000a 00000000"
#define ENHANCED_LITTLE  "02000000 01000000 05000000 03000000 07000000 61626300"
#define ENHANCED_BIG     "00000002 00000001 00000005 00000003 00000007 61626300"
#define OLD_LITTLE       "0200 ffff 01000000 05000000 03000000 07000000 61626300"

static void sections_tell_the_byte_order(void **state)
{
    static const char *const bodies[] = {"4d3c2b1a 0100 0000 ffffffffffffffff",
                                         "1a2b3c4d 0001 0000 ffffffffffffffff"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes body = unhex(bodies[i]);
        enum byte_order order;
        uint16_t major;

        assert_true(pcapng_read_section(&order, &major, body));
        assert_int_equal(order, i == 0 ? LITTLE : BIG);
        assert_int_equal(major, 1);
        for (size_t len = 0; len < body.len; len++) {
            struct bytes cut = exact_copy(bytes_first(body, len));

            assert_false(pcapng_read_section(&order, &major, cut));
            exact_free(cut);
        }
        exact_free(body);
    }
}

static void sections_without_the_magic_are_refused(void **state)
{
    struct bytes body = unhex("4d3c2b1b 0100 0000 ffffffffffffffff");
    enum byte_order order;
    uint16_t major;

    (void)state;
    assert_false(pcapng_read_section(&order, &major, body));
    exact_free(body);
}

static void interfaces_have_a_link_and_a_clock(void **state)
{
    static const char *const bodies[] = {INTERFACE_LITTLE, INTERFACE_BIG};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct bytes body = unhex(bodies[i]);
        struct pcapng_interface out;

        assert_true(pcapng_read_interface(&out, body, i == 0 ? LITTLE : BIG));
        assert_int_equal(out.link_type, 1);
        assert_int_equal(out.snap_length, 262144);
        assert_false(out.clock.binary);
        assert_int_equal(out.clock.exponent, 9);
        assert_int_equal(out.clock.offset_s, 10);
        exact_free(body);
    }
}

/* Without its last options it is an interface still, with the usual clock. */
static void interfaces_may_end_anywhere_behind_the_snap_length(void **state)
{
    struct bytes body = unhex(INTERFACE_LITTLE);

    (void)state;
    for (size_t len = 0; len <= body.len; len++) {
        struct bytes cut = exact_copy(bytes_first(body, len));
        struct pcapng_interface out;

        assert_int_equal(pcapng_read_interface(&out, cut, LITTLE), len >= 8);
        if (len >= 8)
            assert_int_equal(out.clock.exponent, len < 13 ? 6 : 9);
        exact_free(cut);
    }
    exact_free(body);
}

static void options_that_lie_about_their_length_end_the_list(void **state)
{
    struct bytes body = unhex("0100 0000 00000400 0200 ff00 65746830 0900 0100 09000000");
    struct pcapng_interface out;

    (void)state;
    assert_true(pcapng_read_interface(&out, body, LITTLE));
    assert_int_equal(out.clock.exponent, 6);
    exact_free(body);
}

static void assert_packet(const char *hex, uint32_t type, enum byte_order order)
{
    struct bytes body = unhex(hex);
    struct pcapng_packet out;

    assert_true(pcapng_read_packet(&out, type, body, 0, order));
    assert_int_equal(out.interface, 2);
    assert_true(out.timed);
    assert_true(out.ticks == ((uint64_t)1 << 32 | 5));
    assert_int_equal(out.wire_len, 7);
    assert_true(bytes_equal(out.data, bytes_of("abc", 3)));
    for (size_t len = 0; len < body.len - 1; len++) { /* the padding may be missing */
        struct bytes cut = exact_copy(bytes_first(body, len));

        assert_false(pcapng_read_packet(&out, type, cut, 0, order));
        exact_free(cut);
    }
    exact_free(body);
}

static void packets_have_all_that_a_pcap_file_has(void **state)
{
    (void)state;
    assert_packet(ENHANCED_LITTLE, PCAPNG_TYPE_ENHANCED_PACKET, LITTLE);
    assert_packet(ENHANCED_BIG, PCAPNG_TYPE_ENHANCED_PACKET, BIG);
    assert_packet(OLD_LITTLE, PCAPNG_TYPE_OLD_PACKET, LITTLE);
}

static void packets_longer_than_their_block_are_refused(void **state)
{
    struct bytes body = unhex("02000000 01000000 05000000 ffffffff 07000000 61626300");
    struct pcapng_packet out;

    (void)state;
    assert_false(pcapng_read_packet(&out, PCAPNG_TYPE_ENHANCED_PACKET, body, 0, LITTLE));
    exact_free(body);
}

static void simple_packets_are_as_long_as_the_snap_length_allows(void **state)
{
    struct bytes body = unhex("03000000 61626300");
    struct pcapng_packet out;

    (void)state;
    assert_true(pcapng_read_packet(&out, PCAPNG_TYPE_SIMPLE_PACKET, body, 0, LITTLE));
    assert_false(out.timed);
    assert_int_equal(out.interface, 0);
    assert_int_equal(out.wire_len, 3);
    assert_true(bytes_equal(out.data, bytes_of("abc", 3)));
    assert_true(pcapng_read_packet(&out, PCAPNG_TYPE_SIMPLE_PACKET, body, 2, LITTLE));
    assert_true(bytes_equal(out.data, bytes_of("ab", 2)));
    exact_free(body);
    body = unhex("05000000 61626300");
    assert_false(pcapng_read_packet(&out, PCAPNG_TYPE_SIMPLE_PACKET, body, 0, LITTLE));
    exact_free(body);
}

static void secrets_are_those_of_tls_or_none(void **state)
{
    struct bytes tls = unhex("4b534c54 03000000 61626300");
    struct bytes ssh = unhex("4b4c4853 03000000 61626300");
    struct bytes lying = unhex("4b534c54 05000000 61626300");
    struct bytes keylog;

    (void)state;
    assert_true(pcapng_read_secrets(&keylog, tls, LITTLE));
    assert_true(bytes_equal(keylog, bytes_of("abc", 3)));
    assert_true(pcapng_read_secrets(&keylog, ssh, LITTLE));
    assert_int_equal(keylog.len, 0);
    assert_false(pcapng_read_secrets(&keylog, lying, LITTLE));
    exact_free(tls);
    exact_free(ssh);
    exact_free(lying);
}

static void clocks_of_every_resolution_become_nanoseconds(void **state)
{
    static const struct {
        struct pcapng_clock clock;
        uint64_t ticks;
        uint64_t ns;
    } rows[] = {
        {{.exponent = 0}, 7, 7000000000},
        {{.exponent = 3}, 7001, 7001000000},
        {{.exponent = 6}, 1700000000000001, 1700000000000001000},
        {{.exponent = 9}, 1700000000000000001, 1700000000000000001},
        {{.exponent = 12}, 7000000001000, 7000000001},
        {{.exponent = 19}, 10000000000000000000U, 1000000000},
        {{.exponent = 20}, 1, 0}, /* a unit that no 64 bits hold seconds of */
        {{.binary = true, .exponent = 0}, 7, 7000000000},
        {{.binary = true, .exponent = 1}, 3, 1500000000},
        {{.binary = true, .exponent = 20}, (7 << 20) + (1 << 19), 7500000000},
        {{.binary = true, .exponent = 40}, (uint64_t)7 << 40 | (uint64_t)1 << 38, 7250000000},
        {{.binary = true, .exponent = 63}, (uint64_t)3 << 62, 1500000000},
        {{.binary = true, .exponent = 64}, 1, 0},
        {{.exponent = 6, .offset_s = 10}, 1, 10000001000},
        {{.exponent = 0, .offset_s = -10}, 12, 2000000000},
        {{.exponent = 0, .offset_s = -10}, 2, 0}, /* before the epoch */
        {{.exponent = 0}, UINT64_MAX, 0},         /* behind all that can be told */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_true(pcapng_time_ns(&rows[i].clock, rows[i].ticks) == rows[i].ns);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sections_tell_the_byte_order),
        CASE(sections_without_the_magic_are_refused),
        CASE(interfaces_have_a_link_and_a_clock),
        CASE(interfaces_may_end_anywhere_behind_the_snap_length),
        CASE(options_that_lie_about_their_length_end_the_list),
        CASE(packets_have_all_that_a_pcap_file_has),
        CASE(packets_longer_than_their_block_are_refused),
        CASE(simple_packets_are_as_long_as_the_snap_length_allows),
        CASE(secrets_are_those_of_tls_or_none),
        CASE(clocks_of_every_resolution_become_nanoseconds),
    };

    return RUN(cases);
}
