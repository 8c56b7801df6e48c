#include "attacker/story/secret_line.h"

static void append_text(struct buffer *out, const char *text)
{
    buffer_append(out, bytes_of(text, strlen(text)));
}

static void append_hex(struct buffer *out, struct bytes b)
{
    static const char digits[] = "0123456789abcdef";
    struct reader r = reader_of(b);
    uint8_t byte;

    while (reader_u8(&r, &byte)) {
        const char pair[] = {digits[byte >> 4], digits[byte & 15]};

        buffer_append(out, bytes_of(pair, sizeof(pair)));
    }
}

void secret_line_append(struct buffer *out, const struct found_secret *secret)
{
    append_text(out, secret->label);
    append_text(out, " ");
    append_hex(out, secret->client_random);
    append_text(out, " ");
    append_hex(out, secret->value);
    append_text(out, "\n");
}
