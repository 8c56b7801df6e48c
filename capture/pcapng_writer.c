#include "capture/pcapng_writer.h"

enum { WORD = 4, OPTION_COMMENT = 1, OPTION_TSRESOL = 9, OPTION_MAX_LEN = 0xffff };

static void put_uint(struct buffer *out, uint64_t value, size_t width, enum byte_order order)
{
    uint8_t raw[8];

    for (size_t i = 0; i < width; i++) {
        size_t place = order == ORDER_LITTLE_ENDIAN ? i : width - 1 - i;

        raw[i] = (uint8_t)(value >> (8 * place));
    }
    buffer_append(out, bytes_of(raw, width));
}

/* padding_of is how many bytes fill so many up to whole words. */
static size_t padding_of(size_t len)
{
    return (WORD - len % WORD) % WORD;
}

static void put_padded(struct buffer *out, struct bytes content)
{
    static const uint8_t zeros[WORD] = {0};

    buffer_append(out, content);
    buffer_append(out, bytes_of(zeros, padding_of(content.len)));
}

/* code 2 | length 2 | value | padding */
static void put_option(struct buffer *out, enum byte_order order, uint16_t code, struct bytes value)
{
    put_uint(out, code, 2, order);
    put_uint(out, value.len, 2, order);
    put_padded(out, value);
}

static void put_end_of_options(struct buffer *out, enum byte_order order)
{
    put_option(out, order, 0, bytes_of(NULL, 0));
}

/* type 4 | length 4 | body | length 4 */
void pcapng_write_block(FILE *out, enum byte_order order, uint32_t type, struct bytes body)
{
    enum { FRAME_LEN = 12 };
    struct buffer block = {0};
    size_t len = FRAME_LEN + body.len + padding_of(body.len);

    put_uint(&block, type, 4, order);
    put_uint(&block, len, 4, order);
    put_padded(&block, body);
    put_uint(&block, len, 4, order);
    (void)fwrite(block.at, 1, block.len, out);
    buffer_clear(&block);
}

static void write_and_clear(FILE *out, enum byte_order order, uint32_t type, struct buffer *body)
{
    pcapng_write_block(out, order, type, buffer_view(body));
    buffer_clear(body);
}

void pcapng_write_section(FILE *out)
{
    enum { MAGIC = 0x1a2b3c4d };
    struct buffer body = {0};

    put_uint(&body, MAGIC, 4, PCAPNG_OWN_ORDER);
    put_uint(&body, 1, 2, PCAPNG_OWN_ORDER); /* the version, 1.0 */
    put_uint(&body, 0, 2, PCAPNG_OWN_ORDER);
    put_uint(&body, UINT64_MAX, 8, PCAPNG_OWN_ORDER); /* how long it is, is not told */
    write_and_clear(out, PCAPNG_OWN_ORDER, PCAPNG_TYPE_SECTION, &body);
}

void pcapng_write_interface(FILE *out, uint16_t link_type, uint32_t snap_length, uint8_t resolution)
{
    struct buffer body = {0};

    put_uint(&body, link_type, 2, PCAPNG_OWN_ORDER);
    put_uint(&body, 0, 2, PCAPNG_OWN_ORDER);
    put_uint(&body, snap_length, 4, PCAPNG_OWN_ORDER);
    put_option(&body, PCAPNG_OWN_ORDER, OPTION_TSRESOL, bytes_of(&resolution, 1));
    put_end_of_options(&body, PCAPNG_OWN_ORDER);
    write_and_clear(out, PCAPNG_OWN_ORDER, PCAPNG_TYPE_INTERFACE, &body);
}

void pcapng_write_secrets(FILE *out, enum byte_order order, struct bytes keylog)
{
    struct buffer body = {0};

    put_uint(&body, PCAPNG_SECRETS_TLS, 4, order);
    put_uint(&body, keylog.len, 4, order);
    buffer_append(&body, keylog);
    write_and_clear(out, order, PCAPNG_TYPE_SECRETS, &body);
}

void pcapng_put_enhanced(struct buffer *out, enum byte_order order,
                         const struct pcapng_packet *packet)
{
    put_uint(out, packet->interface, 4, order);
    put_uint(out, packet->ticks >> 32, 4, order);
    put_uint(out, packet->ticks & UINT32_MAX, 4, order);
    put_uint(out, packet->data.len, 4, order);
    put_uint(out, packet->wire_len, 4, order);
    put_padded(out, packet->data);
}

void pcapng_put_comment(struct buffer *out, enum byte_order order, struct bytes text)
{
    put_option(out, order, OPTION_COMMENT, bytes_first(text, OPTION_MAX_LEN));
}

/* head_len is how long a packet's block is up to its options: 20 | data | padding. */
static size_t head_len(struct bytes body, enum byte_order order)
{
    enum { CAPTURED_LEN_AT = 12, FIXED_LEN = 20 };
    struct reader r = reader_of(body);
    uint64_t captured;

    if (!reader_skip(&r, CAPTURED_LEN_AT) || !reader_uint_in(&r, &captured, 4, order))
        return body.len;
    return FIXED_LEN + (size_t)captured + padding_of((size_t)captured);
}

void pcapng_put_commented(struct buffer *out, enum byte_order order, struct bytes body,
                          struct bytes comments)
{
    struct reader r = reader_of(body);
    struct bytes head = bytes_first(body, head_len(body, order));

    put_padded(out, head);
    buffer_append(out, comments);
    if (reader_skip(&r, head.len) && !reader_done(&r))
        buffer_append(out, reader_rest(&r));
    else
        put_end_of_options(out, order);
}
