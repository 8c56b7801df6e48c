#include "attacker/session_renegotiation.h"

static void put_finished(bool to[static 2], const bool from[static 2])
{
    to[SIDE_CLIENT] = from[SIDE_CLIENT];
    to[SIDE_SERVER] = from[SIDE_SERVER];
}

/* differs: a Finished was seen that is not what the keys make of the handshake. */
static bool differs(const struct session *s)
{
    const struct handshake *h = &s->handshake;

    return (h->finished[SIDE_CLIENT] && !s->finished_verified[SIDE_CLIENT]) ||
           (h->finished[SIDE_SERVER] && !s->finished_verified[SIDE_SERVER]);
}

/* set_aside keeps the first handshake for the verdict, and the latest for a refusal. */
static void set_aside(struct session *s)
{
    struct renegotiation *r = &s->renegotiation;

    if (r->num == 0) {
        r->first = s->handshake;
        r->found = s->found;
        put_finished(r->finished, s->finished_verified);
        return;
    }
    r->differs |= differs(s);
    handshake_clear(&r->before);
    r->before = s->handshake;
}

void session_renegotiation_begin(struct session *s, const struct record_mark *mark)
{
    static const bool none[2] = {false, false};

    set_aside(s);
    s->renegotiation.num++;
    /* Until its ServerHello, records say the version that was agreed on before. */
    s->handshake =
        (struct handshake){.version = s->handshake.version, .datagrams = s->handshake.datagrams};
    s->asked = false;
    s->ticket_tried = false;
    s->left_behind = false;
    s->found = (struct leaks_found){0};
    s->cipher_unsupported = false;
    secret_clear(&s->secret);
    s->secrets_told = 0;
    put_finished(s->finished_verified, none);
    evidence_add(&s->evidence, mark->frame, "Do the two shake hands anew on this connection?",
                 "yes, renegotiation %zu begins: its messages are sealed with the keys in use",
                 s->renegotiation.num);
}

/* put_back makes the handshake before the latest the session's own again. */
static void put_back(struct session *s)
{
    static const bool both[2] = {true, true};
    struct renegotiation *r = &s->renegotiation;
    struct handshake *before = r->num == 1 ? &r->first : &r->before;

    handshake_clear(&s->handshake);
    s->handshake = *before;
    *before = (struct handshake){0};
    put_finished(s->finished_verified, r->num == 1 ? r->finished : both);
    r->num--;
}

void session_renegotiation_refuse(struct session *s)
{
    if (!session_renegotiation_under_way(s) || s->handshake.server_hello)
        return;
    put_back(s);
    s->asked = true;
    s->found = s->renegotiation.found;
}

void session_renegotiation_wait(struct session *s, const struct record_mark *mark)
{
    s->renegotiation.ahead = true;
    s->renegotiation.ahead_mark = *mark;
}

bool session_renegotiation_awaits(const struct session *s)
{
    return s->renegotiation.ahead && s->handshake.server_hello;
}

bool session_renegotiation_under_way(const struct session *s)
{
    return s->renegotiation.num > 0;
}

/* is_shut: keys are in use that follow from no leak, and what was recorded is enough to say so. */
static bool is_shut(const struct session *s)
{
    const struct handshake *h = &s->handshake;

    return h->server_hello && (s->asked || !h->suite) &&
           (!s->found.found || s->cipher_unsupported) &&
           (h->client_key_exchange || handshake_is_resumption(h)) &&
           (h->change_cipher_spec[SIDE_CLIENT] || h->change_cipher_spec[SIDE_SERVER]);
}

void session_renegotiation_tell(const struct session *s, struct findings *out,
                                struct findings *shut)
{
    const struct renegotiation *r = &s->renegotiation;

    if (r->num == 0)
        return;
    *shut = *out; /* filled in with the latest handshake */
    shut->records_opened = 0;
    out->renegotiations = r->num;
    out->shut = is_shut(s) ? shut : NULL;
    out->handshake = &r->first;
    out->leaks = &r->found;
    out->cipher_unsupported = false;
    out->renegotiation_differs = r->differs || differs(s);
    put_finished(out->finished, r->finished);
    if (s->handshake.trouble != TROUBLE_NONE && out->malformed_frame == 0)
        out->malformed_frame = s->handshake.trouble_frame;
}

void session_renegotiation_end(struct session *s)
{
    struct renegotiation *r = &s->renegotiation;

    if (r->num == 0)
        return;
    r->num = 1;
    put_back(s);
    s->found = r->found;
    handshake_clear(&r->before);
}

void session_renegotiation_clear(struct renegotiation *r)
{
    handshake_clear(&r->first);
    handshake_clear(&r->before);
}
