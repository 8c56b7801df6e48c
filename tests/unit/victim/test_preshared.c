#include <stdlib.h>

#include "victim/preshared.h"

#include "tests/support/check.h"

static void a_key_alone_gets_the_default_identity(void **state)
{
    static const uint8_t expected[] = {0x00, 0x1a, 0xFF};
    struct preshared psk;
    struct complaint why;

    (void)state;
    assert_true(preshared_read(&psk, &why, "001aFf"));
    assert_string_equal(psk.identity, "keyfall");
    assert_int_equal(psk.key_len, sizeof(expected));
    assert_memory_equal(psk.key, expected, sizeof(expected));
}

static void the_last_colon_ends_the_identity(void **state)
{
    struct preshared psk;
    struct complaint why;

    (void)state;
    assert_true(preshared_read(&psk, &why, "device:7:ab"));
    assert_string_equal(psk.identity, "device:7");
    assert_int_equal(psk.key_len, 1);
}

static void what_is_written_reads_the_same(void **state)
{
    struct preshared psk;
    struct preshared again;
    struct complaint why;

    (void)state;
    assert_true(preshared_make(&psk, &why));

    char *text = preshared_text(&psk);

    assert_true(preshared_read(&again, &why, text));
    assert_string_equal(again.identity, psk.identity);
    assert_int_equal(again.key_len, PRESHARED_RANDOM_LEN);
    assert_memory_equal(again.key, psk.key, psk.key_len);
    free(text);
}

static void keys_that_are_no_hex_are_refused(void **state)
{
    static const char *const texts[] = {"", "0", "abc", "zz", "0 ", "id:", "id:0", "id:0x"};
    struct preshared psk;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct complaint why = {""};

        assert_false(preshared_read(&psk, &why, texts[i]));
        assert_non_null(strstr(why.text, "hexadecimal digits"));
    }
}

#define DIGITS ((size_t)2 * PSK_MAX_PSK_LEN)

static void lengths_at_and_beyond_the_limits(void **state)
{
    char text[PSK_MAX_IDENTITY_LEN + 1 + DIGITS + 3];
    struct preshared psk;
    struct complaint why;

    (void)state;
    memset(text, 'a', sizeof(text));
    text[DIGITS] = '\0';
    assert_true(preshared_read(&psk, &why, text));
    text[DIGITS] = 'a';
    text[DIGITS + 2] = '\0';
    assert_false(preshared_read(&psk, &why, text));

    memset(text, 'a', sizeof(text));
    memcpy(text + PSK_MAX_IDENTITY_LEN, ":00", 4);
    assert_true(preshared_read(&psk, &why, text));
    assert_int_equal(strlen(psk.identity), PSK_MAX_IDENTITY_LEN);
    memcpy(text + PSK_MAX_IDENTITY_LEN, "a:00", 5);
    assert_false(preshared_read(&psk, &why, text));
    assert_false(preshared_read(&psk, &why, ":00"));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_key_alone_gets_the_default_identity), CASE(the_last_colon_ends_the_identity),
        CASE(what_is_written_reads_the_same),        CASE(keys_that_are_no_hex_are_refused),
        CASE(lengths_at_and_beyond_the_limits),
    };

    return RUN(cases);
}
