/*
 * Recordings made to exhaust whoever reads them. Each flood here goes far beyond a limit of
 * reassembly.h; what is taken from the heap must stay below it, and the time must not explode: any
 * cost that grows with the square of the flood would keep one of these busy for hours.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

enum {
    MANY = INSTRUMENTED ? 200000 : 1000000,
    SEGMENT = 1460,
    /* What a connection costs apart from what waits: its state, and its place in the tables. */
    COST_OF_A_CONNECTION = 1500,
};

static const struct bytes NOTHING = {0};

/* What the program has from the heap. (AddressSanitizer's heap always says 0.) */
static size_t heap(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

/* A stage whose streams are not written down: that would be most of the memory. */
static int setup(void **state)
{
    stage_setup(state);

    struct stage *s = *state;

    s->num_heard = STAGE_MAX_HEARD;
    return 0;
}

/* Connection `i` of very many. */
static void come_from(struct stage *s, uint32_t i)
{
    s->client.address[1] = (uint8_t)(i >> 16);
    s->client.address[2] = (uint8_t)(i >> 8);
    s->client.address[3] = (uint8_t)i;
    s->client.port = (uint16_t)(1024 + i % 60000);
}

static void say_byte(struct stage *s, uint32_t sequence)
{
    stage_send(s, SIDE_CLIENT, 0, sequence, bytes_of("x", 1));
}

static uint32_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (uint32_t)(*random >> 20);
}

static void half_open_connections(void **state)
{
    struct stage *s = *state;
    const struct reassembly_counts *counts = reassembly_counts(s->reassembly);
    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
    }
    assert_in_range(heap() - before, 0, (size_t)REASSEMBLY_MAX_CONNECTIONS * COST_OF_A_CONNECTION);
    assert_int_equal(counts->connections, MANY);
    assert_int_equal(counts->evicted, MANY - REASSEMBLY_MAX_CONNECTIONS);
    reassembly_finish(s->reassembly);
}

static void connections_that_are_reset_at_once(void **state)
{
    struct stage *s = *state;
    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, bytes_of("x", 1));
        stage_send(s, SIDE_CLIENT, TCP_FLAG_RST, 2, NOTHING);
    }
    assert_in_range(heap() - before, 0,
                    (size_t)2 * REASSEMBLY_MAX_CONNECTIONS * COST_OF_A_CONNECTION);
    assert_int_equal(reassembly_counts(s->reassembly)->evicted, 0); /* they had ended anyway */
    reassembly_finish(s->reassembly);
}

static void an_early_byte_on_each_of_very_many_connections(void **state)
{
    struct stage *s = *state;
    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        come_from(s, i);
        stage_send(s, SIDE_CLIENT, TCP_FLAG_SYN, 0, NOTHING);
        say_byte(s, 100);
    }
    assert_in_range(heap() - before, 0,
                    REASSEMBLY_MAX_WAITING_IN_ALL +
                        (size_t)REASSEMBLY_MAX_CONNECTIONS * COST_OF_A_CONNECTION);
    reassembly_finish(s->reassembly);
    assert_int_equal(reassembly_counts(s->reassembly)->bytes_missing, (uint64_t)99 * MANY);
}

/* What one connection may take: what waits, and a little. */
static const size_t LIMIT_OF_ONE = REASSEMBLY_MAX_WAITING + 16384;

static void single_bytes_in_random_order(void **state)
{
    struct stage *s = *state;
    uint64_t random = 88172645463325252;

    stage_handshake(s, 1, 1);

    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        say_byte(s, 2 + next_random(&random) % REASSEMBLY_MAX_WAITING);
        if (i % 1024 == 0)
            assert_in_range(heap() - before, 0, LIMIT_OF_ONE);
    }
    assert_true(reassembly_counts(s->reassembly)->buffers_flushed > 0);
}

static void every_other_byte_from_the_end_to_the_beginning(void **state)
{
    struct stage *s = *state;

    stage_handshake(s, 1, 1);

    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        say_byte(s, 2 + 2 * (MANY - i));
        if (i % 1024 == 0)
            assert_in_range(heap() - before, 0, LIMIT_OF_ONE);
    }
}

static void a_long_stream_from_the_end_to_the_beginning(void **state)
{
    struct stage *s = *state;
    const uint32_t segments = (100 << 20) / SEGMENT;
    uint8_t zeros[SEGMENT] = {0};

    stage_handshake(s, 1, 1);

    size_t before = heap();

    for (uint32_t i = segments; i-- > 0;) {
        stage_send(s, SIDE_CLIENT, 0, 1 + i * SEGMENT, bytes_of(zeros, SEGMENT));
        if (i % 1024 == 0)
            assert_in_range(heap() - before, 0, LIMIT_OF_ONE);
    }
    reassembly_finish(s->reassembly);
    assert_true(reassembly_counts(s->reassembly)->bytes_missing > 0);
    assert_int_equal(reassembly_counts(s->reassembly)->differing, 0);
}

/* Full segments, each a byte behind the one before: all but that byte is here already. */
static void segments_that_all_overlap(void **state)
{
    struct stage *s = *state;
    uint8_t zeros[SEGMENT] = {0};

    stage_handshake(s, 1, 1);

    size_t before = heap();

    for (uint32_t i = 0; i < MANY / 10; i++) {
        stage_send(s, SIDE_CLIENT, 0, 2 + i, bytes_of(zeros, SEGMENT));
        if (i % 1024 == 0)
            assert_in_range(heap() - before, 0, LIMIT_OF_ONE);
    }
    assert_int_equal(reassembly_counts(s->reassembly)->differing, 0);
}

/* First very many single bytes with holes, then long segments over all of them, again and again. */
static void long_segments_over_single_bytes(void **state)
{
    enum { LONG = 60000, BYTES = LONG / 2, TIMES = INSTRUMENTED ? 100 : 1000 };
    struct stage *s = *state;
    uint8_t *ones = alloc_zero(LONG);

    stage_handshake(s, 1, 1);
    for (uint32_t i = 0; i < BYTES; i++)
        say_byte(s, 3 + 2 * i);
    memset(ones, 1, LONG);
    for (uint32_t i = 0; i < TIMES; i++)
        stage_send(s, SIDE_CLIENT, 0, 2, bytes_of(ones, LONG));
    assert_int_equal(reassembly_counts(s->reassembly)->differing, TIMES);
    stage_send(s, SIDE_CLIENT, 0, 1, bytes_of("1", 1));
    for (uint32_t i = 0; i < TIMES; i++)
        stage_send(s, SIDE_CLIENT, 0, 2, bytes_of(ones, LONG));
    free(ones);
}

static void single_bytes_in_random_order_on_many_connections(void **state)
{
    enum { CONNECTIONS = 64 };
    struct stage *s = *state;
    uint64_t random = 88172645463325252;

    for (uint32_t i = 0; i < CONNECTIONS; i++) {
        come_from(s, i);
        stage_handshake(s, 1, 1);
    }

    size_t before = heap();

    for (uint32_t i = 0; i < MANY; i++) {
        come_from(s, i % CONNECTIONS);
        say_byte(s, 2 + next_random(&random) % REASSEMBLY_MAX_WAITING);
        if (i % 1024 == 0)
            assert_in_range(heap() - before, 0, REASSEMBLY_MAX_WAITING_IN_ALL + 16384);
    }
    assert_true(INSTRUMENTED || reassembly_counts(s->reassembly)->flushed_in_all > 0);
    reassembly_finish(s->reassembly);
}

#define FLOOD(function) cmocka_unit_test_setup_teardown(function, setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        FLOOD(half_open_connections),
        FLOOD(connections_that_are_reset_at_once),
        FLOOD(an_early_byte_on_each_of_very_many_connections),
        FLOOD(single_bytes_in_random_order),
        FLOOD(every_other_byte_from_the_end_to_the_beginning),
        FLOOD(a_long_stream_from_the_end_to_the_beginning),
        FLOOD(segments_that_all_overlap),
        FLOOD(long_segments_over_single_bytes),
        FLOOD(single_bytes_in_random_order_on_many_connections),
    };

    return RUN(cases);
}
