#include "tests/support/packet_builder.h"

#include <arpa/inet.h>

#include "capture/ip.h"
#include "tests/support/check.h"

static void put_uint(struct buffer *out, uint64_t value, size_t width)
{
    uint8_t byte;

    for (size_t i = width; i > 0; i--) {
        byte = (uint8_t)(value >> 8 * (i - 1));
        buffer_append(out, bytes_of(&byte, 1));
    }
}

static void put_times(struct buffer *out, uint8_t byte, size_t times)
{
    for (size_t i = 0; i < times; i++)
        buffer_append(out, bytes_of(&byte, 1));
}

static void put_ethernet(struct buffer *out, const struct recipe *recipe)
{
    put_times(out, 0x02, 12); /* locally administered addresses */
    for (unsigned i = 0; i < recipe->vlan_tags; i++) {
        put_uint(out, 0x8100, 2);
        put_uint(out, 100 + i, 2);
    }
    put_uint(out, recipe->from.family == 6 ? ETHER_TYPE_IPV6 : ETHER_TYPE_IPV4, 2);
}

static void put_ip(struct buffer *out, const struct recipe *recipe, size_t payload_len)
{
    uint8_t protocol = recipe->protocol ? recipe->protocol : IP_PROTOCOL_TCP;

    if (recipe->from.family == 6) {
        put_uint(out, 0x60000000, 4);
        put_uint(out, recipe->no_total_length ? 0 : payload_len, 2);
        put_uint(out, protocol, 1);
        put_uint(out, 64, 1);
        buffer_append(out, bytes_of(recipe->from.address, 16));
        buffer_append(out, bytes_of(recipe->to.address, 16));
        return;
    }
    size_t header_len = 20 + recipe->ip_options_len;

    put_uint(out, 0x40 | header_len / 4, 1);
    put_uint(out, 0, 1);
    put_uint(out, recipe->no_total_length ? 0 : header_len + payload_len, 2);
    put_uint(out, 0, 2); /* identification */
    put_uint(out, recipe->fragment, 2);
    put_uint(out, 64, 1); /* time to live */
    put_uint(out, protocol, 1);
    put_uint(out, 0, 2); /* checksum */
    buffer_append(out, bytes_of(recipe->from.address, 4));
    buffer_append(out, bytes_of(recipe->to.address, 4));
    put_times(out, 1, recipe->ip_options_len); /* "no operation" */
}

static void put_tcp(struct buffer *out, const struct recipe *recipe)
{
    put_uint(out, recipe->from.port, 2);
    put_uint(out, recipe->to.port, 2);
    put_uint(out, recipe->sequence, 4);
    put_uint(out, recipe->acknowledge, 4);
    put_uint(out, (20 + recipe->tcp_options_len) / 4 << 4, 1);
    put_uint(out, recipe->flags, 1);
    put_uint(out, 0xffff, 2); /* window */
    put_uint(out, 0, 4);      /* checksum, urgent pointer */
    put_times(out, 1, recipe->tcp_options_len);
}

void build_frame(struct buffer *out, const struct recipe *recipe)
{
    out->len = 0;
    put_ethernet(out, recipe);
    put_ip(out, recipe, 20 + recipe->tcp_options_len + recipe->payload.len);
    put_tcp(out, recipe);
    buffer_append(out, recipe->payload);
}

struct endpoint ipv4(const char *address, uint16_t port)
{
    struct endpoint e = {.family = 4, .port = port};

    assert_int_equal(inet_pton(AF_INET, address, e.address), 1);
    return e;
}

struct endpoint ipv6(const char *address, uint16_t port)
{
    struct endpoint e = {.family = 6, .port = port};

    assert_int_equal(inet_pton(AF_INET6, address, e.address), 1);
    return e;
}
