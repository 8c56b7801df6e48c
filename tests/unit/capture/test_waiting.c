#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "capture/waiting.h"

static void add(struct waiting *w, uint64_t offset, const char *text)
{
    waiting_add(w, offset, &(struct chunk){.data = bytes_of(text, strlen(text))});
}

static void assert_next(struct waiting *w, uint64_t offset, const char *text)
{
    struct piece *p = waiting_take_first(w);

    assert_non_null(p);
    assert_int_equal(p->offset, offset);
    assert_int_equal(p->len, strlen(text));
    if (p->len > 0)
        assert_memory_equal(p->data, text, p->len);
    free(p);
}

static void pieces_come_out_in_the_order_of_the_stream(void **state)
{
    struct waiting w = {0};

    (void)state;
    add(&w, 20, "c");
    add(&w, 10, "b");
    add(&w, 30, "d");
    add(&w, 0, "a");
    assert_next(&w, 0, "a");
    assert_next(&w, 10, "b");
    assert_next(&w, 20, "c");
    assert_next(&w, 30, "d");
    assert_null(waiting_take_first(&w));
    assert_int_equal(w.memory, 0);
}

static void what_is_here_already_is_not_taken_again(void **state)
{
    struct waiting w = {0};

    (void)state;
    add(&w, 12, "cd");
    add(&w, 16, "gh");
    add(&w, 10, "ABCDEFGHIJ");
    add(&w, 10, "0123456789");
    assert_next(&w, 10, "AB");
    assert_next(&w, 12, "cd");
    assert_next(&w, 14, "EF");
    assert_next(&w, 16, "gh");
    assert_next(&w, 18, "IJ");
    assert_null(waiting_first(&w));
}

static void a_cut_that_other_packets_cover_leaves_no_mark(void **state)
{
    struct waiting w = {0};
    struct chunk chunk = {.data = bytes_of("ab", 2), .frame = 7};

    (void)state;
    add(&w, 12, "cdef");
    waiting_add(&w, 10, &chunk);
    waiting_mark_cut(&w, 12, 4, &chunk);
    assert_int_equal(w.count, 2);
    waiting_mark_cut(&w, 12, 5, &chunk);
    waiting_mark_cut(&w, 16, 9, &chunk);
    assert_int_equal(w.count, 3);
    assert_next(&w, 10, "ab");
    assert_next(&w, 12, "cdef");
    assert_int_equal(waiting_first(&w)->frame, 7);
    assert_int_equal(waiting_first(&w)->cut, 9);
    assert_next(&w, 16, "");
}

/* With a list that is searched from one end, one of these would take minutes. */
static void very_many_pieces_in_any_order_are_quick(void **state)
{
    const size_t many = 60000;
    struct waiting w = {0};

    (void)state;
    for (size_t i = 0; i < many; i++)
        add(&w, 2 * i, "+");
    for (size_t i = 0; i < many; i++)
        add(&w, 1000000 - 2 * i, "-");
    for (size_t i = 0; i < many; i++)
        add(&w, 2000000 + 2 * (i * 7919 % many), "?");
    for (size_t i = 0; i < many; i++)
        assert_next(&w, 2 * i, "+");
    waiting_clear(&w);
    assert_null(waiting_first(&w));
    waiting_clear(&w);
}

static void a_row_that_moves_along_does_not_grow(void **state)
{
    struct waiting w = {0};

    (void)state;
    add(&w, 0, "x");
    for (size_t i = 1; i < 10000; i++) {
        add(&w, 2 * i, "x");
        assert_next(&w, 2 * (i - 1), "x");
    }
    assert_in_range(w.room, 1, 64);
    waiting_clear(&w);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(pieces_come_out_in_the_order_of_the_stream),
        CASE(what_is_here_already_is_not_taken_again),
        CASE(a_cut_that_other_packets_cover_leaves_no_mark),
        CASE(very_many_pieces_in_any_order_are_quick),
        CASE(a_row_that_moves_along_does_not_grow),
    };

    return RUN(cases);
}
