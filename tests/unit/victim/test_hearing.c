#include <stdlib.h>

#include "victim/hearing.h"

#include "tests/support/check.h"

static enum progress hear(struct hearing *h, const char *text)
{
    return hearing_add(h, bytes_of(text, strlen(text)));
}

/* What is heard is whole exactly at its last byte, however it is cut in two. */
static void assert_whole_at_every_split(const char *text)
{
    size_t len = strlen(text);

    for (size_t split = 0; split < len; split++) {
        struct bytes first = exact_copy(bytes_of(text, split));
        struct bytes second = exact_copy(bytes_of(text + split, len - split));
        struct hearing h = {0};

        assert_int_equal(hearing_add(&h, first), PROGRESS_NEED_MORE);
        assert_int_equal(hearing_add(&h, second), PROGRESS_DONE);
        hearing_clear(&h);
        exact_free(first);
        exact_free(second);
    }
}

static void a_request_without_a_body_ends_at_the_empty_line(void **state)
{
    (void)state;
    assert_whole_at_every_split("GET / HTTP/1.1\r\nHost: bank.example\r\n\r\n");
}

static void a_request_with_a_body_ends_where_content_length_says(void **state)
{
    (void)state;
    assert_whole_at_every_split("POST / HTTP/1.1\r\ncontent-LENGTH:  5 \r\nHost: b\r\n\r\nab\n\nc");
}

static void line_ends_typed_by_hand_are_taken(void **state)
{
    (void)state;
    assert_whole_at_every_split("GET / HTTP/1.0\n\n");
}

static void a_body_longer_than_the_limit_of_the_head_is_counted_right(void **state)
{
    struct hearing h = {0};
    char *head =
        alloc_format("POST / HTTP/1.1\r\nContent-Length: %zu\r\n\r\n", 2 * HEARING_HEAD_MAX + 1);
    struct buffer all = {0};
    uint8_t *zeros = alloc_zero(2 * HEARING_HEAD_MAX);

    (void)state;
    buffer_append(&all, bytes_of(head, strlen(head)));
    buffer_append(&all, bytes_of(zeros, 2 * HEARING_HEAD_MAX));
    assert_int_equal(hearing_add(&h, buffer_view(&all)), PROGRESS_NEED_MORE);
    assert_int_equal(h.body_left, 1);
    assert_int_equal(hear(&h, "x"), PROGRESS_DONE);
    hearing_clear(&h);
    buffer_clear(&all);
    free(zeros);
    free(head);
}

static void a_head_without_end_is_given_up_at_the_limit(void **state)
{
    struct hearing h = {0};
    uint8_t *endless = alloc_zero(HEARING_HEAD_MAX);

    (void)state;
    assert_int_equal(hearing_add(&h, bytes_of(endless, HEARING_HEAD_MAX - 1)), PROGRESS_NEED_MORE);
    assert_int_equal(hearing_add(&h, bytes_of(endless, 1)), PROGRESS_MALFORMED);
    hearing_clear(&h);
    free(endless);
}

static void a_content_length_that_is_no_number_counts_as_none(void **state)
{
    struct hearing h = {0};

    (void)state;
    assert_int_equal(hear(&h, "POST / HTTP/1.1\r\nContent-Length: 12x\r\n\r\n"), PROGRESS_DONE);
    hearing_clear(&h);
    assert_int_equal(hear(&h, "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
                     PROGRESS_DONE);
    hearing_clear(&h);
}

static void only_the_method_head_asks_for_no_body(void **state)
{
    struct hearing h = {0};

    (void)state;
    assert_int_equal(hear(&h, "HEAD / HTTP/1.1\r\n\r\n"), PROGRESS_DONE);
    assert_true(h.is_head_request);
    hearing_clear(&h);
    assert_int_equal(hear(&h, "GET /HEAD HTTP/1.1\r\n\r\n"), PROGRESS_DONE);
    assert_false(h.is_head_request);
    hearing_clear(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_request_without_a_body_ends_at_the_empty_line),
        CASE(a_request_with_a_body_ends_where_content_length_says),
        CASE(line_ends_typed_by_hand_are_taken),
        CASE(a_body_longer_than_the_limit_of_the_head_is_counted_right),
        CASE(a_head_without_end_is_given_up_at_the_limit),
        CASE(a_content_length_that_is_no_number_counts_as_none),
        CASE(only_the_method_head_asks_for_no_body),
    };

    return RUN(cases);
}
