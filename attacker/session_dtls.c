#include "attacker/session_dtls.h"

#include <stdlib.h>

#include "attacker/session_content.h"
#include "attacker/session_keys.h"
#include "attacker/session_resume.h"
#include "attacker/session_secret.h"
#include "attacker/tls/openssl_dtls.h"
#include "attacker/tls/version.h"
#include "capture/alloc.h"

void session_dtls_begin(struct session *s)
{
    s->dtls = alloc_zero(sizeof(*s->dtls));
    s->handshake.datagrams = true;
}

static void let_go_held(struct dtls_direction *d)
{
    for (size_t i = 0; i < d->num_held; i++)
        free(d->held[i].fragment);
    d->num_held = 0;
    d->held_bytes = 0;
}

void session_dtls_free(struct session_dtls *d)
{
    if (!d)
        return;
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        dtls_messages_clear(&d->directions[side].messages);
        let_go_held(&d->directions[side]);
    }
    buffer_clear(&d->request);
    free(d);
}

static size_t direction_memory(const struct dtls_direction *d)
{
    return d->messages.memory + d->held_bytes;
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

/* awaits: is it not the turn of this message? The hello with the cookie is a second one of the
 * client's in a row. */
static bool awaits(const struct session *s, enum side from, const struct dtls_message *message)
{
    const struct handshake *h = &s->handshake;

    if (s->dtls->given_up)
        return false;
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

static void on_handshake(struct session *s, enum side from, struct bytes content, bool opened,
                         const struct record_mark *mark)
{
    struct reader r = reader_of(content);
    struct dtls_fragment fragment;

    while (dtls_fragment_next(&r, &fragment)) {
        if (fragment.type == HANDSHAKE_HELLO_VERIFY_REQUEST)
            on_request(s, &fragment);
        else
            dtls_messages_add(&s->dtls->directions[from].messages, &fragment, opened, mark);
    }
}

/* --- Sealed records --------------------------------------------------------------------- */

/* give_content hands on what a record held. */
static void give_content(struct session *s, enum side from, uint8_t type, struct bytes plain,
                         const struct dtls_held *from_record)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    uint64_t number = from_record->record.sequence;

    if (type == CONTENT_HANDSHAKE) {
        on_handshake(s, from, plain, true, &from_record->mark);
        return;
    }
    if (type == CONTENT_APPLICATION_DATA) {
        if (d->next_plain > 0 && number > d->sealed.whole)
            s->listener.skipped(s->listener.context, s, from, 0);
        d->next_plain = number + 1;
    }
    session_content(s, from, type, plain, true, &from_record->mark);
}

/* open_sealed opens a record of epoch 1, of which the keys are in use. */
static void open_sealed(struct session *s, enum side from, const struct dtls_held *held)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    struct direction *direction = &s->directions[from];
    const struct dtls_record *record = &held->record;
    struct bytes plain;
    uint8_t type;

    if (dtls_window_has(&d->sealed, record->sequence))
        return;
    direction->records++;
    if (!direction->seal && (!session_keys_ask_again(s) || !direction->seal)) {
        dtls_window_add(&d->sealed, record->sequence);
        s->handshake.past_reading[from] = true;
        return;
    }
    if (!seal_open_numbered(direction->seal, &plain, &type, &record->record,
                            (uint64_t)record->epoch << 48 | record->sequence)) {
        s->handshake.past_reading[from] = true;
        return;
    }
    dtls_window_add(&d->sealed, record->sequence);
    direction->records_opened++;
    session_keys_opened(s, from);
    session_secret_tell(s);
    if (from == SIDE_SERVER)
        session_resume_proven(s); /* a new ticket comes in front of what the server seals */
    give_content(s, from, type, plain, held);
}

static void hold(struct dtls_direction *d, const struct dtls_record *record,
                 const struct record_mark *mark)
{
    struct bytes fragment = record->record.fragment;
    struct dtls_held *held = &d->held[d->num_held++];

    *held = (struct dtls_held){.record = *record, .mark = *mark};
    held->fragment = alloc_zero(fragment.len + 1); /* it may be empty */
    memcpy(held->fragment, fragment.at, fragment.len);
    held->record.record.fragment = bytes_of(held->fragment, fragment.len);
    held->record.record.header = (struct bytes){0};
    d->held_bytes += fragment.len;
}

/*
 * may_change: is all there that the keys of epoch 1 follow from? A full handshake has the
 * ClientKeyExchange. A resumption has none: it is one when the server echoes the session ID, or
 * when nothing is missing in front of its ChangeCipherSpec.
 */
static bool may_change(const struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    const struct dtls_direction *server = &s->dtls->directions[SIDE_SERVER];

    if (s->dtls->given_up || h->client_key_exchange)
        return true;
    if (!h->server_hello || h->server_hello_done)
        return false;
    if (from == SIDE_CLIENT)
        return server->changed;
    return handshake_echoes_session_id(h) ||
           (server->announced && server->clear.whole > server->number &&
            server->messages.num_waiting == 0);
}

/* change goes over to the keys of epoch 1, and opens what has waited for them; true when it did. */
static bool change(struct session *s, enum side from)
{
    static const uint8_t one = 1;
    struct dtls_direction *d = &s->dtls->directions[from];
    struct record_mark mark = d->announced_at;

    if (d->changed || (!d->announced && d->num_held == 0) || !may_change(s, from))
        return false;
    if (!d->announced)
        mark = d->held[0].mark;
    d->changed = true;
    session_change_cipher_spec(s, from, bytes_of(&one, 1), &mark);
    for (size_t i = 0; i < d->num_held; i++)
        open_sealed(s, from, &d->held[i]);
    let_go_held(d);
    return true;
}

/* settle takes all that does not have to wait any longer. */
static void settle(struct session *s)
{
    bool any = true;

    while (any) {
        any = deliver(s, SIDE_CLIENT);
        any |= deliver(s, SIDE_SERVER);
        any |= change(s, SIDE_CLIENT);
        any |= change(s, SIDE_SERVER);
    }
}

/* give_up takes the rest without what is missing. The server's messages come first: what the client
 * says behind them makes no sense without. */
static void give_up(struct session *s)
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

/* on_sealed: the keys of epoch 1 follow from the handshake, those behind a renegotiation do not. */
static void on_sealed(struct session *s, enum side from, const struct dtls_record *record,
                      const struct record_mark *mark)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    if (record->epoch > 1) {
        if (record->epoch > d->later_epoch)
            d->later = (struct dtls_window){0};
        if (record->epoch < d->later_epoch || dtls_window_has(&d->later, record->sequence))
            return;
        d->later_epoch = record->epoch;
        dtls_window_add(&d->later, record->sequence);
        s->directions[from].records++;
        return;
    }
    if (!d->changed && d->num_held == DTLS_MAX_HELD)
        give_up(s);
    if (d->changed)
        open_sealed(s, from,
                    &(struct dtls_held){.record = *record, .fragment = NULL, .mark = *mark});
    else
        hold(d, record, mark);
}

/* --- What arrives ------------------------------------------------------------------------ */

/* take_number: in OpenSSL's DTLS a ChangeCipherSpec has a message's number, and a message without
 * meaning keeps its place. */
static void take_number(struct dtls_direction *d, const struct dtls_record *record,
                        const struct record_mark *mark)
{
    struct reader r = reader_of(record->record.fragment);
    struct dtls_fragment place = {.type = HANDSHAKE_HELLO_REQUEST};

    if (record->record.version == DTLS_1_0_OPENSSL && reader_skip(&r, 1) &&
        reader_u16(&r, &place.message_seq) && reader_done(&r))
        dtls_messages_add(&d->messages, &place, false, mark);
}

static void on_clear(struct session *s, enum side from, const struct dtls_record *record,
                     const struct record_mark *mark)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    if (dtls_window_has(&d->clear, record->sequence))
        return;
    dtls_window_add(&d->clear, record->sequence);
    if (record->record.type == CONTENT_HANDSHAKE) {
        on_handshake(s, from, record->record.fragment, false, mark);
    } else if (record->record.type == CONTENT_CHANGE_CIPHER_SPEC) {
        if (!d->announced)
            d->announced_at = *mark;
        d->number = record->sequence;
        d->announced = true;
        take_number(d, record, mark);
    } else if (record->record.type != CONTENT_APPLICATION_DATA) {
        session_content(s, from, record->record.type, record->record.fragment, false, mark);
    }
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
                on_sealed(s, from, &record, mark);
            continue;
        case DTLS_CONNECTION_ID:
            s->cipher_unsupported = true;
            s->directions[from].records++;
            return;
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

    s->bytes_missing += cut;
    s->cut_by_snaplen |= cut > 0;
    take_records(s, from, datagram->data, &mark);
    settle(s);
}

void session_dtls_finish(struct session *s)
{
    if (!s->dtls)
        return;
    give_up(s);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        struct dtls_direction *d = &s->dtls->directions[side];

        s->records_missing += dtls_window_missing(&d->sealed) + dtls_window_missing(&d->later);
        let_go_held(d);
        dtls_messages_clear(&d->messages);
    }
}
