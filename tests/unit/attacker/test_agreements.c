/* Agreements amid other connections: in any pieces, in any order, up to their limits. */
#include "attacker/agreements.h"

#include "tests/support/check.h"
#include "tests/support/ring_talk.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void hear(struct agreements *all, struct agreement_watch *w, struct bytes data)
{
    static const struct connection c = {.server = {.family = 4, .port = 1}};
    const struct chunk chunk = {.data = data, .frame = 1};

    agreement_watch_bytes(w, all, &c, SIDE_CLIENT, &chunk);
}

static void the_pieces_make_no_difference(void **state)
{
    static const size_t steps[] = {1, 2, 34, 35, 36, RING_TALK_VALUE_LEN, 1000, 100000};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 4, "at noon");
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct agreements all = {0};

        ring_talk_hear(&talk, &all, steps[i]);
        assert_int_equal(all.num, 1);
        assert_int_equal(all.held, 0);
        assert_int_equal(all.list[0]->members, 4);
        assert_int_equal(agreement_num_values(all.list[0]), 12);
        assert_true(all.list[0]->sealed.frame > 0);
        assert_int_equal(all.list[0]->sealed_by, 1);
        assert_false(all.list[0]->contradicts);
        for (unsigned m = 0; m < 4; m++)
            assert_int_equal(all.list[0]->listens[m].port, 7000 + (m + 3) % 4);
        agreements_clear(&all);
    }
    ring_talk_clear(&talk);
}

static void two_agreements_are_kept_apart_by_their_numbers(void **state)
{
    struct agreements all = {0};
    struct ring_talk three;
    struct ring_talk two;

    (void)state;
    ring_talk_hold(&three, 3, "at noon");
    ring_talk_hold(&two, 2, "at one");
    ring_talk_hear(&three, &all, 1000);
    ring_talk_hear(&two, &all, 1000);
    assert_int_equal(all.num, 2);
    assert_int_equal(agreement_num_values(all.list[0]), 6);
    assert_int_equal(agreement_num_values(all.list[1]), 2);
    agreements_clear(&all);
    ring_talk_clear(&three);
    ring_talk_clear(&two);
}

static void what_begins_otherwise_is_left_alone(void **state)
{
    struct agreements all = {0};
    struct agreement_watch w = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 2, "at noon");
    hear(&all, &w, bytes_of("GET / HTTP/1.1\r\n", 16));
    assert_true(w.over[SIDE_CLIENT]);
    assert_false(w.over[SIDE_SERVER]);
    hear(&all, &w, buffer_view(&talk.said[0]));
    assert_int_equal(all.num, 0);
    assert_int_equal(all.held, 0);
    ring_talk_clear(&talk);
}

static void what_goes_on_otherwise_is_followed_so_far(void **state)
{
    struct agreements all = {0};
    struct agreement_watch w = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 2, "at noon");
    hear(&all, &w, bytes_first(buffer_view(&talk.said[0]), RING_TALK_VALUE_LEN));
    hear(&all, &w, bytes_of("KEYFALL?", 8));
    assert_true(w.over[SIDE_CLIENT]);
    assert_int_equal(all.held, 0);
    assert_int_equal(agreement_num_values(all.list[0]), 1);
    agreements_clear(&all);
    ring_talk_clear(&talk);
}

static void behind_a_hole_nothing_is_taken(void **state)
{
    struct agreements all = {0};
    struct agreement_watch w = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 3, "at noon");
    hear(&all, &w, bytes_first(buffer_view(&talk.said[0]), RING_TALK_VALUE_LEN + 10));
    assert_int_equal(all.held, 10);
    agreement_watch_gap(&w, &all, SIDE_CLIENT);
    assert_int_equal(all.held, 0);
    hear(&all, &w, buffer_view(&talk.said[0]));
    assert_int_equal(agreement_num_values(all.list[0]), 1);
    agreements_clear(&all);
    ring_talk_clear(&talk);
}

static void what_differs_when_it_is_sent_again_is_noted(void **state)
{
    struct agreements all = {0};
    struct agreement_watch w = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 2, "at noon");

    struct bytes said = bytes_first(buffer_view(&talk.said[0]), RING_TALK_VALUE_LEN);

    hear(&all, &w, said);
    hear(&all, &w, said);
    assert_false(all.list[0]->contradicts);
    talk.said[0].at[RING_TALK_VALUE_LEN - 1] ^= 1;
    hear(&all, &w, said);
    assert_true(all.list[0]->contradicts);
    assert_int_not_equal(all.list[0]->values[0][0].bytes.at[RING_VALUE_SIZE - 1],
                         talk.said[0].at[RING_TALK_VALUE_LEN - 1]);
    agreements_clear(&all);
    ring_talk_clear(&talk);
}

static void another_number_of_members_contradicts(void **state)
{
    struct agreements all = {0};
    struct agreement_watch w = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 3, "at noon");

    struct bytes said = bytes_first(buffer_view(&talk.said[1]), RING_TALK_VALUE_LEN);

    hear(&all, &w, said);
    talk.said[1].at[28] = 16;
    talk.said[1].at[29] = 16;
    hear(&all, &w, said);
    assert_true(all.list[0]->contradicts);
    assert_int_equal(all.list[0]->members, 3);
    assert_int_equal(agreement_num_values(all.list[0]), 1);
    agreements_clear(&all);
    ring_talk_clear(&talk);
}

static void there_is_a_limit_to_how_many_are_kept(void **state)
{
    struct agreements all = {0};
    struct ring_talk talk;

    (void)state;
    ring_talk_hold(&talk, 2, "at noon");
    for (unsigned i = 0; i < AGREEMENTS_MAX + 3; i++) {
        struct agreement_watch w = {0};

        talk.said[0].at[12] = (uint8_t)i; /* in its number */
        hear(&all, &w, bytes_first(buffer_view(&talk.said[0]), RING_TALK_VALUE_LEN));
    }
    assert_int_equal(all.num, AGREEMENTS_MAX);
    assert_int_equal(all.left_out, 3);
    agreements_clear(&all);
    ring_talk_clear(&talk);
}

static void there_is_a_limit_to_what_waits_for_its_end(void **state)
{
    enum { LEN = 60000, ENOUGH = (16 << 20) / LEN };
    static struct agreement_watch watches[ENOUGH + 2];
    struct bytes beginning = unhex("4b455946414c4c47 01 02 000102030405060708090a0b0c0d0e0f 0100 "
                                   "02 01 00 00010000");
    struct buffer long_one = {0};
    struct agreements all = {0};

    (void)state;
    buffer_append(&long_one, beginning);
    while (long_one.len < LEN)
        buffer_append(&long_one, beginning);
    long_one.len = LEN;
    for (size_t i = 0; i < COUNT(watches); i++) {
        hear(&all, &watches[i], buffer_view(&long_one));
        assert_true(all.held <= AGREEMENTS_MAX_HELD);
    }
    assert_int_equal(all.left_out, COUNT(watches) - ENOUGH);
    for (size_t i = 0; i < COUNT(watches); i++)
        agreement_watch_end(&watches[i], &all);
    assert_int_equal(all.held, 0);
    buffer_clear(&long_one);
    exact_free(beginning);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_pieces_make_no_difference),
        CASE(two_agreements_are_kept_apart_by_their_numbers),
        CASE(what_begins_otherwise_is_left_alone),
        CASE(what_goes_on_otherwise_is_followed_so_far),
        CASE(behind_a_hole_nothing_is_taken),
        CASE(what_differs_when_it_is_sent_again_is_noted),
        CASE(another_number_of_members_contradicts),
        CASE(there_is_a_limit_to_how_many_are_kept),
        CASE(there_is_a_limit_to_what_waits_for_its_end),
    };

    return RUN(cases);
}
