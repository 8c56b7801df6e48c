/* How many steps does a stream take, and do they suffice? */
#include "attacker/tls/record_proof.h"

#include "tests/support/check.h"

#define RECORD "17 0303 0004 aabbccdd"

/* walked is a proof that has seen these bytes amid a conversation. */
static struct record_proof walked(unsigned steps_before, const char *hex)
{
    struct bytes said = unhex(hex);
    struct record_proof p;

    record_proof_begin(&p, true, steps_before);
    record_proof_bytes(&p, said);
    exact_free(said);
    return p;
}

static void go_on(struct record_proof *p, const char *hex)
{
    struct bytes said = unhex(hex);

    record_proof_bytes(p, said);
    exact_free(said);
}

static void three_steps_suffice(void **state)
{
    static const struct {
        unsigned steps_before;
        const char *said;
        bool suffices;
    } cases[] = {
        {1, RECORD, true}, /* behind a hole; the end */
        {1, "17 0303 0004 aa", false},
        {1, RECORD "17 0303 0004 aa", true},
        {1, RECORD "17 0303", false},
        {0, RECORD, false},
        {0, RECORD RECORD, true},
        {0, RECORD RECORD "17 0303 0004 aa", true},
        {3, "", true},
        {2, "", false},
        {9, "00 0303 0004", false},           /* no record */
        {9, RECORD "17 0301 0004 aa", false}, /* of another version */
        {9, RECORD "17 0303 0000", false},
        {9, RECORD "14 0303 0002 aa", false},
        {1, RECORD "14 0303 0001 01", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct record_proof p = walked(cases[i].steps_before, cases[i].said);

        if (record_proof_suffices(&p, 0) != cases[i].suffices)
            fail_msg("%u, %s", cases[i].steps_before, cases[i].said);
        assert_false(record_proof_is_certain(&p));
    }
}

static void twelve_are_needed_where_headers_led_nowhere(void **state)
{
    struct record_proof p = walked(1, "");

    (void)state;
    for (size_t i = 0; i < 10; i++) {
        assert_false(record_proof_suffices(&p, 1));
        go_on(&p, RECORD);
    }
    assert_true(record_proof_suffices(&p, 1)); /* 10 headers, one before, the end */
    go_on(&p, "17");
    assert_false(record_proof_suffices(&p, 1));
    go_on(&p, "0303 0004 aa");
    assert_true(record_proof_suffices(&p, 1));
}

static void what_is_longer_than_packets_is_certain(void **state)
{
    static const uint8_t zeros[16384];
    struct record_proof p;

    (void)state;
    record_proof_begin(&p, false, 0);
    for (size_t i = 0; i < 12; i++) {
        assert_false(record_proof_is_certain(&p));
        go_on(&p, "17 0303 4000");
        record_proof_bytes(&p, bytes_of(zeros, sizeof(zeros)));
    }
    assert_true(record_proof_is_certain(&p));

    p = walked(0, "");
    for (size_t i = 0; i < 100; i++)
        go_on(&p, RECORD);
    assert_false(record_proof_is_certain(&p));
}

static void a_hole_within_a_record_does_not_matter(void **state)
{
    struct record_proof p = walked(1, "17 0303 0004 aa");

    (void)state;
    record_proof_gap(&p, 3);
    go_on(&p, RECORD);
    assert_false(p.is_adrift);
    assert_true(record_proof_suffices(&p, 0));
    go_on(&p, "17 0303 0004 aa");
    record_proof_gap(&p, 2);
    go_on(&p, "dd 474554");
    go_on(&p, "2020");
    assert_true(p.is_refuted);
}

/* What was proven in front of it holds, but nothing is known of what comes behind. */
static void a_hole_with_a_header_makes_it_drift(void **state)
{
    static const char *const begun[] = {"17 0303 0004 aa", RECORD, RECORD "17 03"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct record_proof p = walked(2, begun[i]);

        record_proof_gap(&p, 4);
        assert_true(p.is_adrift);
        go_on(&p, "474554 202020");
        assert_false(p.is_refuted);
        assert_true(record_proof_suffices(&p, 0));
        assert_false(record_proof_suffices(&p, 1));
        record_proof_gap(&p, 4);
        record_proof_go_on(&p, 0);
        assert_false(p.is_adrift);
        go_on(&p, RECORD);
        assert_true(record_proof_suffices(&p, 0)); /* by the steps in front of the hole */
        go_on(&p, "474554 202020");
        assert_false(record_proof_suffices(&p, 0));
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(three_steps_suffice),
        CASE(twelve_are_needed_where_headers_led_nowhere),
        CASE(what_is_longer_than_packets_is_certain),
        CASE(a_hole_within_a_record_does_not_matter),
        CASE(a_hole_with_a_header_makes_it_drift),
    };

    return RUN(cases);
}
