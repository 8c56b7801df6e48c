#include "attacker/story/escape.h"

#include <stdio.h>

/* is_showable leaves out what moves the cursor, hides itself or changes the direction of writing:
 * Unicode's control, format, line separator and private use characters. */
static bool is_showable(uint32_t c)
{
    static const struct {
        uint32_t first;
        uint32_t last;
    } hidden[] = {
        {0x0000, 0x001f},    {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x061c, 0x061c},
        {0x180e, 0x180e},    {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
        {0xd800, 0xf8ff},    {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xfff0, 0xffff},
        {0xe0000, 0x10ffff}, {0x0600, 0x0605},   {0x06dd, 0x06dd},   {0x070f, 0x070f},
        {0x0890, 0x0891},    {0x08e2, 0x08e2},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
        {0x13430, 0x1343f},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
    };

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        if (c >= hidden[i].first && c <= hidden[i].last)
            return false;
    }
    return c <= 0x10ffff;
}

/* continuation reads `n` bytes of the form 10xxxxxx into *c. RFC 3629 section 3. */
static bool continuation(struct reader *r, uint32_t *c, int n)
{
    uint8_t byte;

    for (int i = 0; i < n; i++) {
        if (!reader_u8(r, &byte) || (byte & 0xc0) != 0x80)
            return false;
        *c = *c << 6 | (byte & 0x3fu);
    }
    return true;
}

bool escape_next_character(struct reader *r, struct bytes *character)
{
    struct reader ahead = *r;
    uint8_t lead;
    uint32_t c;

    if (!reader_u8(&ahead, &lead))
        return false;
    int more = lead < 0x80 ? 0 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    static const uint32_t masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};

    c = lead & masks[more];
    if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4 || !continuation(&ahead, &c, more) ||
        c < smallest[more] || !is_showable(c))
        return false;
    return reader_bytes(r, character, (size_t)more + 1);
}

void escape_text(struct buffer *out, struct bytes raw, bool lines)
{
    struct reader r = reader_of(raw);
    struct bytes character;
    uint8_t byte;

    while (!reader_done(&r)) {
        if (escape_next_character(&r, &character)) {
            buffer_append(out, character);
            continue;
        }
        if (!reader_u8(&r, &byte))
            return;

        char text[8];
        int len = lines && byte == '\n' ? snprintf(text, sizeof(text), "\n")
                  : byte == '\t'        ? snprintf(text, sizeof(text), " ")
                                        : snprintf(text, sizeof(text), "\\x%02x", byte);
        buffer_append(out, bytes_of(text, (size_t)len));
    }
}

char *escape_new(struct bytes raw)
{
    static const uint8_t end = 0;
    struct buffer out = {0};

    escape_text(&out, raw, false);
    buffer_append(&out, bytes_of(&end, 1));
    return (char *)out.at;
}

bool escape_is_text(struct bytes raw)
{
    struct reader r = reader_of(raw);
    struct bytes character;
    uint8_t byte;
    size_t odd = 0;

    while (!reader_done(&r)) {
        if (escape_next_character(&r, &character))
            continue;
        if (!reader_u8(&r, &byte))
            break;
        if (byte != '\n' && byte != '\r' && byte != '\t')
            odd++;
    }
    return odd * 10 <= raw.len;
}
