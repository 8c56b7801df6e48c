#include "attacker/story/annotations.h"

#include <stdlib.h>

#include "tests/support/check.h"

static void assert_next(struct annotations *a, uint64_t frame, const char *expected)
{
    struct bytes text;

    assert_true(annotations_next_comment(a, &text, frame));
    assert_true(bytes_equal(text, bytes_of(expected, strlen(expected))));
}

static void comments_come_by_frame_and_then_in_the_order_in_which_they_were_made(void **state)
{
    struct annotations *a = annotations_new();
    struct bytes text;

    (void)state;
    annotations_comment(a, 7, "one");
    annotations_comment(a, 3, "two");
    annotations_comment(a, 7, "three");
    annotations_comment(a, 1, "four");
    assert_true(annotations_sort(a));
    assert_false(annotations_next_comment(a, &text, 2)); /* and that of frame 1 is passed over */
    assert_next(a, 3, "two");
    assert_false(annotations_next_comment(a, &text, 3));
    assert_next(a, 7, "one");
    assert_next(a, 7, "three");
    assert_false(annotations_next_comment(a, &text, 7));
    assert_false(annotations_next_comment(a, &text, 8));
    annotations_free(a);
}

static void what_is_not_fit_to_be_seen_is_escaped(void **state)
{
    struct annotations *a = annotations_new();

    (void)state;
    annotations_comment(a, 1, "\033[31mred\xff \xe2\x80\xae backwards\n");
    assert_true(annotations_sort(a));
    assert_next(a, 1, "\\x1b[31mred\\xff \\xe2\\x80\\xae backwards\\x0a");
    annotations_free(a);
}

static void secrets_come_in_pieces_of_whole_lines(void **state)
{
    enum { NUM_SECRETS = 20000, LINE_LEN = 14 + 64 + 1 + 96 + 1 };
    struct annotations *a = annotations_new();
    uint8_t random[RANDOM_LEN] = {0};
    uint8_t master[MASTER_SECRET_LEN] = {0};
    const struct found_secret secret = {.label = "CLIENT_RANDOM",
                                        .client_random = bytes_of(random, sizeof(random)),
                                        .value = bytes_of(master, sizeof(master))};
    struct bytes keylog;
    size_t len = 0;

    (void)state;
    for (size_t i = 0; i < NUM_SECRETS; i++)
        annotations_secret(a, &secret);
    assert_true(annotations_sort(a));
    while (annotations_next_secrets(a, &keylog)) {
        assert_true(keylog.len < ANNOTATIONS_MAX_PIECE + LINE_LEN);
        assert_int_equal(keylog.len % LINE_LEN, 0);
        len += keylog.len;
    }
    assert_int_equal(len, NUM_SECRETS * LINE_LEN);
    annotations_free(a);
}

static void of_nothing_nothing_comes(void **state)
{
    struct annotations *a = annotations_new();
    struct bytes nothing;

    (void)state;
    assert_true(annotations_sort(a));
    assert_false(annotations_next_secrets(a, &nothing));
    assert_false(annotations_next_comment(a, &nothing, 1));
    annotations_free(a);
    annotations_free(NULL);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(comments_come_by_frame_and_then_in_the_order_in_which_they_were_made),
        CASE(what_is_not_fit_to_be_seen_is_escaped),
        CASE(secrets_come_in_pieces_of_whole_lines),
        CASE(of_nothing_nothing_comes),
    };

    return RUN(cases);
}
