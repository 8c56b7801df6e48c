#include "tests/support/check.h"
#include "tests/support/packet_builder.h"

static void assert_text(struct endpoint e, const char *text)
{
    char out[ENDPOINT_TEXT_SIZE];

    assert_ptr_equal(endpoint_text(&e, out), out);
    assert_string_equal(out, text);
}

static void ipv4_is_written_with_dots(void **state)
{
    (void)state;
    assert_text(ipv4("127.0.0.1", 43224), "127.0.0.1:43224");
    assert_text(ipv4("255.255.255.255", 65535), "255.255.255.255:65535");
}

static void ipv6_is_written_in_brackets_and_as_short_as_can_be(void **state)
{
    (void)state;
    assert_text(ipv6("0:0:0:0:0:0:0:1", 443), "[::1]:443");
    assert_text(ipv6("2001:0DB8:0:0:1:0:0:1", 0), "[2001:db8::1:0:0:1]:0");
    assert_text(ipv6("1111:2222:3333:4444:5555:6666:7777:8888", 65535),
                "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}

static void address_family_and_port_must_all_be_equal(void **state)
{
    struct endpoint a = ipv4("10.0.0.1", 80);
    struct endpoint other_port = ipv4("10.0.0.1", 81);
    struct endpoint other_address = ipv4("10.0.0.2", 80);
    struct endpoint other_family = ipv6("a00:1::", 80);

    (void)state;
    assert_true(endpoint_equal(&a, &a));
    assert_false(endpoint_equal(&a, &other_port));
    assert_false(endpoint_equal(&a, &other_address));
    assert_false(endpoint_equal(&a, &other_family));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(ipv4_is_written_with_dots),
        CASE(ipv6_is_written_in_brackets_and_as_short_as_can_be),
        CASE(address_family_and_port_must_all_be_equal),
    };

    return RUN(cases);
}
