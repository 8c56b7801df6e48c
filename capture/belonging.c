#include "capture/belonging.h"

/* near: is this sequence number at most REASSEMBLY_NEAR away from the next byte? */
static bool near(const struct half_stream *h, uint32_t sequence)
{
    uint64_t offset = half_stream_offset(h, sequence);

    return offset + REASSEMBLY_NEAR >= h->next && offset <= h->next + REASSEMBLY_NEAR;
}

bool belonging_to_ended(const struct flow *flow, enum side from, const struct arrival *a)
{
    const struct ended_half *mine = &flow->ended[from];
    const struct ended_half *theirs = &flow->ended[side_other(from)];
    const struct tcp_segment *s = &a->segment;

    if (s->flags & TCP_FLAG_SYN) {
        bool soon =
            a->time_ns <= flow->ended_ns || a->time_ns - flow->ended_ns <= REASSEMBLY_LINGER_NS;

        return soon && ((mine->known && s->sequence + 1 == mine->first_sequence) ||
                        (s->flags & TCP_FLAG_ACK && theirs->known &&
                         s->acknowledge == theirs->first_sequence));
    }
    if (!tcp_carries_payload(s) || !mine->known)
        return true;

    uint32_t ahead = s->sequence - mine->next_sequence;

    return ahead <= REASSEMBLY_NEAR || -ahead <= REASSEMBLY_NEAR;
}

/* may_start: can this be the first sequence number, given what is held already? */
static bool may_start(const struct half_stream *h, uint32_t sequence)
{
    uint64_t held;

    return near(h, sequence) &&
           (!half_stream_foremost(h, &held) || half_stream_offset(h, sequence) <= held);
}

bool belonging_syn(const struct open_connection *c, enum side from, const struct tcp_segment *s)
{
    const struct half_stream *mine = &c->half[from];
    const struct half_stream *theirs = &c->half[side_other(from)];
    bool answer = s->flags & TCP_FLAG_ACK;

    if (!half_stream_used(mine) && !half_stream_used(theirs))
        return true; /* a second attempt of the first, with the same number or with another */
    if (mine->running)
        return s->sequence + 1 == half_stream_first_sequence(mine);
    if (half_stream_used(mine))
        return may_start(mine, s->sequence + 1);
    return answer && near(theirs, s->acknowledge);
}

/* far: is this number more than REASSEMBLY_NEAR away from all that is known of this direction? */
static bool far(const struct half_stream *h, uint32_t sequence)
{
    uint64_t offset = half_stream_offset(h, sequence);
    uint64_t low = h->next;
    uint64_t high = half_stream_known_end(h);
    uint64_t held;

    if (half_stream_foremost(h, &held) && held < low)
        low = held;
    if (h->has_acked && h->acked > high)
        high = h->acked;
    return h->placed && (offset + REASSEMBLY_NEAR < low || offset > high + REASSEMBLY_NEAR);
}

bool belonging_nowhere(const struct open_connection *c, enum side from, const struct tcp_segment *s)
{
    return s->flags & TCP_FLAG_ACK && far(&c->half[from], s->sequence) &&
           far(&c->half[side_other(from)], s->acknowledge);
}

/* A SYN that was refused: nothing of the other side is known but that it answers this. */
static bool refuses(const struct half_stream *mine, const struct half_stream *theirs,
                    const struct tcp_segment *s)
{
    return !mine->placed && s->flags & TCP_FLAG_ACK && theirs->running &&
           near(theirs, s->acknowledge);
}

static bool is_next(const struct half_stream *h, uint32_t sequence)
{
    uint64_t offset = half_stream_offset(h, sequence);
    bool awaited = h->has_acked && !h->acked_far && h->acked >= h->next;

    return h->placed && ((h->running && offset == h->next) || (awaited && offset == h->acked) ||
                         (h->has_fin && offset == h->fin + 1) || offset == waiting_end(&h->early));
}

bool belonging_reset(const struct open_connection *c, enum side from, const struct tcp_segment *s)
{
    const struct half_stream *mine = &c->half[from];

    return is_next(mine, s->sequence) || refuses(mine, &c->half[side_other(from)], s);
}
