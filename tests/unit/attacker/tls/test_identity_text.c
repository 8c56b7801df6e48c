#include "attacker/tls/identity_text.h"

#include <string.h>

#include "tests/support/check.h"

static void is_written(struct bytes identity, const char *text)
{
    struct bytes exact = exact_copy(identity);
    char out[IDENTITY_TEXT_SIZE];

    assert_string_equal(identity_text(exact, out), text);
    exact_free(exact);
}

static void plain_text_is_written_as_it_is(void **state)
{
    (void)state;
    is_written(bytes_of("", 0), "\"\"");
    is_written((struct bytes){0}, "\"\"");
    is_written(bytes_of("Client_identity", 15), "\"Client_identity\"");
    is_written(bytes_of("a:b c~", 6), "\"a:b c~\"");
}

static void every_other_byte_is_written_as_its_number(void **state)
{
    (void)state;
    is_written(bytes_of("\0a\x1b[2J\n", 7), "\"\\x00a\\x1b[2J\\x0a\"");
    is_written(bytes_of("caf\xc3\xa9\x7f", 6), "\"caf\\xc3\\xa9\\x7f\"");
    is_written(bytes_of("\"\\", 2), "\"\\x22\\x5c\"");
}

static void what_is_too_long_is_cut_and_says_so(void **state)
{
    char out[IDENTITY_TEXT_SIZE];
    uint8_t identity[1000];

    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        memset(identity, wide ? 0xff : 'x', sizeof(identity));
        for (size_t len = 0; len <= sizeof(identity); len++) {
            size_t written = len * (wide ? 4 : 1) + 2;

            (void)identity_text(bytes_of(identity, len), out);
            assert_true(strlen(out) < IDENTITY_TEXT_SIZE);
            assert_int_equal(out[strlen(out) - 1], '"');
            if (!strstr(out, "..."))
                assert_int_equal(strlen(out), written);
            else
                assert_true(written > IDENTITY_TEXT_SIZE - 9);
        }
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(plain_text_is_written_as_it_is),
        CASE(every_other_byte_is_written_as_its_number),
        CASE(what_is_too_long_is_cut_and_says_so),
    };

    return RUN(cases);
}
