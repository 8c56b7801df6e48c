/*
 * What recordings hold beside plain conversations: other ways to open, directions that were
 * recorded one behind the other, everything twice, the same ports again.
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
                        .flags = flags,
                        .payload = bytes_of(text, strlen(text)),
                    });
}

/* Nothing is missing, contradicts itself, or was left out. */
static void assert_whole(struct stage *s)
{
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    reassembly_finish(s->reassembly);
    assert_int_equal(counts->bytes_missing, 0);
    assert_int_equal(counts->differing, 0);
    assert_int_equal(counts->outside, 0);
}

enum { SYN = TCP_FLAG_SYN, ACK = TCP_FLAG_ACK, FIN = TCP_FLAG_FIN, RST = TCP_FLAG_RST, URG = 0x20 };

/* --- Opening -----------------------------------------------------------------------------------
 */

static void fast_open_data_may_be_sent_again_when_the_server_left_it(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, SYN, 0, 0, "early");
    segment(s, SIDE_CLIENT, SYN, 0, 0, ""); /* again, the old way */
    segment(s, SIDE_SERVER, SYN | ACK, 0, 1, "");
    segment(s, SIDE_CLIENT, ACK, 1, 1, "early and late");
    stage_assert_stream(s, 0, SIDE_CLIENT, "early and late");
    assert_int_equal(s->num_opened, 1);
    assert_whole(s);
}

static void a_server_may_answer_in_its_syn(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, SYN, 0, 0, "ask");
    segment(s, SIDE_SERVER, SYN | ACK, 99, 4, "answer");
    segment(s, SIDE_SERVER, ACK, 106, 4, " and more");
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer and more");
    assert_whole(s);
}

static void both_may_open_at_once(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_SERVER, SYN, 99, 0, "");
    segment(s, SIDE_CLIENT, SYN | ACK, 0, 100, "");
    segment(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    segment(s, SIDE_CLIENT, ACK, 1, 100, "one");
    segment(s, SIDE_SERVER, ACK, 100, 4, "two");
    assert_int_equal(s->num_opened, 1);
    assert_true(endpoint_equal(&s->heard[0].about->client, &s->client));
    stage_assert_stream(s, 0, SIDE_CLIENT, "one");
    stage_assert_stream(s, 0, SIDE_SERVER, "two");
    assert_whole(s);
}

static void an_old_answer_to_a_new_syn_does_no_harm(void **state)
{
    struct stage *s = *state;

    /* The server still has an old connection: RFC 9293 section 3.5.1, half-open. */
    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_SERVER, ACK, 700000, 0x60000000, "");
    segment(s, SIDE_CLIENT, RST, 0x60000000, 0, "");
    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_SERVER, ACK, 700000, 0xa0000000, "");
    segment(s, SIDE_CLIENT, RST, 0xa0000000, 0, "");
    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    segment(s, SIDE_CLIENT, ACK, 1, 100, "ask");
    segment(s, SIDE_SERVER, ACK, 100, 4, "answer");
    segment(s, SIDE_CLIENT, ACK, 4, 106, "");
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
    assert_whole(s);
    assert_int_equal(s->num_opened, 1);
}

/* --- Talking -----------------------------------------------------------------------------------
 */

static void urgent_bytes_are_bytes(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    segment(s, SIDE_CLIENT, ACK, 1, 1, "plain ");
    segment(s, SIDE_CLIENT, ACK | URG, 7, 1, "urgent");
    segment(s, SIDE_CLIENT, ACK, 13, 1, " plain");
    stage_assert_stream(s, 0, SIDE_CLIENT, "plain urgent plain");
    assert_whole(s);
}

static void segments_of_one_byte_are_put_together_in_any_order(void **state)
{
    struct stage *s = *state;
    const char *text = "the quick brown fox jumps over the lazy dog";
    uint32_t len = (uint32_t)strlen(text);

    stage_handshake(s, 0xfffffff0, 1);
    for (uint32_t i = 0; i < len; i++) {
        uint32_t at = i * 17 % len;

        stage_send(s, SIDE_CLIENT, 0, 0xfffffff0 + at, bytes_of(text + at, 1));
    }
    stage_assert_stream(s, 0, SIDE_CLIENT, text);
    assert_whole(s);
}

static void long_after_one_side_has_ended_the_other_may_go_on(void **state)
{
    struct stage *s = *state;
    char expected[1001] = "";

    stage_handshake(s, 1, 1);
    segment(s, SIDE_CLIENT, ACK | FIN, 1, 1, "ask");
    for (uint32_t i = 0; i < 100; i++) {
        stage_wait(s, 10 * REASSEMBLY_LINGER_NS);
        segment(s, SIDE_SERVER, ACK, 1 + 10 * i, 5, "ten bytes!");
        segment(s, SIDE_CLIENT, ACK, 5, 11 + 10 * i, "");
        memcpy(expected + (size_t)10 * i, "ten bytes!", 11);
    }
    stage_assert_stream(s, 0, SIDE_SERVER, expected);
    assert_int_equal(s->heard[0].closed, 0);
    segment(s, SIDE_SERVER, ACK | FIN, 1001, 5, "");
    assert_int_equal(s->heard[0].closed, 1);
    assert_whole(s);
}

/* --- Recorded otherwise --------------------------------------------------------------------------
 */

static void client_says(struct stage *s)
{
    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_CLIENT, ACK, 1, 100, "");
    segment(s, SIDE_CLIENT, ACK, 1, 100, "ask");
    segment(s, SIDE_CLIENT, ACK, 4, 106, " more");
    segment(s, SIDE_CLIENT, ACK | FIN, 9, 110, "");
    segment(s, SIDE_CLIENT, ACK, 10, 111, "");
}

static void server_says(struct stage *s)
{
    segment(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    segment(s, SIDE_SERVER, ACK, 100, 4, "answer");
    segment(s, SIDE_SERVER, ACK, 106, 9, "more");
    segment(s, SIDE_SERVER, ACK | FIN, 110, 10, "");
}

static void assert_conversation(struct stage *s)
{
    assert_int_equal(s->num_opened, 1);
    assert_true(endpoint_equal(&s->heard[0].about->client, &s->client));
    assert_true(s->heard[0].about->syn_seen);
    assert_int_equal(s->heard[0].closed, 0);
}

static void the_client_may_be_recorded_behind_the_server(void **state)
{
    struct stage *s = *state;

    server_says(s);
    assert_conversation(s);
    client_says(s);
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answermore");
    assert_whole(s);
    assert_int_equal(s->num_opened, 1);
}

static void the_server_may_be_recorded_behind_the_client(void **state)
{
    struct stage *s = *state;

    client_says(s);
    assert_conversation(s);
    server_says(s);
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask more");
    stage_assert_stream(s, 0, SIDE_SERVER, "answermore");
    assert_whole(s);
}

static void a_reset_may_be_recorded_in_front_of_what_it_answers(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, SYN, 0, 0, "");
    segment(s, SIDE_CLIENT, ACK, 1, 100, "ask");
    segment(s, SIDE_CLIENT, ACK, 4, 106, "");
    segment(s, SIDE_CLIENT, RST, 4, 0, "");
    segment(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    segment(s, SIDE_SERVER, ACK, 100, 4, "answer");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
    assert_whole(s);
}

/* The same frame once more, as a second port of the switch saw it. */
static void twice(struct stage *s, enum side from, uint8_t flags, uint32_t sequence,
                  uint32_t acknowledge, const char *text)
{
    segment(s, from, flags, sequence, acknowledge, text);
    stage_packet(s, &(struct recipe){
                        .from = from == SIDE_CLIENT ? s->client : s->server,
                        .to = from == SIDE_CLIENT ? s->server : s->client,
                        .sequence = sequence,
                        .acknowledge = acknowledge,
                        .flags = flags,
                        .payload = bytes_of(text, strlen(text)),
                        .vlan_tags = 1,
                    });
}

static void every_packet_may_be_recorded_twice(void **state)
{
    struct stage *s = *state;

    twice(s, SIDE_CLIENT, SYN, 0, 0, "");
    twice(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    twice(s, SIDE_CLIENT, ACK, 1, 100, "ask");
    twice(s, SIDE_SERVER, ACK, 100, 4, "answer");
    twice(s, SIDE_CLIENT, ACK | FIN, 4, 106, "");
    twice(s, SIDE_SERVER, ACK | FIN, 106, 5, "");
    twice(s, SIDE_CLIENT, ACK, 5, 107, "");
    assert_int_equal(s->num_opened, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
    assert_int_equal(s->heard[0].closed, 1);
    assert_whole(s);
}

static void one_direction_alone_is_read_with_its_gaps(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_SERVER, SYN | ACK, 99, 1, "");
    segment(s, SIDE_SERVER, ACK, 100, 4, "answer");
    segment(s, SIDE_SERVER, ACK, 109, 4, "more");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].stream[SIDE_SERVER].len, 13);
    assert_int_equal(s->heard[0].last_gap[SIDE_SERVER].missing, 3);
    assert_int_equal(s->heard[0].num_gaps[SIDE_CLIENT],
                     1); /* "ask" was acknowledged: 3, or a FIN */
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].missing, 2);
}

/* --- The same ports again
 * -------------------------------------------------------------------------- */

static void say_one(struct stage *s)
{
    stage_handshake(s, 1, 1);
    segment(s, SIDE_CLIENT, ACK, 1, 1, "one");
    segment(s, SIDE_SERVER, ACK, 1, 4, "ONE");
}

static void say_two(struct stage *s, uint32_t client, uint32_t server)
{
    stage_handshake(s, client, server);
    segment(s, SIDE_CLIENT, ACK, client, server, "two");
    segment(s, SIDE_SERVER, ACK, server, client + 3, "TWO");
}

static void assert_one_and_two(struct stage *s)
{
    assert_int_equal(s->num_opened, 2);
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "one");
    stage_assert_stream(s, 0, SIDE_SERVER, "ONE");
    stage_assert_stream(s, 1, SIDE_CLIENT, "two");
    stage_assert_stream(s, 1, SIDE_SERVER, "TWO");
    assert_whole(s);
}

static void the_same_ports_again_after_a_fin(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_CLIENT, ACK | FIN, 4, 4, "");
    segment(s, SIDE_SERVER, ACK | FIN, 4, 5, "");
    segment(s, SIDE_CLIENT, ACK, 5, 5, "");
    say_two(s, 50, 60); /* numbers a little further on, as after a short time */
    assert_one_and_two(s);
}

static void the_same_ports_again_after_a_reset(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_CLIENT, RST, 4, 0, "");
    say_two(s, 50, 60);
    assert_one_and_two(s);
}

static void the_same_ports_again_without_an_end(void **state)
{
    say_one(*state);
    say_two(*state, 50, 60);
    assert_one_and_two(*state);
}

static void the_same_ports_again_after_half_an_end(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_SERVER, ACK | FIN, 4, 4, "");
    say_two(s, 0xfffffff0, 60);
    assert_one_and_two(s);
}

static void the_same_ports_and_numbers_again_after_a_while(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_CLIENT, ACK | FIN, 4, 4, "");
    segment(s, SIDE_SERVER, ACK | FIN, 4, 5, "");
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    say_two(s, 1, 1);
    assert_one_and_two(s);
}

/* Neither the end of the first is in the recording, nor the handshake of the second. */
static void begin_anew(struct stage *s, uint32_t client, uint32_t server)
{
    say_one(s);
    segment(s, SIDE_CLIENT, ACK, client, server, ""); /* the end of the handshake opens nothing */
    segment(s, SIDE_CLIENT, ACK, client, server, "two");
    segment(s, SIDE_SERVER, ACK, server, client + 3, "");
    segment(s, SIDE_SERVER, ACK, server, client + 3, "TWO");
    segment(s, SIDE_CLIENT, ACK, client + 3, server + 3, "");
    stage_wait(s, REASSEMBLY_LINGER_NS);
    segment(s, SIDE_CLIENT, ACK, client + 3, server + 3, "");
}

static void the_same_ports_again_without_an_end_and_a_beginning(void **state)
{
    begin_anew(*state, 0x60000000, 0x50000000);
    assert_one_and_two(*state);
}

static void the_same_ports_again_with_lower_numbers(void **state)
{
    begin_anew(*state, 0xa0000000, 0xb0000000);
    assert_one_and_two(*state);
}

static void the_same_ports_again_in_one_recorded_direction(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_SERVER, ACK, 0xb0000000, 0xa0000003, "TWO");
    segment(s, SIDE_SERVER, ACK, 0xb0000003, 0xa0000003, " and more");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->num_opened, 2);
    stage_assert_stream(s, 0, SIDE_SERVER, "ONE");
    stage_assert_stream(s, 1, SIDE_SERVER, "TWO and more");
}

static void one_segment_that_fits_nowhere_is_no_connection(void **state)
{
    struct stage *s = *state;

    say_one(s);
    for (uint32_t i = 0; i < 2; i++) /* recorded twice, and still one */
        segment(s, SIDE_SERVER, ACK, 0xb0000000, 0xa0000003, "forged");
    segment(s, SIDE_CLIENT, ACK, 0x70000000, 0x60000000, "forged otherwise");
    segment(s, SIDE_SERVER, ACK, 4, 4, " and more");
    stage_assert_stream(s, 0, SIDE_SERVER, "ONE and more");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->num_opened, 1);
    assert_int_equal(reassembly_counts(s->reassembly)->outside, 3);
    assert_int_equal(reassembly_counts(s->reassembly)->bytes_missing, 0);
}

static void what_continues_a_stray_segment_elsewhere_is_of_another_connection(void **state)
{
    struct stage *s = *state;

    say_one(s);
    segment(s, SIDE_CLIENT, ACK, 0x60000000, 0x50000000, "two");
    s->client.port++;
    say_one(s);
    segment(s, SIDE_SERVER, ACK, 0x50000000, 0x60000003, "TWO");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->num_opened, 2);
    assert_int_equal(reassembly_counts(s->reassembly)->outside, 2);
}

static void acknowledgements_that_fit_nowhere_claim_nothing(void **state)
{
    struct stage *s = *state;

    say_one(s);
    for (uint32_t i = 0; i < 3; i++)
        segment(s, SIDE_CLIENT, ACK, 0x60000000, 0x50000000 + i, "");
    assert_whole(s);
    assert_int_equal(s->num_opened, 1);
}

static void many_times_the_same_ports(void **state)
{
    struct stage *s = *state;

    for (uint32_t i = 0; i < STAGE_MAX_HEARD; i++) {
        say_two(s, 1 + 1000 * i, 1 + 500 * i);
        if (i % 3 == 1)
            segment(s, SIDE_CLIENT, RST, 4 + 1000 * i, 0, "");
        if (i % 3 == 2) {
            segment(s, SIDE_CLIENT, ACK | FIN, 4 + 1000 * i, 4 + 500 * i, "");
            segment(s, SIDE_SERVER, ACK | FIN, 4 + 500 * i, 5 + 1000 * i, "");
        }
    }
    assert_int_equal(s->num_opened, STAGE_MAX_HEARD);
    for (size_t i = 0; i < STAGE_MAX_HEARD; i++) {
        stage_assert_stream(s, i, SIDE_CLIENT, "two");
        stage_assert_stream(s, i, SIDE_SERVER, "TWO");
    }
    assert_whole(s);
}

static void a_second_number_of_a_syn_with_data_is_a_new_connection(void **state)
{
    struct stage *s = *state;

    segment(s, SIDE_CLIENT, SYN, 0, 0, "one");
    stage_send(s, SIDE_CLIENT, SYN, 777, NOTHING);
    assert_int_equal(s->num_opened, 2);
    stage_assert_stream(s, 0, SIDE_CLIENT, "one");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(fast_open_data_may_be_sent_again_when_the_server_left_it),
        ON_STAGE(a_server_may_answer_in_its_syn),
        ON_STAGE(both_may_open_at_once),
        ON_STAGE(an_old_answer_to_a_new_syn_does_no_harm),
        ON_STAGE(urgent_bytes_are_bytes),
        ON_STAGE(segments_of_one_byte_are_put_together_in_any_order),
        ON_STAGE(long_after_one_side_has_ended_the_other_may_go_on),
        ON_STAGE(the_client_may_be_recorded_behind_the_server),
        ON_STAGE(the_server_may_be_recorded_behind_the_client),
        ON_STAGE(a_reset_may_be_recorded_in_front_of_what_it_answers),
        ON_STAGE(every_packet_may_be_recorded_twice),
        ON_STAGE(one_direction_alone_is_read_with_its_gaps),
        ON_STAGE(the_same_ports_again_after_a_fin),
        ON_STAGE(the_same_ports_again_after_a_reset),
        ON_STAGE(the_same_ports_again_without_an_end),
        ON_STAGE(the_same_ports_again_after_half_an_end),
        ON_STAGE(the_same_ports_and_numbers_again_after_a_while),
        ON_STAGE(the_same_ports_again_without_an_end_and_a_beginning),
        ON_STAGE(the_same_ports_again_with_lower_numbers),
        ON_STAGE(the_same_ports_again_in_one_recorded_direction),
        ON_STAGE(one_segment_that_fits_nowhere_is_no_connection),
        ON_STAGE(what_continues_a_stray_segment_elsewhere_is_of_another_connection),
        ON_STAGE(acknowledgements_that_fit_nowhere_claim_nothing),
        ON_STAGE(many_times_the_same_ports),
        ON_STAGE(a_second_number_of_a_syn_with_data_is_a_new_connection),
    };

    return RUN(cases);
}
