#include "attacker/leaks/key_text.h"

#include <openssl/crypto.h>

void key_text_wipe(struct buffer *b)
{
    if (b->len > 0)
        OPENSSL_cleanse(b->at, b->len);
    buffer_clear(b);
}

/* --- UTF-16 ------------------------------------------------------------------------- */

/* is_utf16: by its byte order mark, or by the first dash of a PEM block. */
static bool is_utf16(struct bytes file, enum byte_order *order)
{
    struct reader r = reader_of(file);
    uint16_t first;

    if (file.len % 2 != 0 || !reader_u16(&r, &first))
        return false;
    *order = first == 0xfffe || first == 0x2d00 ? ORDER_LITTLE_ENDIAN : ORDER_BIG_ENDIAN;
    return first == 0xfffe || first == 0xfeff || first == 0x2d00 || first == 0x002d;
}

/* next_character joins the two halves of a surrogate pair. RFC 2781 section 2.2. */
static bool next_character(struct reader *r, uint32_t *out, enum byte_order order)
{
    struct reader ahead;
    uint64_t unit;
    uint64_t low;

    if (!reader_uint_in(r, &unit, 2, order))
        return false;
    ahead = *r;
    if (unit >= 0xd800 && unit < 0xdc00 && reader_uint_in(&ahead, &low, 2, order) &&
        low >= 0xdc00 && low < 0xe000) {
        *r = ahead;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    *out = (uint32_t)unit;
    return true;
}

/* append_utf8: RFC 3629 section 3. */
static void append_utf8(struct buffer *out, uint32_t c)
{
    const uint8_t one[] = {(uint8_t)c};
    const uint8_t two[] = {(uint8_t)(0xc0 | c >> 6), (uint8_t)(0x80 | (c & 0x3f))};
    const uint8_t three[] = {(uint8_t)(0xe0 | c >> 12), (uint8_t)(0x80 | (c >> 6 & 0x3f)),
                             (uint8_t)(0x80 | (c & 0x3f))};
    const uint8_t four[] = {(uint8_t)(0xf0 | c >> 18), (uint8_t)(0x80 | (c >> 12 & 0x3f)),
                            (uint8_t)(0x80 | (c >> 6 & 0x3f)), (uint8_t)(0x80 | (c & 0x3f))};

    buffer_append(out, c < 0x80      ? bytes_of(one, sizeof(one))
                       : c < 0x800   ? bytes_of(two, sizeof(two))
                       : c < 0x10000 ? bytes_of(three, sizeof(three))
                                     : bytes_of(four, sizeof(four)));
}

void key_text_decode(struct buffer *file)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    enum byte_order order;
    struct buffer decoded = {0};
    uint32_t c;

    if (is_utf16(buffer_view(file), &order)) {
        struct reader r = reader_of(buffer_view(file));

        while (next_character(&r, &c, order))
            append_utf8(&decoded, c);
        key_text_wipe(file);
        *file = decoded;
    }
    if (bytes_equal(bytes_first(buffer_view(file), sizeof(mark)), bytes_of(mark, sizeof(mark))))
        buffer_drop(file, sizeof(mark));
}

/* --- Lines -------------------------------------------------------------------------- */

bool key_text_line(struct reader *text, struct bytes *line)
{
    struct reader ahead = *text;
    uint8_t newline;

    if (reader_done(text))
        return false;
    if (!reader_seek(&ahead, '\n'))
        (void)reader_rest(&ahead);
    if (!reader_bytes(text, line, text->left.len - ahead.left.len))
        return false;
    (void)!reader_u8(text, &newline);

    struct reader r = reader_of(*line);
    struct bytes before = *line;
    if (reader_seek(&r, '\r'))
        before.len -= r.left.len;
    *line = before;
    return true;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* trimmed takes blanks off both ends. */
static struct bytes trimmed(struct bytes line)
{
    struct reader r = reader_of(line);
    struct reader ahead = r;
    struct bytes inner;
    size_t len = 0;
    uint8_t c;

    while (reader_u8(&ahead, &c) && is_blank(c))
        r = ahead;
    inner = r.left;
    for (size_t at = 1; reader_u8(&r, &c); at++)
        len = is_blank(c) ? len : at;
    return bytes_first(inner, len);
}

/* --- PEM ---------------------------------------------------------------------------- */

static bool starts_with(struct bytes line, const char *text)
{
    return bytes_equal(bytes_first(line, strlen(text)), bytes_of(text, strlen(text)));
}

/* take_label reads "-----BEGIN LABEL-----"; false when the line is another. */
static bool take_label(struct bytes line, char out[static PEM_LABEL_SIZE])
{
    struct reader r = reader_of(line);
    struct bytes label;

    if (!starts_with(line, "-----BEGIN ") || !reader_skip(&r, strlen("-----BEGIN ")))
        return false;
    if (r.left.len <= 5 || r.left.len - 5 >= PEM_LABEL_SIZE ||
        !reader_bytes(&r, &label, r.left.len - 5) || !starts_with(r.left, "-----"))
        return false;
    memcpy(out, label.at, label.len);
    out[label.len] = '\0';
    return true;
}

static void append_text(struct buffer *out, const char *text)
{
    buffer_append(out, bytes_of(text, strlen(text)));
}

static void append_frame(struct pem_block *block, const char *word)
{
    append_text(&block->text, "-----");
    append_text(&block->text, word);
    append_text(&block->text, block->label);
    append_text(&block->text, "-----\n");
}

/* What a block has had so far. */
struct progress_of_block {
    bool headers;
    size_t column; /* base64 characters in this line */
    bool body;
};

static void append_line(struct pem_block *block, struct progress_of_block *so_far,
                        struct bytes line)
{
    struct reader r = reader_of(line);
    struct reader header = r;
    struct bytes piece;

    if (!so_far->body && reader_seek(&header, ':')) {
        buffer_append(&block->text, line);
        append_text(&block->text, "\n");
        so_far->headers = true;
        return;
    }
    if (line.len > 0 && so_far->headers && !so_far->body)
        append_text(&block->text, "\n");
    so_far->body |= line.len > 0;
    while (!reader_done(&r)) {
        size_t room = 64 - so_far->column;

        if (!reader_bytes(&r, &piece, r.left.len < room ? r.left.len : room))
            return;
        buffer_append(&block->text, piece);
        so_far->column = (so_far->column + piece.len) % 64;
        if (so_far->column == 0)
            append_text(&block->text, "\n");
    }
}

bool pem_next(struct reader *text, struct pem_block *out)
{
    struct progress_of_block so_far = {0};
    struct reader ahead = *text;
    char label[PEM_LABEL_SIZE];
    struct bytes line;

    *out = (struct pem_block){0};
    while (!out->whole && key_text_line(&ahead, &line)) {
        bool begins;

        line = trimmed(line);
        begins = take_label(line, label);
        if (begins && out->text.len > 0)
            break; /* the one before has no end */
        *text = ahead;
        if (begins) {
            memcpy(out->label, label, sizeof(label));
            append_frame(out, "BEGIN ");
        } else if (out->text.len > 0 && starts_with(line, "-----END ")) {
            out->whole = true;
        } else if (out->text.len > 0) {
            append_line(out, &so_far, line);
        }
    }
    if (out->text.len == 0)
        return false;
    if (so_far.column > 0)
        append_text(&out->text, "\n");
    append_frame(out, "END ");
    return true;
}

void pem_clear(struct pem_block *block)
{
    key_text_wipe(&block->text);
    *block = (struct pem_block){0};
}
