#include "capture/option_values.h"

#include "tests/support/program.h"

#include "tests/support/check.h"

static void sizes_are_powers_of_1024_and_a_number_alone_is_in_mebibytes(void **state)
{
    static const struct {
        const char *text;
        uint64_t size;
    } sizes[] = {{"1", 1 << 20},
                 {"16", 16 << 20},
                 {"1k", 1024},
                 {"64K", 64 << 10},
                 {"3m", 3 << 20},
                 {"100M", 100 << 20},
                 {"2g", UINT64_C(2) << 30},
                 {"7G", UINT64_C(7) << 30},
                 {"8589934591G", UINT64_C(8589934591) << 30}};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct complaint why;
        uint64_t size = 0;

        if (!option_size(&size, "--x", sizes[i].text, 1024, INT64_MAX, &why))
            fail_msg("%s", why.text);
        assert_int_equal(size, sizes[i].size);
    }
}

static void what_is_no_size_is_refused(void **state)
{
    static const char *const texts[] = {"",   "k",  "0",    "0k",  "-1",   "1.5M", "1 M", "1kk",
                                        "1T", " 1", "0x10", "1Mb", "many", "+1",   "1e3"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct complaint why;
        uint64_t size = 4711;
        char *expected = alloc_format("--x: \"%s\" is not a size, such as 64k, 100M or 2G (a "
                                      "number alone is in MiB)",
                                      texts[i]);

        assert_false(option_size(&size, "--x", texts[i], 1024, INT64_MAX, &why));
        assert_string_equal(why.text, expected);
        assert_int_equal(size, 4711);
        free(expected);
    }
}

static void sizes_have_limits_and_do_not_wrap_around(void **state)
{
    static const char *const texts[] = {"255k", "2049",         "2097152k",
                                        "3G",   "17179869184G", "18446744073709551615"};
    struct complaint why;
    uint64_t size = 4711;

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        assert_false(option_size(&size, "--x", texts[i], 256 << 10, INT32_MAX, &why));
        assert_says(why.text, "is not a size from 256k to 2097151k");
        assert_int_equal(size, 4711);
    }
    assert_false(option_size(&size, "--x", "18446744073709551616", 1024, INT64_MAX, &why));
    assert_true(option_size(&size, "--x", "256k", 256 << 10, INT32_MAX, &why));
    assert_true(option_size(&size, "--x", "2047", 256 << 10, INT32_MAX, &why));
}

static void numbers_have_limits(void **state)
{
    static const char *const wrong[] = {"", "0", "6", "-1", "1k", "18446744073709551617", " 1"};
    struct complaint why;
    uint64_t n = 4711;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_false(option_number(&n, "--x", wrong[i], 5, &why));
        assert_says(why.text, "is not a whole number from 1 to 5");
        assert_int_equal(n, 4711);
    }
    assert_true(option_number(&n, "--x", "5", 5, &why));
    assert_int_equal(n, 5);
}

static void seconds_may_have_a_fraction(void **state)
{
    static const char *const wrong[] = {"",    "0",   "-1", "1s",        "1e3",
                                        "nan", "inf", ".",  "1000000001"};
    struct complaint why;
    uint64_t ns = 4711;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_false(option_seconds(&ns, "--x", wrong[i], &why));
        assert_says(why.text, "is not a number of seconds, such as 10 or 0.5");
        assert_int_equal(ns, 4711);
    }
    assert_true(option_seconds(&ns, "--x", "0.25", &why));
    assert_int_equal(ns, 250000000);
    assert_true(option_seconds(&ns, "--x", "10", &why));
    assert_int_equal(ns, UINT64_C(10000000000));
}

/* So small a number would be rounded to nothing, which means: no limit. */
static void less_than_a_millisecond_is_refused(void **state)
{
    static const char *const wrong[] = {"0.0009999", "0.0000000001", "0.0000000005",
                                        "0.00000000000000000000000000000000000000001"};
    struct complaint why;
    uint64_t ns = 4711;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        char *expected = alloc_format(
            "--x: \"%s\" is too short a time; it takes 0.001 seconds or more", wrong[i]);

        assert_false(option_seconds(&ns, "--x", wrong[i], &why));
        assert_string_equal(why.text, expected);
        assert_int_equal(ns, 4711);
        free(expected);
    }
    assert_true(option_seconds(&ns, "--x", "0.001", &why));
    assert_int_equal(ns, 1000000);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sizes_are_powers_of_1024_and_a_number_alone_is_in_mebibytes),
        CASE(what_is_no_size_is_refused),
        CASE(sizes_have_limits_and_do_not_wrap_around),
        CASE(numbers_have_limits),
        CASE(seconds_may_have_a_fraction),
        CASE(less_than_a_millisecond_is_refused),
    };

    return RUN(cases);
}
