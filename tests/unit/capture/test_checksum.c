#include "tests/support/check.h"

#include "capture/checksum.h"
#include "tests/support/packet_builder.h"

/* A header that textbooks compute by hand. */
static const char HEADER[] = "4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7";

static void a_header_is_right_or_wrong(void **state)
{
    struct bytes header = unhex(HEADER);
    struct ip_packet packet = {.family = 4, .length_known = true, .header = header};

    (void)state;
    assert_true(checksum_header_ok(&packet));
    for (size_t i = 0; i < header.len; i++) {
        uint8_t *byte = unconst(header.at + i);

        *byte ^= 0x10;
        assert_false(checksum_header_ok(&packet));
        *byte ^= 0x10;
    }
    exact_free(header);
}

static void a_header_without_a_length_or_a_checksum_is_right(void **state)
{
    struct bytes header = unhex("4500 0000 0000 4000 4011 0000 c0a80001 c0a800c7");
    struct ip_packet packet = {.family = 4, .header = header};

    (void)state;
    assert_true(checksum_header_ok(&packet)); /* a card will fill both in */
    packet.length_known = true;
    assert_false(checksum_header_ok(&packet));
    packet.family = 6;
    assert_true(checksum_header_ok(&packet));
    exact_free(header);
}

static struct ip_packet packet_of(const struct recipe *recipe, struct bytes segment)
{
    struct ip_packet packet = {
        .family = recipe->from.family,
        .protocol = IP_PROTOCOL_TCP,
        .payload = segment,
        .length_known = true,
    };

    memcpy(packet.source, recipe->from.address, 16);
    memcpy(packet.destination, recipe->to.address, 16);
    return packet;
}

static void assert_segment(struct recipe recipe, const char *text)
{
    struct buffer segment = {0};

    recipe.payload = bytes_of(text, strlen(text));
    recipe.tcp_checksum = true;
    build_segment(&segment, &recipe);

    struct ip_packet packet = packet_of(&recipe, buffer_view(&segment));

    assert_true(checksum_payload_ok(&packet, packet.payload));
    for (size_t i = 0; i < segment.len; i++) {
        segment.at[i] ^= 0x01;
        assert_false(checksum_payload_ok(&packet, packet.payload));
        segment.at[i] ^= 0x01;
    }
    packet.source[3] ^= 0x01;
    assert_false(checksum_payload_ok(&packet, packet.payload));
    packet.source[3] ^= 0x01;
    packet.destination[0] ^= 0x01;
    assert_false(checksum_payload_ok(&packet, packet.payload));
    packet.destination[0] ^= 0x01;
    packet.protocol = IP_PROTOCOL_UDP;
    assert_false(checksum_payload_ok(&packet, packet.payload));
    packet.cut = 1; /* can't be told any more */
    assert_true(checksum_payload_ok(&packet, packet.payload));
    packet.cut = 0;
    packet.length_known = false;
    assert_true(checksum_payload_ok(&packet, packet.payload));
    buffer_clear(&segment);
}

static void a_segment_is_right_or_wrong(void **state)
{
    struct recipe v4 = {.from = ipv4("10.0.0.1", 40000), .to = ipv4("10.0.0.2", 443)};
    struct recipe v6 = {.from = ipv6("fd00::1", 40000), .to = ipv6("fd00::2", 443)};

    (void)state;
    assert_segment(v4, "even");
    assert_segment(v4, "not even!");
    assert_segment(v4, "");
    assert_segment(v6, "even");
    assert_segment(v6, "not even!");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_header_is_right_or_wrong),
        CASE(a_header_without_a_length_or_a_checksum_is_right),
        CASE(a_segment_is_right_or_wrong),
    };

    return RUN(cases);
}
