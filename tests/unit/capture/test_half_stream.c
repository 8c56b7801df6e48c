#include "tests/support/check.h"

#include <stdlib.h>

#include "capture/alloc.h"
#include "capture/half_stream.h"

struct total {
    uint64_t bytes;
    uint64_t missing;
};

static void on_bytes(void *conversation, enum side from, const struct chunk *chunk)
{
    struct total *total = conversation;

    (void)from;
    total->bytes += chunk->data.len;
}

static void on_gap(void *conversation, enum side from, const struct gap *gap)
{
    struct total *total = conversation;

    (void)from;
    total->missing += gap->missing;
}

static const struct stream_listener listener = {.bytes = on_bytes, .gap = on_gap};

static struct half_stream stream_to(struct total *total, struct reassembly_counts *counts)
{
    struct half_stream h;

    half_stream_init(&h, (struct outlet){&listener, counts, recent_new(), total, SIDE_CLIENT});
    return h;
}

/* The end of the stream, and of what it was made with. */
static void end_stream(struct half_stream *h)
{
    half_stream_end(h);
    recent_free(h->out.recent);
}

static void a_stream_may_be_longer_than_the_sequence_numbers(void **state)
{
    enum { BLOCK = 1 << 20, BLOCKS = 3 * 4096 + 5 };
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    uint8_t *block = alloc_zero(BLOCK);
    struct chunk chunk = {.data = bytes_of(block, BLOCK)};
    uint32_t sequence = 0xfffffff0;

    (void)state;
    half_stream_start(&h, sequence);
    for (uint64_t i = 0; i < BLOCKS; i++, sequence += BLOCK) {
        half_stream_take(&h, sequence, &chunk, 0);
        half_stream_take(&h, sequence, &chunk, 0);
        assert_int_equal(total.bytes, (i + 1) * BLOCK);
    }
    half_stream_fin(&h, sequence, 1);
    assert_true(half_stream_complete(&h));
    end_stream(&h);
    assert_int_equal(total.missing, 0);
    free(block);
}

static void a_direction_of_which_nothing_was_seen_ends_without_a_word(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);

    (void)state;
    end_stream(&h);
    assert_int_equal(total.missing, 0);
    assert_int_equal(counts.gaps, 0);
}

static void an_acknowledgement_gives_up_only_what_was_cut(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};

    (void)state;
    half_stream_start(&h, 1);
    half_stream_take(&h, 1, &chunk, 6);  /* 1 to 4, and 5 to 10 are cut */
    half_stream_take(&h, 21, &chunk, 0); /* 11 to 20 are not in the recording */
    half_stream_acknowledged(&h, 10);
    assert_int_equal(total.missing, 0);
    half_stream_acknowledged(&h, 25);
    assert_int_equal(total.missing, 6);
    assert_int_equal(total.bytes, 4);
    end_stream(&h);
    assert_int_equal(total.missing, 16);
    assert_int_equal(total.bytes, 8);
    assert_int_equal(counts.gaps, 2);
}

static void an_acknowledgement_of_another_stream_does_no_harm(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};

    (void)state;
    half_stream_start(&h, 1);
    half_stream_acknowledged(&h, 0x7fffffff);
    half_stream_take(&h, 5, &chunk, 0);
    assert_int_equal(total.bytes, 0);
    half_stream_take(&h, 1, &chunk, 0);
    assert_int_equal(total.bytes, 8);
    end_stream(&h);
    assert_int_equal(total.missing, 0);
}

static void what_is_held_is_not_thrown_away_by_a_later_start(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};

    (void)state;
    half_stream_take(&h, 5, &chunk, 0);
    half_stream_start(&h, 7);
    assert_int_equal(total.bytes, 4);
    end_stream(&h);
    assert_int_equal(total.missing, 0);
}

static void without_a_start_an_acknowledgement_counts_once_the_order_is_settled(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};

    (void)state;
    half_stream_take(&h, 5, &chunk, 0);
    half_stream_acknowledged(&h, 9);
    assert_int_equal(total.bytes, 0);
    half_stream_take(&h, 1, &chunk, 0);
    half_stream_settle(&h);
    assert_int_equal(total.bytes, 8);
    end_stream(&h);
    assert_int_equal(total.missing, 0);
    assert_int_equal(counts.in_front, 0);
}

static void what_is_not_acknowledged_is_held_though_the_order_is_settled(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};

    (void)state;
    half_stream_settle(&h);
    half_stream_take(&h, 5, &chunk, 0);
    half_stream_acknowledged(&h, 1);
    assert_int_equal(total.bytes, 0); /* the other side lacks what is in front of it */
    half_stream_take(&h, 1, &chunk, 0);
    assert_int_equal(total.bytes, 8);
    end_stream(&h);
}

static void what_comes_in_front_of_the_beginning_is_counted(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);
    struct chunk chunk = {.data = bytes_of("abcd", 4)};
    struct chunk probe = {.data = bytes_of("!", 1)};

    (void)state;
    half_stream_settle(&h);
    half_stream_acknowledged(&h, 104);
    half_stream_take(&h, 100, &chunk, 0);
    half_stream_take(&h, 100, &chunk, 0); /* a repetition is none */
    half_stream_take(&h, 103, &probe, 0);
    assert_int_equal(counts.in_front, 0);
    half_stream_take(&h, 96, &chunk, 0);
    half_stream_take(&h, 98, &chunk, 0);
    half_stream_take(&h, 50, &(struct chunk){0}, 10); /* the snap length took all of it */
    assert_int_equal(counts.in_front, 3);
    assert_int_equal(total.bytes, 4);
    half_stream_take(&h, 100 - 2 * REASSEMBLY_NEAR, &chunk, 0);
    assert_int_equal(counts.in_front, 3);
    assert_int_equal(counts.outside, 1);
    end_stream(&h);
}

static void a_probe_in_front_of_the_first_byte_is_none_of_the_stream(void **state)
{
    struct total total = {0};
    struct reassembly_counts counts = {0};
    struct half_stream h = stream_to(&total, &counts);

    (void)state;
    half_stream_start(&h, 100);
    half_stream_take(&h, 99, &(struct chunk){.data = bytes_of("!", 1)}, 0);
    assert_int_equal(counts.in_front, 0);
    end_stream(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_stream_may_be_longer_than_the_sequence_numbers),
        CASE(a_direction_of_which_nothing_was_seen_ends_without_a_word),
        CASE(an_acknowledgement_gives_up_only_what_was_cut),
        CASE(what_is_held_is_not_thrown_away_by_a_later_start),
        CASE(an_acknowledgement_of_another_stream_does_no_harm),
        CASE(without_a_start_an_acknowledgement_counts_once_the_order_is_settled),
        CASE(what_is_not_acknowledged_is_held_though_the_order_is_settled),
        CASE(what_comes_in_front_of_the_beginning_is_counted),
        CASE(a_probe_in_front_of_the_first_byte_is_none_of_the_stream),
    };

    return RUN(cases);
}
