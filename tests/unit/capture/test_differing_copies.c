/*
 * Of a byte that is recorded twice the first copy is used, and when the copies differ it is said.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

static const struct reassembly_counts *counts_of(const struct stage *s)
{
    return reassembly_counts(s->reassembly);
}

static void equal_copies_are_no_news(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abcd");
    stage_say(s, SIDE_CLIENT, 7, "ghi");
    stage_say(s, SIDE_CLIENT, 3, "cdefghij");
    stage_say(s, SIDE_CLIENT, 1, "abcdefghij");
    stage_say(s, SIDE_SERVER, 1, "other bytes");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghij");
    assert_int_equal(counts_of(s)->differing, 0);
}

static void another_copy_of_what_was_handed_on_is_counted(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abcd");
    stage_say(s, SIDE_SERVER, 1, "abXY");
    stage_say(s, SIDE_CLIENT, 3, "cDef"); /* frame 6 */
    stage_say(s, SIDE_CLIENT, 1, "ABCDEF");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdef");
    assert_int_equal(counts_of(s)->differing, 2);
    assert_int_equal(counts_of(s)->first_differing_frame, 6);
}

static void another_copy_of_what_waits_is_counted(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 3, "cd");
    stage_say(s, SIDE_CLIENT, 7, "gh");
    stage_say(s, SIDE_CLIENT, 2, "bcdefGh"); /* frame 6 */
    stage_say(s, SIDE_CLIENT, 1, "abCdefgh");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefgh");
    assert_int_equal(counts_of(s)->differing, 2);
    assert_int_equal(counts_of(s)->first_differing_frame, 6);
}

static void a_segment_that_differs_in_two_places_is_one_segment(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "ab");
    stage_say(s, SIDE_CLIENT, 5, "ef");
    stage_say(s, SIDE_CLIENT, 1, "ABCDEF");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abCDef");
    assert_int_equal(counts_of(s)->differing, 1);
}

static void another_copy_of_what_is_held_without_a_syn_is_counted(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_CLIENT, 1000, "abcd");
    stage_say(s, SIDE_CLIENT, 1002, "CDef");
    assert_int_equal(counts_of(s)->differing, 1);
}

static void a_keep_alive_may_hold_any_byte(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_send(s, SIDE_SERVER, TCP_FLAG_ACK, 0, bytes_of("?", 1)); /* before any data */
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_ACK, 3, bytes_of("\0", 1));
    stage_send(s, SIDE_CLIENT, TCP_FLAG_ACK, 3, bytes_of(NULL, 0));
    stage_say(s, SIDE_CLIENT, 6, "fg");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_ACK, 7, bytes_of("\0", 1));
    stage_say(s, SIDE_CLIENT, 4, "de");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefg");
    assert_int_equal(s->heard[0].stream[SIDE_SERVER].len, 0);
    assert_int_equal(counts_of(s)->differing, 0);
}

static void one_other_byte_elsewhere_is_no_keep_alive(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_say(s, SIDE_CLIENT, 2, "B");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abc");
    assert_int_equal(counts_of(s)->differing, 1);
}

static void a_keep_alive_behind_the_fin_is_no_data(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_FIN, 1, bytes_of("bye", 3));
    stage_send(s, SIDE_CLIENT, TCP_FLAG_ACK, 4, bytes_of("\0", 1)); /* the FIN's own number */
    stage_say(s, SIDE_SERVER, 1, "bye, too");
    stage_assert_stream(s, 0, SIDE_CLIENT, "bye");
    assert_int_equal(counts_of(s)->differing, 0);
}

static void a_copy_in_small_segments_is_compared_too(void **state)
{
    struct stage *s = *state;
    char text[300];

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    stage_handshake(s, 1, 1);
    for (uint32_t i = 0; i < sizeof(text); i++)
        stage_send(s, SIDE_CLIENT, 0, 1 + i, bytes_of(&text[i], 1));
    stage_send(s, SIDE_CLIENT, 0, 1, bytes_of(text, sizeof(text)));
    assert_int_equal(counts_of(s)->differing, 0);
    text[0] = '?';
    stage_send(s, SIDE_CLIENT, 0, 1, bytes_of(text, sizeof(text)));
    assert_int_equal(counts_of(s)->differing, 1);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, sizeof(text));
}

static void a_new_connection_is_not_compared_with_the_one_before(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "old");
    stage_handshake(s, 2, 2);
    stage_say(s, SIDE_CLIENT, 2, "new");
    stage_say(s, SIDE_CLIENT, 2, "new");
    stage_assert_stream(s, 1, SIDE_CLIENT, "new");
    assert_int_equal(counts_of(s)->differing, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(equal_copies_are_no_news),
        ON_STAGE(another_copy_of_what_was_handed_on_is_counted),
        ON_STAGE(another_copy_of_what_waits_is_counted),
        ON_STAGE(a_segment_that_differs_in_two_places_is_one_segment),
        ON_STAGE(another_copy_of_what_is_held_without_a_syn_is_counted),
        ON_STAGE(a_keep_alive_may_hold_any_byte),
        ON_STAGE(one_other_byte_elsewhere_is_no_keep_alive),
        ON_STAGE(a_keep_alive_behind_the_fin_is_no_data),
        ON_STAGE(a_copy_in_small_segments_is_compared_too),
        ON_STAGE(a_new_connection_is_not_compared_with_the_one_before),
    };

    return RUN(cases);
}
