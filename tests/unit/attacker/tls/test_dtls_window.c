#include "attacker/tls/dtls_window.h"

#include "tests/support/check.h"

#define HIGHEST (((uint64_t)1 << 48) - 1)

static void add(struct dtls_window *w, uint64_t number)
{
    assert_false(dtls_window_has(w, number));
    dtls_window_add(w, number);
    assert_true(dtls_window_has(w, number));
}

static void of_an_empty_one_nothing_has_come_and_nothing_is_missing(void **state)
{
    const struct dtls_window w = {0};

    (void)state;
    assert_false(dtls_window_has(&w, 0));
    assert_false(dtls_window_has(&w, HIGHEST));
    assert_int_equal(dtls_window_missing(&w), 0);
}

static void numbers_in_order_are_whole_without_end(void **state)
{
    const uint64_t num = (uint64_t)3 * DTLS_WINDOW_SIZE;
    struct dtls_window w = {0};

    (void)state;
    for (uint64_t number = 0; number < num; number++) {
        add(&w, number);
        assert_int_equal(w.whole, number + 1);
        assert_int_equal(dtls_window_missing(&w), 0);
    }
    for (uint64_t number = 0; number < num; number++)
        assert_true(dtls_window_has(&w, number));
}

static void what_is_late_fills_its_hole(void **state)
{
    struct dtls_window w = {0};

    (void)state;
    add(&w, 0);
    add(&w, 3);
    assert_int_equal(w.whole, 1);
    assert_int_equal(dtls_window_missing(&w), 2);
    add(&w, 2);
    assert_int_equal(w.whole, 1);
    add(&w, 1);
    assert_int_equal(w.whole, 4);
    assert_int_equal(dtls_window_missing(&w), 0);
}

/* The oldest number that can still come is DTLS_WINDOW_SIZE below the next. */
static void the_edge_of_the_window_is_where_it_says(void **state)
{
    struct dtls_window w = {0};

    (void)state;
    add(&w, DTLS_WINDOW_SIZE);
    assert_true(dtls_window_has(&w, 0));
    assert_false(dtls_window_has(&w, 1));
    add(&w, 1);
    assert_false(dtls_window_has(&w, 2));
    assert_int_equal(dtls_window_missing(&w), DTLS_WINDOW_SIZE - 1);
    add(&w, DTLS_WINDOW_SIZE + 1);
    assert_true(dtls_window_has(&w, 1));
    assert_false(dtls_window_has(&w, 2));
}

/* Each step from just inside the window to just beyond, where it is emptied in one go. */
static void a_leap_forgets_nothing_that_is_still_in_the_window(void **state)
{
    (void)state;
    for (uint64_t leap = DTLS_WINDOW_SIZE - 2; leap <= DTLS_WINDOW_SIZE + 2; leap++) {
        struct dtls_window w = {0};

        for (uint64_t number = 0; number < 10; number++)
            add(&w, number);
        add(&w, 9 + leap);
        for (uint64_t number = 10; number < 9 + leap; number++)
            assert_int_equal(dtls_window_has(&w, number), 10 + leap - number > DTLS_WINDOW_SIZE);
        assert_int_equal(dtls_window_missing(&w), leap - 1);
        assert_int_equal(w.whole, 10);
    }
}

static void the_highest_number_is_one_like_the_others(void **state)
{
    struct dtls_window w = {0};

    (void)state;
    add(&w, HIGHEST);
    assert_false(dtls_window_has(&w, HIGHEST - 1));
    assert_true(dtls_window_has(&w, HIGHEST - DTLS_WINDOW_SIZE));
    assert_true(dtls_window_missing(&w) == HIGHEST);
    add(&w, HIGHEST - DTLS_WINDOW_SIZE + 1);
    assert_true(dtls_window_missing(&w) == HIGHEST - 1);
}

/* The same numbers in another order are the same set, as a plain list of them says. */
static void any_order_within_the_window_makes_the_same_set(void **state)
{
    enum { NUM = 600, LEFT_OUT = 7 };
    unsigned random = 1;

    (void)state;
    for (size_t round = 0; round < 50; round++) {
        struct dtls_window w = {0};
        uint64_t order[NUM];
        size_t num_added = 0;

        for (size_t i = 0; i < NUM; i++)
            order[i] = i;
        for (size_t i = NUM - 1; i > 0; i--) {
            random = random * 1103515245 + 12345;
            size_t other = (random >> 16) % (i + 1);
            uint64_t kept = order[i];

            order[i] = order[other];
            order[other] = kept;
        }
        for (size_t i = 0; i < NUM; i++) {
            if (order[i] % LEFT_OUT == 3)
                continue;
            add(&w, order[i]);
            num_added++;
        }
        assert_int_equal(w.next, NUM);
        assert_int_equal(w.whole, 3);
        assert_int_equal(dtls_window_missing(&w), NUM - num_added);
        for (uint64_t i = 0; i < NUM; i++)
            assert_int_equal(dtls_window_has(&w, i), i % LEFT_OUT != 3);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(of_an_empty_one_nothing_has_come_and_nothing_is_missing),
        CASE(numbers_in_order_are_whole_without_end),
        CASE(what_is_late_fills_its_hole),
        CASE(the_edge_of_the_window_is_where_it_says),
        CASE(a_leap_forgets_nothing_that_is_still_in_the_window),
        CASE(the_highest_number_is_one_like_the_others),
        CASE(any_order_within_the_window_makes_the_same_set),
    };

    return RUN(cases);
}
