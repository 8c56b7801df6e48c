/* The keys that GnuTLS makes of one; that they are the right ones, real tickets show in
 * test_ticket_open.c. */
#include "attacker/leaks/ticket_rotation.h"

#include "tests/support/check.h"

#define NS UINT64_C(1000000000)

static const uint8_t a_key[TICKET_ROTATION_LEN] = {0x6b, 0x65, 0x79};

static size_t num_keys(uint64_t seconds, uint32_t lifetime)
{
    uint8_t made[TICKET_ROTATION_LEN];
    size_t num = 0;

    while (ticket_rotation_key(made, num, a_key, seconds * NS, lifetime))
        num++;
    return num;
}

static bool same_first(uint64_t seconds, uint64_t other_seconds, size_t other, uint32_t lifetime)
{
    uint8_t one[TICKET_ROTATION_LEN];
    uint8_t two[TICKET_ROTATION_LEN];

    assert_true(ticket_rotation_key(one, 0, a_key, seconds * NS, lifetime));
    assert_true(ticket_rotation_key(two, other, a_key, other_seconds * NS, lifetime));
    return memcmp(one, two, sizeof(one)) == 0;
}

static void a_key_is_in_use_for_three_lifetimes(void **state)
{
    (void)state;
    assert_true(same_first(3000, 3299, 0, 100));
    assert_false(same_first(3000, 3300, 0, 100));
    assert_false(same_first(3000, 2999, 0, 100));
}

static void the_one_before_it_is_tried_too(void **state)
{
    (void)state;
    assert_true(same_first(3000, 3300, 1, 100));
    assert_int_equal(num_keys(3000, 100), 2);
}

/* Six hours, one hour, a day. */
static void without_a_hint_it_is_the_lifetimes_that_are_usual(void **state)
{
    static const uint32_t lifetimes[] = {21600, 3600, 86400};
    uint8_t one[TICKET_ROTATION_LEN];
    uint8_t two[TICKET_ROTATION_LEN];

    (void)state;
    assert_int_equal(num_keys(1767603600, 0), 6);
    for (size_t i = 0; i < 6; i++) {
        assert_true(ticket_rotation_key(one, i, a_key, 1767603600 * NS, 0));
        assert_true(ticket_rotation_key(two, i % 2, a_key, 1767603600 * NS, lifetimes[i / 2]));
        assert_memory_equal(one, two, sizeof(one));
    }
}

static void any_time_and_lifetime_will_do(void **state)
{
    (void)state;
    assert_int_equal(num_keys(0, 0), 6);
    assert_int_equal(num_keys(0, 1), 2);
    assert_int_equal(num_keys(UINT64_MAX / NS, UINT32_MAX), 2);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_key_is_in_use_for_three_lifetimes),
        CASE(the_one_before_it_is_tried_too),
        CASE(without_a_hint_it_is_the_lifetimes_that_are_usual),
        CASE(any_time_and_lifetime_will_do),
    };

    return RUN(cases);
}
