#include "attacker/leaks/evidence.h"

#include <string.h>

#include "tests/support/check.h"

static void steps_are_kept_in_their_order(void **state)
{
    static const char first[] = "Is it so?";
    struct evidence e = {0};

    (void)state;
    evidence_add(&e, 7, first, "yes: %d times", 3);
    evidence_add(&e, 0, "And so?", "no");
    assert_int_equal(e.num_steps, 2);
    assert_int_equal(e.steps[0].frame, 7);
    assert_ptr_equal(e.steps[0].step, first);
    assert_string_equal(e.steps[0].result, "yes: 3 times");
    assert_int_equal(e.steps[1].frame, 0);
    assert_string_equal(e.steps[1].result, "no");
    evidence_clear(&e);
    assert_int_equal(e.num_steps, 0);
    evidence_clear(&e);
}

static void steps_that_would_not_fit_are_left_out(void **state)
{
    struct evidence e = {0};

    (void)state;
    for (int i = 0; i < EVIDENCE_MAX_STEPS + 5; i++)
        evidence_add(&e, 1, "step", "%d", i);
    assert_int_equal(e.num_steps, EVIDENCE_MAX_STEPS);
    assert_string_equal(e.steps[0].result, "0");
    assert_string_equal(e.steps[EVIDENCE_MAX_STEPS - 1].result, "63");
    evidence_clear(&e);
}

static void a_result_longer_than_a_page_is_cut(void **state)
{
    char long_text[5000];
    struct evidence e = {0};

    (void)state;
    memset(long_text, 'x', sizeof(long_text) - 1);
    long_text[sizeof(long_text) - 1] = '\0';
    evidence_add(&e, 1, "step", "%s", long_text);
    assert_true(strlen(e.steps[0].result) > 500);
    assert_true(strlen(e.steps[0].result) < sizeof(long_text) - 1);
    evidence_clear(&e);
}

static void hex_is_in_groups_of_two_bytes_and_says_when_there_is_more(void **state)
{
    static const struct {
        const char *bytes;
        const char *text;
    } cases[] = {
        {"", ""},
        {"8f", "8f"},
        {"8f3a", "8f3a"},
        {"8f3a01", "8f3a 01"},
        {"000102030405060708090a0b", "0001 0203 0405 0607 0809 0a0b"},
        {"000102030405060708090a0b0c", "0001 0203 0405 0607 0809 0a0b ..."},
    };
    char text[EVIDENCE_HEX_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes b = unhex(cases[i].bytes);

        assert_string_equal(evidence_hex(b, text), cases[i].text);
        exact_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(steps_are_kept_in_their_order),
        CASE(steps_that_would_not_fit_are_left_out),
        CASE(a_result_longer_than_a_page_is_cut),
        CASE(hex_is_in_groups_of_two_bytes_and_says_when_there_is_more),
    };

    return RUN(cases);
}
