#include "attacker/session_memory.h"

#include "attacker/session_dtls.h"
#include "attacker/session_psk.h"

static size_t direction_memory(const struct direction *d)
{
    size_t sum = record_stream_memory(&d->stream) + d->message.room + seal_memory(d->seal) +
                 inflater_memory(d->inflater);

    for (size_t i = 0; i < SESSION_UNSEEN_CHANGES; i++)
        sum += seal_memory(d->rift.next[i]);
    return sum;
}

static size_t handshake_memory(const struct handshake *h)
{
    return h->num_bytes + (h->messages ? HANDSHAKE_MAX_MESSAGES * sizeof(*h->messages) : 0);
}

static size_t early_memory(const struct early_data *early)
{
    size_t sum = 0;

    for (size_t i = 0; i < early->num_seals; i++)
        sum += seal_memory(early->seals[i]);
    return sum;
}

static size_t tickets_memory(const struct tickets *t)
{
    size_t sum = 0;

    for (size_t i = 0; i < t->num_waiting; i++)
        sum += t->waiting[i].room;
    return sum;
}

size_t session_memory(const struct session *s)
{
    return sizeof(*s) + handshake_memory(&s->handshake) +
           handshake_memory(&s->renegotiation.first) + handshake_memory(&s->renegotiation.before) +
           direction_memory(&s->directions[SIDE_CLIENT]) +
           direction_memory(&s->directions[SIDE_SERVER]) + early_memory(&s->early) +
           tickets_memory(&s->tickets) + session_dtls_memory(s->dtls) + session_psk_memory(s);
}

void session_abandon(struct session *s, uint64_t end_ns, size_t limit)
{
    s->memory_limit = limit;
    session_close(s, end_ns);
}
