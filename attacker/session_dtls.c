#include "attacker/session_dtls.h"

#include <stdlib.h>

#include "attacker/session_content.h"
#include "attacker/session_dtls_sealed.h"
#include "attacker/tls/openssl_dtls.h"
#include "capture/alloc.h"

void session_dtls_begin(struct session *s)
{
    s->dtls = alloc_zero(sizeof(*s->dtls));
    s->handshake.datagrams = true;
}

void session_dtls_free(struct session_dtls *d)
{
    if (!d)
        return;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        dtls_messages_clear(&d->directions[side].messages);
        session_dtls_let_go(&d->directions[side]);
    }
    buffer_clear(&d->request);
    free(d);
}

static size_t direction_memory(const struct dtls_direction *d)
{
    return d->messages.memory + d->held_bytes + seal_memory(d->before.seal);
}

size_t session_dtls_memory(const struct session_dtls *d)
{
    return d ? sizeof(*d) + direction_memory(&d->directions[SIDE_CLIENT]) +
                   direction_memory(&d->directions[SIDE_SERVER])
             : 0;
}

bool session_dtls_misses(const struct session *s)
{
    return s->dtls && (s->records_missing > 0 || s->dtls->incomplete);
}

/* --- Handshake messages ----------------------------------------------------------------- */

/* start_tls13: how DTLS 1.3 seals its records is not computed here. RFC 9147 section 4.2. */
static void start_tls13(struct session *s)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        seal_free(s->directions[side].seal);
        s->directions[side].seal = NULL;
        s->handshake.past_reading[side] = true;
    }
    s->cipher_unsupported = s->found.found;
}

/* starts_anew: the hello with the cookie takes the place of the one without. */
static bool starts_anew(const struct handshake *h, uint8_t type)
{
    return type == HANDSHAKE_CLIENT_HELLO && h->client_hello && !h->server_hello &&
           !h->retry_request;
}

/* may_begin: a renegotiation begins behind the Finished of both, and is answered then. */
static bool may_begin(const struct handshake *h, uint8_t type)
{
    if (type == HANDSHAKE_CLIENT_HELLO)
        return h->finished[SIDE_CLIENT] && h->finished[SIDE_SERVER];
    return h->client_hello && !h->server_hello;
}

/* awaits: is it not the turn of this message? The hello with the cookie is a second one of the
 * client's in a row. */
static bool awaits(const struct session *s, enum side from, const struct dtls_message *message)
{
    const struct handshake *h = &s->handshake;

    if (s->dtls->given_up)
        return false;
    if (message->opened &&
        (message->type == HANDSHAKE_CLIENT_HELLO || message->type == HANDSHAKE_SERVER_HELLO))
        return !may_begin(h, message->type);
    if (message->type == HANDSHAKE_CLIENT_HELLO && !h->server_hello)
        return false;
    return (from == SIDE_SERVER && s->dtls->cookie_due) || handshake_awaits(h, from);
}

static void take_message(struct session *s, enum side from, const struct dtls_message *message)
{
    struct handshake *h = &s->handshake;

    if (message->type == HANDSHAKE_CLIENT_HELLO && message->message_seq > 0)
        s->dtls->cookie_due = false;
    if (starts_anew(h, message->type))
        openssl_dtls_start_over(h, buffer_view(&s->dtls->request));
    if (!s->directions[from].lost)
        session_content_message(s, from, dtls_message_view(message), message->opened,
                                &message->mark);
    if (h->version >= TLS_1_3)
        start_tls13(s);
}

/* deliver takes the messages of a direction that are due; true when there was any. */
static bool deliver(struct session *s, enum side from)
{
    struct dtls_messages *m = &s->dtls->directions[from].messages;
    const struct dtls_message *message;
    bool any = false;

    while ((message = dtls_messages_next(m)) != NULL && !awaits(s, from, message)) {
        take_message(s, from, message);
        dtls_messages_drop(m);
        any = true;
    }
    return any;
}

/* skip goes on behind a message that is not, or not all, in the recording; true when there is more
 * behind it. */
static bool skip(struct session *s, enum side from)
{
    struct dtls_messages *m = &s->dtls->directions[from].messages;
    struct bytes torn;
    const struct dtls_message *message = dtls_messages_skip(m, &torn);

    if (!message)
        return false;
    s->dtls->incomplete = true;
    s->handshake.torn[from] = true;
    if (message->arrived == message->length)
        return true;
    if (handshake_see_torn(&s->handshake, from, torn, message->mark.frame, message->mark.time_ns) &&
        s->handshake.version >= TLS_1_3)
        start_tls13(s);
    dtls_messages_drop(m);
    return true;
}

/* on_request: the server wants a cookie. It may say so more than once. */
static void on_request(struct session *s, const struct dtls_fragment *fragment)
{
    struct session_dtls *d = s->dtls;

    d->cookie_due |= d->directions[SIDE_CLIENT].messages.next < 2;
    if (d->request.len == 0 && fragment->body.len == fragment->length &&
        fragment->length <= DTLS_MAX_REQUEST)
        buffer_append(&d->request, fragment->body);
}

/*
 * is_of_present: is the piece of the handshake that is under way, or begins it? The messages of one
 * come in the epoch in which it began, the Finished in the next. In each the numbers begin anew.
 * RFC 6347 section 4.2.2.
 */
static bool is_of_present(struct dtls_direction *d, const struct dtls_fragment *fragment,
                          uint16_t epoch)
{
    uint16_t begun_in = (uint16_t)(epoch - (fragment->type == HANDSHAKE_FINISHED && epoch > 0));

    if (begun_in > d->handshake_epoch) {
        dtls_messages_clear(&d->messages);
        d->handshake_epoch = begun_in;
    }
    return begun_in == d->handshake_epoch;
}

void session_dtls_handshake(struct session *s, enum side from, struct bytes content, uint16_t epoch,
                            const struct record_mark *mark)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    struct reader r = reader_of(content);
    struct dtls_fragment fragment;

    while (dtls_fragment_next(&r, &fragment)) {
        if (fragment.type == HANDSHAKE_HELLO_VERIFY_REQUEST)
            on_request(s, &fragment);
        else if (fragment.type != HANDSHAKE_HELLO_REQUEST && is_of_present(d, &fragment, epoch))
            dtls_messages_add(&d->messages, &fragment, epoch > 0, mark);
    }
}

/* --- What waits -------------------------------------------------------------------------- */

/* settle takes all that does not have to wait any longer. */
static void settle(struct session *s)
{
    bool any = true;

    while (any) {
        any = deliver(s, SIDE_CLIENT);
        any |= deliver(s, SIDE_SERVER);
        any |= session_dtls_change(s, SIDE_CLIENT);
        any |= session_dtls_change(s, SIDE_SERVER);
    }
}

/* The server's messages come first: what the client says behind them makes no sense without. */
void session_dtls_give_up(struct session *s)
{
    settle(s);
    if (!s->handshake.client_hello)
        (void)skip(s, SIDE_CLIENT);
    s->dtls->given_up = true;
    do
        (void)deliver(s, SIDE_SERVER);
    while (skip(s, SIDE_SERVER));
    do
        settle(s);
    while (skip(s, SIDE_SERVER) || skip(s, SIDE_CLIENT));
}

/* --- What arrives ------------------------------------------------------------------------ */

static void on_clear(struct session *s, enum side from, const struct dtls_record *record,
                     const struct record_mark *mark)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    if (dtls_window_has(&d->clear, record->sequence))
        return;
    dtls_window_add(&d->clear, record->sequence);
    if (record->record.type == CONTENT_HANDSHAKE) {
        session_dtls_handshake(s, from, record->record.fragment, 0, mark);
    } else if (record->record.type == CONTENT_CHANGE_CIPHER_SPEC) {
        session_dtls_announce(d, record, record->record.fragment, mark);
    } else if (record->record.type != CONTENT_APPLICATION_DATA) {
        session_content(s, from, record->record.type, record->record.fragment, false, mark);
    }
}

/* take_with_id takes a record with a connection ID; where none was read from the hellos, they are
 * missing or yet to come. False: there is no telling where it ends. */
static bool take_with_id(struct session *s, enum side from, struct reader *r,
                         const struct record_mark *mark)
{
    size_t id_len = s->handshake.connection_ids[from].len;
    struct dtls_record record;

    if (!(id_len > 0 && dtls_record_with_id(r, &record, id_len)) &&
        !dtls_record_with_some_id(r, &record)) {
        s->directions[from].records++;
        return false;
    }
    if (record.epoch > 0) /* what is not sealed has none: RFC 9146 section 3 */
        session_dtls_sealed(s, from, &record, mark);
    return true;
}

/* take_records takes those of one datagram; what is none ends it. */
static void take_records(struct session *s, enum side from, struct bytes datagram,
                         const struct record_mark *mark)
{
    struct reader r = reader_of(datagram);
    struct dtls_record record;

    for (;;) {
        switch (dtls_record_next(&r, &record)) {
        case DTLS_RECORD:
            if (record.epoch == 0)
                on_clear(s, from, &record, mark);
            else
                session_dtls_sealed(s, from, &record, mark);
            continue;
        case DTLS_CONNECTION_ID:
            if (!take_with_id(s, from, &r, mark))
                return;
            continue;
        case DTLS_UNIFIED:
            s->directions[from].records += s->handshake.version >= TLS_1_3;
            return;
        case DTLS_CUT:
        case DTLS_NONE:
            return;
        }
    }
}

void session_dtls_datagram(struct session *s, enum side side, const struct chunk *datagram,
                           size_t cut)
{
    enum side from = s->swapped ? side_other(side) : side;
    struct record_mark mark = {.frame = datagram->frame, .time_ns = datagram->time_ns};

    s->directions[from].bytes += datagram->data.len;
    s->bytes_missing += cut;
    s->cut_by_snaplen |= cut > 0;
    take_records(s, from, datagram->data, &mark);
    settle(s);
}

void session_dtls_finish(struct session *s)
{
    if (!s->dtls)
        return;
    session_dtls_give_up(s);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct dtls_direction *d = &s->dtls->directions[side];

        session_dtls_count_missing(s, side);
        session_dtls_let_go(d);
        dtls_messages_clear(&d->messages);
    }
}
