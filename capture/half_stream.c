#include "capture/half_stream.h"

#include <stdlib.h>

/* Acknowledgements change places on the way, yet seldom by more than this: with as many a sender,
 * too, stops to believe in another order. RFC 5681 section 3.2. */
enum { CONTRADICTIONS_ENOUGH = 3 };

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* --- Sequence numbers and offsets --------------------------------------------------------- */

static void place(struct half_stream *h, uint32_t sequence)
{
    if (h->placed)
        return;
    h->placed = true;
    h->origin = sequence;
    h->next = HALF_STREAM_ORIGIN;
}

static uint32_t sequence_of(const struct half_stream *h, uint64_t offset)
{
    return h->origin + (uint32_t)offset; /* HALF_STREAM_ORIGIN is 0 modulo 2^32 */
}

uint64_t half_stream_offset(const struct half_stream *h, uint32_t sequence)
{
    uint32_t ahead = sequence - sequence_of(h, h->next);

    return ahead < (uint32_t)1 << 31 ? h->next + ahead : h->next - (uint32_t)-ahead;
}

uint64_t half_stream_known_end(const struct half_stream *h)
{
    uint64_t end = waiting_end(&h->early);

    return end > h->next ? end : h->next;
}

/* believed: may a stream that has reached `next` go on at this offset, with a hole in front of it?
 */
static bool believed(const struct half_stream *h, uint64_t offset)
{
    return offset <= h->next + REASSEMBLY_NEAR || !h->has_acked || offset <= h->acked;
}

/* --- Handing on --------------------------------------------------------------------------- */

static void hand_on(struct half_stream *h, const struct chunk *chunk)
{
    if (chunk->data.len == 0)
        return;
    recent_add(h->out.recent, &h->latest, h->next, chunk->data);
    h->next += chunk->data.len;
    h->out.listener->bytes(h->out.conversation, h->out.side, chunk);
}

static void skip_to(struct half_stream *h, uint64_t offset, bool cut, uint64_t frame)
{
    if (offset <= h->next)
        return;

    struct gap gap = {.missing = offset - h->next, .cut_by_snaplen = cut, .frame = frame};

    h->next = offset;
    h->out.counts->gaps++;
    h->out.counts->gaps_cut += cut;
    h->out.counts->bytes_missing += gap.missing;
    h->out.listener->gap(h->out.conversation, h->out.side, &gap);
}

/* note_cut: `cut` bytes from `offset` on, which is not behind `next`, were not recorded. */
static void note_cut(struct half_stream *h, uint64_t offset, size_t cut, uint64_t frame)
{
    uint64_t end = offset + cut;

    if (end <= h->next || end <= h->cut_end)
        return;
    if (h->cut_end <= h->next)
        h->cut_frame = frame;
    h->cut_end = end;
}

static void hand_on_piece(struct half_stream *h, const struct piece *p)
{
    struct reader r = reader_of(bytes_of(p->data, p->len));

    if (reader_skip(&r, (size_t)smaller(h->next - p->offset, p->len)))
        hand_on(h, &(struct chunk){r.left, p->time_ns, p->frame});
    note_cut(h, p->offset + p->len, p->cut, p->frame);
}

/* drain hands on what has become in order, over holes of which it is known that they will stay. */
static void drain(struct half_stream *h)
{
    for (;;) {
        const struct piece *first = waiting_first(&h->early);

        if (first && first->offset <= h->next) {
            struct piece *p = waiting_take_first(&h->early);

            hand_on_piece(h, p);
            free(p);
            continue;
        }

        uint64_t hole_end = first ? smaller(h->cut_end, first->offset) : h->cut_end;

        if (hole_end <= h->next || !h->has_acked || h->acked < hole_end)
            return;
        skip_to(h, hole_end, true, h->cut_frame);
    }
}

/* give_up_hole passes over the hole in front of the foremost waiting piece, which there is. */
static void give_up_hole(struct half_stream *h)
{
    const struct piece *first = waiting_first(&h->early);
    uint64_t end = first->offset;
    uint64_t frame = first->frame;

    skip_to(h, smaller(h->cut_end, end), true, h->cut_frame);
    skip_to(h, end, false, frame);
    drain(h);
}

/* --- Where it begins ---------------------------------------------------------------------- */

static void run_from(struct half_stream *h, uint64_t offset)
{
    h->running = true;
    h->next = offset;
    h->start = offset;
    drain(h);
}

bool half_stream_foremost(const struct half_stream *h, uint64_t *offset)
{
    const struct piece *first = waiting_first(&h->early);

    if (!first && !h->has_fin)
        return false;
    *offset = first ? first->offset : h->fin;
    return true;
}

static void run_if_decided(struct half_stream *h)
{
    uint64_t offset;

    if (!h->running && h->settled && h->has_acked && half_stream_foremost(h, &offset) &&
        offset <= h->acked)
        run_from(h, offset);
}

/* --- What others ask for ------------------------------------------------------------------ */

void half_stream_init(struct half_stream *h, struct outlet out)
{
    *h = (struct half_stream){.out = out};
}

void half_stream_start(struct half_stream *h, uint32_t sequence)
{
    uint64_t held;

    if (h->running)
        return;
    place(h, sequence);

    uint64_t offset = half_stream_offset(h, sequence);

    run_from(h, half_stream_foremost(h, &held) ? smaller(held, offset) : offset);
}

void half_stream_settle(struct half_stream *h)
{
    h->settled = true;
    run_if_decided(h);
}

static void take_early(struct half_stream *h, uint64_t offset, const struct chunk *payload,
                       size_t cut)
{
    uint64_t start;

    waiting_add(&h->early, offset, payload);
    if (cut > 0)
        waiting_mark_cut(&h->early, offset + payload->data.len, cut, payload);
    run_if_decided(h);
    if (!h->running && h->early.memory > REASSEMBLY_MAX_HELD && half_stream_foremost(h, &start))
        run_from(h, start);
    while (h->early.memory > REASSEMBLY_MAX_WAITING) {
        h->out.counts->buffers_flushed++;
        give_up_hole(h);
    }
}

/*
 * is_probe: a keep-alive may repeat the last byte that was sent, with any value. RFC 9293 section
 * 3.8.4.
 */
static bool is_probe(const struct half_stream *h, uint64_t offset, const struct chunk *payload)
{
    return payload->data.len == 1 && offset + 1 == half_stream_known_end(h);
}

/* note_in_front counts what came in front of the first byte; far from it, it is of another stream.
 */
static void note_in_front(struct half_stream *h, uint64_t offset, const struct chunk *payload)
{
    if (offset >= h->start || is_probe(h, offset, payload))
        return;
    if (h->start - offset > REASSEMBLY_NEAR)
        h->out.counts->outside++;
    else
        h->out.counts->in_front++;
}

/*
 *     payload                    |------------------------------|
 *     handed on, waiting   =========|         |###|         |######|
 *     handed on now                 |*********|   |*********|
 */
static void take_in_order(struct half_stream *h, uint64_t offset, const struct chunk *payload)
{
    struct reader r = reader_of(payload->data);
    struct chunk part = *payload;

    while (reader_skip(&r, (size_t)(h->next - offset)) && !reader_done(&r)) {
        const struct piece *first = waiting_first(&h->early);
        size_t len = r.left.len;

        offset = h->next;
        if (first)
            len = (size_t)smaller(first->offset - offset, len);
        part.data = bytes_first(r.left, len);
        hand_on(h, &part);
        drain(h);
    }
}

/* note_differing counts a segment that says something else than what was recorded first. */
static void note_differing(struct half_stream *h, uint64_t offset, const struct chunk *payload)
{
    struct reassembly_counts *counts = h->out.counts;

    if (is_probe(h, offset, payload))
        return;
    if ((offset >= h->next || !recent_differs(h->out.recent, h->latest, offset, payload->data)) &&
        !waiting_differs(&h->early, offset, payload->data))
        return;
    if (counts->differing == 0)
        counts->first_differing_frame = payload->frame;
    counts->differing++;
}

void half_stream_take(struct half_stream *h, uint32_t sequence, const struct chunk *payload,
                      size_t cut)
{
    place(h, sequence);

    uint64_t offset = half_stream_offset(h, sequence);

    if (h->has_fin && offset == h->fin && payload->data.len + cut == 1)
        return; /* a keep-alive that repeats the number of the FIN */
    note_differing(h, offset, payload);
    if (!h->running || offset > h->next) {
        take_early(h, offset, payload, cut);
        return;
    }
    note_in_front(h, offset, payload);
    take_in_order(h, offset, payload);
    if (cut > 0) {
        note_cut(h, offset + payload->data.len, cut, payload->frame);
        drain(h);
    }
}

void half_stream_fin(struct half_stream *h, uint32_t sequence, uint64_t frame)
{
    place(h, sequence);

    uint64_t offset = half_stream_offset(h, sequence);

    if (h->has_fin || !believed(h, offset) || (h->running && offset < h->next))
        return;
    h->has_fin = true;
    h->fin = offset;
    h->fin_frame = frame;
    run_if_decided(h);
}

/* still_holds: the highest acknowledgement stays the highest after this one, which is not higher.
 */
static bool still_holds(struct half_stream *h, uint64_t offset)
{
    if (offset == h->acked) {
        h->acked_far = false;
        h->contradicted = 0;
        return true;
    }
    if (h->acked <= half_stream_known_end(h))
        return true;
    h->contradicted++;
    return h->contradicted < CONTRADICTIONS_ENOUGH;
}

void half_stream_acknowledged(struct half_stream *h, uint32_t acknowledge)
{
    place(h, acknowledge);

    uint64_t offset = half_stream_offset(h, acknowledge);
    uint64_t known = half_stream_known_end(h);

    if (h->has_acked && offset <= h->acked) {
        if (still_holds(h, offset))
            return;
    } else if (h->has_acked && h->acked > known) {
        known = h->acked;
    }
    h->acked_far = offset > known + REASSEMBLY_NEAR;
    h->contradicted = 0;
    h->has_acked = true;
    h->acked = offset;
    if (h->running)
        drain(h);
    else
        run_if_decided(h);
}

void half_stream_flush(struct half_stream *h)
{
    const struct piece *first;
    uint64_t offset;

    if (!h->running && half_stream_foremost(h, &offset))
        run_from(h, offset);
    while ((first = waiting_first(&h->early)) && believed(h, first->offset))
        give_up_hole(h);
    h->out.counts->outside += h->early.count;
    waiting_clear(&h->early);
}

void half_stream_end(struct half_stream *h)
{
    half_stream_flush(h);
    if (h->running) {
        skip_to(h, h->cut_end, true, h->cut_frame);
        if (h->has_fin)
            skip_to(h, h->fin, false, h->fin_frame);
        else if (h->has_acked && h->acked > h->next + 1 && !h->acked_far)
            skip_to(h, h->acked - 1, false, 0); /* the last of them may have been a FIN */
    }
    half_stream_clear(h);
}

void half_stream_clear(struct half_stream *h)
{
    waiting_clear(&h->early);
}

bool half_stream_complete(const struct half_stream *h)
{
    return h->running && h->has_fin && h->next >= h->fin;
}

bool half_stream_used(const struct half_stream *h)
{
    return h->has_fin || waiting_first(&h->early) ||
           (h->running && (h->next > h->start || h->cut_end > h->start));
}

uint32_t half_stream_first_sequence(const struct half_stream *h)
{
    return sequence_of(h, h->start);
}

uint32_t half_stream_next_sequence(const struct half_stream *h)
{
    return sequence_of(h, h->next);
}
