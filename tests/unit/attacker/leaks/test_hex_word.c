#include "attacker/leaks/hex_word.h"

#include "tests/support/check.h"

static void digits_of_either_case_are_bytes(void **state)
{
    uint8_t out[4] = {0};
    size_t len = 0;

    (void)state;
    assert_true(hex_word_read("00fF9Aa0", out, sizeof(out), &len));
    assert_true(bytes_equal(bytes_of(out, len), bytes_of("\x00\xff\x9a\xa0", 4)));
    assert_true(hex_word_read("7f", out, sizeof(out), &len));
    assert_int_equal(len, 1);
}

static void all_else_is_refused(void **state)
{
    static const char *const words[] = {"", "0", "0a1", "0g", "g0", "0x0a", "0a 0b", "0a0b0c0d0e"};
    uint8_t out[4];
    size_t len;

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        assert_false(hex_word_read(words[i], out, sizeof(out), &len));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(digits_of_either_case_are_bytes),
        CASE(all_else_is_refused),
    };

    return RUN(cases);
}
