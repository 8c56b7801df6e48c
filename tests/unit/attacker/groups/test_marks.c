#include "attacker/groups/marks.h"

#include "tests/support/check.h"

static void what_was_filed_is_found_and_the_first_of_two_stays(void **state)
{
    struct marks m;
    uint64_t value = 7;

    (void)state;
    marks_init(&m, 100);
    assert_false(marks_find(&m, 0, &value));
    assert_int_equal(value, 7);
    for (uint64_t i = 0; i < 100; i++)
        marks_add(&m, i * i << 40, i);
    marks_add(&m, 0, 99);
    for (uint64_t i = 0; i < 100; i++) {
        assert_true(marks_find(&m, i * i << 40, &value));
        assert_int_equal(value, i);
        assert_false(marks_find(&m, (i * i << 40) + 1, &value));
    }
    marks_clear(&m);
    marks_clear(&m);
}

static void a_full_table_takes_no_more_and_still_answers(void **state)
{
    struct marks m;
    uint64_t value;
    size_t num_found = 0;

    (void)state;
    marks_init(&m, 1);
    for (uint64_t i = 0; i < 1000; i++)
        marks_add(&m, i, i);
    for (uint64_t i = 0; i < 1000; i++)
        num_found += marks_find(&m, i, &value);
    assert_int_equal(num_found, m.num);
    assert_true(m.num >= 1 && m.num <= 4);
    marks_clear(&m);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_was_filed_is_found_and_the_first_of_two_stays),
        CASE(a_full_table_takes_no_more_and_still_answers),
    };

    return RUN(cases);
}
