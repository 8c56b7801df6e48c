#include "attacker/nested.h"

static void begin(struct conversation *c, const struct chunk *first)
{
    const struct session *s = c->session;
    struct connection *inside = &c->inside;
    struct conversation *carried;

    *inside = s->connection;
    inside->start_ns = first->time_ns;
    inside->first_frame = first->frame;
    inside->syn_seen = !s->from_the_middle; /* so no byte was said in front of these */
    carried = conversation_new(inside, c->leaks, c->sinks);
    carried->owner = c->owner;
    carried->depth = c->depth + 1;
    carried->carrier = c;
    c->carried = carried;
}

void nested_bytes(struct conversation *c, enum side from, const struct chunk *chunk)
{
    if (c->carries_other || c->depth == NESTED_MAX_DEPTH || c->session->dtls)
        return;
    if (!c->carried)
        begin(c, chunk);
    conversation_bytes(c->carried, from, chunk);
    c->inside.end_ns = chunk->time_ns;
    c->carries_other = nested_is_over(c->carried);
}

bool nested_is_over(const struct conversation *carried)
{
    return carried->state == CONVERSATION_WATCHED &&
           conversation_watched(carried) > NESTED_PATIENCE;
}

void nested_gap(struct conversation *c, enum side from, uint64_t sealed_len)
{
    /* Of a hole whose length is not known, it is known that it is there. */
    struct gap gap = {.missing = sealed_len > 0 ? sealed_len : 1};

    if (c->carried)
        conversation_gap(c->carried, from, &gap);
}
