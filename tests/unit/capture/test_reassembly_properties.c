/*
 * What must hold for every recording of a connection, tried on random ones: however the two streams
 * were cut into segments, in whatever order, repetition and overlap the segments were recorded, the
 * same streams come out. The expected stream comes from the simplest model there is: an array into
 * which the first recorded copy of each byte is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

enum {
    CASES_PER_PROPERTY = 60000,
    STREAM_MAX = 200,
    SEGMENTS_MAX = 64,
};

struct plan_segment {
    enum side from;
    size_t at;
    size_t len;
    bool fin;
};

struct plan {
    uint64_t random;
    size_t len[2];
    uint32_t first[2]; /* sequence numbers */
    struct plan_segment segments[SEGMENTS_MAX];
    size_t num_segments;
    uint8_t expected[2][STREAM_MAX];
    uint8_t recorded[2][STREAM_MAX]; /* 1 where a byte is in the recording */
};

/* Knobs of a property: each in percent. */
struct world {
    unsigned lost;
    unsigned altered; /* the copy holds other bytes than the copies before */
    unsigned cut;
    bool handshake;
};

static uint64_t next_random(struct plan *p)
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return p->random;
}

/* A number from 0 to `below` - 1. */
static size_t pick(struct plan *p, size_t below)
{
    return (size_t)((next_random(p) >> 16) % below);
}

static bool chance(struct plan *p, unsigned percent)
{
    return pick(p, 100) < percent;
}

static void add_segment(struct plan *p, enum side from, size_t at, size_t len)
{
    if (p->num_segments < SEGMENTS_MAX)
        p->segments[p->num_segments++] =
            (struct plan_segment){from, at, len, at + len == p->len[from]};
}

/* Every byte in one segment at least, some in several. */
static void plan_direction(struct plan *p, enum side from)
{
    size_t longest = 1 + pick(p, STREAM_MAX);
    size_t most = from == SIDE_CLIENT ? SEGMENTS_MAX / 4 : SEGMENTS_MAX / 4 * 3;

    for (size_t at = 0; at < p->len[from];) {
        size_t len = 1 + pick(p, longest);

        if (len > p->len[from] - at || p->num_segments >= most)
            len = p->len[from] - at;
        add_segment(p, from, at, len);
        at += len;
    }
    for (size_t extra = pick(p, 6); extra > 0 && p->len[from] > 0; extra--) {
        size_t at = pick(p, p->len[from]);

        add_segment(p, from, at, 1 + pick(p, p->len[from] - at));
    }
    if (p->len[from] == 0)
        add_segment(p, from, 0, 0);
}

static void shuffle(struct plan *p)
{
    size_t distance = 1 + pick(p, p->num_segments); /* from a little disorder to any */

    for (size_t i = 0; i + 1 < p->num_segments; i++) {
        size_t span = p->num_segments - i < distance ? p->num_segments - i : distance;
        size_t j = i + pick(p, span);
        struct plan_segment held = p->segments[i];

        p->segments[i] = p->segments[j];
        p->segments[j] = held;
    }
}

static void plan_connection(struct plan *p, uint64_t seed)
{
    memset(p, 0, sizeof(*p));
    p->random = seed * 0x9e3779b97f4a7c15 + 1;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        p->len[side] = pick(p, STREAM_MAX + 1);
        p->first[side] = (uint32_t)next_random(p);
        if (chance(p, 50)) /* near the end of the sequence numbers, so that they wrap */
            p->first[side] = 0 - (uint32_t)pick(p, STREAM_MAX);
        plan_direction(p, side);
    }
    shuffle(p);
}

/* The byte that everybody sends at this place, unless a copy is altered. */
static uint8_t true_byte(enum side from, size_t at)
{
    return (uint8_t)(at * 7 + (from == SIDE_SERVER ? 100 : 0));
}

static void record_segment(struct plan *p, struct stage *s, const struct plan_segment *segment,
                           const struct world *world)
{
    uint8_t payload[STREAM_MAX];
    uint8_t change = chance(p, world->altered) ? (uint8_t)(1 + pick(p, 255)) : 0;
    size_t recorded = chance(p, world->cut) ? pick(p, segment->len + 1) : segment->len;

    for (size_t i = 0; i < segment->len; i++) {
        size_t at = segment->at + i;

        payload[i] = true_byte(segment->from, at) ^ change;
        if (i < recorded && !p->recorded[segment->from][at]) {
            p->recorded[segment->from][at] = 1;
            p->expected[segment->from][at] = payload[i];
        }
    }
    s->snaplen = recorded < segment->len ? 54 + recorded : 0;
    stage_send(s, segment->from, segment->fin ? TCP_FLAG_FIN : 0,
               p->first[segment->from] + (uint32_t)segment->at, bytes_of(payload, segment->len));
    s->snaplen = 0;
}

static bool direction_is_as_expected(const struct plan *p, const struct heard *heard,
                                     enum side side)
{
    const struct buffer *stream = &heard->stream[side];
    const struct buffer *present = &heard->present[side];

    return stream->len == p->len[side] &&
           (stream->len == 0 || (memcmp(stream->at, p->expected[side], stream->len) == 0 &&
                                 memcmp(present->at, p->recorded[side], stream->len) == 0));
}

static bool loss_is_as_expected(const struct plan *p, const struct stage *s)
{
    uint64_t missing = 0;

    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        for (size_t i = 0; i < p->len[side]; i++)
            missing += !p->recorded[side][i];
    }
    return reassembly_counts(s->reassembly)->bytes_missing == missing;
}

static bool holds_for(struct stage *s, const struct world *world, uint64_t seed)
{
    struct plan p;

    plan_connection(&p, seed);
    stage_reset(s);
    if (world->handshake)
        stage_handshake(s, p.first[SIDE_CLIENT], p.first[SIDE_SERVER]);
    for (size_t i = 0; i < p.num_segments; i++) {
        /* The last segment is never lost: nothing else says where the stream ends. */
        if (p.segments[i].fin || !chance(&p, world->lost))
            record_segment(&p, s, &p.segments[i], world);
    }
    reassembly_finish(s->reassembly);
    if (!world->handshake && p.len[SIDE_CLIENT] + p.len[SIDE_SERVER] == 0)
        return s->num_opened == 0;
    return s->num_opened == 1 && s->heard[0].closed == 1 && loss_is_as_expected(&p, s) &&
           direction_is_as_expected(&p, &s->heard[0], SIDE_CLIENT) &&
           direction_is_as_expected(&p, &s->heard[0], SIDE_SERVER);
}

static void try_all(const struct world *world)
{
    struct stage *s = alloc_zero(sizeof(*s));

    stage_init(s);
    for (uint64_t seed = 1; seed <= CASES_PER_PROPERTY; seed++) {
        if (!holds_for(s, world, seed))
            fail_msg("does not hold for seed %llu", (unsigned long long)seed);
    }
    stage_clear(s);
    free(s);
}

static void any_segmentation_order_duplication_and_overlap_give_the_same_stream(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true});
}

static void the_same_holds_without_a_handshake(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = false});
}

static void of_different_copies_the_first_recorded_one_is_delivered(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true, .altered = 50});
}

static void what_is_lost_is_reported_to_the_byte_and_all_else_is_delivered(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true, .lost = 30, .altered = 20});
}

static void what_is_cut_off_is_reported_to_the_byte_and_all_else_is_delivered(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true, .lost = 10, .altered = 20, .cut = 40});
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_segmentation_order_duplication_and_overlap_give_the_same_stream),
        CASE(the_same_holds_without_a_handshake),
        CASE(of_different_copies_the_first_recorded_one_is_delivered),
        CASE(what_is_lost_is_reported_to_the_byte_and_all_else_is_delivered),
        CASE(what_is_cut_off_is_reported_to_the_byte_and_all_else_is_delivered),
    };

    return RUN(cases);
}
