#include "attacker/conversation.h"

#include <stdlib.h>

#include "attacker/nested.h"
#include "attacker/session_memory.h"
#include "capture/alloc.h"

/* Each beginning that is found in a piece gets all bytes behind it. This bounds what it costs when
 * there is one every few bytes; and in a conversation there is one or two. */
#define MAX_BEGINNINGS 4

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
    if (c->carrier)
        c->carrier->carried = NULL;
    if (c->carried) {
        c->carried->carrier = NULL;
        if (!c->carried->closed)
            conversation_free(c->carried);
    }
    if (c->agreements)
        agreement_watch_end(&c->agreement, c->agreements);
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

static void on_plaintext(void *context, const struct session *s, enum side from,
                         const struct chunk *said)
{
    struct conversation *c = context;

    announce(c);
    sinks_plaintext(c->sinks, s->attachment, from, said->data, said->time_ns);
    nested_bytes(c, from, said);
}

static void on_skipped(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    struct conversation *c = context;

    announce(c);
    sinks_skipped(c->sinks, s->attachment, from, sealed_len);
    nested_gap(c, from, sealed_len);
}

static void on_secret_found(void *context, const struct session *s,
                            const struct found_secret *secret)
{
    struct conversation *c = context;

    announce(c);
    sinks_secret_found(c->sinks, s->attachment, secret);
}

static bool is_hello(enum spotted spotted)
{
    return spotted == SPOTTED_CLIENT_HELLO || spotted == SPOTTED_SERVER_HELLO;
}

void conversation_begin_session(struct conversation *c, bool swapped, bool from_the_middle)
{
    const struct session_listener listener = {c, on_plaintext, on_skipped, on_secret_found};

    c->state = CONVERSATION_TLS;
    c->session = session_new(c->connection, swapped, from_the_middle, c->leaks, &listener, NULL);
    c->session->depth = c->depth;
}

static void begin_session(struct conversation *c, enum side side, enum spotted spotted, bool amid)
{
    bool from_the_middle = spotted == SPOTTED_MIDDLE && !c->connection->syn_seen;
    bool swapped = spotted == (side == SIDE_CLIENT ? SPOTTED_SERVER_HELLO : SPOTTED_CLIENT_HELLO);

    c->found_in = side;
    c->found_amid = amid || spotted == SPOTTED_MIDDLE;
    conversation_begin_session(c, swapped, from_the_middle);
}

static bool is_whole(const struct message *hello)
{
    return hello && !hello->torn;
}

/* has_hello: a hello was understood to its end, which bytes that only look like one hardly ever
 * are. The beginning of one says little. */
static bool has_hello(const struct conversation *c)
{
    const struct handshake *h = &c->session->handshake;

    return is_whole(h->client_hello) || is_whole(h->server_hello);
}

/*
 * is_in_doubt: so far, everything that speaks for TLS is a few bytes of one side. Amid others they
 * want an answer; but the middle of a conversation is none, because for that less is enough once
 * there is a session. At the beginning of a stream, a hello that can be understood is enough.
 */
static bool is_in_doubt(const struct conversation *c)
{
    const struct watch *found = &c->watches[c->found_in];
    const struct watch *other = &c->watches[side_other(c->found_in)];

    if (!c->session || c->announced || record_proof_is_certain(&found->proof) ||
        record_proof_is_certain(&other->proof))
        return false;
    if (!c->found_amid)
        return !other->speaks_tls && !has_hello(c);
    return !other->speaks_tls || other->speaks_by == SPOTTED_MIDDLE || !has_hello(c);
}

/* is_false_alarm: what came behind those bytes is no TLS. */
static bool is_false_alarm(const struct conversation *c)
{
    const struct watch *found = &c->watches[c->found_in];
    const struct watch *other = &c->watches[side_other(c->found_in)];

    if (!c->session || !is_in_doubt(c))
        return false;
    if (found->proof.is_refuted || other->proof.is_refuted)
        return true;
    return c->found_amid && is_hello(found->speaks_by) && !other->speaks_tls &&
           c->session->handshake.trouble != TROUBLE_NONE;
}

static void call_off(struct conversation *c)
{
    session_free(c->session);
    c->session = NULL;
    c->state = CONVERSATION_WATCHED;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        c->watches[side].speaks_tls = false;
        c->watches[side].proof = (struct record_proof){0};
    }
    c->num_false++;
}

/* --- What is said ------------------------------------------------------------------- */

static void hand_over(struct conversation *c, enum side side, const struct chunk *chunk)
{
    if (chunk->data.len == 0)
        return;
    /* A session follows a side when it is its turn; whether there are records at all, is clear
     * before that. */
    if (is_in_doubt(c))
        record_proof_bytes(&c->watches[side].proof, chunk->data);
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

/* go_on_behind_hole: a side that speaks TLS has lost its way, and here are records again. */
static void go_on_behind_hole(struct watch *w, const struct spotter_place *place)
{
    record_proof_go_on(&w->proof, place->steps);
    record_proof_bytes(&w->proof, place->early.data);
    record_proof_bytes(&w->proof, place->rest.data);
}

/* begin_speaking: from this place on the side speaks TLS. */
static void begin_speaking(struct conversation *c, enum side side, enum spotted spotted,
                           const struct spotter_place *place)
{
    struct watch *w = &c->watches[side];

    if (!c->session)
        begin_session(c, side, spotted, place->offset > 0);
    if (spotted == SPOTTED_MIDDLE)
        tell_lost(c, side);
    w->speaks_tls = true;
    w->speaks_by = spotted;
    record_proof_begin(&w->proof, spotted == SPOTTED_MIDDLE, place->steps);
    hand_over(c, side, &place->early);
    hand_over(c, side, &place->rest);
    if (is_false_alarm(c))
        call_off(c);
}

/* has_led_on: from a hello at the first byte that was recorded, its record led to another; or it
 * still may, and that is the first byte of the connection. Whoever makes the hello can write what
 * he likes into it, and send it in pieces. */
static bool has_led_on(const struct conversation *c, const struct watch *w)
{
    bool may_still = c->connection->syn_seen && !w->proof.is_refuted;

    return w == &c->watches[c->found_in] && !c->found_amid &&
           (w->proof.walk.num_headers > 1 || may_still);
}

/* begins_anew: this hello takes the place of what was found before, unless it is part of that. A
 * ServerHello behind a retry, or what a tunnel carries in the clear, comes as early as this where
 * the client's side is recorded late. */
static bool begins_anew(const struct conversation *c, const struct watch *w, enum spotted spotted,
                        const struct spotter_place *place)
{
    return is_hello(spotted) && !has_hello(c) && !place->follows_hello && !has_led_on(c, w);
}

/* watch looks for the beginning of TLS; and as long as what was found is in doubt, for more. */
static void watch(struct conversation *c, enum side side, const struct chunk *chunk)
{
    struct watch *w = &c->watches[side];
    struct spotter_place place;
    enum spotted spotted = spotter_feed(&w->spotter, &place, chunk, c->session != NULL);
    size_t beginnings = 0;

    while (spotted != SPOTTED_NOTHING && beginnings < MAX_BEGINNINGS) {
        if (w->speaks_tls && begins_anew(c, w, spotted, &place))
            call_off(c);
        if (!w->speaks_tls) {
            begin_speaking(c, side, spotted, &place);
            beginnings++;
        } else if (w->proof.is_adrift) {
            go_on_behind_hole(w, &place);
        }
        if (w->speaks_tls && !is_in_doubt(c))
            return;
        spotted = spotter_look_on(&w->spotter, &place, c->session != NULL);
    }
}

void conversation_bytes(struct conversation *c, enum side side, const struct chunk *chunk)
{
    struct watch *w = &c->watches[side];

    if (c->agreements)
        agreement_watch_bytes(&c->agreement, c->agreements, c->connection, side, chunk);
    if (c->state == CONVERSATION_ENDED)
        return;
    if (w->speaks_tls)
        hand_over(c, side, chunk);
    if (is_false_alarm(c))
        call_off(c);
    if (!w->speaks_tls || is_in_doubt(c))
        watch(c, side, chunk);
    if (is_false_alarm(c))
        call_off(c);
}

void conversation_gap(struct conversation *c, enum side side, const struct gap *gap)
{
    struct watch *w = &c->watches[side];

    if (c->agreements)
        agreement_watch_gap(&c->agreement, c->agreements, side);
    if (c->state == CONVERSATION_ENDED)
        return;
    spotter_skip(&w->spotter, gap->missing);
    if (w->speaks_tls) {
        record_proof_gap(&w->proof, gap->missing);
        session_gap(c->session, side, gap);
    }
    if (w->speaks_tls && !is_in_doubt(c))
        return;
    w->lost.missing += gap->missing;
    w->lost.cut_by_snaplen |= gap->cut_by_snaplen;
    w->lost.frame = gap->frame;
}

/* --- The end ------------------------------------------------------------------------ */

/* is_nothing: the records do not prove enough, nor does a hello. */
static bool is_nothing(const struct conversation *c)
{
    const struct watch *found = &c->watches[c->found_in];
    const struct watch *other = &c->watches[side_other(c->found_in)];
    uint64_t misled =
        c->num_false + spotter_misled(&found->spotter) + spotter_misled(&other->spotter);

    return c->found_amid && is_in_doubt(c) && !record_proof_suffices(&found->proof, misled) &&
           !record_proof_suffices(&other->proof, misled) &&
           !(has_hello(c) && !(found->proof.is_adrift && misled > 0));
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
    if (c->carried && c->carried->session)
        c->carried->session->carrier = id;
    sinks_verdict(c->sinks, c->session->attachment, c->session, id);
    session_free(c->session);
    c->session = NULL;
}

uint64_t conversation_watched(const struct conversation *c)
{
    return c->watches[SIDE_CLIENT].spotter.offset + c->watches[SIDE_SERVER].spotter.offset;
}

bool conversation_knows_secret(const struct conversation *c)
{
    return c->session && c->session->found.found &&
           (!c->carried || !c->carried->session || conversation_knows_secret(c->carried));
}

size_t conversation_memory(const struct conversation *c)
{
    return c->session ? session_memory(c->session) : 0;
}
