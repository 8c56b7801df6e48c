#include "attacker/session_dtls_sealed.h"

#include <stdlib.h>

#include "attacker/session_content.h"
#include "attacker/session_keys.h"
#include "attacker/session_psk.h"
#include "attacker/session_resume.h"
#include "attacker/session_secret.h"
#include "attacker/session_ticket_ahead.h"
#include "attacker/tls/version.h"
#include "capture/alloc.h"

static void let_go_held(struct dtls_direction *d)
{
    for (size_t i = 0; i < d->num_held; i++)
        free(d->held[i].fragment);
    d->num_held = 0;
    d->held_bytes = 0;
}

void session_dtls_let_go(struct dtls_direction *d)
{
    let_go_held(d);
    seal_free(d->before.seal);
    d->before.seal = NULL;
}

/* count_later counts a record of an epoch of which the keys are not known. */
static void count_later(struct session *s, enum side from, const struct dtls_record *record)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    if (record->epoch > d->later_epoch) {
        s->records_missing += dtls_window_missing(&d->later);
        d->later = (struct dtls_window){0};
    }
    if (record->epoch < d->later_epoch || dtls_window_has(&d->later, record->sequence))
        return;
    d->later_epoch = record->epoch;
    dtls_window_add(&d->later, record->sequence);
    s->directions[from].records++;
}

void session_dtls_count_missing(struct session *s, enum side from)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    for (size_t i = 0; i < d->num_held; i++)
        count_later(s, from, &d->held[i].record);
    s->records_missing += dtls_window_missing(&d->before.window) + dtls_window_missing(&d->sealed) +
                          dtls_window_missing(&d->later);
}

/* --- Records that open ------------------------------------------------------------------- */

/* take_number: in OpenSSL's DTLS a ChangeCipherSpec has a message's number, and a message without
 * meaning keeps its place. */
static void take_number(struct dtls_direction *d, const struct dtls_record *record,
                        struct bytes content, const struct record_mark *mark)
{
    struct reader r = reader_of(content);
    struct dtls_fragment place = {.type = HANDSHAKE_HELLO_REQUEST};

    if (record->record.version == DTLS_1_0_OPENSSL && reader_skip(&r, 1) &&
        reader_u16(&r, &place.message_seq) && reader_done(&r))
        dtls_messages_add(&d->messages, &place, record->epoch > 0, mark);
}

void session_dtls_announce(struct dtls_direction *d, const struct dtls_record *record,
                           struct bytes content, const struct record_mark *mark)
{
    if (!d->announced)
        d->announced_at = *mark;
    d->number = record->sequence;
    d->announced = true;
    take_number(d, record, content, mark);
}

/* give_content hands on what a record held. Behind a refusal the client may try again in the same
 * epoch, and then its messages are numbered anew. */
static void give_content(struct session *s, enum side from, uint8_t type, struct bytes plain,
                         const struct dtls_held *from_record)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    const struct dtls_record *record = &from_record->record;
    size_t attempts = s->renegotiation.num;

    if (type == CONTENT_HANDSHAKE) {
        session_dtls_handshake(s, from, plain, record->epoch, &from_record->mark);
        return;
    }
    if (type == CONTENT_CHANGE_CIPHER_SPEC) {
        session_dtls_announce(d, record, plain, &from_record->mark);
        return;
    }
    if (type == CONTENT_APPLICATION_DATA && record->epoch == d->epoch) {
        if (d->next_plain > 0 && record->sequence > d->sealed.whole)
            s->listener.skipped(s->listener.context, s, from, 0);
        d->next_plain = record->sequence + 1;
    }
    session_content(s, from, type, plain, true, &from_record->mark);
    if (s->renegotiation.num < attempts)
        dtls_messages_clear(&s->dtls->directions[SIDE_CLIENT].messages);
}

/* open_with opens a record with the seal of its epoch, of which `window` is, too. */
static void open_with(struct session *s, enum side from, struct seal *seal,
                      struct dtls_window *window, const struct dtls_held *held)
{
    const struct dtls_record *record = &held->record;
    uint64_t number = (uint64_t)record->epoch << 48 | record->sequence;
    bool present = seal == s->directions[from].seal;
    struct bytes plain;
    uint8_t type;
    bool opened = seal_open_numbered(seal, &plain, &type, &record->record, number);

    while (!opened && present && session_psk_next(s, from))
        opened =
            seal_open_numbered(s->directions[from].seal, &plain, &type, &record->record, number);
    if (!opened) {
        s->handshake.past_reading[from] = true;
        return;
    }
    dtls_window_add(window, record->sequence);
    s->directions[from].records_opened++;
    session_keys_opened(s, from);
    session_psk_settle(s, held->mark.frame);
    session_secret_tell(s);
    if (from == SIDE_SERVER)
        session_resume_proven(s); /* a new ticket comes in front of what the server seals */
    give_content(s, from, type, plain, held);
}

/* open_present opens a record of the present epoch. */
static void open_present(struct session *s, enum side from, const struct dtls_held *held)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    struct direction *direction = &s->directions[from];
    uint64_t number = held->record.sequence;

    if (dtls_window_has(&d->sealed, number))
        return;
    direction->records++;
    if (!direction->seal && (!session_keys_ask_again(s) || !direction->seal)) {
        dtls_window_add(&d->sealed, number);
        s->handshake.past_reading[from] = true;
        return;
    }
    open_with(s, from, direction->seal, &d->sealed, held);
}

/* open_before opens a record that was overtaken by a change of keys. */
static void open_before(struct session *s, enum side from, const struct dtls_held *held)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    uint64_t number = held->record.sequence;

    if (held->record.epoch + 1 != d->epoch || dtls_window_has(&d->before.window, number))
        return;
    s->directions[from].records++;
    if (d->before.seal)
        open_with(s, from, d->before.seal, &d->before.window, held);
    else
        dtls_window_add(&d->before.window, number);
}

/* --- Records that wait --------------------------------------------------------------------- */

static void hold(struct dtls_direction *d, const struct dtls_record *record,
                 const struct record_mark *mark)
{
    struct bytes fragment = record->record.fragment;
    struct bytes id = record->record.connection_id;
    struct dtls_held *held = &d->held[d->num_held++];

    *held = (struct dtls_held){.record = *record, .mark = *mark};
    held->fragment = alloc_zero(fragment.len + id.len + 1); /* both may be empty */
    memcpy(held->fragment, fragment.at, fragment.len);
    if (id.len > 0)
        memcpy(held->fragment + fragment.len, id.at, id.len);
    held->record.record.fragment = bytes_of(held->fragment, fragment.len);
    held->record.record.connection_id = bytes_of(held->fragment + fragment.len, id.len);
    held->record.record.header = (struct bytes){0};
    d->held_bytes += fragment.len + id.len;
}

/*
 * may_change: is all there that the keys of the next epoch follow from? A full handshake has the
 * ClientKeyExchange, and perhaps a ticket. A resumption has none: it is one when the server echoes
 * the session ID, or when nothing is missing in front of its ChangeCipherSpec.
 */
static bool may_change(struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    const struct dtls_direction *server = &s->dtls->directions[SIDE_SERVER];
    const struct dtls_window *come = server->epoch == 0 ? &server->clear : &server->sealed;

    if (h->change_cipher_spec[from])
        return false; /* that of this handshake has been */
    if (s->dtls->given_up || h->client_key_exchange)
        return !session_ticket_ahead_awaits(s, from);
    if (!h->server_hello || h->server_hello_done)
        return false;
    if (from == SIDE_CLIENT)
        return h->change_cipher_spec[SIDE_SERVER];
    return handshake_echoes_session_id(h) ||
           (server->announced && come->whole > server->number && server->messages.num_waiting == 0);
}

/* turn_epoch keeps the seal of the one that ends, for what was overtaken by the change. */
static void turn_epoch(struct session *s, enum side from)
{
    struct dtls_direction *d = &s->dtls->directions[from];

    s->records_missing += dtls_window_missing(&d->before.window);
    seal_free(d->before.seal);
    d->before.seal = s->directions[from].seal;
    d->before.window = d->sealed;
    s->directions[from].seal = NULL;
    d->sealed = (struct dtls_window){0};
    d->next_plain = 0;
    d->announced = false;
    d->epoch++;
}

bool session_dtls_change(struct session *s, enum side from)
{
    static const uint8_t one = 1;
    struct dtls_direction *d = &s->dtls->directions[from];
    struct record_mark mark = d->announced_at;

    if ((!d->announced && d->num_held == 0) || !may_change(s, from))
        return false;
    if (!d->announced)
        mark = d->held[0].mark;
    turn_epoch(s, from);
    session_change_cipher_spec(s, from, bytes_of(&one, 1), &mark);
    for (size_t i = 0; i < d->num_held; i++)
        open_present(s, from, &d->held[i]);
    let_go_held(d);
    return true;
}

/* is_next: its keys may follow from what is yet to be read. Behind records that stay shut, the
 * handshake that leads to those of the next epoch stays unread. */
static bool is_next(const struct session *s, enum side from, const struct dtls_record *record)
{
    uint16_t present = s->dtls->directions[from].epoch;

    return record->epoch == present + 1 && (present == 0 || s->directions[from].seal);
}

void session_dtls_sealed(struct session *s, enum side from, const struct dtls_record *record,
                         const struct record_mark *mark)
{
    struct dtls_direction *d = &s->dtls->directions[from];
    const struct dtls_held held = {.record = *record, .mark = *mark};

    if (d->epoch == 0 && d->num_held == DTLS_MAX_HELD)
        session_dtls_give_up(s);
    if (record->epoch == d->epoch)
        open_present(s, from, &held);
    else if (record->epoch < d->epoch)
        open_before(s, from, &held);
    else if (is_next(s, from, record) && d->num_held < DTLS_MAX_HELD)
        hold(d, record, mark);
    else
        count_later(s, from, record);
}
