#include "tests/support/check.h"

static const uint8_t DATA[] = {0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef};

static struct bytes data(size_t len)
{
    return exact_copy(bytes_of(DATA, len));
}

/* Each width: taken exactly, and one byte short changes neither the reader nor the number. */
#define READS_EXACTLY(type, read, width, value)                                                    \
    do {                                                                                           \
        struct bytes whole = data(width);                                                          \
        struct bytes one_short = data((width)-1);                                                  \
        struct reader r = reader_of(whole);                                                        \
        type n = 0x5a;                                                                             \
                                                                                                   \
        assert_true(read(&r, &n));                                                                 \
        assert_int_equal(n, value);                                                                \
        assert_true(reader_done(&r));                                                              \
        n = 0x5a;                                                                                  \
        r = reader_of(one_short);                                                                  \
        assert_false(read(&r, &n));                                                                \
        assert_int_equal(n, 0x5a);                                                                 \
        assert_int_equal(r.left.len, (width)-1);                                                   \
        assert_ptr_equal(r.left.at, one_short.at);                                                 \
        exact_free(whole);                                                                         \
        exact_free(one_short);                                                                     \
    } while (0)

static void numbers_are_big_endian_and_all_or_nothing(void **state)
{
    (void)state;
    READS_EXACTLY(uint8_t, reader_u8, 1, 0x01);
    READS_EXACTLY(uint16_t, reader_u16, 2, 0x0123);
    READS_EXACTLY(uint32_t, reader_u24, 3, 0x012345);
    READS_EXACTLY(uint32_t, reader_u32, 4, 0x01234567);
}

static void a_number_may_have_eight_bytes(void **state)
{
    struct bytes whole = data(8);
    struct reader r = reader_of(whole);
    uint64_t n;

    (void)state;
    assert_true(reader_uint(&r, &n, 8));
    assert_int_equal(n, 0x0123456789abcdef);
    exact_free(whole);
}

static void bytes_are_taken_as_a_view(void **state)
{
    struct bytes whole = data(5);
    struct reader r = reader_of(whole);
    struct bytes taken = {0};

    (void)state;
    assert_true(reader_bytes(&r, &taken, 3));
    assert_ptr_equal(taken.at, whole.at);
    assert_int_equal(taken.len, 3);
    assert_false(reader_bytes(&r, &taken, 3));
    assert_int_equal(taken.len, 3);
    assert_int_equal(r.left.len, 2);
    assert_true(reader_bytes(&r, &taken, 2));
    assert_true(reader_bytes(&r, &taken, 0));
    assert_int_equal(taken.len, 0);
    exact_free(whole);
}

static void skipping_too_far_changes_nothing(void **state)
{
    struct bytes whole = data(4);
    struct reader r = reader_of(whole);

    (void)state;
    assert_false(reader_skip(&r, 5));
    assert_false(reader_skip(&r, SIZE_MAX));
    assert_int_equal(r.left.len, 4);
    assert_true(reader_skip(&r, 4));
    assert_true(reader_done(&r));
    exact_free(whole);
}

static void copying_too_much_changes_nothing(void **state)
{
    struct bytes whole = data(4);
    struct reader r = reader_of(whole);
    uint8_t out[8] = {0x5a};

    (void)state;
    assert_false(reader_copy(&r, out, 5));
    assert_int_equal(out[0], 0x5a);
    assert_int_equal(r.left.len, 4);
    assert_true(reader_copy(&r, out, 4));
    assert_memory_equal(out, DATA, 4);
    exact_free(whole);
}

static void a_block_is_a_reader_that_ends_with_it(void **state)
{
    struct bytes whole = unhex("0002 aabb cc");
    struct reader r = reader_of(whole);
    struct reader block = {0};
    uint32_t n;

    (void)state;
    assert_true(reader_block(&r, &block, 2));
    assert_int_equal(block.left.len, 2);
    assert_false(reader_u24(&block, &n));
    assert_int_equal(r.left.len, 1);
    exact_free(whole);
}

static void a_block_longer_than_its_parent_changes_nothing(void **state)
{
    struct bytes whole = unhex("0003 aabb");
    struct reader r = reader_of(whole);
    struct reader block = {0};

    (void)state;
    assert_false(reader_block(&r, &block, 2));
    assert_int_equal(r.left.len, 4);
    assert_ptr_equal(r.left.at, whole.at);
    assert_null(block.left.at);
    exact_free(whole);
}

static void a_block_whose_length_is_cut_off_changes_nothing(void **state)
{
    struct bytes whole = unhex("00");
    struct reader r = reader_of(whole);
    struct reader block = {0};

    (void)state;
    assert_false(reader_block(&r, &block, 2));
    assert_int_equal(r.left.len, 1);
    exact_free(whole);
}

static void a_length_of_eight_bytes_of_ones_is_too_long(void **state)
{
    struct bytes whole = unhex("ffffffffffffffff 00");
    struct reader r = reader_of(whole);
    struct reader block = {0};

    (void)state;
    assert_false(reader_block(&r, &block, 8));
    assert_int_equal(r.left.len, 9);
    exact_free(whole);
}

static void the_rest_may_be_nothing(void **state)
{
    struct bytes whole = data(2);
    struct reader r = reader_of(whole);

    (void)state;
    assert_int_equal(reader_rest(&r).len, 2);
    assert_int_equal(reader_rest(&r).len, 0);
    assert_true(reader_done(&r));
    exact_free(whole);
}

static void views_are_equal_by_content(void **state)
{
    (void)state;
    assert_true(bytes_equal(bytes_of("ab", 2), bytes_of("abc", 2)));
    assert_false(bytes_equal(bytes_of("ab", 2), bytes_of("ab", 1)));
    assert_false(bytes_equal(bytes_of("ab", 2), bytes_of("ac", 2)));
    assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of("x", 0)));
    assert_int_equal(bytes_first(bytes_of("ab", 2), 1).len, 1);
    assert_int_equal(bytes_first(bytes_of("ab", 2), 3).len, 2);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(numbers_are_big_endian_and_all_or_nothing),
        CASE(a_number_may_have_eight_bytes),
        CASE(bytes_are_taken_as_a_view),
        CASE(skipping_too_far_changes_nothing),
        CASE(copying_too_much_changes_nothing),
        CASE(a_block_is_a_reader_that_ends_with_it),
        CASE(a_block_longer_than_its_parent_changes_nothing),
        CASE(a_block_whose_length_is_cut_off_changes_nothing),
        CASE(a_length_of_eight_bytes_of_ones_is_too_long),
        CASE(the_rest_may_be_nothing),
        CASE(views_are_equal_by_content),
    };

    return RUN(cases);
}
