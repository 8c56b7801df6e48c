#include "attacker/story/escape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

/* escapes_to: `raw` becomes `text`, with line feeds kept or not. */
static void escapes_to(struct bytes raw, const char *text, bool lines)
{
    struct bytes exact = exact_copy(raw);
    struct buffer out = {0};

    escape_text(&out, exact, lines);
    if (!bytes_equal(buffer_view(&out), bytes_of(text, strlen(text))))
        fail_msg("'%.*s' is not '%s'", (int)out.len, (const char *)out.at, text);
    buffer_clear(&out);
    exact_free(exact);
}

static void becomes(const char *raw, const char *text)
{
    escapes_to(bytes_of(raw, strlen(raw)), text, false);
}

static void plain_text_stays_as_it_is(void **state)
{
    (void)state;
    becomes("", "");
    becomes("GET / HTTP/1.1", "GET / HTTP/1.1");
    becomes(" !~", " !~");
    becomes("\\x1b stays, and can't be told from an escape", "\\x1b stays, and can't be told from "
                                                             "an escape");
}

static void valid_utf_8_stays_as_it_is(void **state)
{
    static const char *const texts[] = {
        "\xc2\xa1",         /* U+00A1, the first that may be shown */
        "\xdf\xbf",         /* U+07FF, the last of two bytes */
        "\xe0\xa0\x80",     /* U+0800, the first of three */
        "\xe2\x82\xac",     /* the euro */
        "\xe6\xbc\xa2",     /* a Chinese character */
        "\xef\xb7\xb0",     /* U+FDF0 */
        "\xf0\x90\x80\x80", /* U+10000, the first of four */
        "\xf0\x9f\x94\x91", /* a key */
        "K\xc3\xbc"
        "che",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        becomes(texts[i], texts[i]);
}

static void terminal_commands_are_shown_and_not_obeyed(void **state)
{
    (void)state;
    becomes("\033[2J\033[H", "\\x1b[2J\\x1b[H");
    becomes("\033]0;title\007", "\\x1b]0;title\\x07");
    becomes("a\rb\bc\177", "a\\x0db\\x08c\\x7f");
    becomes("a\tb", "a b");
    escapes_to(bytes_of("a\0b", 3), "a\\x00b", false);
}

static void line_feeds_stay_where_they_are_asked_for(void **state)
{
    (void)state;
    escapes_to(bytes_of("a\nb", 3), "a\nb", true);
    escapes_to(bytes_of("a\nb", 3), "a\\x0ab", false);
    escapes_to(bytes_of("a\r\n", 3), "a\\x0d\n", true);
}

static void controls_of_the_upper_half_are_escaped(void **state)
{
    (void)state;
    for (unsigned c = 0x80; c < 0xa0; c++) {
        char raw[3] = {(char)0xc2, (char)c, '\0'};
        char text[16];

        (void)snprintf(text, sizeof(text), "\\xc2\\x%02x", c);
        becomes(raw, text);
    }
}

static void what_hides_itself_or_turns_the_text_around_is_escaped(void **state)
{
    static const struct {
        const char *raw;
        const char *text;
    } cases[] = {
        {"\xc2\xad", "\\xc2\\xad"},                                /* soft hyphen */
        {"\xd8\x9c", "\\xd8\\x9c"},                                /* Arabic letter mark */
        {"\xe2\x80\x8b", "\\xe2\\x80\\x8b"},                       /* zero width space */
        {"\xe2\x80\x8e", "\\xe2\\x80\\x8e"},                       /* left-to-right mark */
        {"\xe2\x80\x8f", "\\xe2\\x80\\x8f"},                       /* right-to-left mark */
        {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"},                       /* line separator */
        {"\xe2\x80\xaa", "\\xe2\\x80\\xaa"},                       /* embedding */
        {"user\xe2\x80\xaegpj.exe", "user\\xe2\\x80\\xaegpj.exe"}, /* override */
        {"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},                       /* isolate */
        {"\xe2\x81\xa9", "\\xe2\\x81\\xa9"},
        {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},          /* byte order mark */
        {"\xef\xbf\xbe", "\\xef\\xbf\\xbe"},          /* no character */
        {"\xee\x80\x80", "\\xee\\x80\\x80"},          /* private use */
        {"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"}, /* tag */
        {"\xf3\xb0\x80\x80", "\\xf3\\xb0\\x80\\x80"}, /* private use, plane 15 */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        becomes(cases[i].raw, cases[i].text);
}

static void broken_utf_8_is_escaped_byte_by_byte(void **state)
{
    static const struct {
        const char *raw;
        const char *text;
    } cases[] = {
        {"\x80", "\\x80"},          /* a continuation alone */
        {"\xc0\x80", "\\xc0\\x80"}, /* overlong NUL */
        {"\xc0\xaf", "\\xc0\\xaf"}, /* overlong slash */
        {"\xc1\xbf", "\\xc1\\xbf"},
        {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},
        {"\xe0\x9f\xbf", "\\xe0\\x9f\\xbf"},
        {"\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"},
        {"\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf"},
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* surrogates */
        {"\xed\xbf\xbf", "\\xed\\xbf\\xbf"},
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* behind U+10FFFF */
        {"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
        {"\xff\xfe", "\\xff\\xfe"},
        {"\xe2\x82", "\\xe2\\x82"}, /* cut off */
        {"\xe2\x82z", "\\xe2\\x82z"},
        {"\xf0\x9f\x94", "\\xf0\\x9f\\x94"},
        {"\xc3", "\\xc3"},
        {"\xc3\xc3\xbc", "\\xc3\xc3\xbc"}, /* and what follows is kept */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        becomes(cases[i].raw, cases[i].text);
}

/* is_clean: only complete characters of UTF-8, none of them a control. */
static bool is_clean(struct bytes text)
{
    struct reader r = reader_of(text);
    struct bytes character;

    while (!reader_done(&r)) {
        if (!escape_next_character(&r, &character) || *character.at < 0x20)
            return false;
    }
    return true;
}

static void any_two_bytes_come_out_clean(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 0x10000; i++) {
        uint8_t raw[4] = {0xe2, (uint8_t)(i >> 8), (uint8_t)i, 'z'};
        struct buffer out = {0};

        escape_text(&out, bytes_of(raw + i % 2, 4 - i % 2), false);
        assert_true(is_clean(buffer_view(&out)));
        buffer_clear(&out);
    }
}

static void a_string_has_an_end_and_no_other_zero(void **state)
{
    struct bytes raw = unhex("61 00 62 0a");
    char *text = escape_new(raw);

    (void)state;
    assert_string_equal(text, "a\\x00b\\x0a");
    free(text);
    text = escape_new((struct bytes){0});
    assert_string_equal(text, "");
    free(text);
    exact_free(raw);
}

static void one_odd_byte_in_ten_is_still_text(void **state)
{
    static const struct {
        const char *raw;
        bool text;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n", true},
        {"123456789\x01", true},
        {"12345678\x01", false},
        {"\x01", false},
        {"\xff\xd8\xff\xe0 JFIF", false},
        {"K\xc3\xbc"
         "che",
         true},
        {"", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(escape_is_text(bytes_of(cases[i].raw, strlen(cases[i].raw))),
                         cases[i].text);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(plain_text_stays_as_it_is),
        CASE(valid_utf_8_stays_as_it_is),
        CASE(terminal_commands_are_shown_and_not_obeyed),
        CASE(line_feeds_stay_where_they_are_asked_for),
        CASE(controls_of_the_upper_half_are_escaped),
        CASE(what_hides_itself_or_turns_the_text_around_is_escaped),
        CASE(broken_utf_8_is_escaped_byte_by_byte),
        CASE(any_two_bytes_come_out_clean),
        CASE(a_string_has_an_end_and_no_other_zero),
        CASE(one_odd_byte_in_ten_is_still_text),
    };

    return RUN(cases);
}
