#include "attacker/session_search.h"

#include "attacker/session_early.h"
#include "attacker/session_keys.h"
#include "attacker/session_lapse.h"

/* The first holes are told of one by one; the verdict counts all. */
#define SEARCH_MAX_NOTED 8

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

/* version_fits: what a record says is the negotiated version, or 1.2 in place of 1.3; in the drafts
 * of that it was 1.0 first. Records of a handshake may say 1.0. RFC 8446 section 5.1, RFC 5246
 * appendix E.1. */
static bool version_fits(const struct session *s, uint16_t version)
{
    const struct handshake *h = &s->handshake;
    uint16_t in_place_of_13 = draft_is_before(h->draft, DRAFT_HELLO_LIKE_TLS12) ? TLS_1_0 : TLS_1_2;

    return version == (h->version < TLS_1_3 ? h->version : in_place_of_13);
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
    struct direction *d = &p->s->directions[p->from];
    /* Half of the credit is kept: bytes that only look like a record must not cost all of it. */
    uint64_t kept = d->credit / 2;
    uint64_t spare = d->credit - kept;
    uint64_t lost;
    enum seal_answer answer =
        seal_open_behind(seal, &out->plain, &out->type, &p->record, lapse, &spare, &lost);

    d->credit = kept + spare;
    d->rift.untried |= answer == SEAL_UNTRIED;
    if (answer == SEAL_SHUT || answer == SEAL_UNTRIED)
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

/* look_behind_changes: in TLS 1.3, each change of keys is announced by a record that is sealed with
 * those before it, and that is missing, too. */
static bool look_behind_changes(const struct place *p, uint64_t loose, struct search_find *out)
{
    struct session *s = p->s;
    struct rift *rift = &s->directions[p->from].rift;
    struct seal *next;

    for (size_t changes = 1;
         changes <= SESSION_UNSEEN_CHANGES && (next = next_seal(s, p->from, changes)) != NULL;
         changes++) {
        struct seal_lapse lapse = session_lapse_behind_change(rift, next, loose, p->before);

        if (open_with(p, next, &lapse, out)) {
            rift->next[changes - 1] = NULL;
            session_keys_change_unseen(s, p->from, next, changes);
            if (s->handshake.version >= TLS_1_3) {
                out->lost += changes;
                out->more_lost = true;
            }
            return true;
        }
    }
    return false;
}

bool session_search_application(struct session *s, enum side from, const struct record *record,
                                struct search_find *out)
{
    struct rift *rift = &s->directions[from].rift;
    const struct place place = {.s = s, .from = from, .record = *record};
    const struct seal_lapse lapse = {.most = rift->damaged, .bytes = rift->damaged_len};
    struct seal *next;

    if (s->handshake.version < TLS_1_3 || s->directions[from].in_application ||
        !(next = next_seal(s, from, 1)) || !open_with(&place, next, &lapse, out))
        return false;
    rift->next[0] = NULL;
    session_keys_change_unseen(s, from, next, 1);
    return true;
}

bool session_search_in_order(struct direction *d, struct seal *seal, const struct record *record,
                             struct search_find *out)
{
    if (d->rift.damaged == 0)
        return seal_open(seal, &out->plain, &out->type, record);

    struct seal_lapse lapse = session_lapse_in_order(d);
    enum seal_answer answer =
        seal_open_behind(seal, &out->plain, &out->type, record, &lapse, &d->credit, &out->lost);

    d->rift.untried |= answer == SEAL_UNTRIED;
    out->unproven_iv = answer == SEAL_PROVEN;
    return answer == SEAL_OPENED || answer == SEAL_PROVEN;
}

/* look_early: the hole may be among the early data. */
static bool look_early(const struct place *p, uint64_t loose, struct search_find *out)
{
    struct rift *rift = &p->s->directions[p->from].rift;
    struct seal *seal;

    for (size_t i = 0; (seal = session_early_seal(p->s, p->from, i)) != NULL; i++) {
        struct seal_lapse lapse = session_lapse_in_hole(rift, seal, loose, p->before);

        if (open_with(p, seal, &lapse, out)) {
            out->early = seal;
            return true;
        }
    }
    return false;
}

static enum sight look_sealed(const struct place *p, struct search_find *out)
{
    struct direction *d = &p->s->directions[p->from];
    uint64_t loose = d->rift.loose + p->at;

    if (look_early(p, loose, out))
        return SIGHT_OPENED;
    if (d->seal) {
        struct seal_lapse lapse = session_lapse_in_hole(&d->rift, d->seal, loose, p->before);

        /* In front of the first one, what is missing may have crossed in the clear: a hello; or
         * with other keys: early data. */
        if ((d->records_opened == 0 || session_early_under_way(p->s, p->from)) &&
            p->s->handshake.version >= TLS_1_3)
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

/* look_into a record that begins at this place, if one does. */
static enum sight look_into(const struct place *p, struct search_find *out)
{
    struct session *s = p->s;

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

static enum sight look(struct place *p, struct bytes left, struct search_find *out)
{
    enum sight sight = cut_record(p, left);

    if (sight != SIGHT_RECORD)
        return sight;
    sight = look_into(p, out);
    p->s->directions[p->from].rift.whole_shut |= sight == SIGHT_NOTHING;
    return sight;
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
    struct bytes left = record_stream_left(&d->stream);

    session_lapse_cross(&d->rift, left, record_stream_cross(&d->stream));
    s->holes_reached++;
}

/* goes_into_keys: is what `from` says next a part of the handshake that all of it makes the keys
 * of? With the extended master secret, that is up to the ClientKeyExchange (RFC 7627 section 3), in
 * TLS 1.3 up to the server's Finished (RFC 8446 section 7.1). */
static bool goes_into_keys(const struct handshake *h, enum side from)
{
    if (h->version >= TLS_1_3)
        return from == SIDE_SERVER && !h->finished[SIDE_SERVER];
    return from == SIDE_SERVER ? !h->server_hello_done : !h->client_key_exchange;
}

void session_search_start(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];
    struct handshake *h = &s->handshake;
    struct bytes left = record_stream_left(&d->stream);
    struct record record;
    struct reader r = reader_of(left);

    d->rift.open = true;
    if (record_next(&r, &record) == PROGRESS_NEED_MORE) {
        d->rift.begun = begun_length(left);
        s->keys_torn |= goes_into_keys(h, from);
    }
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
    s->more_records_missing |= out->more_lost;
    if (rift->num_holes == 0 || s->holes_crossed > SEARCH_MAX_NOTED)
        return;
    evidence_add(&s->evidence, out->mark.frame,
                 from == SIDE_CLIENT ? "Where does the client's side go on behind the hole?"
                                     : "Where does the server's side go on behind the hole?",
                 "%llu byte%s missing, and %s%llu record%s with %s; the one that ends in this "
                 "frame verifies as the next",
                 (unsigned long long)rift->hole, rift->hole == 1 ? " is" : "s are",
                 out->more_lost ? "at least " : "", (unsigned long long)out->lost,
                 out->lost == 1 ? "" : "s", rift->hole == 1 ? "it" : "them");
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
        session_lapse_over(d);
        return SEARCH_IN_ORDER;
    }
    h->past_reading[p->from] |= p->record.type == CONTENT_APPLICATION_DATA;
    record_stream_take(&d->stream, record_len, &out->mark);
    note(s, p->from, &d->rift, out);
    return SEARCH_OPENED;
}

/* hopeless: nothing that comes can be proven, or not any more. */
static bool hopeless(struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    bool no_keys = s->asked && (!s->found.found || s->cipher_unsupported);

    return !h->client_hello || (!h->server_hello && !h->retry_request) ||
           (s->directions[from].sealed && no_keys && !session_early_seal(s, from, 0));
}

/* limited: more might be proven, but has cost enough. */
static bool limited(struct direction *d)
{
    bool spent = d->credit < 1;

    d->rift.untried |= spent;
    d->rift.too_long = d->rift.loose - d->rift.hole > SEARCH_MAX_BYTES;
    return spent || d->rift.too_long;
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
                return hopeless(s, from) || limited(d) ? SEARCH_GIVEN_UP : SEARCH_NEEDS_MORE;
            if (sight != SIGHT_NOTHING)
                return found(s, &place, sight, out);
        }
        if (hopeless(s, from) || limited(d))
            return SEARCH_GIVEN_UP;
        if (!record_stream_at_hole(&d->stream)) {
            forget_searched(d);
            return SEARCH_NEEDS_MORE;
        }
        cross(s, from);
    }
}
