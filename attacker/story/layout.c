#include "attacker/story/layout.h"

void layout_colour(FILE *out, bool on, enum layout_colour colour)
{
    /* The eight basic colours follow the terminal's own scheme. Not bold, which many terminals show
     * as bright, and no yellow: neither can be read on white. */
    static const char *const codes[] = {"0", "1", "2", "32", "35", "36", "31"};

    if (on)
        (void)fprintf(out, "\033[%sm", codes[colour]);
}

void layout_reset(FILE *out, bool on)
{
    layout_colour(out, on, LAYOUT_PLAIN);
}

void layout_wrap(FILE *out, size_t indent, const char *text)
{
    size_t column = indent;

    while (*text) {
        size_t blanks = strspn(text, " ");
        size_t word = strcspn(text + blanks, " ");

        if (column > indent && column + blanks + word > LAYOUT_WIDTH) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
            text += blanks;
            blanks = 0;
        }
        (void)fprintf(out, "%.*s", (int)(blanks + word), text);
        column += blanks + word;
        text += blanks + word;
    }
    (void)fputc('\n', out);
}

void layout_rule(FILE *out, const char *title)
{
    size_t used = strlen(title) + 4;

    (void)fprintf(out, "-- %s ", title);
    for (; used < LAYOUT_WIDTH; used++)
        (void)fputc('-', out);
    (void)fputc('\n', out);
}

void layout_heading(FILE *out, bool colour, const char *words)
{
    layout_colour(out, colour, LAYOUT_STRONG);
    (void)fprintf(out, "\n   %s\n", words);
    layout_reset(out, colour);
}

void layout_hex(FILE *out, size_t indent, struct bytes data)
{
    struct reader r = reader_of(data);
    size_t offset = 0;

    while (!reader_done(&r)) {
        struct bytes line = bytes_first(r.left, 16);
        struct reader hex = reader_of(line);
        struct reader letters = reader_of(line);
        uint8_t byte;

        (void)fprintf(out, "%*s%06zx ", (int)indent, "", offset);
        while (reader_u8(&hex, &byte))
            (void)fprintf(out, " %02x", byte);
        (void)fprintf(out, "%*s", (int)(3 * (16 - line.len) + 2), "");
        while (reader_u8(&letters, &byte))
            (void)fputc(byte >= 0x20 && byte < 0x7f ? byte : '.', out);
        (void)fputc('\n', out);
        if (!reader_skip(&r, line.len))
            return;
        offset += line.len;
    }
}
