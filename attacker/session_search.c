#include "attacker/session_search.h"

#include "attacker/session_keys.h"

/* The first holes are told of one by one; the verdict counts all. */
#define SEARCH_MAX_NOTED 8

#define CHANGE_CIPHER_SPEC_LEN (RECORD_HEADER_LEN + 1)

/* --- What is missing --------------------------------------------------------------- */

/* keep_end keeps the end of `b`, from which the next record may take its IV. */
static void keep_end(struct rift *rift, struct bytes b)
{
    struct reader r = reader_of(b);

    rift->before_len = b.len < SEAL_MAX_BEFORE ? b.len : SEAL_MAX_BEFORE;
    (void)(reader_skip(&r, b.len - rift->before_len) &&
           reader_copy(&r, rift->before, rift->before_len));
}

void session_search_damaged(struct direction *d, const struct record *record)
{
    d->rift.damaged++;
    d->rift.damaged_len += RECORD_HEADER_LEN + record->fragment.len;
    keep_end(&d->rift, record->fragment);
}

struct seal_lapse session_search_lapse(const struct direction *d)
{
    const struct rift *rift = &d->rift;

    return (struct seal_lapse){
        .most = rift->damaged,
        .likely = rift->damaged,
        .bytes = rift->damaged_len,
        .before = bytes_of(rift->before, rift->before_len),
    };
}

void session_search_over(struct direction *d)
{
    for (size_t i = 0; i < SESSION_UNSEEN_CHANGES; i++)
        seal_free(d->rift.next[i]);
    d->rift = (struct rift){0};
}

/* lapse_of is session_search_lapse with a hole in it: `loose` bytes in which no record is known. */
static struct seal_lapse lapse_of(const struct rift *rift, const struct seal *seal, uint64_t loose,
                                  struct bytes before)
{
    const uint64_t longest = RECORD_HEADER_LEN + RECORD_MAX_FRAGMENT;
    uint64_t shortest = RECORD_HEADER_LEN + seal_min_fragment(seal);
    uint64_t known = rift->begun > 0 ? 1 : 0;
    uint64_t rest = loose - rift->begun;
    struct seal_lapse lapse = {
        .fewest = known + (rest + longest - 1) / longest,
        .most = known + rest / shortest + rift->damaged,
        .bytes = rift->damaged_len + loose,
        .before = before,
    };

    lapse.likely = lapse.fewest + rift->damaged;
    if (rift->damaged > 0 || rift->hole == 0)
        lapse.fewest = 0; /* what stands there need not have been sent by this side */
    return lapse;
}

/* --- Is this the beginning of a record? -------------------------------------------- */

/* The place that is looked at, and what is known of it. */
struct place {
    struct session *s;
    enum side from;
    size_t at;           /* in the bytes that are left */
    struct bytes before; /* those in front of it, as many as matter */
    struct record record;
    bool no_more;
};

enum sight { SIGHT_NOTHING, SIGHT_WAIT, SIGHT_RECORD, SIGHT_CLEAR, SIGHT_OPENED };

/* version_fits: what a record says is the negotiated version, or 1.2 in place of 1.3. Records of a
 * handshake may say 1.0. RFC 8446 section 5.1, RFC 5246 appendix E.1. */
static bool version_fits(const struct session *s, uint16_t version)
{
    uint16_t negotiated = s->handshake.version < TLS_1_3 ? s->handshake.version : TLS_1_2;

    return version == negotiated;
}

/* makes_sense_in_clear: it is a ChangeCipherSpec, or begins with a handshake message. */
static bool makes_sense_in_clear(const struct record *record)
{
    struct reader r = reader_of(record->fragment);
    uint8_t byte;

    if (record->type == CONTENT_HANDSHAKE)
        return handshake_starts_message(record->fragment);
    return record->type == CONTENT_CHANGE_CIPHER_SPEC && reader_u8(&r, &byte) && byte == 1 &&
           reader_done(&r);
}

static bool open_with(const struct place *p, struct seal *seal, const struct seal_lapse *lapse,
                      struct search_find *out)
{
    struct session *s = p->s;
    uint64_t lost;
    enum seal_answer answer = seal_open_behind(seal, &out->plain, &out->type, &p->record, lapse,
                                               &s->directions[p->from].credit, &lost);

    if (answer == SEAL_SHUT)
        return false;
    out->unproven_iv = answer == SEAL_PROVEN;
    out->lost = lost;
    return true;
}

/* next_seal is made once a hole; NULL when the keys behind so many changes are not known. */
static struct seal *next_seal(struct session *s, enum side from, size_t changes)
{
    struct rift *rift = &s->directions[from].rift;

    if (rift->num_next < changes)
        rift->next[rift->num_next++] = session_keys_next(s, from, changes);
    return rift->next[changes - 1];
}

/*
 * look_behind_changes: the keys may have changed in the hole, and right in front of the record. Up
 * to TLS 1.2 a ChangeCipherSpec was in it then; when there was more in the clear, a stream cipher's
 * place in its keystream can't be told.
 */
static bool look_behind_changes(const struct place *p, uint64_t loose, struct search_find *out)
{
    struct session *s = p->s;
    struct rift *rift = &s->directions[p->from].rift;
    struct seal *next;

    for (size_t changes = 1;
         changes <= SESSION_UNSEEN_CHANGES && (next = next_seal(s, p->from, changes)) != NULL;
         changes++) {
        struct seal_lapse lapse = lapse_of(rift, next, loose, p->before);

        lapse.fewest = 0;
        lapse.likely = 0;
        if (s->handshake.version < TLS_1_3 && lapse.bytes >= CHANGE_CIPHER_SPEC_LEN)
            lapse.bytes -= CHANGE_CIPHER_SPEC_LEN;
        if (open_with(p, next, &lapse, out)) {
            rift->next[changes - 1] = NULL;
            session_keys_change_unseen(s, p->from, next, changes);
            return true;
        }
    }
    return false;
}

static enum sight look_sealed(const struct place *p, struct search_find *out)
{
    struct direction *d = &p->s->directions[p->from];
    uint64_t loose = d->rift.loose + p->at;

    if (d->seal) {
        struct seal_lapse lapse = lapse_of(&d->rift, d->seal, loose, p->before);

        /* In front of the first one, what is missing may have crossed in the clear: a hello. */
        if (d->records_opened == 0 && p->s->handshake.version >= TLS_1_3)
            lapse.fewest = lapse.likely = 0;
        if (open_with(p, d->seal, &lapse, out))
            return SIGHT_OPENED;
    }
    return look_behind_changes(p, loose, out) ? SIGHT_OPENED : SIGHT_NOTHING;
}

/* may_be_sealed: in the clear part of a handshake, records that make no sense are sealed ones. */
static bool may_be_sealed(const struct place *p)
{
    if (p->s->handshake.version >= TLS_1_3)
        return p->record.type == CONTENT_APPLICATION_DATA;
    return p->record.type != CONTENT_CHANGE_CIPHER_SPEC;
}

/* cut_record takes the record that would begin at this place. */
static enum sight cut_record(struct place *p, struct bytes left)
{
    const struct direction *d = &p->s->directions[p->from];
    bool can_wait = !p->no_more && !record_stream_at_hole(&d->stream);
    struct reader r = reader_of(left);

    if (!reader_bytes(&r, &p->before, p->at))
        return SIGHT_NOTHING;

    struct reader header = r;
    uint8_t type;
    uint16_t version;

    if (reader_u8(&header, &type) && reader_u16(&header, &version) && !version_fits(p->s, version))
        return SIGHT_NOTHING;
    switch (record_next(&r, &p->record)) {
    case PROGRESS_DONE:
        return SIGHT_RECORD;
    case PROGRESS_NEED_MORE:
        return can_wait ? SIGHT_WAIT : SIGHT_NOTHING;
    case PROGRESS_MALFORMED:
        break;
    }
    return SIGHT_NOTHING;
}

static enum sight look(struct place *p, struct bytes left, struct search_find *out)
{
    struct session *s = p->s;
    enum sight sight = cut_record(p, left);

    if (sight != SIGHT_RECORD)
        return sight;
    if (!s->directions[p->from].sealed && makes_sense_in_clear(&p->record))
        return SIGHT_CLEAR;
    if (!may_be_sealed(p))
        return SIGHT_NOTHING;
    if (!s->asked && !p->no_more && p->from == SIDE_SERVER &&
        !s->handshake.past_reading[SIDE_CLIENT])
        return SIGHT_WAIT; /* for the ClientKeyExchange */
    session_keys_ask_now(s);
    return look_sealed(p, out);
}

/* --- The search ------------------------------------------------------------------------- */

/* begun_length: the whole length of the record that begins here; 0 when its header is not there. */
static uint64_t begun_length(struct bytes left)
{
    size_t missing = record_missing(left);

    return left.len >= RECORD_HEADER_LEN ? left.len + missing : 0;
}

/* cross goes over to the bytes behind the hole. */
static void cross(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];
    size_t left = record_stream_left(&d->stream).len;
    uint64_t missing = record_stream_cross(&d->stream);

    d->rift.loose += left + missing;
    d->rift.hole += missing;
    d->rift.num_holes++;
    d->rift.searched = 0;
    s->holes_reached++;
}

void session_search_start(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];
    struct handshake *h = &s->handshake;
    struct bytes left = record_stream_left(&d->stream);
    struct record record;
    struct reader r = reader_of(left);

    d->rift.open = true;
    if (record_next(&r, &record) == PROGRESS_NEED_MORE)
        d->rift.begun = begun_length(left);
    if (!h->finished[from]) {
        h->torn[from] = true;
        /* What the server said is not needed to go on with the client's; the other way, it is. */
        h->past_reading[from] = from == SIDE_SERVER || h->version >= TLS_1_3;
    }
    buffer_clear(&d->message);
    d->mid_message = true;
}

/* skip_begun: no record begins inside of the one in which the hole is. */
static void skip_begun(struct rift *rift)
{
    if (rift->begun > rift->loose && rift->searched < rift->begun - rift->loose)
        rift->searched = (size_t)(rift->begun - rift->loose);
}

/* forget_searched lets go of what is not needed any more, but for what the next record may take
 * its IV from. */
static void forget_searched(struct direction *d)
{
    size_t left = record_stream_left(&d->stream).len;
    struct record_mark mark;

    if (d->rift.searched > left || d->rift.searched <= SEAL_MAX_BEFORE)
        return;
    size_t len = d->rift.searched - SEAL_MAX_BEFORE;

    record_stream_take(&d->stream, len, &mark);
    d->rift.loose += len;
    d->rift.searched -= len;
}

/* note files the step, and counts what is missing. */
static void note(struct session *s, enum side from, const struct rift *rift,
                 const struct search_find *out)
{
    s->records_missing += out->lost - (out->lost < rift->damaged ? out->lost : rift->damaged);
    if (rift->num_holes == 0 || s->holes_crossed > SEARCH_MAX_NOTED)
        return;
    evidence_add(&s->evidence, out->mark.frame,
                 from == SIDE_CLIENT ? "Where does the client's side go on behind the hole?"
                                     : "Where does the server's side go on behind the hole?",
                 "%llu bytes are missing, and %llu records with them; the one that ends in this "
                 "frame verifies as the next",
                 (unsigned long long)rift->hole, (unsigned long long)out->lost);
}

/* found takes what stands in front of the record, and the record when it was opened. */
static enum search_answer found(struct session *s, const struct place *p, enum sight sight,
                                struct search_find *out)
{
    struct direction *d = &s->directions[p->from];
    struct handshake *h = &s->handshake;
    size_t record_len = RECORD_HEADER_LEN + p->record.fragment.len;

    s->holes_crossed += d->rift.num_holes;
    if (p->at > 0)
        record_stream_take(&d->stream, p->at, &out->mark);
    if (sight == SIGHT_CLEAR) {
        session_search_over(d);
        return SEARCH_IN_ORDER;
    }
    h->past_reading[p->from] |= p->record.type == CONTENT_APPLICATION_DATA;
    record_stream_take(&d->stream, record_len, &out->mark);
    note(s, p->from, &d->rift, out);
    return SEARCH_OPENED;
}

/* hopeless: nothing that comes can be proven, or not any more. */
static bool hopeless(const struct session *s, const struct direction *d)
{
    const struct handshake *h = &s->handshake;
    bool no_keys = s->asked && (!s->found.found || s->cipher_unsupported);

    return !h->client_hello || (!h->server_hello && !h->retry_request) || (d->sealed && no_keys) ||
           d->credit < 1 || d->rift.loose - d->rift.hole > SEARCH_MAX_BYTES;
}

enum search_answer session_search(struct session *s, enum side from, bool no_more,
                                  struct search_find *out)
{
    struct direction *d = &s->directions[from];

    for (;;) {
        struct bytes left = record_stream_left(&d->stream);

        skip_begun(&d->rift);
        for (; d->rift.searched < left.len; d->rift.searched++) {
            struct place place = {.s = s, .from = from, .at = d->rift.searched, .no_more = no_more};
            enum sight sight = look(&place, left, out);

            if (sight == SIGHT_WAIT)
                return hopeless(s, d) ? SEARCH_GIVEN_UP : SEARCH_NEEDS_MORE;
            if (sight != SIGHT_NOTHING)
                return found(s, &place, sight, out);
        }
        if (hopeless(s, d))
            return SEARCH_GIVEN_UP;
        if (!record_stream_at_hole(&d->stream)) {
            forget_searched(d);
            return SEARCH_NEEDS_MORE;
        }
        cross(s, from);
    }
}
