#include "attacker/story/said.h"

#include <string.h>

#include "attacker/story/layout.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/printed.h"

static void say(struct said *said, enum side from, const char *words)
{
    struct bytes exact = exact_copy(bytes_of(words, strlen(words)));

    said_add(said, from, exact);
    exact_free(exact); /* what is kept is a copy */
}

/* printed is what said_print makes of it; the caller frees the sheet. */
static const char *printed(struct sheet *s, const struct said *said)
{
    sheet_begin(s);
    said_print(s->out, said, false);
    sheet_end(s);
    return s->text;
}

static void turns_alternate_and_pieces_of_one_turn_are_joined(void **state)
{
    struct said said = {0};
    struct sheet s;

    (void)state;
    say(&said, SIDE_CLIENT, "the launch ");
    say(&said, SIDE_CLIENT, "code?\n");
    say(&said, SIDE_SERVER, "0000\r\n");
    say(&said, SIDE_CLIENT, "");
    say(&said, SIDE_SERVER, "bye");
    assert_int_equal(said.num_turns, 2);
    assert_string_equal(printed(&s, &said), "   client > the launch code?\n"
                                            "   server < 0000\n"
                                            "            bye\n");
    sheet_free(&s);
    said_clear(&said);
    assert_int_equal(said.num_turns, 0);
    assert_string_equal(printed(&s, &said), "");
    sheet_free(&s);
}

static void what_is_said_cannot_give_orders_to_the_terminal(void **state)
{
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    write_text(&w, "so many words that this is text, and then ");
    write_hex(&w, "1b5b324a e280ae"); /* clear the screen; write from right to left */
    struct bytes words = writer_take(&w);
    said_add(&said, SIDE_SERVER, words);
    assert_null(strchr(printed(&s, &said), 0x1b));
    assert_null(strchr(s.text, 0xe2));
    assert_non_null(strstr(s.text, "and then \\x1b[2J\\xe2\\x80\\xae\n"));
    sheet_free(&s);
    exact_free(words);
    said_clear(&said);
}

static void no_more_than_the_limit_is_kept_of_each_side(void **state)
{
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    write_repeated(&w, 'x', SAID_MAX_KEPT - 1);
    struct bytes most = writer_take(&w);
    said_add(&said, SIDE_CLIENT, most);
    say(&said, SIDE_CLIENT, "abc");
    say(&said, SIDE_CLIENT, "def");
    assert_int_equal(said.kept[SIDE_CLIENT], SAID_MAX_KEPT);
    assert_int_equal(said.left_out[SIDE_CLIENT], 5);
    assert_int_equal(said.turns[0].words.len, SAID_MAX_KEPT);
    assert_int_equal(said.turns[0].words.at[SAID_MAX_KEPT - 1], 'a');

    say(&said, SIDE_SERVER, "still heard"); /* the other side has a limit of its own */
    assert_int_equal(said.num_turns, 2);
    assert_int_equal(said.kept[SIDE_SERVER], 11);
    said_add(&said, SIDE_SERVER, most);
    say(&said, SIDE_CLIENT, "not even a turn");
    assert_int_equal(said.num_turns, 2);
    assert_non_null(strstr(printed(&s, &said), "[and 30 bytes more: --extract DIR writes them"));
    sheet_free(&s);
    exact_free(most);
    said_clear(&said);
}

static void long_lines_are_folded_at_the_edge_of_the_screen(void **state)
{
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    write_repeated(&w, 'x', 68 + 68 + 1); /* 80 columns, 12 of them indented */
    struct bytes words = writer_take(&w);
    said_add(&said, SIDE_CLIENT, words);
    assert_int_equal(num_lines(printed(&s, &said)), 3);
    assert_int_equal(widest_line(s.text), LAYOUT_WIDTH);
    sheet_free(&s);
    exact_free(words);
    said_clear(&said);
}

static void a_turn_of_many_lines_is_cut_and_says_how_much_is_left(void **state)
{
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    for (int i = 0; i < 40; i++)
        write_text(&w, "line\n");
    struct bytes words = writer_take(&w);
    said_add(&said, SIDE_SERVER, words);
    assert_int_equal(num_lines(printed(&s, &said)), 31);
    assert_non_null(strstr(s.text, "[50 more bytes of this turn: --extract DIR writes all]"));
    sheet_free(&s);
    exact_free(words);
    said_clear(&said);
}

static void folded_lines_count_towards_the_length_of_a_turn(void **state)
{
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    write_repeated(&w, 'x', (size_t)29 * 68); /* 29 lines of the screen, and no line feed */
    write_text(&w, "\none\ntwo\nthree\n");
    struct bytes words = writer_take(&w);
    said_add(&said, SIDE_SERVER, words);
    assert_int_equal(num_lines(printed(&s, &said)), 31);
    assert_non_null(strstr(s.text, "one\n"));
    assert_null(strstr(s.text, "two\n"));
    assert_non_null(strstr(s.text, "[10 more bytes of this turn"));
    sheet_free(&s);
    exact_free(words);
    said_clear(&said);
}

static void what_is_no_text_is_shown_as_hex(void **state)
{
    struct bytes picture = unhex("ffd8ffe000104a46494600010101");
    struct said said = {0};
    struct writer w = {0};
    struct sheet s;

    (void)state;
    said_add(&said, SIDE_SERVER, picture);
    assert_non_null(strstr(printed(&s, &said), "   server < 14 bytes that are no text:\n"));
    assert_non_null(strstr(s.text, "000000  ff d8 ff e0 00 10 4a 46"));
    sheet_free(&s);
    said_clear(&said);

    write_repeated(&w, 0, 300);
    struct bytes zeros = writer_take(&w);
    said_add(&said, SIDE_CLIENT, zeros);
    assert_int_equal(num_lines(printed(&s, &said)), 1 + 16 + 1);
    assert_non_null(strstr(s.text, "[44 more bytes of this turn"));
    assert_true(widest_line(s.text) <= LAYOUT_WIDTH);
    sheet_free(&s);
    said_clear(&said);
    exact_free(zeros);
    exact_free(picture);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(turns_alternate_and_pieces_of_one_turn_are_joined),
        CASE(what_is_said_cannot_give_orders_to_the_terminal),
        CASE(no_more_than_the_limit_is_kept_of_each_side),
        CASE(long_lines_are_folded_at_the_edge_of_the_screen),
        CASE(a_turn_of_many_lines_is_cut_and_says_how_much_is_left),
        CASE(folded_lines_count_towards_the_length_of_a_turn),
        CASE(what_is_no_text_is_shown_as_hex),
    };

    return RUN(cases);
}
