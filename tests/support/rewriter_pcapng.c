#include "tests/support/rewriter_pcapng.h"

#include <byteswap.h>
#include <pcap/dlt.h>
#include <zlib.h>

#include "tests/support/check.h"

enum { BLOCK_INTERFACE = 1, BLOCK_OLD = 2, BLOCK_SIMPLE = 3, BLOCK_ENHANCED = 6, BLOCK_DSB = 10 };

#define NS_PER_SECOND 1000000000ULL

static void put16(struct writer *w, bool big_endian, uint16_t value)
{
    write_uint(w, big_endian ? value : bswap_16(value), 2);
}

static void put32(struct writer *w, bool big_endian, uint32_t value)
{
    write_uint(w, big_endian ? value : bswap_32(value), 4);
}

static void put64(struct writer *w, bool big_endian, uint64_t value)
{
    write_uint(w, big_endian ? value : bswap_64(value), 8);
}

static void pad(struct writer *w, size_t len)
{
    write_repeated(w, 0, (4 - len % 4) % 4);
}

void pcapng_put_block(struct writer *w, bool big_endian, uint32_t type, struct bytes body)
{
    uint32_t len = (uint32_t)(12 + (body.len + 3) / 4 * 4);

    put32(w, big_endian, type);
    put32(w, big_endian, len);
    write_bytes(w, body);
    pad(w, body.len);
    put32(w, big_endian, len);
}

/* put_written writes a block of what was written to `body`, and empties that. */
static void put_written(struct writer *w, bool big_endian, uint32_t type, struct writer *body)
{
    pcapng_put_block(w, big_endian, type, writer_view(body));
    buffer_clear(&body->out);
}

void pcapng_put_section(struct writer *w, bool big_endian)
{
    struct writer body = {0};

    put32(&body, big_endian, 0x1a2b3c4d);
    put16(&body, big_endian, 1);
    put16(&body, big_endian, 0);
    put64(&body, big_endian, UINT64_MAX); /* the length is not told */
    put_written(w, big_endian, 0x0a0d0d0a, &body);
}

/* put_interface describes an interface with all options that matter, and one that does not. */
static void put_interface(struct writer *w, bool big, uint16_t link_type, uint32_t snap_length,
                          uint8_t resolution, int64_t offset_s)
{
    static const char name[] = "eth0";
    struct writer body = {0};

    put16(&body, big, link_type);
    put16(&body, big, 0);
    put32(&body, big, snap_length);
    put16(&body, big, 2); /* if_name */
    put16(&body, big, 4);
    write_text(&body, name);
    put16(&body, big, 9); /* if_tsresol */
    put16(&body, big, 1);
    write_uint(&body, resolution, 1);
    pad(&body, 1);
    put16(&body, big, 14); /* if_tsoffset */
    put16(&body, big, 8);
    put64(&body, big, (uint64_t)offset_s);
    put32(&body, big, 0); /* opt_endofopt */
    put_written(w, big, BLOCK_INTERFACE, &body);
}

void pcapng_put_interface(struct writer *w, bool big_endian, uint16_t link_type, uint8_t resolution)
{
    put_interface(w, big_endian, link_type, 0, resolution, 0);
}

void pcapng_put_secrets(struct writer *w, struct bytes keylog)
{
    struct writer body = {0};

    put32(&body, false, 0x544c534b); /* TLSK */
    put32(&body, false, (uint32_t)keylog.len);
    write_bytes(&body, keylog);
    put_written(w, false, BLOCK_DSB, &body);
}

struct way {
    bool big;
    uint32_t block;
    uint32_t interface;
    size_t strip; /* bytes of link header that this interface does not have */
};

static void put_packet(struct writer *w, const struct way *way, const struct packet_made *packet,
                       uint64_t ticks)
{
    struct bytes data = buffer_view(&packet->bytes);
    struct writer body = {0};

    data = bytes_of(data.at + way->strip, data.len - way->strip);
    if (way->block == BLOCK_ENHANCED)
        put32(&body, way->big, way->interface);
    if (way->block == BLOCK_OLD) {
        put16(&body, way->big, (uint16_t)way->interface);
        put16(&body, way->big, 0xffff); /* nobody counted the drops */
    }
    if (way->block != BLOCK_SIMPLE) {
        put32(&body, way->big, (uint32_t)(ticks >> 32));
        put32(&body, way->big, (uint32_t)ticks);
        put32(&body, way->big, (uint32_t)data.len);
    }
    put32(&body, way->big, (uint32_t)(packet->wire_len - way->strip));
    write_bytes(&body, data);
    if (way->block == BLOCK_ENHANCED) {
        pad(&body, data.len);
        write_hex(&body,
                  way->big ? "0001 0002 6869 0000 00000000" : "0100 0200 6869 0000 00000000");
    }
    put_written(w, way->big, way->block, &body);
}

/* put_mixed puts packets on three interfaces in turns. */
static void put_mixed(struct writer *w, const struct packets *list)
{
    enum { ETHERNET_HEADER = 14, BINARY = 0x80 | 20, BEHIND_S = 1000 };
    static const char unknown[] = "what nobody knows";

    pcapng_put_section(w, false);
    put_interface(w, false, DLT_EN10MB, 262144, 6, 0);
    put_interface(w, false, 101, 65535, 9, 0); /* raw IP */
    put_interface(w, false, DLT_EN10MB, 0, BINARY, -BEHIND_S);
    for (size_t i = 0; i < list->num; i++) {
        const struct way way = {
            .block = BLOCK_ENHANCED,
            .interface = (uint32_t)(i % 3),
            .strip = i % 3 == 1 ? ETHERNET_HEADER : 0,
        };
        uint64_t ns = list->at[i].time_ns;
        uint64_t binary = ((ns / NS_PER_SECOND + BEHIND_S) << 20) +
                          ((ns % NS_PER_SECOND << 20) + NS_PER_SECOND / 2) / NS_PER_SECOND;

        put_packet(w, &way, &list->at[i], i % 3 == 0 ? ns / 1000 : i % 3 == 1 ? ns : binary);
        pcapng_put_block(w, false, 0x0bad0000 + (uint32_t)i, bytes_of(unknown, sizeof(unknown)));
    }
}

static void put_sections(struct writer *w, const struct packets *list, uint32_t link_type)
{
    for (size_t i = 0; i < list->num; i++) {
        const struct way way = {.big = i % 2 == 1, .block = BLOCK_ENHANCED};

        pcapng_put_section(w, way.big);
        pcapng_put_interface(w, way.big, (uint16_t)link_type, 9);
        put_packet(w, &way, &list->at[i], list->at[i].time_ns);
    }
}

static void put_alike(struct writer *w, const struct packets *list, uint32_t link_type,
                      enum pcapng_form form)
{
    const struct way way = {
        .big = form == PCAPNG_BIG_ENDIAN,
        .block = form == PCAPNG_OBSOLETE ? BLOCK_OLD
                 : form == PCAPNG_SIMPLE ? BLOCK_SIMPLE
                                         : BLOCK_ENHANCED,
    };

    pcapng_put_section(w, way.big);
    pcapng_put_interface(w, way.big, (uint16_t)link_type, way.big ? 9 : 6);
    for (size_t i = 0; i < list->num; i++)
        put_packet(w, &way, &list->at[i], list->at[i].time_ns / (way.big ? 1 : 1000));
}

void pcapng_of_packets(struct writer *w, const struct packets *list, uint32_t link_type,
                       enum pcapng_form form)
{
    if (form == PCAPNG_MIXED)
        put_mixed(w, list);
    else if (form == PCAPNG_SECTIONS)
        put_sections(w, list, link_type);
    else
        put_alike(w, list, link_type, form);
}

/* put_member compresses one member. */
static void put_member(struct buffer *out, struct bytes plain)
{
    enum { GZIP_WINDOW = 15 + 16, MEMORY = 8 };
    z_stream z = {0};
    uint8_t piece[4096];

    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY),
                     Z_OK);
    z.next_in = unconst(plain.at);
    z.avail_in = (uInt)plain.len;
    do {
        z.next_out = piece;
        z.avail_out = sizeof(piece);
        assert_int_not_equal(deflate(&z, Z_FINISH), Z_STREAM_ERROR);
        buffer_append(out, bytes_of(piece, sizeof(piece) - z.avail_out));
    } while (z.avail_out == 0);
    assert_int_equal(deflateEnd(&z), Z_OK);
}

struct bytes gzip_of(struct bytes plain, size_t num_members)
{
    struct buffer out = {0};

    for (size_t i = 0; i < num_members; i++) {
        size_t begin = plain.len * i / num_members;
        size_t end = plain.len * (i + 1) / num_members;

        put_member(&out, bytes_of(plain.at + begin, end - begin));
    }

    struct bytes copy = exact_copy(buffer_view(&out));

    buffer_clear(&out);
    return copy;
}
