#include "tests/support/check.h"

#include "capture/tcp.h"

static const char PLAIN[] = "c001 01bb 01020304 05060708 50 18 ffff 0000 0000 68690a";
static const char OPTIONS[] = "c001 01bb 01020304 05060708 70 02 ffff 0000 0000 "
                              "0101080a 00000001 68690a";

static void all_fields_are_read(void **state)
{
    struct bytes packet = unhex(PLAIN);
    struct tcp_segment out;

    (void)state;
    assert_true(tcp_read(&out, packet, 0));
    assert_int_equal(out.source_port, 0xc001);
    assert_int_equal(out.destination_port, 443);
    assert_int_equal(out.sequence, 0x01020304);
    assert_int_equal(out.acknowledge, 0x05060708);
    assert_int_equal(out.flags & TCP_FLAG_ACK, TCP_FLAG_ACK);
    assert_int_equal(out.flags & (TCP_FLAG_SYN | TCP_FLAG_FIN | TCP_FLAG_RST), 0);
    assert_true(bytes_equal(out.payload, bytes_of("hi\n", 3)));
    assert_int_equal(out.cut, 0);
    exact_free(packet);
}

static void options_are_passed_over(void **state)
{
    struct bytes packet = unhex(OPTIONS);
    struct tcp_segment out;

    (void)state;
    assert_true(tcp_read(&out, packet, 0));
    assert_int_equal(out.flags, TCP_FLAG_SYN);
    assert_true(bytes_equal(out.payload, bytes_of("hi\n", 3)));
    exact_free(packet);
}

static void each_cut_inside_of_the_header_is_refused(void **state)
{
    struct bytes whole = unhex(OPTIONS);
    struct tcp_segment out = {.flags = 0x5a};

    (void)state;
    for (size_t len = 0; len < 28; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_false(tcp_read(&out, cut, 0));
        assert_int_equal(out.flags, 0x5a);
        exact_free(cut);
    }
    exact_free(whole);
}

static void what_the_snap_length_cut_is_counted_wherever_it_cut(void **state)
{
    struct bytes whole = unhex(OPTIONS);
    struct tcp_segment out;

    (void)state;
    for (size_t len = 20; len <= whole.len; len++) {
        struct bytes cut = exact_copy(bytes_first(whole, len));

        assert_true(tcp_read(&out, cut, whole.len - len));
        assert_int_equal(out.payload.len, len > 28 ? len - 28 : 0);
        assert_int_equal(out.payload.len + out.cut, 3);
        exact_free(cut);
    }
    exact_free(whole);
}

static void a_header_that_lies_about_its_length_is_refused(void **state)
{
    struct bytes too_short = unhex("c001 01bb 01020304 05060708 40 18 ffff 0000 0000 68690a");
    struct bytes too_long = unhex("c001 01bb 01020304 05060708 f0 18 ffff 0000 0000 68690a");
    struct tcp_segment out;

    (void)state;
    assert_false(tcp_read(&out, too_short, 0));
    assert_false(tcp_read(&out, too_long, 0));
    assert_false(tcp_read(&out, too_long, 36));
    assert_true(tcp_read(&out, too_long, 37)); /* 23 bytes and 37 make the 60 that it claims */
    exact_free(too_short);
    exact_free(too_long);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_fields_are_read),
        CASE(options_are_passed_over),
        CASE(each_cut_inside_of_the_header_is_refused),
        CASE(what_the_snap_length_cut_is_counted_wherever_it_cut),
        CASE(a_header_that_lies_about_its_length_is_refused),
    };

    return RUN(cases);
}
