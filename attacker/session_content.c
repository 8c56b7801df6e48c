#include "attacker/session_content.h"

#include "attacker/session_early.h"
#include "attacker/session_keys.h"
#include "attacker/session_notes.h"
#include "attacker/session_renegotiation.h"
#include "attacker/session_resume.h"
#include "attacker/session_ticket_ahead.h"
#include "attacker/session_tickets.h"
#include "attacker/tls/sslv2_hello.h"

void session_lose(struct session *s, enum side from)
{
    s->directions[from].lost = true;
    s->handshake.past_reading[from] = true;
}

/* handshake_is_over: is what this side says now no part of the handshake any more? In TLS 1.3 that
 * is so behind its own Finished, recorded or not, even where the other one has not been recorded
 * yet: a server sends tickets whenever it likes (RFC 8446 section 4.6). */
static bool handshake_is_over(const struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;

    if (h->version >= TLS_1_3)
        return s->directions[from].in_application;
    return h->finished[SIDE_CLIENT] && h->finished[SIDE_SERVER];
}

/* after_handshake: the few messages that come behind both Finished. */
static void after_handshake(struct session *s, enum side from, uint8_t type, struct bytes whole,
                            const struct record_mark *mark)
{
    struct reader r = reader_of(whole);

    if (s->handshake.version < TLS_1_3 || !reader_skip(&r, HANDSHAKE_HEADER_LEN))
        return;
    if (type == HANDSHAKE_KEY_UPDATE)
        session_keys_update(s, from);
    else if (type == HANDSHAKE_NEW_SESSION_TICKET && from == SIDE_SERVER)
        session_tickets_see(s, r.left, mark);
}

/* lose_at does so because of what stands in this frame. */
static void lose_at(struct session *s, enum side from, const struct record_mark *mark)
{
    if (s->malformed_frame == 0)
        s->malformed_frame = mark->frame;
    session_lose(s, from);
}

static void on_server_hello(struct session *s)
{
    if (s->handshake.version >= TLS_1_3)
        session_keys_start_tls13(s);
}

void session_content_message(struct session *s, enum side from, struct bytes whole, bool opened,
                             const struct record_mark *mark)
{
    struct handshake *h = &s->handshake;
    struct reader r = reader_of(whole);
    uint8_t type;

    if (!reader_u8(&r, &type) || type == HANDSHAKE_HELLO_REQUEST)
        return;
    /* It is the first message under the new keys, in every version; a renegotiation can have agreed
     * on a suite for which there are none, and this was opened with those from before. */
    if (type == HANDSHAKE_FINISHED && (!opened || !h->suite)) {
        lose_at(s, from, mark);
        return;
    }
    if (opened && type != HANDSHAKE_END_OF_EARLY_DATA && session_early_under_way(s, from)) {
        lose_at(s, from, mark); /* the handshake goes on under its own keys */
        return;
    }
    if (type == HANDSHAKE_CLIENT_HELLO && opened && h->version < TLS_1_3)
        session_renegotiation_begin(s, mark);
    if (handshake_is_over(s, from)) {
        after_handshake(s, from, type, whole, mark);
        return;
    }
    if (!handshake_see(h, from, whole, mark->frame, mark->time_ns)) {
        session_lose(s, from);
        return;
    }
    session_notes_message(s, handshake_last(h));
    if (type == HANDSHAKE_FINISHED)
        session_keys_finished(s, handshake_last(h));
    else if (type == HANDSHAKE_CLIENT_KEY_EXCHANGE)
        session_keys_ask(s);
    else if (h->server_hello == handshake_last(h))
        on_server_hello(s);
    else if (h->new_session_ticket == handshake_last(h))
        session_ticket_ahead_seen(s);
}

/* is_ahead: this answers a ClientHello of which the record was not read yet. */
static bool is_ahead(const struct session *s, enum side from, uint8_t type)
{
    return type == HANDSHAKE_SERVER_HELLO && from == SIDE_SERVER &&
           s->handshake.version < TLS_1_3 && handshake_is_over(s, from);
}

/* on_handshake collects content until messages are whole: they may span records and share them. */
static void on_handshake(struct session *s, enum side from, struct bytes content, bool opened,
                         const struct record_mark *mark)
{
    struct direction *d = &s->directions[from];

    if (d->mid_message && !handshake_starts_message(content))
        return;
    d->mid_message = false;
    buffer_append(&d->message, content);

    struct reader r = reader_of(buffer_view(&d->message));
    while (!d->lost) {
        struct reader ahead = r;
        struct reader body;
        uint8_t type;

        if (!reader_u8(&ahead, &type) || !reader_block(&ahead, &body, 3))
            break;
        if (opened && is_ahead(s, from, type)) {
            session_renegotiation_wait(s, mark);
            break;
        }
        session_content_message(s, from, bytes_first(r.left, HANDSHAKE_HEADER_LEN + body.left.len),
                                opened, mark);
        r = ahead;
    }
    buffer_drop(&d->message, d->message.len - r.left.len);
    if (d->message.len > HANDSHAKE_MAX_MESSAGE + RECORD_MAX_FRAGMENT) {
        (void)handshake_see(&s->handshake, from, buffer_view(&d->message), mark->frame,
                            mark->time_ns);
        session_lose(s, from);
    }
}

void session_content_torn(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];
    struct handshake *h = &s->handshake;
    struct record_stream ahead = d->stream; /* a copy, to look ahead with */
    struct bytes left = record_stream_left(&ahead);
    struct reader r = reader_of(left);
    struct record_header header = {.type = CONTENT_HANDSHAKE};
    struct record_mark mark = {0};

    if (!record_header_read(&r, &header))
        r = (struct reader){0};
    if (d->sealed || header.type != CONTENT_HANDSHAKE)
        return;
    if (left.len > 0)
        record_stream_take(&ahead, left.len, &mark);
    on_handshake(s, from, r.left, false, &mark);
    if (!d->lost &&
        handshake_see_torn(h, from, buffer_view(&d->message), mark.frame, mark.time_ns) &&
        h->server_hello == handshake_last(h))
        on_server_hello(s);
}

void session_change_cipher_spec(struct session *s, enum side from, struct bytes content,
                                const struct record_mark *mark)
{
    struct handshake *h = &s->handshake;
    struct reader r = reader_of(content);
    uint8_t type;

    if (!reader_u8(&r, &type) || type != 1 || !reader_done(&r)) {
        lose_at(s, from, mark);
        return;
    }
    if (h->version >= TLS_1_3)
        return; /* sent for middleboxes, it means nothing (RFC 8446 appendix D.4) */
    h->change_cipher_spec[from] = true;
    if (!h->server_hello) {
        s->directions[from].sealed = true; /* in a recording of one direction alone */
        return;
    }
    if (from == SIDE_CLIENT || h->torn[SIDE_CLIENT] || h->torn[SIDE_SERVER])
        session_keys_ask_now(s); /* a ClientKeyExchange would have come before */
    else
        session_keys_ask(s); /* asked already, unless this is a resumption */
    if (from == SIDE_SERVER)
        session_resume_named(s);
    session_keys_change_cipher_spec(s, from);
}

/* on_alert keeps the one that matters: the first in the clear, or the first that is fatal. Behind
 * a close_notify that proves to be one, TLS has ended. RFC 8446 section 6.1. */
static void on_alert(struct session *s, enum side from, struct bytes content, bool opened)
{
    struct alert alert;

    if (!alert_read(content, &alert))
        return;
    if (opened) {
        s->directions[from].ended |= alert.description == ALERT_CLOSE_NOTIFY;
        if (alert.description == ALERT_NO_RENEGOTIATION && from == SIDE_SERVER)
            session_renegotiation_refuse(s);
        return;
    }
    if (s->alert_seen && !alert_is_fatal(&alert))
        return;
    if (s->alert_seen && alert_is_fatal(&s->alert))
        return;
    s->alert_seen = true;
    s->alert = alert;
    s->alert_from = from;
}

bool session_content_catch_up(struct session *s)
{
    struct renegotiation *r = &s->renegotiation;

    if (!r->ahead || session_renegotiation_awaits(s))
        return false;
    r->ahead = false;
    on_handshake(s, SIDE_SERVER, (struct bytes){0}, true, &r->ahead_mark);
    return true;
}

bool session_content_sslv2(struct session *s)
{
    struct direction *d = &s->directions[SIDE_CLIENT];
    struct handshake *h = &s->handshake;
    struct bytes left = record_stream_left(&d->stream);
    struct reader r = reader_of(left);
    struct bytes whole;
    struct record_mark mark;

    if (h->client_hello || d->message.len > 0 || !sslv2_hello_begins(left) ||
        !sslv2_hello_next(&r, &whole))
        return false;
    record_stream_take(&d->stream, left.len - r.left.len, &mark);
    if (!handshake_see_sslv2(h, whole, mark.frame, mark.time_ns))
        session_lose(s, SIDE_CLIENT);
    return true;
}

/* unpack undoes the compression of an opened record. What it holds can't be told when a record in
 * front of it is missing; when none is, it does not belong here. */
static bool unpack(struct session *s, enum side from, struct bytes *content,
                   const struct record_mark *mark)
{
    struct inflater *inflater = s->directions[from].inflater;

    if (!inflater || inflater_next(inflater, content, *content))
        return true;
    if (s->malformed_frame == 0 && s->bytes_missing == 0)
        s->malformed_frame = mark->frame;
    return false;
}

void session_content(struct session *s, enum side from, uint8_t type, struct bytes content,
                     bool opened, const struct record_mark *mark)
{
    if (opened && !unpack(s, from, &content, mark))
        return;
    switch (type) {
    case CONTENT_HANDSHAKE:
        on_handshake(s, from, content, opened, mark);
        break;
    case CONTENT_CHANGE_CIPHER_SPEC: /* sealed, in a renegotiation */
        session_change_cipher_spec(s, from, content, mark);
        break;
    case CONTENT_ALERT:
        on_alert(s, from, content, opened);
        break;
    case CONTENT_APPLICATION_DATA:
        if (opened && content.len > 0) {
            s->directions[from].plain_bytes += content.len;
            s->listener.plaintext(s->listener.context, s, from,
                                  &(struct chunk){content, mark->time_ns, mark->frame});
        }
        break;
    default:
        break;
    }
}
