#include "attacker/story/span.h"

#include "tests/support/check.h"

#define SECOND 1000000000ull

static void a_time_is_told_in_words_and_in_hours(void **state)
{
    static const struct {
        uint64_t ns;
        const char *says;
    } rows[] = {
        {0, "0 milliseconds (0.00 hours)"},
        {7000000, "7 milliseconds (0.00 hours)"},
        {1 * SECOND, "1 second (0.00 hours)"},
        {59 * SECOND + 999999999, "59 seconds (0.01 hours)"},
        {60 * SECOND, "1 minute (0.01 hours)"},
        {SECOND * 60 * 30, "30 minutes (0.50 hours)"},
        {3599 * SECOND, "59 minutes (0.99 hours)"},
        {3600 * SECOND, "1.0 hours"},
        {SECOND * (3600 * 26 + 1799), "26.4 hours"},
        {UINT64_MAX, "5124095.5 hours"},
    };
    char text[SPAN_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_string_equal(span_text(rows[i].ns, text), rows[i].says);
}

static void hours_are_a_number(void **state)
{
    (void)state;
    assert_true(span_hours(5400 * SECOND) == 1.5);
    assert_true(span_hours(0) == 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_time_is_told_in_words_and_in_hours),
        CASE(hours_are_a_number),
    };

    return RUN(cases);
}
