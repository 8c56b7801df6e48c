#include "attacker/story/said.h"

#include <stdlib.h>

#include "attacker/story/escape.h"
#include "attacker/story/layout.h"

#define INDENT         12
#define HEX_INDENT     4   /* a line of a hex dump has 73 columns of its own */
#define MAX_HEX_SHOWN  256 /* 16 lines */
#define MAX_LINES_TURN 30  /* of one turn: the rest would push the verdict off the screen */

void said_add(struct said *said, enum side from, struct bytes words)
{
    struct bytes kept = bytes_first(words, SAID_MAX_KEPT - said->kept[from]);

    said->left_out[from] += words.len - kept.len;
    said->kept[from] += kept.len;
    if (kept.len == 0)
        return;
    if (said->num_turns == 0 || said->turns[said->num_turns - 1].from != from ||
        said->skipped[from]) {
        said->turns = alloc_resize(said->turns, (said->num_turns + 1) * sizeof(struct said_turn));
        said->turns[said->num_turns++] =
            (struct said_turn){.from = from, .skipped = said->skipped[from]};
        said->skipped[from] = false;
    }
    buffer_append(&said->turns[said->num_turns - 1].words, kept);
}

void said_skip(struct said *said, enum side from)
{
    said->skipped[from] = true;
}

/* print_line prints one line of escaped text, folded where the screen ends. Returns the number of
 * screen lines. */
static int print_line(FILE *out, struct bytes line)
{
    struct reader r = reader_of(line);
    struct bytes character;
    int lines = 1;
    int column = INDENT;

    while (escape_next_character(&r, &character)) {
        if (column == LAYOUT_WIDTH) {
            (void)fprintf(out, "\n%*s", INDENT, "");
            column = INDENT;
            lines++;
        }
        (void)fwrite(character.at, 1, character.len, out);
        column++;
    }
    (void)fputc('\n', out);
    return lines;
}

/* take_line takes what stands in front of the next line feed, without a carriage return. */
static struct bytes take_line(struct reader *r)
{
    struct bytes rest = r->left;
    uint8_t byte = 0;
    uint8_t before = 0;
    size_t len = 0;

    while (reader_u8(r, &byte) && byte != '\n') {
        before = byte;
        len++;
    }
    return bytes_first(rest, before == '\r' && byte == '\n' ? len - 1 : len);
}

static void print_text(FILE *out, struct bytes words)
{
    struct reader r = reader_of(words);
    int lines = 0;

    while (!reader_done(&r) && lines < MAX_LINES_TURN) {
        struct buffer escaped = {0};

        if (lines > 0)
            (void)fprintf(out, "%*s", INDENT, "");
        escape_text(&escaped, take_line(&r), false);
        lines += print_line(out, buffer_view(&escaped));
        buffer_clear(&escaped);
    }
    if (!reader_done(&r))
        (void)fprintf(out, "%*s[%zu more bytes of this turn: --extract DIR writes all]\n", INDENT,
                      "", r.left.len);
}

static void print_binary(FILE *out, struct bytes words)
{
    (void)fprintf(out, "%zu bytes that are no text:\n", words.len);
    layout_hex(out, HEX_INDENT, bytes_first(words, MAX_HEX_SHOWN));
    if (words.len > MAX_HEX_SHOWN)
        (void)fprintf(out, "%*s[%zu more bytes of this turn: --extract DIR writes all]\n", INDENT,
                      "", words.len - MAX_HEX_SHOWN);
}

void said_print(FILE *out, const struct said *said, bool colour)
{
    for (size_t i = 0; i < said->num_turns; i++) {
        const struct said_turn *turn = &said->turns[i];
        struct bytes words = buffer_view(&turn->words);

        if (turn->skipped)
            (void)fputs("            [something is missing from the recording here]\n", out);
        layout_colour(out, colour, LAYOUT_STRONG);
        (void)fputs(turn->from == SIDE_CLIENT ? "   client > " : "   server < ", out);
        layout_reset(out, colour);
        if (escape_is_text(words))
            print_text(out, words);
        else
            print_binary(out, words);
    }

    uint64_t left_out = said->left_out[SIDE_CLIENT] + said->left_out[SIDE_SERVER];
    if (left_out > 0)
        (void)fprintf(out, "   [and %llu bytes more: --extract DIR writes them all]\n",
                      (unsigned long long)left_out);
}

void said_clear(struct said *said)
{
    for (size_t i = 0; i < said->num_turns; i++)
        buffer_clear(&said->turns[i].words);
    free(said->turns);
    *said = (struct said){0};
}
