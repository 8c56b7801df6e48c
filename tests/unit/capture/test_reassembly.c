#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

static const struct bytes NOTHING = {0};

/* --- In order ---------------------------------------------------------------------------- */

static void both_directions_arrive_in_order(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1000, 5000);
    stage_say(s, SIDE_CLIENT, 1000, "GET ");
    stage_say(s, SIDE_SERVER, 5000, "200 ");
    stage_say(s, SIDE_CLIENT, 1004, "/");
    stage_say(s, SIDE_SERVER, 5004, "OK");
    stage_assert_stream(s, 0, SIDE_CLIENT, "GET /");
    stage_assert_stream(s, 0, SIDE_SERVER, "200 OK");
    assert_int_equal(s->num_opened, 1);
    assert_true(s->heard[0].about->syn_seen);
}

static void a_connection_opens_with_its_first_packet(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    assert_int_equal(s->num_opened, 1);

    const struct connection *c = s->heard[0].about;

    assert_int_equal(c->first_frame, 1);
    assert_int_equal(c->start_ns, 1000);
    assert_true(endpoint_equal(&c->client, &s->client));
    assert_true(endpoint_equal(&c->server, &s->server));
    stage_say(s, SIDE_CLIENT, 1000, "x");
    assert_int_equal(c->start_ns, 1000);
    assert_int_equal(c->end_ns, 2000);
}

static void in_order_bytes_are_handed_on_without_a_copy(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "here");

    const uint8_t *end_of_frame = s->frame_bytes.at + s->frame_bytes.len;

    assert_ptr_equal(s->heard[0].last_at[SIDE_CLIENT], end_of_frame - 4);
}

static void a_chunk_names_the_frame_in_which_its_bytes_stood(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 4, "def"); /* frame 4 */
    stage_say(s, SIDE_CLIENT, 1, "abc"); /* frame 5 */
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdef");
    assert_int_equal(s->heard[0].last_chunk[SIDE_CLIENT].frame, 4);
    assert_int_equal(s->heard[0].last_chunk[SIDE_CLIENT].time_ns, 4000);
    assert_int_equal(s->heard[0].about->end_ns, 5000);
}

static void data_in_a_syn_is_kept(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, bytes_of("fast", 4));
    stage_say(s, SIDE_CLIENT, 1004, " open");
    stage_assert_stream(s, 0, SIDE_CLIENT, "fast open");
}

static void sequence_numbers_wrap(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 0xfffffffe, 0xffffffff);
    stage_say(s, SIDE_CLIENT, 0xfffffffe, "abcd");
    stage_say(s, SIDE_CLIENT, 6, "ij");
    stage_say(s, SIDE_CLIENT, 2, "efgh");
    stage_say(s, SIDE_SERVER, 1, "CD");
    stage_say(s, SIDE_SERVER, 0xffffffff, "AB");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghij");
    stage_assert_stream(s, 0, SIDE_SERVER, "ABCD");
}

static void ipv6_and_vlan_tags_are_no_obstacle(void **state)
{
    struct stage *s = *state;
    struct recipe recipe = {.from = ipv6("fd00::1", 50000),
                            .to = ipv6("fd00::2", 443),
                            .sequence = 1,
                            .acknowledge = 1,
                            .flags = TCP_FLAG_ACK,
                            .payload = bytes_of("six", 3),
                            .vlan_tags = 2,
                            .tcp_options_len = 12};

    stage_packet(s, &recipe);
    reassembly_finish(s->reassembly);
    stage_assert_stream(s, 0, SIDE_CLIENT, "six");
    assert_int_equal(s->heard[0].at_the_end.client.family, 6);
}

static void two_ports_of_one_host_are_told_apart(void **state)
{
    struct stage *s = *state;

    s->server.address[3] = s->client.address[3];
    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "ask");
    stage_say(s, SIDE_SERVER, 1, "answer");
    assert_int_equal(s->num_opened, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "ask");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
}

/* --- Early, late, twice ------------------------------------------------------------------- */

static void a_retransmission_with_other_boundaries_adds_only_what_is_new(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abcd");
    stage_say(s, SIDE_CLIENT, 3, "cdefgh");
    stage_say(s, SIDE_CLIENT, 1, "abcdefghij");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghij");
}

static void the_first_recorded_copy_wins_when_in_order(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abcd");
    stage_say(s, SIDE_CLIENT, 1, "ABCDEF");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdEF");
}

static void the_first_recorded_copy_wins_when_early(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 3, "c");
    stage_say(s, SIDE_CLIENT, 5, "e");
    stage_say(s, SIDE_CLIENT, 2, "BCDEF");
    stage_say(s, SIDE_CLIENT, 1, "012345678");
    stage_assert_stream(s, 0, SIDE_CLIENT, "0BcDeF678");
}

static void a_keep_alive_probe_changes_nothing(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_ACK, 3, bytes_of("\0", 1));
    stage_say(s, SIDE_CLIENT, 4, "d");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcd");
}

static void a_retransmitted_syn_is_no_new_connection(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    stage_say(s, SIDE_CLIENT, 4, "d");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcd");
    assert_int_equal(s->num_opened, 1);
}

static void a_second_attempt_with_another_number_is_the_same_connection(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 777, NOTHING);
    stage_handshake(s, 1000, 5000);
    stage_say(s, SIDE_CLIENT, 1000, "abc");
    stage_say(s, SIDE_SERVER, 5000, "def");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abc");
    stage_assert_stream(s, 0, SIDE_SERVER, "def");
    assert_int_equal(s->num_opened, 1);
}

static void what_answered_the_first_attempt_does_not_count_for_the_second(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 778, 5000);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    stage_ack(s, SIDE_CLIENT, 1000, 8000); /* the SYN-ACK was not recorded */
    stage_say(s, SIDE_SERVER, 8000, "abc");
    stage_assert_stream(s, 0, SIDE_SERVER, "abc");
    assert_int_equal(s->num_opened, 1);
}

/* --- Recorded from the middle -------------------------------------------------------------- */

static void a_bare_ack_fin_or_reset_opens_nothing(void **state)
{
    struct stage *s = *state;

    stage_ack(s, SIDE_CLIENT, 1, 1);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_FIN, 1, NOTHING);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 1, bytes_of("why", 3));
    assert_int_equal(s->num_opened, 0);
}

static void without_a_syn_the_lower_port_is_the_server(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_SERVER, 1, "hi");
    assert_true(endpoint_equal(&s->heard[0].about->client, &s->client));
    assert_false(s->heard[0].about->syn_seen);
}

static void without_a_syn_and_with_equal_ports_the_first_to_speak_is_the_client(void **state)
{
    struct stage *s = *state;

    s->client.port = 443;
    stage_say(s, SIDE_SERVER, 1, "hi");
    assert_true(endpoint_equal(&s->heard[0].about->client, &s->server));
}

static void a_syn_ack_alone_tells_both_sides_apart(void **state)
{
    struct stage *s = *state;

    s->server.port = 50000;
    stage_packet(s, &(struct recipe){.from = s->server,
                                     .to = s->client,
                                     .sequence = 4999,
                                     .acknowledge = 1000,
                                     .flags = TCP_FLAG_SYN | TCP_FLAG_ACK});
    assert_true(endpoint_equal(&s->heard[0].about->client, &s->client));
    assert_true(s->heard[0].about->syn_seen);
    stage_say(s, SIDE_CLIENT, 1003, "def");
    stage_say(s, SIDE_CLIENT, 1000, "abc");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdef");
}

static void a_lost_syn_ack_is_made_up_for_by_the_ack_that_answers_it(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    stage_ack(s, SIDE_CLIENT, 1000, 5000);
    stage_say(s, SIDE_SERVER, 5003, "def");
    stage_say(s, SIDE_SERVER, 5000, "abc");
    stage_assert_stream(s, 0, SIDE_SERVER, "abcdef");
}

static void a_lost_syn_ack_does_not_hide_a_lost_beginning(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    stage_ack(s, SIDE_CLIENT, 1000, 5000);
    stage_say(s, SIDE_SERVER, 5003, "def");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].last_gap[SIDE_SERVER].missing, 3);
}

static void without_a_syn_the_first_flight_may_arrive_in_any_order(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_CLIENT, 1003, "def");
    stage_say(s, SIDE_CLIENT, 1006, "ghi");
    stage_say(s, SIDE_CLIENT, 1000, "abc");
    stage_ack(s, SIDE_SERVER, 1, 1009);
    stage_wait(s, REASSEMBLY_LINGER_NS);
    stage_ack(s, SIDE_SERVER, 1, 1009);
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghi");
    stage_say(s, SIDE_CLIENT, 1009, "!");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghi!");
}

static void without_a_syn_an_acknowledged_place_is_where_the_stream_goes_on(void **state)
{
    struct stage *s = *state;

    stage_packet(s, &(struct recipe){.from = s->client,
                                     .to = s->server,
                                     .sequence = 1000,
                                     .acknowledge = 7000,
                                     .flags = TCP_FLAG_ACK,
                                     .payload = bytes_of("ask", 3)});
    stage_wait(s, REASSEMBLY_LINGER_NS);
    stage_say(s, SIDE_SERVER, 7000, "answer");
    stage_assert_stream(s, 0, SIDE_SERVER, "answer");
}

static void one_direction_alone_is_delivered_at_the_end(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_SERVER, 103, "def");
    stage_say(s, SIDE_SERVER, 100, "abc");
    reassembly_finish(s->reassembly);
    stage_assert_stream(s, 0, SIDE_SERVER, "abcdef");
    assert_int_equal(s->heard[0].closed, 1);
}

static void a_syn_recorded_behind_its_data_belongs_to_it(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_CLIENT, 1000, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    stage_assert_stream(s, 0, SIDE_CLIENT, "abc");
    assert_int_equal(s->num_opened, 1);
    assert_true(s->heard[0].about->syn_seen);
}

static void a_syn_in_the_middle_of_what_is_held_is_a_new_connection(void **state)
{
    struct stage *s = *state;

    stage_say(s, SIDE_CLIENT, 1000, "abcdef");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 1002, NOTHING);
    assert_int_equal(s->num_opened, 2);
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdef");
}

/* --- Holes ---------------------------------------------------------------------------------- */

static void a_hole_that_nothing_fills_is_told_at_the_end(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_say(s, SIDE_CLIENT, 9, "xyz"); /* frame 5 */
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 3);
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 11);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].missing, 5);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].frame, 5);
    assert_false(s->heard[0].last_gap[SIDE_CLIENT].cut_by_snaplen);
    assert_int_equal(reassembly_counts(s->reassembly)->gaps, 1);
    assert_int_equal(reassembly_counts(s->reassembly)->bytes_missing, 5);
}

static void a_hole_in_front_of_the_fin_is_told(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_FIN, 11, NOTHING); /* frame 5 */
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].missing, 7);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].frame, 5);
}

static void send_cut(struct stage *s, uint32_t sequence, const char *text, size_t recorded)
{
    size_t len = strlen(text);

    build_frame(&s->frame_bytes, &(struct recipe){.from = s->client, .to = s->server});
    s->snaplen = s->frame_bytes.len + recorded;
    stage_send(s, SIDE_CLIENT, 0, sequence, bytes_of(text, len));
    s->snaplen = 0;
}

static void what_the_snap_length_cut_is_a_gap_once_it_is_acknowledged(void **state)
{
    struct stage *s = *state;
    const struct gap *gap = &s->heard[0].last_gap[SIDE_CLIENT];

    stage_handshake(s, 1, 1);
    send_cut(s, 1, "abcdefgh", 3); /* frame 4 */
    stage_say(s, SIDE_CLIENT, 9, "ij");
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 3);
    stage_ack(s, SIDE_SERVER, 1, 9);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 10);
    assert_int_equal(gap->missing, 5);
    assert_int_equal(gap->frame, 4);
    assert_true(gap->cut_by_snaplen);
}

static void what_the_snap_length_cut_may_come_with_a_retransmission(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    send_cut(s, 1, "abcdefgh", 3);
    stage_say(s, SIDE_CLIENT, 9, "ij");
    stage_say(s, SIDE_CLIENT, 4, "defg");
    stage_say(s, SIDE_CLIENT, 8, "h");
    stage_assert_stream(s, 0, SIDE_CLIENT, "abcdefghij");
}

static void an_early_packet_that_was_cut_is_a_gap_too(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    send_cut(s, 4, "defgh", 2);
    send_cut(s, 9, "ijkl", 0);
    stage_say(s, SIDE_CLIENT, 13, "m");
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_ack(s, SIDE_SERVER, 1, 14);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 13);
    assert_memory_equal(s->heard[0].stream[SIDE_CLIENT].at, "abcde\0\0\0\0\0\0\0m", 13);
    assert_true(s->heard[0].last_gap[SIDE_CLIENT].cut_by_snaplen);
    assert_int_equal(reassembly_counts(s->reassembly)->bytes_missing, 7);
}

static void each_cut_names_its_own_frame(void **state)
{
    struct stage *s = *state;
    const struct gap *gap = &s->heard[0].last_gap[SIDE_CLIENT];

    stage_handshake(s, 1, 1);
    send_cut(s, 1, "abcdefgh", 3); /* frame 4 */
    stage_ack(s, SIDE_SERVER, 1, 9);
    assert_int_equal(gap->frame, 4);
    send_cut(s, 9, "ijkl", 0); /* frame 6 */
    stage_ack(s, SIDE_SERVER, 1, 13);
    assert_int_equal(gap->missing, 4);
    assert_int_equal(gap->frame, 6);
}

static void a_hole_may_be_cut_in_front_and_lost_behind(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    send_cut(s, 1, "abcdefgh", 3);
    stage_say(s, SIDE_CLIENT, 19, "z");
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].num_gaps[SIDE_CLIENT], 2);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].missing, 10);
    assert_false(s->heard[0].last_gap[SIDE_CLIENT].cut_by_snaplen);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 19);
    assert_int_equal(reassembly_counts(s->reassembly)->gaps, 2);
    assert_int_equal(reassembly_counts(s->reassembly)->gaps_cut, 1);
}

static void a_cut_last_packet_is_told_at_the_end(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    send_cut(s, 1, "abcdefgh", 3);
    reassembly_finish(s->reassembly);
    assert_int_equal(s->heard[0].last_gap[SIDE_CLIENT].missing, 5);
    assert_true(s->heard[0].last_gap[SIDE_CLIENT].cut_by_snaplen);
}

/* --- The end -------------------------------------------------------------------------------- */

static void finish_both(struct stage *s, uint32_t client, uint32_t server)
{
    stage_send(s, SIDE_CLIENT, TCP_FLAG_FIN, client, NOTHING);
    stage_send(s, SIDE_SERVER, TCP_FLAG_FIN, server, NOTHING);
}

static void fin_on_both_sides_closes(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_FIN, 1, bytes_of("bye", 3));
    assert_int_equal(s->heard[0].closed, 0);
    stage_say(s, SIDE_SERVER, 1, "bye, "); /* half-closed: this side may go on */
    stage_send(s, SIDE_SERVER, TCP_FLAG_FIN, 6, bytes_of("too", 3));
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "bye");
    stage_assert_stream(s, 0, SIDE_SERVER, "bye, too");
}

static void a_fin_waits_for_what_is_missing_in_front_of_it(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    finish_both(s, 4, 1);
    assert_int_equal(s->heard[0].closed, 0);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "abc");
}

static void a_reset_closes_once_nothing_more_can_be_on_its_way(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_say(s, SIDE_CLIENT, 6, "f");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 7, NOTHING);
    assert_int_equal(s->heard[0].closed, 0);
    stage_wait(s, REASSEMBLY_LINGER_NS + 1);
    s->client.port++;
    stage_handshake(s, 1, 1);
    assert_int_equal(s->heard[0].closed, 1);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 6);
    assert_int_equal(s->heard[0].num_gaps[SIDE_CLIENT], 1);
}

static void a_reset_with_a_number_from_nowhere_is_ignored(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 0x70000000, NOTHING);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    assert_int_equal(s->heard[0].closed, 0);
    stage_assert_stream(s, 0, SIDE_CLIENT, "abc");
}

static void a_refused_connection_closes(void **state)
{
    struct stage *s = *state;

    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 999, NOTHING);
    stage_packet(s, &(struct recipe){.from = s->server,
                                     .to = s->client,
                                     .acknowledge = 1000,
                                     .flags = TCP_FLAG_RST | TCP_FLAG_ACK});
    assert_int_equal(s->heard[0].closed, 1);
}

static void a_late_retransmission_does_not_open_a_connection(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    finish_both(s, 4, 1);
    stage_say(s, SIDE_CLIENT, 1, "abc");
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    stage_packet(s, &(struct recipe){.from = s->server,
                                     .to = s->client,
                                     .sequence = 77,
                                     .acknowledge = 1,
                                     .flags = TCP_FLAG_SYN | TCP_FLAG_ACK});
    assert_int_equal(s->num_opened, 1);
}

static void the_same_ports_again_are_a_new_connection(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "one");
    finish_both(s, 4, 1);
    stage_handshake(s, 90000, 80000);
    stage_say(s, SIDE_CLIENT, 90000, "two");
    stage_say(s, SIDE_SERVER, 80000, "TWO");
    assert_int_equal(s->num_opened, 2);
    assert_int_equal(s->heard[1].about->first_frame, 7);
    stage_assert_stream(s, 0, SIDE_CLIENT, "one");
    stage_assert_stream(s, 1, SIDE_CLIENT, "two");
    stage_assert_stream(s, 1, SIDE_SERVER, "TWO");
}

static void the_same_ports_again_close_what_was_never_ended(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "one");
    stage_handshake(s, 90000, 80000);
    stage_say(s, SIDE_CLIENT, 90000, "two");
    assert_int_equal(s->num_opened, 2);
    assert_int_equal(s->heard[0].closed, 1);
    stage_assert_stream(s, 0, SIDE_CLIENT, "one");
    stage_assert_stream(s, 1, SIDE_CLIENT, "two");
}

static void the_same_ports_again_may_swap_client_and_server(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 1, "one");
    finish_both(s, 4, 1);
    stage_send(s, SIDE_SERVER, TCP_FLAG_SYN, 500000, NOTHING);
    assert_int_equal(s->num_opened, 2);
    assert_true(endpoint_equal(&s->heard[1].about->client, &s->server));
}

static void data_far_from_the_old_end_is_a_new_connection(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);
    finish_both(s, 1, 1);
    stage_say(s, SIDE_CLIENT, 0x50000000, "its SYN was not recorded");
    assert_int_equal(s->num_opened, 2);
    reassembly_finish(s->reassembly);
    stage_assert_stream(s, 1, SIDE_CLIENT, "its SYN was not recorded");
}

/* --- What is no TCP -------------------------------------------------------------------------- */

static void other_packets_are_counted_and_left(void **state)
{
    struct stage *s = *state;
    struct recipe recipe = {.from = s->client, .to = s->server, .payload = bytes_of("1234", 4)};
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    recipe.protocol = 17;
    stage_packet(s, &recipe);
    recipe.protocol = 0;
    recipe.fragment = 0x2000;
    stage_packet(s, &recipe);
    recipe.fragment = 0;
    s->snaplen = 50;
    stage_packet(s, &recipe);
    assert_int_equal(counts->packets, 3);
    assert_int_equal(counts->arrivals.not_tcp, 1);
    assert_int_equal(counts->arrivals.fragments.met, 1);
    assert_int_equal(counts->arrivals.malformed, 1);
    assert_int_equal(counts->connections, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(both_directions_arrive_in_order),
        ON_STAGE(a_connection_opens_with_its_first_packet),
        ON_STAGE(in_order_bytes_are_handed_on_without_a_copy),
        ON_STAGE(a_chunk_names_the_frame_in_which_its_bytes_stood),
        ON_STAGE(data_in_a_syn_is_kept),
        ON_STAGE(sequence_numbers_wrap),
        ON_STAGE(ipv6_and_vlan_tags_are_no_obstacle),
        ON_STAGE(two_ports_of_one_host_are_told_apart),
        ON_STAGE(a_retransmission_with_other_boundaries_adds_only_what_is_new),
        ON_STAGE(the_first_recorded_copy_wins_when_in_order),
        ON_STAGE(the_first_recorded_copy_wins_when_early),
        ON_STAGE(a_keep_alive_probe_changes_nothing),
        ON_STAGE(a_retransmitted_syn_is_no_new_connection),
        ON_STAGE(a_second_attempt_with_another_number_is_the_same_connection),
        ON_STAGE(what_answered_the_first_attempt_does_not_count_for_the_second),
        ON_STAGE(a_bare_ack_fin_or_reset_opens_nothing),
        ON_STAGE(without_a_syn_the_lower_port_is_the_server),
        ON_STAGE(without_a_syn_and_with_equal_ports_the_first_to_speak_is_the_client),
        ON_STAGE(a_syn_ack_alone_tells_both_sides_apart),
        ON_STAGE(a_lost_syn_ack_is_made_up_for_by_the_ack_that_answers_it),
        ON_STAGE(a_lost_syn_ack_does_not_hide_a_lost_beginning),
        ON_STAGE(without_a_syn_the_first_flight_may_arrive_in_any_order),
        ON_STAGE(without_a_syn_an_acknowledged_place_is_where_the_stream_goes_on),
        ON_STAGE(one_direction_alone_is_delivered_at_the_end),
        ON_STAGE(a_syn_recorded_behind_its_data_belongs_to_it),
        ON_STAGE(a_syn_in_the_middle_of_what_is_held_is_a_new_connection),
        ON_STAGE(a_hole_that_nothing_fills_is_told_at_the_end),
        ON_STAGE(a_hole_in_front_of_the_fin_is_told),
        ON_STAGE(what_the_snap_length_cut_is_a_gap_once_it_is_acknowledged),
        ON_STAGE(what_the_snap_length_cut_may_come_with_a_retransmission),
        ON_STAGE(an_early_packet_that_was_cut_is_a_gap_too),
        ON_STAGE(each_cut_names_its_own_frame),
        ON_STAGE(a_hole_may_be_cut_in_front_and_lost_behind),
        ON_STAGE(a_cut_last_packet_is_told_at_the_end),
        ON_STAGE(fin_on_both_sides_closes),
        ON_STAGE(a_fin_waits_for_what_is_missing_in_front_of_it),
        ON_STAGE(a_reset_closes_once_nothing_more_can_be_on_its_way),
        ON_STAGE(a_reset_with_a_number_from_nowhere_is_ignored),
        ON_STAGE(a_refused_connection_closes),
        ON_STAGE(a_late_retransmission_does_not_open_a_connection),
        ON_STAGE(the_same_ports_again_are_a_new_connection),
        ON_STAGE(the_same_ports_again_close_what_was_never_ended),
        ON_STAGE(the_same_ports_again_may_swap_client_and_server),
        ON_STAGE(data_far_from_the_old_end_is_a_new_connection),
        ON_STAGE(other_packets_are_counted_and_left),
    };

    return RUN(cases);
}
