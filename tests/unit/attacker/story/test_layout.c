#include "attacker/story/layout.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/printed.h"

#define FIFTY "fifty-letters-without-a-blank-in-between-are-a-word"

/* wraps: what layout_wrap prints behind `indent` columns. */
static void wraps(const char *text, size_t indent, const char *expected)
{
    struct sheet s;

    sheet_begin(&s);
    layout_wrap(s.out, indent, text);
    sheet_end(&s);
    assert_string_equal(s.text, expected);
    sheet_free(&s);
}

static void a_short_text_is_one_line(void **state)
{
    (void)state;
    wraps("one line", 3, "one line\n");
    wraps("", 3, "\n");
    wraps("a  b", 0, "a  b\n"); /* blanks inside a line stay */
}

static void a_line_breaks_at_a_blank_and_the_next_is_indented(void **state)
{
    (void)state;
    wraps(FIFTY " " FIFTY, 4, FIFTY "\n    " FIFTY "\n");
    wraps(FIFTY "   " FIFTY, 0, FIFTY "\n" FIFTY "\n"); /* the blanks at the break go */
}

static void a_word_longer_than_the_screen_stands_alone(void **state)
{
    (void)state;
    wraps("a " FIFTY FIFTY " b", 10, "a\n          " FIFTY FIFTY "\n          b\n");
    wraps(FIFTY FIFTY, 0, FIFTY FIFTY "\n");
}

static void the_last_column_is_used_and_not_one_more(void **state)
{
    (void)state;
    for (size_t indent = 0; indent < 60; indent += 7) {
        for (size_t last = 1; last < 20; last++) {
            struct sheet s;
            char text[128];
            size_t first = LAYOUT_WIDTH - indent - 1 - 10; /* a blank, and ten more fill the line */
            bool fits = last <= 10;

            memset(text, 'x', sizeof(text));
            text[first] = ' ';
            text[first + 1 + last] = '\0';
            sheet_begin(&s);
            layout_wrap(s.out, indent, text);
            sheet_end(&s);
            assert_int_equal(num_lines(s.text), fits ? 1 : 2);
            sheet_free(&s);
        }
    }
}

static void no_line_is_wider_than_the_screen(void **state)
{
    struct writer w = {0};

    (void)state;
    for (int i = 0; i < 30; i++)
        write_text(&w, "The premaster secret never crossed the wire and so nothing opens it ");
    write_uint(&w, 0, 1);
    const char *text = (const char *)w.out.at;
    for (size_t indent = 0; indent <= 40; indent++) {
        struct sheet s;

        sheet_begin(&s);
        (void)fprintf(s.out, "%*s", (int)indent, "");
        layout_wrap(s.out, indent, text);
        sheet_end(&s);
        assert_true(widest_line(s.text) <= LAYOUT_WIDTH);
        assert_true(widest_line(s.text) > LAYOUT_WIDTH - 12);
        sheet_free(&s);
    }
    buffer_clear(&w.out);
}

static void a_rule_fills_the_line(void **state)
{
    struct sheet s;

    (void)state;
    sheet_begin(&s);
    layout_rule(s.out, "What was said");
    sheet_end(&s);
    assert_int_equal(strncmp(s.text, "-- What was said ---", 20), 0);
    assert_int_equal(widest_line(s.text), LAYOUT_WIDTH);
    assert_int_equal(num_lines(s.text), 1);
    sheet_free(&s);
}

static void a_hex_dump_shows_offset_bytes_and_letters(void **state)
{
    struct bytes data = exact_copy(bytes_of("\0\x01GET /\x7f\xff 01234567", 19));
    struct sheet s;

    (void)state;
    sheet_begin(&s);
    layout_hex(s.out, 2, data);
    sheet_end(&s);
    assert_string_equal(
        s.text, "  000000  00 01 47 45 54 20 2f 7f ff 20 30 31 32 33 34 35  ..GET /.. 012345\n"
                "  000010  36 37 00                                         67.\n");
    assert_true(widest_line(s.text) <= LAYOUT_WIDTH);
    sheet_free(&s);
    exact_free(data);
}

static void colour_is_there_only_when_it_is_on(void **state)
{
    struct sheet s;

    (void)state;
    sheet_begin(&s);
    layout_colour(s.out, false, LAYOUT_RED);
    layout_reset(s.out, false);
    sheet_end(&s);
    assert_int_equal(s.len, 0);
    sheet_free(&s);
    sheet_begin(&s);
    layout_colour(s.out, true, LAYOUT_RED);
    layout_reset(s.out, true);
    sheet_end(&s);
    assert_int_equal(strncmp(s.text, "\033[", 2), 0); /* which colour is a matter of taste */
    assert_string_equal(s.text + strcspn(s.text, "m"), "m\033[0m");
    sheet_free(&s);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_short_text_is_one_line),
        CASE(a_line_breaks_at_a_blank_and_the_next_is_indented),
        CASE(a_word_longer_than_the_screen_stands_alone),
        CASE(the_last_column_is_used_and_not_one_more),
        CASE(no_line_is_wider_than_the_screen),
        CASE(a_rule_fills_the_line),
        CASE(a_hex_dump_shows_offset_bytes_and_letters),
        CASE(colour_is_there_only_when_it_is_on),
    };

    return RUN(cases);
}
