/*
 * Recordings without the SYN, in which packets changed places: where does a direction begin? Its
 * foremost segment may be recorded behind others, and behind the acknowledgements of them.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

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

static const struct reassembly_counts *counts_of(struct stage *s)
{
    return reassembly_counts(s->reassembly);
}

/* As many segments as it takes until nothing in front is waited for any more. */
static void go_on(struct stage *s, uint32_t sequence, uint32_t acknowledge)
{
    for (size_t i = 0; i < REASSEMBLY_SETTLED; i++)
        stage_ack(s, SIDE_CLIENT, sequence, acknowledge);
}

static void the_first_segment_may_come_behind_the_acknowledgement_of_the_second(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_SERVER, 0, 158, 1, " and");
    segment(s, SIDE_SERVER, 0, 162, 1, " more");
    segment(s, SIDE_CLIENT, 0, 1, 167, "");
    segment(s, SIDE_SERVER, 0, 152, 1, "answer");
    go_on(s, 1, 167);
    stage_assert_stream(s, 0, SIDE_SERVER, "answer and more");
    assert_int_equal(counts_of(s)->in_front, 0);
}

static void a_question_may_come_behind_the_answer_and_the_next_question(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_SERVER, 0, 2001, 1004, "answer");
    segment(s, SIDE_CLIENT, 0, 1004, 2007, " more");
    segment(s, SIDE_SERVER, 0, 2007, 1009, "s");
    segment(s, SIDE_CLIENT, 0, 1001, 2001, "ask");
    go_on(s, 1009, 2008);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answers");
}

static void a_short_conversation_is_whole_at_the_end_of_the_recording(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, 0, 4, 1, " more");
    segment(s, SIDE_SERVER, 0, 1, 9, "answer");
    segment(s, SIDE_CLIENT, 0, 1, 1, "ask");
    reassembly_finish(s->reassembly);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
}

static void what_was_said_slowly_is_not_waited_for(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, 0, 1, 1, "ask");
    segment(s, SIDE_SERVER, 0, 1, 4, "answer");
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 0);
    stage_wait(s, REASSEMBLY_LINGER_NS);
    segment(s, SIDE_CLIENT, 0, 4, 7, " more");
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
}

static void what_is_settled_is_handed_on_at_once(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, 0, 1, 1, "ask");
    segment(s, SIDE_SERVER, 0, 1, 4, "");
    go_on(s, 4, 1);
    segment(s, SIDE_SERVER, 0, 1, 4, "answer");
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
}

static void what_comes_too_late_is_counted(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, 0, 4, 1, " more");
    segment(s, SIDE_SERVER, 0, 1, 9, "answer");
    go_on(s, 9, 7);
    stage_assert_stream(s, 0, SIDE_CLIENT, " more");
    segment(s, SIDE_CLIENT, 0, 1, 1, "ask");
    stage_assert_stream(s, 0, SIDE_CLIENT, " more");
    assert_int_equal(counts_of(s)->in_front, 1);
}

static void a_syn_that_comes_late_says_where_it_begins(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_SERVER, 0, 7, 4, " more");
    segment(s, SIDE_CLIENT, 0, 4, 12, "");
    segment(s, SIDE_SERVER, TCP_FLAG_SYN, 0, 1, "");
    segment(s, SIDE_SERVER, 0, 1, 4, "answer");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer more");
}

static void end_both(struct stage *s)
{
    segment(s, SIDE_CLIENT, 0, 4, 1, " more");
    segment(s, SIDE_SERVER, 0, 1, 9, "answer");
    segment(s, SIDE_CLIENT, TCP_FLAG_FIN, 9, 7, "");
    segment(s, SIDE_SERVER, TCP_FLAG_FIN, 7, 10, "");
    segment(s, SIDE_CLIENT, 0, 10, 8, "");
}

static void what_comes_behind_both_ends_is_waited_for(void **state)
{
    struct stage *s = *state;

    end_both(s);
    assert_int_equal(s->heard[0].closed, 0);
    segment(s, SIDE_CLIENT, 0, 1, 1, "ask");
    reassembly_finish(s->reassembly);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
    assert_int_equal(s->num_opened, 1);
}

static void behind_both_ends_nothing_is_waited_for_forever(void **state)
{
    struct stage *s = *state;

    end_both(s);
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    s->client.port++;
    stage_handshake(s, 1, 1);
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, " more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
    s->client.port--;
    segment(s, SIDE_CLIENT, 0, 4, 1, " more"); /* late, and no new connection */
    assert_int_equal(s->num_opened, 2);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(the_first_segment_may_come_behind_the_acknowledgement_of_the_second),
        ON_STAGE(a_question_may_come_behind_the_answer_and_the_next_question),
        ON_STAGE(a_short_conversation_is_whole_at_the_end_of_the_recording),
        ON_STAGE(what_was_said_slowly_is_not_waited_for),
        ON_STAGE(what_is_settled_is_handed_on_at_once),
        ON_STAGE(what_comes_too_late_is_counted),
        ON_STAGE(a_syn_that_comes_late_says_where_it_begins),
        ON_STAGE(what_comes_behind_both_ends_is_waited_for),
        ON_STAGE(behind_both_ends_nothing_is_waited_for_forever),
    };

    return RUN(cases);
}
