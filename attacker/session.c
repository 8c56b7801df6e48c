#include "attacker/session.h"

#include <stdlib.h>

#include "attacker/session_keys.h"
#include "capture/alloc.h"

struct session *session_new(const struct connection *c, bool swapped, bool from_the_middle,
                            const struct leaks *leaks, const struct session_listener *listener,
                            void *attachment)
{
    struct session *s = alloc_zero(sizeof(*s));

    s->connection = *c;
    if (swapped) {
        s->connection.client = c->server;
        s->connection.server = c->client;
    }
    s->swapped = swapped;
    s->from_the_middle = from_the_middle;
    s->leaks = leaks;
    s->listener = *listener;
    s->attachment = attachment;
    return s;
}

static void clear_direction(struct direction *d)
{
    record_stream_clear(&d->stream);
    buffer_clear(&d->message);
    seal_free(d->seal);
    d->seal = NULL;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    clear_direction(&s->directions[SIDE_CLIENT]);
    clear_direction(&s->directions[SIDE_SERVER]);
    handshake_clear(&s->handshake);
    evidence_clear(&s->evidence);
    secret_clear(&s->secret);
    OPENSSL_cleanse(s->handshake_secret, sizeof(s->handshake_secret));
    free(s);
}

/* --- What is said -------------------------------------------------------------- */

/* lose gives a direction up; the other one need not wait for it any longer. */
static void lose(struct session *s, enum side from)
{
    s->directions[from].lost = true;
    s->handshake.past_reading[from] = true;
}

/* handshake_is_over: is what this side says now no part of the handshake any more? In TLS 1.3 that
 * is so behind its own Finished, even where the other one has not been recorded yet: a server sends
 * tickets whenever it likes (RFC 8446 section 4.6). */
static bool handshake_is_over(const struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;

    return h->finished[from] && (h->version >= TLS_1_3 || h->finished[side_other(from)]);
}

/* after_handshake: the few messages that come behind both Finished. */
static void after_handshake(struct session *s, enum side from, uint8_t type)
{
    if (s->handshake.version >= TLS_1_3 && type == HANDSHAKE_KEY_UPDATE)
        session_keys_update(s, from);
}

/* lose_at does so because of what stands in this frame. */
static void lose_at(struct session *s, enum side from, const struct record_mark *mark)
{
    if (s->malformed_frame == 0)
        s->malformed_frame = mark->frame;
    lose(s, from);
}

static void on_server_hello(struct session *s)
{
    if (s->handshake.version >= TLS_1_3)
        session_keys_start_tls13(s);
}

static void on_message(struct session *s, enum side from, struct bytes whole, bool opened,
                       const struct record_mark *mark)
{
    struct handshake *h = &s->handshake;
    struct reader r = reader_of(whole);
    uint8_t type;

    if (!reader_u8(&r, &type) || type == HANDSHAKE_HELLO_REQUEST)
        return;
    if (type == HANDSHAKE_FINISHED && !opened) {
        lose_at(s, from, mark); /* it is the first message under the new keys, in every version */
        return;
    }
    if (handshake_is_over(s, from)) {
        after_handshake(s, from, type);
        return;
    }
    if (!handshake_see(h, from, whole, mark->frame, mark->time_ns)) {
        lose(s, from);
        return;
    }
    if (type == HANDSHAKE_FINISHED)
        session_keys_finished(s, handshake_last(h));
    else if (type == HANDSHAKE_CLIENT_KEY_EXCHANGE)
        session_keys_ask(s);
    else if (h->server_hello == handshake_last(h))
        on_server_hello(s);
}

/* on_handshake collects content until messages are whole: they may span records and share them. */
static void on_handshake(struct session *s, enum side from, struct bytes content, bool opened,
                         const struct record_mark *mark)
{
    struct direction *d = &s->directions[from];

    buffer_append(&d->message, content);

    struct reader r = reader_of(buffer_view(&d->message));
    while (!d->lost) {
        struct reader ahead = r;
        struct reader body;
        uint8_t type;

        if (!reader_u8(&ahead, &type) || !reader_block(&ahead, &body, 3))
            break;
        on_message(s, from, bytes_first(r.left, HANDSHAKE_HEADER_LEN + body.left.len), opened,
                   mark);
        r = ahead;
    }
    buffer_drop(&d->message, d->message.len - r.left.len);
    if (d->message.len > HANDSHAKE_MAX_MESSAGE + RECORD_MAX_FRAGMENT) {
        (void)handshake_see(&s->handshake, from, buffer_view(&d->message), mark->frame,
                            mark->time_ns);
        lose(s, from);
    }
}

/* on_change_cipher_spec: one byte, and it is 1. RFC 5246 section 7.1. */
static void on_change_cipher_spec(struct session *s, enum side from, struct bytes content,
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
    session_keys_ask(s); /* asked already, unless this is a resumption */
    session_keys_change_cipher_spec(s, from);
}

/* on_alert keeps the one that matters: the first, or the first that is fatal. */
static void on_alert(struct session *s, enum side from, struct bytes content)
{
    struct alert alert;

    if (!alert_read(content, &alert) || (s->alert_seen && !alert_is_fatal(&alert)))
        return;
    if (s->alert_seen && alert_is_fatal(&s->alert))
        return;
    s->alert_seen = true;
    s->alert = alert;
    s->alert_from = from;
}

/* on_content takes what a record holds; `opened`: it was sealed, and its MAC or tag verified. */
static void on_content(struct session *s, enum side from, uint8_t type, struct bytes content,
                       bool opened, const struct record_mark *mark)
{
    switch (type) {
    case CONTENT_HANDSHAKE:
        on_handshake(s, from, content, opened, mark);
        break;
    case CONTENT_ALERT:
        if (!opened)
            on_alert(s, from, content);
        break;
    case CONTENT_APPLICATION_DATA:
        if (opened && content.len > 0) {
            s->directions[from].plain_bytes += content.len;
            s->listener.plaintext(s->listener.context, s, from, content, mark->time_ns);
        }
        break;
    default:
        break;
    }
}

/*
 * is_protected: once keys are in use, everything is sealed. Two things cross in the clear in
 * TLS 1.3 all the same: the ChangeCipherSpec that means nothing, and the alert of a side that could
 * not make its keys. Application data is never sent in the clear.
 */
static bool is_protected(const struct session *s, enum side from, const struct record *record)
{
    if (record->type == CONTENT_APPLICATION_DATA)
        return true;
    if (!s->directions[from].sealed)
        return false;
    if (s->handshake.version >= TLS_1_3)
        return record->type != CONTENT_CHANGE_CIPHER_SPEC &&
               !(record->type == CONTENT_ALERT && record->fragment.len == ALERT_LEN);
    return true;
}

static void on_protected(struct session *s, enum side from, const struct record *record,
                         const struct record_mark *mark)
{
    struct direction *d = &s->directions[from];
    struct bytes plain;
    uint8_t type;

    d->records++;
    if (!d->seal || !seal_open(d->seal, &plain, &type, record)) {
        if (d->seal)
            seal_miss(d->seal, record);
        /* What was said here stays unread, so nobody can wait to understand it. */
        s->handshake.past_reading[from] = true;
        return;
    }
    d->records_opened++;
    on_content(s, from, type, plain, true, mark);
}

static void on_record(struct session *s, enum side from, const struct record *record,
                      const struct record_mark *mark)
{
    if (is_protected(s, from, record))
        on_protected(s, from, record, mark);
    else if (record->type == CONTENT_CHANGE_CIPHER_SPEC)
        on_change_cipher_spec(s, from, record->fragment, mark);
    else
        on_content(s, from, record->type, record->fragment, false, mark);
}

/* --- What arrives ---------------------------------------------------------------- */

/* follow takes the records of one direction, as long as it is its turn; true when any was taken. */
static bool follow(struct session *s, enum side from, bool whatever_turn)
{
    struct direction *d = &s->directions[from];
    bool any = false;

    while (!d->lost && (whatever_turn || !handshake_awaits(&s->handshake, from))) {
        struct record record;
        struct record_mark mark;
        enum progress progress = record_stream_next(&d->stream, &record, &mark);

        if (progress == PROGRESS_NEED_MORE)
            break;
        if (progress == PROGRESS_MALFORMED) {
            lose_at(s, from, &mark);
            break;
        }
        any = true;
        on_record(s, from, &record, &mark);
    }
    return any;
}

/* follow_both: what one side says may be what the other one has been waiting for. */
static void follow_both(struct session *s, enum side first)
{
    bool any = true;

    while (any) {
        any = follow(s, first, false);
        any |= follow(s, side_other(first), false);
    }
}

static enum side tls_side(const struct session *s, enum side side)
{
    return s->swapped ? side_other(side) : side;
}

void session_bytes(struct session *s, enum side side, const struct chunk *chunk)
{
    enum side from = tls_side(s, side);
    struct direction *d = &s->directions[from];

    if (d->lost)
        return;
    record_stream_append(&d->stream, chunk);
    follow_both(s, from);
    if (record_stream_waiting(&d->stream) > SESSION_MAX_WAITING) {
        s->waited_too_long = true;
        (void)follow(s, from, true);
    }
}

void session_gap(struct session *s, enum side side, const struct gap *gap)
{
    enum side from = tls_side(s, side);

    s->bytes_missing += gap->missing;
    s->cut_by_snaplen |= gap->cut_by_snaplen;
    lose(s, from);
    follow_both(s, side_other(from));
}

/* note_cut_record: a record that was begun and never ended is missing its end. */
static void note_cut_record(struct session *s, const struct direction *d)
{
    struct reader r = reader_of(buffer_view(&d->stream.held));

    if (d->lost || record_stream_waiting(&d->stream) == 0 || !reader_skip(&r, d->stream.taken))
        return;
    s->bytes_missing += record_missing(r.left);
}

static void note_records(struct session *s, uint64_t records, uint64_t opened)
{
    if (s->found.found && records > 0 && !s->cipher_unsupported)
        evidence_add(&s->evidence, 0, "Do the records open with the keys that follow from it?",
                     "%llu of %llu do: their MAC or tag verifies", (unsigned long long)opened,
                     (unsigned long long)records);
}

void session_close(struct session *s, uint64_t end_ns)
{
    const struct direction *client = &s->directions[SIDE_CLIENT];
    const struct direction *server = &s->directions[SIDE_SERVER];

    s->connection.end_ns = end_ns;
    (void)follow(s, SIDE_SERVER, true);
    (void)follow(s, SIDE_CLIENT, true);
    note_cut_record(s, client);
    note_cut_record(s, server);

    struct findings findings = {
        .handshake = &s->handshake,
        .leaks = &s->found,
        .any_leak_given = leaks_any(s->leaks),
        .from_the_middle = s->from_the_middle,
        .cipher_unsupported = s->cipher_unsupported,
        .finished = {s->finished_verified[SIDE_CLIENT], s->finished_verified[SIDE_SERVER]},
        .waited_too_long = s->waited_too_long,
        .memory_limit = s->memory_limit,
        .records = client->records + server->records,
        .records_opened = client->records_opened + server->records_opened,
        .bytes_missing = s->bytes_missing,
        .cut_by_snaplen = s->cut_by_snaplen,
        .malformed_frame = s->malformed_frame,
        .alert_seen = s->alert_seen,
        .alert = s->alert,
        .alert_from = s->alert_from,
    };
    note_records(s, findings.records, findings.records_opened);
    verdict_reach(&s->verdict, &findings);
    /* The verdict may have to wait for those of earlier connections; what it needs is little. */
    clear_direction(&s->directions[SIDE_CLIENT]);
    clear_direction(&s->directions[SIDE_SERVER]);
    secret_clear(&s->secret);
}

const char *session_resumed(const struct session *s)
{
    const struct handshake *h = &s->handshake;

    if (!handshake_is_resumption(h))
        return "no";
    if (h->version >= TLS_1_3)
        return "psk";
    return h->ticket_offered.len > 0 ? "ticket" : "session_id";
}
