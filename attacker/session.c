#include "attacker/session.h"

#include <stdlib.h>

#include "attacker/session_content.h"
#include "attacker/session_dtls.h"
#include "attacker/session_early.h"
#include "attacker/session_findings.h"
#include "attacker/session_keys.h"
#include "attacker/session_lapse.h"
#include "attacker/session_psk.h"
#include "attacker/session_renegotiation.h"
#include "attacker/session_resume.h"
#include "attacker/session_search.h"
#include "attacker/session_secret.h"
#include "attacker/session_ticket_ahead.h"
#include "attacker/session_tickets.h"
#include "attacker/tls/sslv2_hello.h"
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
    s->directions[SIDE_CLIENT].credit = SESSION_SEARCH_CREDIT;
    s->directions[SIDE_SERVER].credit = SESSION_SEARCH_CREDIT;
    return s;
}

static void clear_direction(struct direction *d)
{
    record_stream_clear(&d->stream);
    buffer_clear(&d->message);
    session_lapse_over(d);
    seal_free(d->seal);
    d->seal = NULL;
    inflater_free(d->inflater);
    d->inflater = NULL;
}

void session_free(struct session *s)
{
    if (!s)
        return;
    clear_direction(&s->directions[SIDE_CLIENT]);
    clear_direction(&s->directions[SIDE_SERVER]);
    session_dtls_free(s->dtls);
    session_early_clear(s);
    session_tickets_clear(s);
    session_psk_clear(s);
    handshake_clear(&s->handshake);
    session_renegotiation_clear(&s->renegotiation);
    evidence_clear(&s->evidence);
    secret_clear(&s->secret);
    OPENSSL_cleanse(s->handshake_secret, sizeof(s->handshake_secret));
    free(s);
}

/* --- Records ---------------------------------------------------------------------- */

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

/* on_opened: what stands between this record and the one before, if anything, is settled. */
static void on_opened(struct session *s, enum side from, const struct search_find *found)
{
    struct direction *d = &s->directions[from];
    bool first = d->records_opened == 0;
    bool skipped = found->lost > 0 || d->rift.open;
    uint64_t sealed_len = d->rift.hole + d->rift.damaged_len;

    session_lapse_over(d);
    session_early_opened(s, from, found);
    session_keys_opened(s, from);
    session_psk_settle(s, found->mark.frame);
    if (d->inflater && (found->lost > 0 || found->unproven_iv))
        inflater_lose(d->inflater);
    if (found->unproven_iv)
        return;
    d->records_opened++;
    session_secret_tell(s);
    if (from == SIDE_SERVER)
        session_resume_proven(s); /* a new ticket comes in front of what the server seals */
    if (skipped && !first)
        s->listener.skipped(s->listener.context, s, from, sealed_len);
    session_content(s, from, found->type, found->plain, true, &found->mark);
    session_secret_tell(s); /* more may have followed from a Finished */
}

/* open_record: where nothing told that the keys have changed, it is found out by trying. */
static bool open_record(struct session *s, enum side from, const struct record *record,
                        struct search_find *out)
{
    struct direction *d = &s->directions[from];

    if (session_early_open(s, from, record, out))
        return true;
    if (session_early_under_way(s, from) && !d->sealed)
        return false; /* the ServerHello has yet to come, and no other keys can be in use */
    return (d->seal && session_search_in_order(d, d->seal, record, out)) ||
           ((!d->seal || d->rift.damaged > 0) && session_search_application(s, from, record, out));
}

/* open_with_others: when the pre-shared key is another one of those that fit. */
static bool open_with_others(struct session *s, enum side from, const struct record *record,
                             struct search_find *out)
{
    while (session_psk_next(s, from)) {
        if (open_record(s, from, record, out))
            return true;
    }
    return false;
}

static void on_protected(struct session *s, enum side from, const struct record *record,
                         const struct record_mark *mark)
{
    struct direction *d = &s->directions[from];
    struct search_find found = {.mark = *mark};

    d->records++;
    if (open_record(s, from, record, &found) ||
        (session_keys_ask_again(s) && open_record(s, from, record, &found)) ||
        open_with_others(s, from, record, &found)) {
        on_opened(s, from, &found);
        return;
    }
    if (session_early_shut(s, from, mark))
        return;
    session_lapse_damaged(d, record);
    /* What was said here stays unread, so nobody can wait to understand it. */
    s->handshake.past_reading[from] = true;
}

static void on_record(struct session *s, enum side from, const struct record *record,
                      const struct record_mark *mark)
{
    if (is_protected(s, from, record))
        on_protected(s, from, record, mark);
    else if (record->type == CONTENT_CHANGE_CIPHER_SPEC)
        session_change_cipher_spec(s, from, record->fragment, mark);
    else
        session_content(s, from, record->type, record->fragment, false, mark);
}

/* --- What arrives ---------------------------------------------------------------- */

/* search goes on behind a hole; true when that came to anything. */
static bool search(struct session *s, enum side from, bool no_more)
{
    struct search_find found = {0};

    switch (session_search(s, from, no_more, &found)) {
    case SEARCH_NEEDS_MORE:
        return false;
    case SEARCH_GIVEN_UP:
        session_lose(s, from);
        return false;
    case SEARCH_IN_ORDER:
        return true;
    case SEARCH_OPENED:
        s->directions[from].records++;
        on_opened(s, from, &found);
        return true;
    }
    return false;
}

/* next_of_stream: the beginning of a hello in the format of SSL 2.0 looks like no record. */
static enum progress next_of_stream(struct session *s, enum side from, struct record *record,
                                    struct record_mark *mark)
{
    struct record_stream *stream = &s->directions[from].stream;

    if (from == SIDE_CLIENT && !s->handshake.client_hello &&
        sslv2_hello_begins(record_stream_left(stream)))
        return PROGRESS_NEED_MORE;
    return record_stream_next(stream, record, mark);
}

/* next_record takes the next record of one direction; true when there was one, or a way to it. */
static bool next_record(struct session *s, enum side from, bool no_more)
{
    struct direction *d = &s->directions[from];
    struct record record;
    struct record_mark mark;

    if (d->rift.open)
        return search(s, from, no_more);
    if (from == SIDE_CLIENT ? session_content_sslv2(s) : session_content_catch_up(s))
        return true;
    switch (next_of_stream(s, from, &record, &mark)) {
    case PROGRESS_DONE:
        on_record(s, from, &record, &mark);
        return true;
    case PROGRESS_NEED_MORE:
        if (!record_stream_at_hole(&d->stream))
            return false;
        session_content_torn(s, from);
        break;
    case PROGRESS_MALFORMED:
        if (s->malformed_frame == 0)
            s->malformed_frame = mark.frame;
        break;
    }
    session_search_start(s, from);
    return true;
}

/* next_header looks at the header of the record that comes next in a direction. */
static bool next_header(const struct session *s, enum side from, struct record_header *out)
{
    struct reader r = reader_of(record_stream_left(&s->directions[from].stream));

    return record_header_read(&r, out);
}

/*
 * is_understood: in a renegotiation, what is sealed with keys that are known does not have to wait
 * for what the other side answers; the record's type says whether it is part of the handshake.
 */
static bool is_understood(const struct session *s, enum side from)
{
    struct record_header header;

    return session_renegotiation_under_way(s) && s->directions[from].seal &&
           next_header(s, from, &header) && header.type != CONTENT_HANDSHAKE &&
           header.type != CONTENT_CHANGE_CIPHER_SPEC;
}

/* goes_too_far: behind its Finished, what belongs to a handshake is the next one's, and nothing of
 * that is understood in front of the other side's Finished. */
static bool goes_too_far(const struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    struct record_header header;

    return h->version < TLS_1_3 && h->finished[from] && !h->past_reading[side_other(from)] &&
           next_header(s, from, &header) && header.type == CONTENT_HANDSHAKE;
}

static bool is_its_turn(struct session *s, enum side from)
{
    if (handshake_awaits(&s->handshake, from))
        return is_understood(s, from);
    return !session_ticket_ahead_awaits(s, from) && !goes_too_far(s, from) &&
           (from == SIDE_CLIENT || !session_renegotiation_awaits(s));
}

/* follow takes the records of one direction, as long as it is its turn; true when any was taken. */
static bool follow(struct session *s, enum side from, bool whatever_turn)
{
    const struct direction *d = &s->directions[from];
    bool any = false;

    while (!d->lost && !d->ended && (whatever_turn || is_its_turn(s, from)) &&
           next_record(s, from, whatever_turn))
        any = true;
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

    d->bytes += chunk->data.len;
    if (d->lost || d->ended)
        return;
    d->credit += SESSION_SEARCH_PER_BYTE * chunk->data.len;
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
    struct direction *d = &s->directions[from];

    s->bytes_missing += gap->missing;
    s->cut_by_snaplen |= gap->cut_by_snaplen;
    if (d->lost || d->ended)
        return;
    record_stream_append_hole(&d->stream, gap->missing);
    follow_both(s, from);
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
    s->connection.end_ns = end_ns;
    follow_both(s, SIDE_CLIENT);
    (void)follow(s, SIDE_SERVER, true);
    (void)follow(s, SIDE_CLIENT, true);
    session_dtls_finish(s);
    session_tickets_settle(s);

    struct findings shut;
    struct findings findings;

    session_findings_take(s, &findings);
    if (findings.records_opened > 0)
        session_resume_proven(s);
    session_renegotiation_tell(s, &findings, &shut);
    verdict_reach(&s->verdict, &findings);
    session_renegotiation_end(s);
    session_early_note(s);
    note_records(s, findings.records, findings.records_opened);
    /* The verdict may have to wait for those of earlier connections; what it needs is little. */
    clear_direction(&s->directions[SIDE_CLIENT]);
    clear_direction(&s->directions[SIDE_SERVER]);
    session_early_clear(s);
    session_tickets_clear(s);
    session_psk_clear(s);
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
