/*
 * Where does a stream end, and is something missing in front of it? A gap that is none would make a
 * whole conversation look as if packets were lost, so each usual way to end is tried here.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

static const struct bytes NOTHING = {0};

static void segment(struct stage *s, enum side from, uint8_t flags, uint32_t sequence,
                    uint32_t acknowledge, const char *text)
{
    stage_packet(s, &(struct recipe){
                        .from = from == SIDE_CLIENT ? s->client : s->server,
                        .to = from == SIDE_CLIENT ? s->server : s->client,
                        .sequence = sequence,
                        .acknowledge = acknowledge,
                        .flags = flags | TCP_FLAG_ACK,
                        .payload = bytes_of(text, strlen(text)),
                    });
}

static uint64_t missing(struct stage *s)
{
    reassembly_finish(s->reassembly);
    return reassembly_counts(s->reassembly)->bytes_missing;
}

/* Four bytes each way, all acknowledged; the next numbers are 5 and 5. */
static void talk(struct stage *s)
{
    stage_handshake(s, 1, 1);
    segment(s, SIDE_CLIENT, 0, 1, 1, "ask?");
    segment(s, SIDE_SERVER, 0, 1, 5, "yes!");
    stage_ack(s, SIDE_CLIENT, 5, 5);
}

/* --- Nothing is missing ---------------------------------------------------------------------- */

static void a_recording_that_just_stops_misses_nothing(void **state)
{
    talk(*state);
    assert_int_equal(missing(*state), 0);
}

static void the_number_of_a_fin_is_no_byte(void **state)
{
    struct stage *s = *state;

    talk(s);
    segment(s, SIDE_CLIENT, TCP_FLAG_FIN, 5, 5, "");
    stage_ack(s, SIDE_SERVER, 5, 6);
    assert_int_equal(missing(s), 0);
}

static void an_acknowledged_fin_that_was_not_recorded_is_no_byte(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_ack(s, SIDE_SERVER, 5, 6);
    segment(s, SIDE_SERVER, TCP_FLAG_FIN, 5, 6, "");
    assert_int_equal(missing(s), 0);
}

static void a_handshake_without_data_misses_nothing(void **state)
{
    stage_handshake(*state, 1, 1);
    assert_int_equal(missing(*state), 0);
}

static void a_syn_ack_alone_misses_nothing(void **state)
{
    segment(*state, SIDE_SERVER, TCP_FLAG_SYN, 0, 1, "");
    assert_int_equal(missing(*state), 0);
}

static void keep_alives_and_their_answers_miss_nothing(void **state)
{
    struct stage *s = *state;

    talk(s);
    for (size_t i = 0; i < 5; i++) {
        segment(s, SIDE_CLIENT, 0, 4, 5, "");
        stage_ack(s, SIDE_SERVER, 5, 5);
        segment(s, SIDE_SERVER, 0, 4, 5, "\xff");
        stage_ack(s, SIDE_CLIENT, 5, 5);
    }
    assert_int_equal(missing(s), 0);
    stage_assert_stream(s, 0, SIDE_SERVER, "yes!");
}

static void a_probe_of_a_closed_window_is_the_next_byte(void **state)
{
    struct stage *s = *state;

    talk(s);
    segment(s, SIDE_CLIENT, 0, 5, 5, "m"); /* not taken: the window is closed */
    stage_ack(s, SIDE_SERVER, 5, 5);
    segment(s, SIDE_CLIENT, 0, 5, 5, "m");
    stage_ack(s, SIDE_SERVER, 5, 5);
    segment(s, SIDE_CLIENT, 0, 5, 5, "more");
    stage_ack(s, SIDE_SERVER, 5, 9);
    assert_int_equal(missing(s), 0);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask?more");
    assert_int_equal(reassembly_counts(s->reassembly)->differing, 0);
}

static void a_reset_with_a_number_further_on_misses_nothing(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_send(s, SIDE_SERVER, TCP_FLAG_RST, 900, NOTHING);
    assert_int_equal(missing(s), 0);
}

static void acknowledgements_alone_open_nothing(void **state)
{
    struct stage *s = *state;

    for (uint32_t i = 0; i < 10; i++)
        stage_ack(s, SIDE_CLIENT, 77, 1000 * i);
    assert_int_equal(missing(s), 0);
    assert_int_equal(s->num_opened, 0);
}

static void of_a_direction_that_was_never_recorded_nothing_is_claimed(void **state)
{
    struct stage *s = *state;

    for (uint32_t i = 0; i < 10; i++)
        segment(s, SIDE_CLIENT, 0, 1000 + 4 * i, 5000 * i, "ask?"); /* from the middle */
    assert_int_equal(missing(s), 0);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 40);
}

/* --- Something is missing -------------------------------------------------------------------- */

static void what_was_acknowledged_and_not_recorded_is_missing(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_ack(s, SIDE_SERVER, 5, 105);
    assert_int_equal(missing(s), 99); /* the last may have been a FIN */
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].frame, 0);
}

static void a_long_end_that_was_acknowledged_step_by_step_is_missing(void **state)
{
    struct stage *s = *state;
    uint32_t steps = 5;

    talk(s);
    for (uint32_t i = 1; i <= steps; i++)
        stage_ack(s, SIDE_SERVER, 5, 5 + i * (REASSEMBLY_NEAR - 100));
    assert_int_equal(missing(s), steps * (REASSEMBLY_NEAR - 100) - 1);
}

static void a_lost_segment_is_missing_once_though_it_is_acknowledged(void **state)
{
    struct stage *s = *state;

    talk(s);
    segment(s, SIDE_CLIENT, 0, 15, 5, "after");
    stage_ack(s, SIDE_SERVER, 5, 20);
    assert_int_equal(missing(s), 10);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].frame, 7);
}

/* --- Forged ----------------------------------------------------------------------------------- */

static void an_acknowledgement_that_later_ones_contradict_is_forgotten(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_ack(s, SIDE_SERVER, 5, 9000);
    for (size_t i = 0; i < 3; i++)
        segment(s, SIDE_SERVER, 0, 5, 5, "more");
    assert_int_equal(missing(s), 0);
}

static void a_single_acknowledgement_from_far_away_is_not_believed(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_ack(s, SIDE_SERVER, 5, 0x40000000);
    assert_int_equal(missing(s), 0);
}

static void a_segment_from_far_away_is_left_out_and_counted(void **state)
{
    struct stage *s = *state;

    talk(s);
    segment(s, SIDE_CLIENT, 0, 0x40000000, 5, "forged");
    segment(s, SIDE_CLIENT, 0, 5, 5, "more");
    assert_int_equal(missing(s), 0);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask?more");
    assert_int_equal(reassembly_counts(s->reassembly)->outside, 1);
}

static void a_segment_far_behind_a_pause_of_the_recording_is_believed(void **state)
{
    struct stage *s = *state;
    uint32_t pause = 20 << 20;

    talk(s);
    segment(s, SIDE_CLIENT, 0, 5 + pause, 5, "after");
    stage_ack(s, SIDE_SERVER, 5, 10 + pause);
    assert_int_equal(missing(s), pause);
    assert_int_equal(reassembly_counts(s->reassembly)->outside, 0);
}

static void a_fin_that_cannot_be_is_ignored(void **state)
{
    struct stage *s = *state;

    talk(s);
    segment(s, SIDE_CLIENT, TCP_FLAG_FIN, 0x40000000, 5, "");
    segment(s, SIDE_CLIENT, TCP_FLAG_FIN, 2, 5, "");
    segment(s, SIDE_SERVER, TCP_FLAG_FIN, 5, 5, "");
    assert_int_equal(s->heard[0].closed, 0);
    segment(s, SIDE_CLIENT, 0, 5, 6, "more");
    assert_int_equal(missing(s), 0);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask?more");
}

/* --- Reset -------------------------------------------------------------------------------------
 */

static void what_was_on_its_way_when_a_reset_came_is_read(void **state)
{
    struct stage *s = *state;

    talk(s);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 5, NOTHING);
    segment(s, SIDE_SERVER, 0, 5, 5, "still ");
    segment(s, SIDE_SERVER, 0, 11, 5, "here");
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    segment(s, SIDE_SERVER, 0, 15, 5, "too late");
    assert_int_equal(s->heard[0].closed, 1);
    assert_int_equal(s->num_opened, 1);
    stage_assert_stream(s, 0, SIDE_SERVER, "yes!still here");
}

static void a_conversation_goes_on_behind_a_forged_reset(void **state)
{
    struct stage *s = *state;
    const uint32_t outside[] = {4, 6, 70000, 5 + REASSEMBLY_NEAR, 0x80000005, 0};

    talk(s);
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
        stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, outside[i], NOTHING);
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    segment(s, SIDE_CLIENT, 0, 5, 5, "more");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 9, NOTHING); /* well forged, but the sender goes on */
    segment(s, SIDE_CLIENT, 0, 9, 5, " and more");
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    segment(s, SIDE_SERVER, 0, 5, 18, "good");
    assert_int_equal(s->heard[0].closed, 0);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask?more and more");
    stage_assert_stream(s, 0, SIDE_SERVER, "yes!good");
}

static void a_forged_refusal_is_ignored(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    stage_send(s, SIDE_SERVER, TCP_FLAG_RST, 12345, NOTHING);
    segment(s, SIDE_SERVER, TCP_FLAG_RST, 0, 0x50000000, "");
    segment(s, SIDE_SERVER, TCP_FLAG_SYN, 0, 1, "");
    segment(s, SIDE_CLIENT, 0, 1, 1, "ask?");
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask?");
    assert_int_equal(s->heard[0].closed, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(a_recording_that_just_stops_misses_nothing),
        ON_STAGE(the_number_of_a_fin_is_no_byte),
        ON_STAGE(an_acknowledged_fin_that_was_not_recorded_is_no_byte),
        ON_STAGE(a_handshake_without_data_misses_nothing),
        ON_STAGE(a_syn_ack_alone_misses_nothing),
        ON_STAGE(keep_alives_and_their_answers_miss_nothing),
        ON_STAGE(a_probe_of_a_closed_window_is_the_next_byte),
        ON_STAGE(a_reset_with_a_number_further_on_misses_nothing),
        ON_STAGE(acknowledgements_alone_open_nothing),
        ON_STAGE(of_a_direction_that_was_never_recorded_nothing_is_claimed),
        ON_STAGE(what_was_acknowledged_and_not_recorded_is_missing),
        ON_STAGE(a_long_end_that_was_acknowledged_step_by_step_is_missing),
        ON_STAGE(a_lost_segment_is_missing_once_though_it_is_acknowledged),
        ON_STAGE(an_acknowledgement_that_later_ones_contradict_is_forgotten),
        ON_STAGE(a_single_acknowledgement_from_far_away_is_not_believed),
        ON_STAGE(a_segment_from_far_away_is_left_out_and_counted),
        ON_STAGE(a_segment_far_behind_a_pause_of_the_recording_is_believed),
        ON_STAGE(a_fin_that_cannot_be_is_ignored),
        ON_STAGE(what_was_on_its_way_when_a_reset_came_is_read),
        ON_STAGE(a_conversation_goes_on_behind_a_forged_reset),
        ON_STAGE(a_forged_refusal_is_ignored),
    };

    return RUN(cases);
}
