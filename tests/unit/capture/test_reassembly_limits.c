#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

static const struct bytes NOTHING = {0};

/* A block takes less than that, with what its bookkeeping costs. */
enum { BLOCK = 1 << 16, LESS = 200 };

/* Blocks of zeros, the first of them `offset` bytes behind the point that the stream has reached.
 */
static void send_blocks(struct stage *s, uint32_t offset, size_t num_blocks)
{
    uint8_t *zeros = alloc_zero(BLOCK);

    for (size_t i = 0; i < num_blocks; i++)
        stage_send(s, SIDE_CLIENT, 0, 1 + offset + (uint32_t)(i * BLOCK),
                   bytes_of(zeros, BLOCK - LESS));
    free(zeros);
}

static void a_hole_is_given_up_when_too_much_waits_behind_it(void **state)
{
    struct stage *s = *state;
    size_t enough = REASSEMBLY_MAX_WAITING / BLOCK + 1;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    stage_handshake(s, 1, 1);
    send_blocks(s, 7, enough / 2);
    assert_int_equal(counts->buffers_flushed, 0);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 0);
    send_blocks(s, 7 + (uint32_t)(enough / 2 * BLOCK), enough);
    assert_true(counts->buffers_flushed > 0);
    assert_int_equal(s->heard[0].num_gaps[SIDE_CLIENT], counts->buffers_flushed);
    assert_int_equal(counts->flushed_in_all, 0);
    assert_int_equal(s->heard[0].present[SIDE_CLIENT].at[6], 0);
    assert_int_equal(s->heard[0].present[SIDE_CLIENT].at[7], 1);
}

static void a_stream_goes_on_behind_a_hole_that_was_given_up(void **state)
{
    struct stage *s = *state;
    size_t enough = REASSEMBLY_MAX_WAITING / BLOCK + 2;
    uint32_t next;

    stage_handshake(s, 1, 1);
    send_blocks(s, 7, enough);
    reassembly_finish(s->reassembly);
    next = (uint32_t)s->heard[0].stream[SIDE_CLIENT].len;
    assert_int_equal(next, 7 + enough * BLOCK - LESS);
    assert_int_equal(s->heard[0].num_gaps[SIDE_CLIENT], enough);
}

static void all_connections_together_have_a_limit_too(void **state)
{
    struct stage *s = *state;
    size_t blocks = REASSEMBLY_MAX_WAITING / BLOCK - 1;
    size_t connections = REASSEMBLY_MAX_WAITING_IN_ALL / (blocks * BLOCK) + 2;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    for (size_t i = 0; i < connections; i++) {
        s->client.port = (uint16_t)(20000 + i);
        stage_handshake(s, 1, 1);
        send_blocks(s, 1, blocks);
    }
    assert_in_range(counts->flushed_in_all, 1, connections);
    assert_int_equal(counts->buffers_flushed, 0);         /* none of them is beyond its own limit */
    assert_true(s->heard[0].stream[SIDE_CLIENT].len > 0); /* it has waited for longest */
    assert_int_equal(s->heard[connections - 1].stream[SIDE_CLIENT].len, 0);
}

static void one_direction_without_a_syn_is_held_only_for_so_long(void **state)
{
    struct stage *s = *state;

    send_blocks(s, 0, 1);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 0);
    send_blocks(s, BLOCK - LESS, 1);
    assert_int_equal(s->heard[0].stream[SIDE_CLIENT].len, 2 * (BLOCK - LESS));
    assert_int_equal(reassembly_counts(s->reassembly)->buffers_flushed, 0);
}

/* Connection `i` of very many. */
static void come_from(struct stage *s, uint32_t i)
{
    s->client.address[1] = (uint8_t)(i >> 16);
    s->client.address[2] = (uint8_t)(i >> 8);
    s->client.address[3] = (uint8_t)i;
}

static void beyond_the_limit_the_longest_silent_connection_is_closed(void **state)
{
    struct stage *s = *state;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    for (uint32_t i = 0; i < REASSEMBLY_MAX_CONNECTIONS; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    }
    assert_int_equal(counts->evicted, 0);
    come_from(s, 0);
    stage_say(s, SIDE_CLIENT, 1, "not silent");
    come_from(s, REASSEMBLY_MAX_CONNECTIONS);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    assert_int_equal(counts->evicted, 1);
    assert_int_equal(s->heard[0].closed, 0);
    assert_int_equal(s->heard[1].closed, 1);
    come_from(s, 0);
    stage_say(s, SIDE_CLIENT, 11, " at all");
    stage_assert_stream(s, 0, SIDE_CLIENT, "not silent at all");
    assert_int_equal(counts->connections, REASSEMBLY_MAX_CONNECTIONS + 1);
}

static void an_evicted_connection_that_goes_on_is_opened_again(void **state)
{
    struct stage *s = *state;

    for (uint32_t i = 0; i <= REASSEMBLY_MAX_CONNECTIONS; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    }
    come_from(s, 0);
    stage_say(s, SIDE_CLIENT, 1, "still here");
    assert_int_equal(s->num_opened, REASSEMBLY_MAX_CONNECTIONS + 2);
}

static void ended_connections_are_remembered_only_up_to_the_limit(void **state)
{
    struct stage *s = *state;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    for (uint32_t i = 0; i <= REASSEMBLY_MAX_ENDED; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 1, NOTHING);
    }
    assert_int_equal(counts->forgotten, 1);
    come_from(s, 1);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING); /* remembered: a late one */
    assert_int_equal(s->num_opened, REASSEMBLY_MAX_ENDED + 1);
    come_from(s, 0);
    stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING); /* forgotten: a new one */
    assert_int_equal(s->num_opened, REASSEMBLY_MAX_ENDED + 2);
}

static void to_forget_what_ended_long_ago_is_no_fault(void **state)
{
    struct stage *s = *state;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);

    for (uint32_t i = 0; i < REASSEMBLY_MAX_ENDED + 2; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 1, NOTHING);
        stage_wait(s, i == 0 ? REASSEMBLY_LINGER_NS : 0);
    }
    assert_int_equal(counts->forgotten, 1); /* not the first, but the second */
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(a_hole_is_given_up_when_too_much_waits_behind_it),
        ON_STAGE(a_stream_goes_on_behind_a_hole_that_was_given_up),
        ON_STAGE(all_connections_together_have_a_limit_too),
        ON_STAGE(one_direction_without_a_syn_is_held_only_for_so_long),
        ON_STAGE(beyond_the_limit_the_longest_silent_connection_is_closed),
        ON_STAGE(an_evicted_connection_that_goes_on_is_opened_again),
        ON_STAGE(ended_connections_are_remembered_only_up_to_the_limit),
        ON_STAGE(to_forget_what_ended_long_ago_is_no_fault),
    };

    return RUN(cases);
}
