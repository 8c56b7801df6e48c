#include "tests/support/check.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"
#include "capture/recent.h"

static int setup(void **state)
{
    *state = recent_new();
    return 0;
}

static int teardown(void **state)
{
    recent_free(*state);
    return 0;
}

static void add(struct recent *r, uint64_t *latest, uint64_t offset, const char *text)
{
    recent_add(r, latest, offset, bytes_of(text, strlen(text)));
}

static bool differs(const struct recent *r, uint64_t latest, uint64_t offset, const char *text)
{
    return recent_differs(r, latest, offset, bytes_of(text, strlen(text)));
}

static void of_nothing_nothing_differs(void **state)
{
    assert_false(differs(*state, 0, 0, "abc"));
    assert_false(differs(*state, 0, UINT64_MAX - 3, "abc"));
}

static void other_boundaries_make_no_difference(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;

    add(r, &latest, 10, "abcd");
    add(r, &latest, 14, "efgh");
    add(r, &latest, 18, "ijkl");
    assert_false(differs(r, latest, 10, "abcdefghijkl"));
    assert_false(differs(r, latest, 13, "defghi"));
    assert_false(differs(r, latest, 8, "??abcdefghijkl??"));
    assert_false(differs(r, latest, 2, "????????"));
    assert_false(differs(r, latest, 22, "????????"));
    assert_false(differs(r, latest, 15, ""));
}

static void every_single_other_byte_is_noticed(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;
    char copy[] = "abcdefghijkl";

    add(r, &latest, 10, "abcd");
    add(r, &latest, 14, "efgh");
    add(r, &latest, 18, "ijkl");
    for (size_t i = 0; i < strlen(copy); i++) {
        copy[i] ^= 1;
        assert_true(differs(r, latest, 10, copy));
        copy[i] ^= 1;
    }
}

static void what_was_never_handed_on_is_not_compared(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;

    add(r, &latest, 10, "ab");
    add(r, &latest, 14, "ef"); /* 12 and 13 were lost */
    assert_false(differs(r, latest, 10, "ab??ef"));
    assert_true(differs(r, latest, 10, "ab??eF"));
    assert_true(differs(r, latest, 10, "aB??ef"));
}

static void streams_are_told_apart(void **state)
{
    struct recent *r = *state;
    uint64_t one = 0;
    uint64_t two = 0;

    for (uint64_t i = 0; i < 100; i++) {
        add(r, &one, i, "1");
        add(r, &two, i, "2");
    }
    for (uint64_t i = 0; i < 100; i++) {
        assert_false(differs(r, one, i, "1"));
        assert_false(differs(r, two, i, "2"));
        assert_true(differs(r, one, i, "2"));
    }
}

static void the_oldest_are_forgotten_and_the_latest_are_not(void **state)
{
    enum { LEN = 1000 };
    struct recent *r = *state;
    uint64_t quiet = 0;
    uint64_t busy = 0;
    uint8_t *block = alloc_zero(LEN);

    add(r, &quiet, 0, "a");
    for (uint64_t i = 0; i < 3 * RECENT_LEN / LEN; i++) {
        memset(block, (int)i, LEN);
        recent_add(r, &busy, i * LEN, bytes_of(block, LEN));
        assert_false(recent_differs(r, busy, i * LEN, bytes_of(block, LEN)));
        block[LEN - 1] ^= 1;
        assert_true(recent_differs(r, busy, i * LEN, bytes_of(block, LEN)));
    }
    assert_false(differs(r, quiet, 0, "b"));
    assert_false(differs(r, busy, LEN, "?"));
    free(block);
}

static void of_a_long_chunk_the_end_is_kept(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;
    size_t len = 3 * RECENT_LEN;
    uint8_t *block = alloc_zero(len);

    recent_add(r, &latest, 0, bytes_of(block, len));
    assert_true(differs(r, latest, len - 1, "x"));
    assert_true(differs(r, latest, len - RECENT_MAX_ENTRY, "x"));
    assert_false(differs(r, latest, len - RECENT_MAX_ENTRY - 1, "x"));
    free(block);
}

static void the_way_back_is_bounded(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;

    for (uint64_t i = 0; i < RECENT_MAX_STEPS + 1; i++)
        add(r, &latest, 2 * i, "a");
    assert_true(differs(r, latest, 2, "b"));
    assert_false(differs(r, latest, 0, "b"));
}

static void single_bytes_in_a_row_are_one_step(void **state)
{
    struct recent *r = *state;
    uint64_t latest = 0;
    size_t len = RECENT_MAX_ENTRY * 2;

    for (uint64_t i = 0; i < len; i++)
        add(r, &latest, i, "a");
    for (uint64_t i = 0; i < len; i += 1000)
        assert_true(differs(r, latest, i, "b"));
    assert_true(differs(r, latest, 0, "b"));
    assert_true(differs(r, latest, len - 1, "b"));
    assert_false(differs(r, latest, len, "b"));
}

#define WITH_RING(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        WITH_RING(of_nothing_nothing_differs),
        WITH_RING(other_boundaries_make_no_difference),
        WITH_RING(every_single_other_byte_is_noticed),
        WITH_RING(what_was_never_handed_on_is_not_compared),
        WITH_RING(streams_are_told_apart),
        WITH_RING(the_oldest_are_forgotten_and_the_latest_are_not),
        WITH_RING(of_a_long_chunk_the_end_is_kept),
        WITH_RING(the_way_back_is_bounded),
        WITH_RING(single_bytes_in_a_row_are_one_step),
    };

    return RUN(cases);
}
