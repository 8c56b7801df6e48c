#include "tests/support/check.h"

#include <pcap/dlt.h>

#include "capture/link.h"

static const char PLAIN[] = "020000000001 020000000002 0800 4500";
static const char TAGGED[] = "020000000001 020000000002 8100 0064 86dd 60";
static const char STACKED[] = "020000000001 020000000002 88a8 0064 8100 0065 0800 45";

static void assert_reads(const char *hex, uint16_t ether_type, size_t payload_len)
{
    struct bytes frame = unhex(hex);
    struct link_frame out;

    assert_true(link_read(&out, DLT_EN10MB, frame));
    assert_int_equal(out.ether_type, ether_type);
    assert_int_equal(out.payload.len, payload_len);
    assert_ptr_equal(out.payload.at + payload_len, frame.at + frame.len);
    exact_free(frame);
}

static void ethernet_is_read_with_and_without_tags(void **state)
{
    (void)state;
    assert_reads(PLAIN, ETHER_TYPE_IPV4, 2);
    assert_reads(TAGGED, ETHER_TYPE_IPV6, 1);
    assert_reads(STACKED, ETHER_TYPE_IPV4, 1);
}

static void assert_refuses_each_cut(const char *hex, size_t header_len)
{
    struct bytes whole = unhex(hex);
    struct link_frame out = {.ether_type = 0x5a5a};

    for (size_t len = 0; len < header_len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_false(link_read(&out, DLT_EN10MB, cut));
        assert_int_equal(out.ether_type, 0x5a5a);
        exact_free(cut);
    }
    exact_free(whole);
}

static void each_cut_inside_of_the_header_is_refused(void **state)
{
    (void)state;
    assert_refuses_each_cut(PLAIN, 14);
    assert_refuses_each_cut(TAGGED, 18);
    assert_refuses_each_cut(STACKED, 22);
}

static void a_frame_may_carry_nothing(void **state)
{
    (void)state;
    assert_reads("020000000001 020000000002 0800", ETHER_TYPE_IPV4, 0);
}

static void a_third_tag_is_not_looked_behind(void **state)
{
    (void)state;
    assert_reads("020000000001 020000000002 8100 0001 8100 0002 8100 0003 0800", 0x8100, 4);
}

static void another_link_type_is_not_supported(void **state)
{
    struct bytes frame = unhex(PLAIN);
    struct link_frame out;

    (void)state;
    assert_true(link_supported(DLT_EN10MB));
    assert_false(link_supported(DLT_IEEE802_11));
    assert_false(link_read(&out, DLT_IEEE802_11, frame));
    exact_free(frame);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ethernet_is_read_with_and_without_tags),
        CASE(each_cut_inside_of_the_header_is_refused),
        CASE(a_frame_may_carry_nothing),
        CASE(a_third_tag_is_not_looked_behind),
        CASE(another_link_type_is_not_supported),
    };

    return RUN(cases);
}
