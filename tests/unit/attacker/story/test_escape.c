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
        "M\xc3\xbcsli",
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

/* is_escaped: each byte of these (in hex) is escaped by itself. */
static void is_escaped(const char *hex)
{
    struct bytes raw = unhex(hex);
    struct reader r = reader_of(raw);
    char text[64] = "";
    size_t len = 0;
    uint8_t byte;

    while (reader_u8(&r, &byte))
        len += (size_t)snprintf(text + len, sizeof(text) - len, "\\x%02x", byte);
    escapes_to(raw, text, false);
    exact_free(raw);
}

static void what_hides_itself_or_turns_the_text_around_is_escaped(void **state)
{
    static const char *const characters[] = {
        "c2ad",     /* soft hyphen */
        "d89c",     /* Arabic letter mark */
        "e1a08e",   /* Mongolian vowel separator */
        "e2808b",   /* zero width space */
        "e2808d",   /* zero width joiner */
        "e2808e",   /* left-to-right mark */
        "e2808f",   /* right-to-left mark */
        "e280a8",   /* line separator */
        "e280aa",   /* left-to-right embedding */
        "e280ae",   /* right-to-left override */
        "e281a6",   /* left-to-right isolate */
        "e281a9",   /* end of isolate */
        "ee8080",   /* private use */
        "efb88f",   /* variation selector */
        "efbbbf",   /* byte order mark */
        "efbfbe",   /* no character */
        "f3a08181", /* tag */
        "f3b08080", /* private use, plane 15 */
        "f48fbfbf", /* U+10FFFF */
    };
    struct bytes name = unhex("75736572 e280ae 67706a2e657865");

    (void)state;
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++)
        is_escaped(characters[i]);
    escapes_to(name, "user\\xe2\\x80\\xaegpj.exe", false);
    exact_free(name);
}

static void broken_utf_8_is_escaped_byte_by_byte(void **state)
{
    static const char *const broken[] = {
        "80",       /* a continuation alone */
        "bfbf",     /* two of them */
        "c080",     /* overlong NUL */
        "c0af",     /* overlong slash, in each length */
        "e080af",   /* */
        "f08080af", /* */
        "c1bf",     /* the last overlong of two bytes */
        "e09fbf",   /* of three */
        "f08fbfbf", /* of four */
        "eda080",   /* the first surrogate */
        "edbfbf",   /* the last */
        "f4908080", /* behind U+10FFFF */
        "f5808080", /* no lead byte */
        "fffe",     /* neither */
        "e282",     /* cut off */
        "f09f94",   /* cut off */
        "c3",       /* cut off */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
        is_escaped(broken[i]);
    becomes("\xe2\x82z", "\\xe2\\x82z"); /* what follows is kept */
    becomes("\xc3\xc3\xbc", "\\xc3\xc3\xbc");
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
        {"M\xc3\xbcsli", true},
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
