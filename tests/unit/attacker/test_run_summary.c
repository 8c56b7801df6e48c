#include "attacker/run_summary.h"

#include "tests/support/check.h"

static void warnings_stand_in_the_order_in_which_they_came(void **state)
{
    struct run_summary s = {0};

    (void)state;
    run_summary_warn(&s, "first");
    run_summary_warn_of(&s, 0, "that nobody has met");
    run_summary_warn_of(&s, 3, "were met");
    assert_int_equal(s.num_warnings, 2);
    assert_string_equal(s.warnings[0], "first");
    assert_string_equal(s.warnings[1], "3 were met");
    run_summary_clear(&s);
    assert_int_equal(s.num_warnings, 0);
}

static void each_file_that_was_read_is_noted(void **state)
{
    struct run_summary s = {0};

    (void)state;
    run_summary_capture(&s, "a.pcap", 1, 10);
    run_summary_capture(&s, "b.pcap", 11, 0);
    assert_int_equal(s.num_captures, 2);
    assert_string_equal(s.captures[1].path, "b.pcap");
    assert_int_equal(s.captures[1].first_frame, 11);
    assert_int_equal(s.captures[0].num_packets, 10);
    run_summary_clear(&s);
    assert_null(s.captures);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(warnings_stand_in_the_order_in_which_they_came),
        CASE(each_file_that_was_read_is_noted),
    };

    return RUN(cases);
}
