#include "attacker/groups/budget.h"

#include "tests/support/check.h"

/* More than is spent without a look at the clock. */
#define MUCH ((uint64_t)1 << 30)

static bool stop_at_once(void)
{
    return true;
}

static bool go_on(void)
{
    return false;
}

static void time_that_is_spent_does_not_come_back(void **state)
{
    struct budget b;

    (void)state;
    budget_begin(&b, 0, NULL);
    assert_false(budget_spend(&b, MUCH));
    assert_false(budget_spend(&b, 0));
    assert_int_equal(budget_left(&b), 0);
    struct budget part = budget_part(&b, 2);
    assert_false(budget_spend(&part, 0));
}

static void as_long_as_there_is_time_work_is_paid_for(void **state)
{
    struct budget b;

    (void)state;
    budget_begin(&b, 3600000, go_on);
    for (int i = 0; i < 1000; i++)
        assert_true(budget_spend(&b, MUCH));
    assert_true(budget_left(&b) > 1800000000000);
    struct budget part = budget_part(&b, 4);
    assert_true(budget_left(&part) > 0 && budget_left(&part) < 1800000000000);
    assert_true(budget_spent(&b) < 1800000000000);
}

static void somebody_may_want_it_to_end(void **state)
{
    struct budget b;

    (void)state;
    budget_begin(&b, 3600000, stop_at_once);
    assert_false(budget_spend(&b, MUCH));
    assert_int_equal(budget_left(&b), 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(time_that_is_spent_does_not_come_back),
        CASE(as_long_as_there_is_time_work_is_paid_for),
        CASE(somebody_may_want_it_to_end),
    };

    return RUN(cases);
}
