/*
 * What must hold for every recording of a connection, tried on a million random ones: however the
 * two streams were cut into segments, in whatever order, repetition and overlap the segments were
 * recorded, the same streams come out. The expected stream comes from the simplest model there is:
 * an array into which the first recorded copy of each byte is written.
 *
 * A failure names the case; KEYFALL_CASE=N tries that one alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/tcp_stage.h"

enum {
    CASES_PER_PROPERTY = INSTRUMENTED ? 1000 : 125000, /* of which there are nine */
    STREAM_MAX = 200,
    SEGMENTS_MAX = 64,
    CONNECTIONS_MAX = 3,
};

struct plan_segment {
    enum side from;
    size_t at;
    size_t len;
    bool fin;
};

/* One direction, as the model sees it. */
struct model {
    size_t len;
    uint32_t first; /* sequence number */
    uint8_t expected[STREAM_MAX];
    uint8_t recorded[STREAM_MAX]; /* 1 where a byte is in the recording */
    size_t num_recorded;
    size_t end; /* behind the last byte of which something was recorded, cut ones as well */
    bool fin_recorded;
};

struct plan {
    uint64_t random;
    bool ends; /* with a FIN on each side */
    struct model model[2];
    struct plan_segment segments[SEGMENTS_MAX];
    size_t num_segments;
    uint64_t differing; /* segments that brought another copy, while the connection was open */
};

/* Knobs of a property: each in percent. */
struct world {
    unsigned lost;
    unsigned altered; /* the copy holds other bytes than the copies before */
    unsigned cut;
    unsigned probes; /* keep-alives with a byte of garbage */
    unsigned acknowledged;
    bool handshake;
    bool nearly_in_order; /* no segment is further from its place than REASSEMBLY_SETTLED allows */
    bool ports_again;     /* up to CONNECTIONS_MAX connections between the same two ports */
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
    return percent > 0 && pick(p, 100) < percent;
}

/* --- The plan: which segments, in which order --------------------------------------------------
 */

static void add_segment(struct plan *p, enum side from, size_t at, size_t len)
{
    bool last = at + len == p->model[from].len;

    if (p->num_segments < SEGMENTS_MAX)
        p->segments[p->num_segments++] = (struct plan_segment){from, at, len, p->ends && last};
}

/* Every byte in one segment at least, some in several. */
static void plan_direction(struct plan *p, enum side from)
{
    size_t all = p->model[from].len;
    size_t longest = 1 + pick(p, STREAM_MAX);
    size_t most = from == SIDE_CLIENT ? SEGMENTS_MAX / 4 : SEGMENTS_MAX / 4 * 3;

    for (size_t at = 0; at < all;) {
        size_t len = 1 + pick(p, longest);

        if (len > all - at || p->num_segments >= most)
            len = all - at;
        add_segment(p, from, at, len);
        at += len;
    }
    for (size_t extra = pick(p, 6); extra > 0 && all > 0; extra--) {
        size_t at = pick(p, all);

        add_segment(p, from, at, 1 + pick(p, all - at));
    }
    if (all == 0)
        add_segment(p, from, 0, 0);
}

static void swap(struct plan *p, size_t i, size_t j)
{
    struct plan_segment held = p->segments[i];

    p->segments[i] = p->segments[j];
    p->segments[j] = held;
}

static void shuffle(struct plan *p)
{
    size_t distance = 1 + pick(p, p->num_segments); /* from a little disorder to any */

    for (size_t i = 0; i + 1 < p->num_segments; i++) {
        size_t span = p->num_segments - i < distance ? p->num_segments - i : distance;

        swap(p, i, i + pick(p, span));
    }
}

static void shuffle_nearby(struct plan *p)
{
    size_t block = REASSEMBLY_SETTLED - 1;

    for (size_t first = 0; first + 1 < p->num_segments; first += block) {
        size_t len = p->num_segments - first < block ? p->num_segments - first : block;

        for (size_t i = 0; i + 1 < len; i++)
            swap(p, first + i, first + i + pick(p, len - i));
    }
}

/* plan_connection: `i` counts the connections of a case. */
static void plan_connection(struct plan *p, uint64_t seed, size_t i, const struct world *world)
{
    memset(p, 0, sizeof(*p));
    p->random = (seed * CONNECTIONS_MAX + i) * 0x9e3779b97f4a7c15 + 1;
    p->ends = !world->ports_again || chance(p, 50);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct model *m = &p->model[side];

        m->len = pick(p, STREAM_MAX + 1);
        m->first = (uint32_t)next_random(p);
        if (chance(p, 50)) /* near the end of the sequence numbers, so that they wrap */
            m->first = 0 - (uint32_t)pick(p, STREAM_MAX);
        if (world->ports_again) { /* two with the same numbers would be one */
            m->len += m->len == 0;
            m->first = (m->first & ~(uint32_t)CONNECTIONS_MAX) | (uint32_t)i;
        }
        plan_direction(p, side);
    }
    if (world->nearly_in_order)
        shuffle_nearby(p);
    else
        shuffle(p);
}

/* --- The recording, and what the model says to it -----------------------------------------------
 */

/* The byte that everybody sends at this place, unless a copy is altered. */
static uint8_t true_byte(enum side from, size_t at)
{
    return (uint8_t)(at * 7 + (from == SIDE_SERVER ? 100 : 0));
}

/* Everything was recorded up to both FINs: what still comes is late, and nobody looks at it. */
static bool is_over(const struct plan *p)
{
    const struct model *m = p->model;

    return m[0].fin_recorded && m[1].fin_recorded && m[0].num_recorded == m[0].len &&
           m[1].num_recorded == m[1].len;
}

/* model_takes: the `len` bytes that stand at `at` were recorded now. */
static void model_takes(struct plan *p, enum side from, size_t at, const uint8_t *bytes, size_t len)
{
    struct model *m = &p->model[from];
    bool is_probe = len == 1 && at + 1 == m->end;
    bool differs = false;

    if (is_over(p))
        return;
    for (size_t i = 0; i < len; i++) {
        if (!m->recorded[at + i]) {
            m->recorded[at + i] = 1;
            m->expected[at + i] = bytes[i];
            m->num_recorded++;
        }
        differs = differs || m->expected[at + i] != bytes[i];
    }
    if (at + len > m->end)
        m->end = at + len;
    p->differing += differs && !is_probe;
}

static void send_segment(struct plan *p, struct stage *s, const struct plan_segment *segment,
                         struct bytes payload, const struct world *world)
{
    bool by_client = segment->from == SIDE_CLIENT;
    const struct model *other = &p->model[side_other(segment->from)];
    uint32_t acknowledged = other->first + (uint32_t)pick(p, other->len + 1);

    stage_packet(s, &(struct recipe){
                        .from = by_client ? s->client : s->server,
                        .to = by_client ? s->server : s->client,
                        .sequence = p->model[segment->from].first + (uint32_t)segment->at,
                        .acknowledge = acknowledged,
                        .flags = (segment->fin ? TCP_FLAG_FIN : 0) |
                                 (chance(p, world->acknowledged) ? TCP_FLAG_ACK : 0),
                        .payload = payload,
                    });
}

static void record_segment(struct plan *p, struct stage *s, const struct plan_segment *segment,
                           const struct world *world)
{
    struct model *m = &p->model[segment->from];
    uint8_t payload[STREAM_MAX];
    uint8_t change = chance(p, world->altered) ? (uint8_t)(1 + pick(p, 255)) : 0;
    size_t recorded = chance(p, world->cut) ? pick(p, segment->len + 1) : segment->len;

    for (size_t i = 0; i < segment->len; i++)
        payload[i] = true_byte(segment->from, segment->at + i) ^ change;
    model_takes(p, segment->from, segment->at, payload, recorded);
    if (segment->at + segment->len > m->end)
        m->end = segment->at + segment->len;
    m->fin_recorded = m->fin_recorded || segment->fin;
    s->snaplen = recorded < segment->len ? 54 + recorded : 0;
    send_segment(p, s, segment, bytes_of(payload, segment->len), world);
    s->snaplen = 0;
}

/* A keep-alive repeats the last number that was used, with any byte: that of the FIN, if there was
 * one. RFC 9293 section 3.8.4. */
static void record_probe(struct plan *p, struct stage *s, enum side from, const struct world *world)
{
    const struct model *m = &p->model[from];
    uint8_t garbage = (uint8_t)pick(p, 256);
    struct plan_segment probe = {from, m->fin_recorded ? m->len : m->end - 1, 1, false};

    if (!m->fin_recorded && m->end > 0)
        model_takes(p, from, probe.at, &garbage, 1);
    send_segment(p, s, &probe, bytes_of(&garbage, 1), world);
}

static void record_connection(struct plan *p, struct stage *s, const struct world *world)
{
    if (world->handshake)
        stage_handshake(s, p->model[SIDE_CLIENT].first, p->model[SIDE_SERVER].first);
    for (size_t i = 0; i < p->num_segments; i++) {
        const struct plan_segment *segment = &p->segments[i];
        /* A FIN is never lost: nothing else says where the stream ends. Nor is all that was said:
         * without a word the same ports again are the same connection. */
        bool lost = !segment->fin && i > 0 && chance(p, world->lost);

        if (!lost)
            record_segment(p, s, segment, world);
        if (chance(p, world->probes))
            record_probe(p, s, segment->from, world);
    }
    if (!p->ends && chance(p, 50))
        stage_send(s, SIDE_CLIENT, TCP_FLAG_RST,
                   p->model[SIDE_CLIENT].first + (uint32_t)p->model[SIDE_CLIENT].end,
                   bytes_of(NULL, 0));
}

/* --- Does it hold? ------------------------------------------------------------------------------
 */

static bool direction_is_as_expected(const struct model *m, const struct heard *heard,
                                     enum side side)
{
    const struct buffer *stream = &heard->stream[side];
    const struct buffer *present = &heard->present[side];

    return stream->len == m->end &&
           (stream->len == 0 || (memcmp(stream->at, m->expected, stream->len) == 0 &&
                                 memcmp(present->at, m->recorded, stream->len) == 0));
}

static bool connection_is_as_expected(const struct plan *p, const struct heard *heard)
{
    return heard->closed == 1 &&
           direction_is_as_expected(&p->model[SIDE_CLIENT], heard, SIDE_CLIENT) &&
           direction_is_as_expected(&p->model[SIDE_SERVER], heard, SIDE_SERVER);
}

static uint64_t missing_in(const struct plan *p)
{
    const struct model *m = p->model;

    return m[0].end - m[0].num_recorded + m[1].end - m[1].num_recorded;
}

static bool holds_for(struct stage *s, const struct world *world, uint64_t seed)
{
    const struct reassembly_counts *counts;
    struct plan plans[CONNECTIONS_MAX];
    size_t num_plans = 1;
    uint64_t missing = 0;
    uint64_t differing = 0;

    stage_reset(s);
    for (size_t i = 0; i < num_plans; i++) {
        plan_connection(&plans[i], seed, i, world);
        if (i == 0 && world->ports_again)
            num_plans = 1 + pick(&plans[0], CONNECTIONS_MAX);
        record_connection(&plans[i], s, world);
        missing += missing_in(&plans[i]);
        differing += plans[i].differing;
    }
    reassembly_finish(s->reassembly);
    if (!world->handshake && plans[0].model[0].len + plans[0].model[1].len == 0)
        return s->num_opened == 0;
    for (size_t i = 0; i < num_plans; i++) {
        if (s->num_opened != num_plans || !connection_is_as_expected(&plans[i], &s->heard[i]))
            return false;
    }
    counts = reassembly_counts(s->reassembly);
    return counts->bytes_missing == missing && counts->outside == 0 && counts->in_front == 0 &&
           (world->cut > 0 || counts->differing == differing);
}

static void try_all(const struct world *world)
{
    struct stage *s = alloc_zero(sizeof(*s));
    const char *one = getenv("KEYFALL_CASE");
    uint64_t first = one ? strtoull(one, NULL, 10) : 1;
    uint64_t last = one ? first : CASES_PER_PROPERTY;

    stage_init(s);
    for (uint64_t seed = first; seed <= last; seed++) {
        if (!holds_for(s, world, seed))
            fail_msg("does not hold for KEYFALL_CASE=%llu", (unsigned long long)seed);
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

static void the_same_holds_from_the_middle_with_acknowledgements_when_nearly_in_order(void **state)
{
    (void)state;
    try_all(&(struct world){.acknowledged = 80, .nearly_in_order = true});
}

static void of_different_copies_the_first_is_delivered_and_the_others_are_counted(void **state)
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

static void keep_alives_and_acknowledgements_change_nothing(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true, .probes = 30, .acknowledged = 80});
}

static void keep_alives_change_nothing_where_packets_are_lost_either(void **state)
{
    (void)state;
    try_all(&(struct world){
        .handshake = true, .lost = 20, .altered = 10, .probes = 20, .acknowledged = 50});
}

static void the_same_ports_again_are_another_connection(void **state)
{
    (void)state;
    try_all(&(struct world){.handshake = true, .lost = 5, .altered = 5, .ports_again = true});
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_segmentation_order_duplication_and_overlap_give_the_same_stream),
        CASE(the_same_holds_without_a_handshake),
        CASE(the_same_holds_from_the_middle_with_acknowledgements_when_nearly_in_order),
        CASE(of_different_copies_the_first_is_delivered_and_the_others_are_counted),
        CASE(what_is_lost_is_reported_to_the_byte_and_all_else_is_delivered),
        CASE(what_is_cut_off_is_reported_to_the_byte_and_all_else_is_delivered),
        CASE(keep_alives_and_acknowledgements_change_nothing),
        CASE(keep_alives_change_nothing_where_packets_are_lost_either),
        CASE(the_same_ports_again_are_another_connection),
    };

    return RUN(cases);
}
