#include "tests/support/check.h"
#include "tests/support/cuts.h"

#include "capture/udp.h"

/* source | destination | length | checksum | "hello" */
static const char WHOLE[] = "1234 12b5 000d abcd 68656c6c6f";

static void all_fields_are_read(void **state)
{
    struct bytes packet = unhex(WHOLE);
    struct udp_datagram out;

    (void)state;
    assert_true(udp_read(&out, packet, 0));
    assert_int_equal(out.source_port, 0x1234);
    assert_int_equal(out.destination_port, 4789);
    assert_int_equal(out.checksum, 0xabcd);
    assert_true(bytes_equal(out.whole, packet));
    assert_true(bytes_equal(out.payload, bytes_of("hello", 5)));
    assert_int_equal(out.cut, 0);
    exact_free(packet);
}

static bool parse(struct bytes input, const void *context)
{
    struct udp_datagram out;

    (void)context;
    return udp_read(&out, input, 0);
}

static void each_cut_inside_of_the_header_is_refused(void **state)
{
    struct bytes packet = unhex(WHOLE);

    (void)state;
    refuses_every_cut(bytes_first(packet, 8), parse, NULL);
    exact_free(packet);
}

/* Payload and cut of what has this length in its header, 5 bytes of payload and 4 more cut off. */
static void assert_length(const char *length, size_t payload_len, size_t cut)
{
    char hex[] = "1234 12b5 .... 0000 68656c6c6f";
    struct udp_datagram out;

    memcpy(hex + 10, length, 4);

    struct bytes packet = unhex(hex);

    assert_true(udp_read(&out, packet, 4));
    assert_int_equal(out.payload.len, payload_len);
    assert_int_equal(out.cut, cut);
    exact_free(packet);
}

static void the_length_says_what_belongs_to_it(void **state)
{
    (void)state;
    assert_length("0011", 5, 4);
    assert_length("000f", 5, 2); /* two of those that are cut off are padding */
    assert_length("000b", 3, 0);
    assert_length("0008", 0, 0);
    assert_length("0000", 5, 4); /* all that is there */
    assert_length("ffff", 5, 4); /* not believed */
}

static void a_length_that_is_less_than_the_header_is_refused(void **state)
{
    struct bytes packet = unhex("1234 12b5 0007 0000 68");

    (void)state;
    assert_false(parse(packet, NULL));
    exact_free(packet);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_fields_are_read),
        CASE(each_cut_inside_of_the_header_is_refused),
        CASE(the_length_says_what_belongs_to_it),
        CASE(a_length_that_is_less_than_the_header_is_refused),
    };

    return RUN(cases);
}
