#include "attacker/conversation.h"

#include <stdlib.h>

#include "attacker/session_memory.h"
#include "attacker/tls/record.h"
#include "capture/alloc.h"

/* One whole record and the header of the next: what it takes to tell TLS from other bytes where the
 * beginning of a connection was not recorded. */
#define MAX_UNDECIDED (RECORD_MAX_FRAGMENT + 2 * RECORD_HEADER_LEN)

/* A record header and the type of the handshake message behind it. */
#define HELLO_PREFIX_LEN (RECORD_HEADER_LEN + 1)

/* What arrived before it was clear whether this is TLS; handed on as it came. */
struct early {
    enum side side;
    uint64_t frame;
    uint64_t time_ns;
    struct buffer data;
};

struct conversation *conversation_new(const struct connection *connection,
                                      const struct leaks *leaks, struct sinks *sinks)
{
    struct conversation *c = alloc_zero(sizeof(*c));

    c->connection = connection;
    c->leaks = leaks;
    c->sinks = sinks;
    c->beginning_lost = !connection->syn_seen;
    return c;
}

static void forget_early(struct conversation *c)
{
    for (size_t i = 0; i < c->num_early; i++)
        buffer_clear(&c->early[i].data);
    free(c->early);
    c->early = NULL;
    c->num_early = 0;
    buffer_clear(&c->start[SIDE_CLIENT]);
    buffer_clear(&c->start[SIDE_SERVER]);
}

void conversation_free(struct conversation *c)
{
    if (!c)
        return;
    forget_early(c);
    session_free(c->session);
    free(c);
}

/* --- Is it TLS? -------------------------------------------------------------------- */

static void not_tls(struct conversation *c)
{
    c->state = CONVERSATION_OTHER;
    forget_early(c);
}

static void on_plaintext(void *context, const struct session *s, enum side from, struct bytes data,
                         uint64_t time_ns)
{
    sinks_plaintext(context, s->attachment, from, data, time_ns);
}

static void on_skipped(void *context, const struct session *s, enum side from)
{
    sinks_skipped(context, s->attachment, from);
}

static void begin_session(struct conversation *c, bool swapped, bool from_the_middle)
{
    const struct session_listener listener = {c->sinks, on_plaintext, on_skipped};

    c->state = CONVERSATION_TLS;
    c->session = session_new(c->connection, swapped, from_the_middle, c->leaks, &listener, NULL);
    c->session->attachment = sinks_session_opened(c->sinks, c->session);
    for (size_t i = 0; i < c->num_early; i++) {
        const struct early *early = &c->early[i];
        const struct chunk chunk = {buffer_view(&early->data), early->time_ns, early->frame};

        session_bytes(c->session, early->side, &chunk);
    }
    forget_early(c);
}

/* decide looks at what one side has said so far. */
static void decide(struct conversation *c, enum side side)
{
    struct bytes start = buffer_view(&c->start[side]);
    uint8_t type;

    if (start.len < HELLO_PREFIX_LEN)
        return;
    if (record_looks_like_hello(start, &type)) {
        enum side sender = type == HANDSHAKE_CLIENT_HELLO ? SIDE_CLIENT : SIDE_SERVER;

        begin_session(c, sender != side, false);
    } else if (!c->beginning_lost || start.len > MAX_UNDECIDED) {
        not_tls(c);
    } else if (record_looks_like_middle(start)) {
        begin_session(c, false, true);
    }
}

static void keep_early(struct conversation *c, enum side side, const struct chunk *chunk)
{
    struct early *early;

    c->early = alloc_resize(c->early, (c->num_early + 1) * sizeof(*c->early));
    early = &c->early[c->num_early++];
    *early = (struct early){side, chunk->frame, chunk->time_ns, {0}};
    buffer_append(&early->data, chunk->data);
    buffer_append(&c->start[side], chunk->data);
}

/* --- What is said ------------------------------------------------------------------- */

void conversation_bytes(struct conversation *c, enum side side, const struct chunk *chunk)
{
    if (c->state == CONVERSATION_TLS) {
        session_bytes(c->session, side, chunk);
    } else if (c->state == CONVERSATION_UNDECIDED) {
        keep_early(c, side, chunk);
        decide(c, side);
    }
}

void conversation_gap(struct conversation *c, enum side side, const struct gap *gap)
{
    if (c->state == CONVERSATION_TLS)
        session_gap(c->session, side, gap);
    else
        c->beginning_lost = true;
}

void conversation_close(struct conversation *c)
{
    if (c->state == CONVERSATION_TLS) {
        session_close(c->session, c->connection->end_ns);
        c->state = CONVERSATION_ENDED;
    } else if (c->state == CONVERSATION_UNDECIDED) {
        not_tls(c);
    }
    c->closed = true;
}

void conversation_abandon(struct conversation *c, size_t limit)
{
    session_abandon(c->session, c->connection->end_ns, limit);
    c->state = CONVERSATION_ENDED;
}

size_t conversation_memory(const struct conversation *c)
{
    return c->session ? session_memory(c->session) : 0;
}
