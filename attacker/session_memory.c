#include "attacker/session_memory.h"

static size_t direction_memory(const struct direction *d)
{
    return d->stream.held.room + d->stream.room_for_marks * sizeof(*d->stream.marks) +
           d->message.room + (d->seal ? SESSION_SEAL_MEMORY : 0);
}

size_t session_memory(const struct session *s)
{
    return sizeof(*s) + s->handshake.num_bytes + direction_memory(&s->directions[SIDE_CLIENT]) +
           direction_memory(&s->directions[SIDE_SERVER]);
}

void session_abandon(struct session *s, uint64_t end_ns, size_t limit)
{
    s->memory_limit = limit;
    session_close(s, end_ns);
}
