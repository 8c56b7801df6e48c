#include "attacker/conversation.h"

#include <stdlib.h>

#include "attacker/session_memory.h"
#include "capture/alloc.h"

struct conversation *conversation_new(const struct connection *connection,
                                      const struct leaks *leaks, struct sinks *sinks)
{
    struct conversation *c = alloc_zero(sizeof(*c));

    c->connection = connection;
    c->first_frame = connection->first_frame;
    c->leaks = leaks;
    c->sinks = sinks;
    c->watches[SIDE_CLIENT].spotter.beginning_lost = !connection->syn_seen;
    c->watches[SIDE_SERVER].spotter.beginning_lost = !connection->syn_seen;
    return c;
}

void conversation_free(struct conversation *c)
{
    if (!c)
        return;
    session_free(c->session);
    free(c);
}

/* --- The session ------------------------------------------------------------------- */

/* announce tells the sinks of the session, not before it has something to tell: until then it may
 * still turn out to be none. */
static void announce(struct conversation *c)
{
    if (c->announced)
        return;
    c->announced = true;
    c->session->attachment = sinks_session_opened(c->sinks, c->session);
}

static void on_plaintext(void *context, const struct session *s, enum side from, struct bytes data,
                         uint64_t time_ns)
{
    struct conversation *c = context;

    announce(c);
    sinks_plaintext(c->sinks, s->attachment, from, data, time_ns);
}

static void on_skipped(void *context, const struct session *s, enum side from)
{
    struct conversation *c = context;

    announce(c);
    sinks_skipped(c->sinks, s->attachment, from);
}

static void begin_session(struct conversation *c, enum side side, enum spotted spotted, bool amid)
{
    const struct session_listener listener = {c, on_plaintext, on_skipped};
    bool from_the_middle = spotted == SPOTTED_MIDDLE && !c->connection->syn_seen;
    bool swapped = spotted == (side == SIDE_CLIENT ? SPOTTED_SERVER_HELLO : SPOTTED_CLIENT_HELLO);

    c->state = CONVERSATION_TLS;
    c->found_in = side;
    c->found_by = spotted;
    c->found_amid = amid;
    c->found_no_records = false;
    c->found_walk = (struct record_walk){0};
    c->session = session_new(c->connection, swapped, from_the_middle, c->leaks, &listener, NULL);
}

/*
 * is_alone_amid_other_bytes: so far, everything that speaks for TLS is a few bytes amid others of
 * one side. Where they are the middle of a conversation, the other side may be missing from the
 * recording; not so when it spoke.
 */
static bool is_alone_amid_other_bytes(const struct conversation *c)
{
    const struct watch *other = &c->watches[side_other(c->found_in)];

    return c->found_amid && !c->announced && !other->speaks_tls &&
           (c->found_by != SPOTTED_MIDDLE || other->spotter.offset > 0);
}

/* is_false_alarm: what came behind those bytes is no TLS. */
static bool is_false_alarm(const struct conversation *c)
{
    const struct session *s = c->session;

    return is_alone_amid_other_bytes(c) &&
           (c->found_no_records || s->handshake.trouble != TROUBLE_NONE);
}

static void call_off(struct conversation *c)
{
    session_free(c->session);
    c->session = NULL;
    c->state = CONVERSATION_WATCHED;
    c->watches[c->found_in].speaks_tls = false;
}

/* --- What is said ------------------------------------------------------------------- */

static void hand_over(struct conversation *c, enum side side, const struct chunk *chunk)
{
    if (chunk->data.len == 0)
        return;
    /* A session follows a side when it is its turn; whether there are records at all, is clear
     * before that. */
    if (side == c->found_in && is_alone_amid_other_bytes(c))
        c->found_no_records |= !record_walk_on(&c->found_walk, chunk->data);
    session_bytes(c->session, side, chunk);
}

/* tell_lost: holes in front of TLS that is in full swing are the session's business; those in
 * the plain talk in front of a hello are nobody's. */
static void tell_lost(struct conversation *c, enum side side)
{
    const struct gap *lost = &c->watches[side].lost;

    if (lost->missing > 0 || lost->cut_by_snaplen)
        session_gap(c->session, side, lost);
}

static void watch(struct conversation *c, enum side side, const struct chunk *chunk)
{
    struct watch *w = &c->watches[side];
    struct spotter_place place;
    enum spotted spotted = spotter_feed(&w->spotter, &place, chunk, c->session != NULL);

    if (spotted == SPOTTED_NOTHING)
        return;
    if (!c->session)
        begin_session(c, side, spotted, place.offset > 0);
    if (spotted == SPOTTED_MIDDLE)
        tell_lost(c, side);
    w->speaks_tls = true;
    hand_over(c, side, &place.early);
    hand_over(c, side, &place.rest);
}

void conversation_bytes(struct conversation *c, enum side side, const struct chunk *chunk)
{
    if (c->state == CONVERSATION_ENDED)
        return;
    if (c->watches[side].speaks_tls)
        hand_over(c, side, chunk);
    else
        watch(c, side, chunk);
    if (c->session && is_false_alarm(c))
        call_off(c);
}

void conversation_gap(struct conversation *c, enum side side, const struct gap *gap)
{
    struct watch *w = &c->watches[side];

    if (c->state == CONVERSATION_ENDED)
        return;
    if (w->speaks_tls) {
        if (side == c->found_in)
            c->found_amid = false; /* what comes behind the hole proves nothing */
        session_gap(c->session, side, gap);
        return;
    }
    w->lost.missing += gap->missing;
    w->lost.cut_by_snaplen |= gap->cut_by_snaplen;
    w->lost.frame = gap->frame;
    spotter_skip(&w->spotter, gap->missing);
}

/* --- The end ------------------------------------------------------------------------ */

/* is_nothing: not even the hello that it began with is whole. */
static bool is_nothing(const struct conversation *c)
{
    const struct handshake *h = &c->session->handshake;

    return is_alone_amid_other_bytes(c) && c->found_by != SPOTTED_MIDDLE && !h->client_hello &&
           !h->server_hello;
}

void conversation_close(struct conversation *c)
{
    c->closed = true;
    if (c->state != CONVERSATION_TLS)
        return;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        if (!c->watches[side].speaks_tls)
            tell_lost(c, side);
    }
    session_close(c->session, c->connection->end_ns);
    c->state = CONVERSATION_ENDED;
    if (is_false_alarm(c) || is_nothing(c))
        call_off(c);
}

void conversation_abandon(struct conversation *c, size_t limit)
{
    session_abandon(c->session, c->connection->end_ns, limit);
    c->state = CONVERSATION_ENDED;
}

void conversation_tell(struct conversation *c, uint64_t id)
{
    announce(c);
    sinks_verdict(c->sinks, c->session->attachment, c->session, id);
    session_free(c->session);
    c->session = NULL;
}

uint64_t conversation_watched(const struct conversation *c)
{
    return c->watches[SIDE_CLIENT].spotter.offset + c->watches[SIDE_SERVER].spotter.offset;
}

size_t conversation_memory(const struct conversation *c)
{
    return c->session ? session_memory(c->session) : 0;
}
