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

/* --- Checksums ------------------------------------------------------------------------------ */

static uint32_t word_at(struct bytes b, size_t i)
{
    return (uint32_t)b.at[i] << 8 | (i + 1 < b.len ? b.at[i + 1] : 0);
}

uint16_t checksum_over(struct bytes first, struct bytes second)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < first.len; i += 2)
        sum += word_at(first, i);
    for (size_t i = 0; i < second.len; i += 2)
        sum += word_at(second, i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void write_u16(struct buffer *out, size_t at, size_t value)
{
    assert_in_range(at + 2, 2, out->len);
    out->at[at] = (uint8_t)(value >> 8);
    out->at[at + 1] = (uint8_t)value;
}

static void write_tcp_checksum(struct buffer *segment, const struct recipe *recipe)
{
    size_t address_len = recipe->from.family == 6 ? 16 : 4;
    struct buffer pseudo = {0};

    buffer_append(&pseudo, bytes_of(recipe->from.address, address_len));
    buffer_append(&pseudo, bytes_of(recipe->to.address, address_len));
    put_uint(&pseudo, segment->len, 4);
    put_uint(&pseudo, IP_PROTOCOL_TCP, 4);
    write_u16(segment, 16, checksum_over(buffer_view(&pseudo), buffer_view(segment)));
    buffer_clear(&pseudo);
}

/* --- From the inside to the outside ----------------------------------------------------------- */

void build_segment(struct buffer *out, const struct recipe *recipe)
{
    out->len = 0;
    put_tcp(out, recipe);
    buffer_append(out, recipe->payload);
    if (recipe->tcp_checksum)
        write_tcp_checksum(out, recipe);
}

/* wrap puts `header` in front, and frees it. */
static void wrap(struct buffer *out, struct buffer *header)
{
    buffer_append(header, buffer_view(out));
    buffer_clear(out);
    *out = *header;
    *header = (struct buffer){0};
}

void wrap_hex(struct buffer *out, const char *hex)
{
    struct bytes bytes = unhex(hex);
    struct buffer header = {0};

    buffer_append(&header, bytes);
    exact_free(bytes);
    wrap(out, &header);
}

void wrap_ip(struct buffer *out, struct endpoint from, struct endpoint to, uint8_t protocol)
{
    struct recipe recipe = {.from = from, .to = to, .protocol = protocol};
    struct buffer header = {0};

    put_ip(&header, &recipe, out->len);
    if (protocol == 0) /* put_ip takes it for TCP; here it is IPv6's hop-by-hop options */
        header.at[from.family == 6 ? 6 : 9] = 0;
    if (from.family == 4)
        write_u16(&header, 10, checksum_over(buffer_view(&header), bytes_of(NULL, 0)));
    wrap(out, &header);
}

void wrap_udp(struct buffer *out, uint16_t from, uint16_t to)
{
    struct buffer header = {0};

    put_uint(&header, from, 2);
    put_uint(&header, to, 2);
    put_uint(&header, 8 + out->len, 2);
    put_uint(&header, 0, 2);
    wrap(out, &header);
}

void wrap_ethernet(struct buffer *out, uint16_t ether_type)
{
    struct buffer header = {0};

    put_times(&header, 0x02, 12);
    put_uint(&header, ether_type, 2);
    wrap(out, &header);
}

void build_fragment(struct buffer *out, struct bytes whole, size_t offset, size_t len,
                    uint32_t identification)
{
    bool v6 = whole.at[0] >> 4 == 6;
    size_t header_len = v6 ? 40 : 4 * (size_t)(whole.at[0] & 0x0f);
    bool more = header_len + offset + len < whole.len;
    uint8_t protocol = whole.at[6];

    assert_in_range(header_len + offset + len, header_len, whole.len);
    assert_int_equal(offset % 8, 0);
    out->len = 0;
    buffer_append(out, bytes_first(whole, header_len));
    if (v6) {
        out->at[6] = IP_PROTOCOL_FRAGMENT;
        write_u16(out, 4, 8 + len);
        put_uint(out, protocol, 1);
        put_uint(out, 0, 1);
        put_uint(out, offset | more, 2);
        put_uint(out, identification, 4);
    } else {
        write_u16(out, 2, header_len + len);
        write_u16(out, 4, identification);
        write_u16(out, 6, offset / 8 | (size_t)more << 13);
        write_u16(out, 10, 0);
        write_u16(out, 10, checksum_over(buffer_view(out), bytes_of(NULL, 0)));
    }
    buffer_append(out, bytes_of(whole.at + header_len + offset, len));
}

/* --- In one go -------------------------------------------------------------------------------- */

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
