#include "tests/support/check.h"

#include <stdlib.h>

#include "capture/alloc.h"

static void memory_is_zeroed_and_may_be_of_no_length(void **state)
{
    uint8_t *some = alloc_zero(3);
    void *none = alloc_zero(0);

    (void)state;
    assert_memory_equal(some, "\0\0\0", 3);
    assert_non_null(none);
    free(some);
    free(none);
}

static void text_is_formatted_and_copied(void **state)
{
    char *copy = alloc_text("key");
    char *made = alloc_format("%s-%d", "fall", 7);

    (void)state;
    assert_string_equal(copy, "key");
    assert_string_equal(made, "fall-7");
    free(copy);
    free(made);
}

static void a_buffer_keeps_what_was_appended_and_not_dropped(void **state)
{
    struct buffer b = {0};

    (void)state;
    buffer_append(&b, bytes_of(NULL, 0));
    buffer_append(&b, bytes_of("abc", 3));
    buffer_append(&b, bytes_of("defgh", 5));
    assert_true(bytes_equal(buffer_view(&b), bytes_of("abcdefgh", 8)));
    buffer_drop(&b, 0);
    buffer_drop(&b, 5);
    buffer_append(&b, bytes_of("i", 1));
    assert_true(bytes_equal(buffer_view(&b), bytes_of("fghi", 4)));
    buffer_drop(&b, 4);
    assert_int_equal(b.len, 0);
    buffer_clear(&b);
    assert_null(b.at);
    buffer_clear(&b);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(memory_is_zeroed_and_may_be_of_no_length),
        CASE(text_is_formatted_and_copied),
        CASE(a_buffer_keeps_what_was_appended_and_not_dropped),
    };

    return RUN(cases);
}
