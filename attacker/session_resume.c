#include "attacker/session_resume.h"

#include <openssl/crypto.h>

#include "attacker/session_renegotiation.h"
#include "attacker/tls/session_ticket.h"

/*
 * file notes it under each name that it has. A resumption goes on under the session ID of the first
 * session, which is noted already; a ticket may have been renewed in it, and then names the first
 * session too. So what opens that one is carried along through any number of resumptions.
 */
static void file(const struct session *s, const struct original *original)
{
    const struct handshake *h = &s->handshake;
    struct resumable *r = s->leaks->resumable;
    struct session_ticket handed_over;

    if (!handshake_is_resumption(h))
        resumable_file(r, RESUMABLE_SESSION_ID, h->session_id_chosen, original);
    if (session_ticket_handed_over(h, &handed_over))
        resumable_file(r, RESUMABLE_TICKET, handed_over.ticket, original);
}

/* opened_by: what was said in a renegotiation has to be read first, with what opens the handshake
 * in front of it. */
static unsigned opened_by(const struct session *s)
{
    unsigned leaks = opened_by_leaks(&s->handshake) | s->found.original_opened_by;

    return session_renegotiation_under_way(s) ? leaks & opened_by_leaks(&s->renegotiation.first)
                                              : leaks;
}

static void describe(const struct session *s, struct original *out)
{
    const struct handshake *h = &s->handshake;
    const struct message *named = h->new_session_ticket ? h->new_session_ticket : h->server_hello;

    *out = (struct original){
        .suite_id = h->suite_id,
        .opened_by = opened_by(s),
        .server_key = s->found.original_recorded ? s->found.original_server_key
                                                 : s->found.answers[LEAK_SERVER_KEY],
        .frame = named->frame,
    };
}

void session_resume_named(struct session *s)
{
    const struct handshake *h = &s->handshake;
    struct original original;

    if (!h->server_hello || h->version >= TLS_1_3 || s->left_behind ||
        (handshake_is_resumption(h) && !s->found.original_recorded)) /* nothing to tell of it */
        return;
    describe(s, &original);
    file(s, &original);
}

void session_resume_proven(struct session *s)
{
    struct original original;

    if (s->left_behind || s->secret.kind != SECRET_MASTER)
        return;
    /* In a renegotiation, what opens proves the keys before it, up to the Finished. */
    if (session_renegotiation_under_way(s) && !s->finished_verified[SIDE_SERVER])
        return;
    s->left_behind = true;
    describe(s, &original);
    original.secret_len = s->secret.len;
    memcpy(original.secret, s->secret.value, s->secret.len);
    file(s, &original);
    OPENSSL_cleanse(&original, sizeof(original));
}
