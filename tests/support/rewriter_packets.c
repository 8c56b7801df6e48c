#include "tests/support/rewriter_packets.h"

#include <stdlib.h>

#include "tests/support/check.h"

enum { PROTOCOL_TCP = 6 };

void packets_clear(struct packets *list)
{
    for (size_t i = 0; i < list->num; i++)
        buffer_clear(&list->at[i].bytes);
    free(list->at);
    *list = (struct packets){0};
}

void packets_add(struct packets *list, uint64_t time_ns, struct writer *w)
{
    if (list->num == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 64;
        list->at = alloc_resize(list->at, list->room * sizeof(*list->at));
    }
    list->at[list->num++] = (struct packet_made){time_ns, w->out, w->out.len};
    *w = (struct writer){0};
}

void packets_swap(struct packets *a, struct packets *b)
{
    struct packets kept = *a;

    *a = *b;
    *b = kept;
}

/* --- Checksums, RFC 1071 ------------------------------------------------------------ */

static uint32_t sum_words(uint32_t sum, struct bytes b)
{
    for (size_t i = 0; i < b.len; i++)
        sum += i % 2 == 0 ? (uint32_t)b.at[i] << 8 : b.at[i];
    return sum;
}

void put_checksum(struct writer *w, uint32_t sum, size_t start, size_t at)
{
    sum = sum_words(sum, bytes_of(w->out.at + start, w->out.len - start));
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    w->out.at[at] = (uint8_t)(~sum >> 8);
    w->out.at[at + 1] = (uint8_t)~sum;
}

/* --- IP ----------------------------------------------------------------------------- */

void put_ip_header(struct writer *w, const struct endpoint *from, const struct endpoint *to,
                   uint8_t protocol, size_t length)
{
    size_t start = w->out.len;

    if (from->family == 6) {
        write_uint(w, 0x60000000, 4);
        write_uint(w, length, 2);
        write_uint(w, protocol, 1);
        write_uint(w, 64, 1);
        write_bytes(w, bytes_of(from->address, 16));
        write_bytes(w, bytes_of(to->address, 16));
        return;
    }
    write_uint(w, 0x4500, 2);
    write_uint(w, 20 + length, 2);
    write_uint(w, 0, 4);
    write_uint(w, 64, 1);
    write_uint(w, protocol, 1);
    write_uint(w, 0, 2);
    write_bytes(w, bytes_of(from->address, 4));
    write_bytes(w, bytes_of(to->address, 4));
    put_checksum(w, 0, start, start + 10);
}

/* options_of are the options of IPv4, or the extension headers of IPv6 behind which TCP comes. */
static struct bytes options_of(uint8_t family)
{
    return family == 4
               ? unhex("94040000 01010100")   /* router alert, three times nothing, end */
               : unhex("2b 00 0502 0000 0100" /* hop-by-hop: router alert, padding */
                       "3c 02 00 00 00000000" /* routing, no segments left, one address */
                       "fd00 0000 0000 0000 0000 0000 0000 0099"
                       "06 01 010c 00000000 00000000 00000000"); /* destination: padding only */
}

/* set_uint writes over what stands at `at`. */
static void set_uint(struct writer *w, size_t at, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++)
        w->out.at[at + i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

/* put_ip writes the header of a segment of `length` bytes in its form. */
static void put_ip(struct writer *w, const struct segment *s, size_t length, enum ip_form form,
                   uint16_t identification)
{
    bool six = s->from.family == 6;

    if (form == IP_WITH_OPTIONS) {
        struct bytes options = options_of(s->from.family);

        put_ip_header(w, &s->from, &s->to, six ? 0 : PROTOCOL_TCP, options.len + length);
        if (!six)
            set_uint(w, 0, 0x40 | (20 + options.len) / 4, 1);
        write_bytes(w, options);
        exact_free(options);
    } else {
        put_ip_header(w, &s->from, &s->to, PROTOCOL_TCP, length);
    }
    if (form == IP_WITHOUT_LENGTH)
        set_uint(w, six ? 4 : 2, 0, 2);
    if (!six) {
        set_uint(w, 4, identification, 2);
        set_uint(w, 10, 0, 2);
        put_checksum(w, 0, 0, 10);
    }
}

static void put_tcp(struct writer *w, const struct segment *s)
{
    size_t start = w->out.len;
    size_t address_len = s->from.family == 6 ? 16 : 4;
    uint32_t pseudo = PROTOCOL_TCP + 20 + (uint32_t)s->payload.len;

    write_uint(w, s->from.port, 2);
    write_uint(w, s->to.port, 2);
    write_uint(w, s->sequence, 4);
    write_uint(w, s->acknowledge, 4);
    write_uint(w, 0x50, 1);
    write_uint(w, s->flags, 1);
    write_uint(w, 0xfaf0, 2);
    write_uint(w, 0, 4);
    write_bytes(w, buffer_view(&s->payload));
    pseudo = sum_words(pseudo, bytes_of(s->from.address, address_len));
    pseudo = sum_words(pseudo, bytes_of(s->to.address, address_len));
    put_checksum(w, pseudo, start, start + 16);
}

void packets_of_segments(struct packets *out, const struct segments *segments, enum ip_form form)
{
    *out = (struct packets){0};
    for (size_t i = 0; i < segments->num; i++) {
        const struct segment *s = &segments->at[i];
        struct writer w = {0};

        put_ip(&w, s, 20 + s->payload.len, form, (uint16_t)(i + 1));

        size_t tcp = w.out.len;
        put_tcp(&w, s);
        if (form == IP_WRONG_CHECKSUMS)
            w.out.at[tcp + 16] ^= 0x55;
        if (form == IP_WRONG_CHECKSUMS && s->from.family == 4)
            w.out.at[10] ^= 0x55;
        packets_add(out, s->time_ns, &w);
    }
}
