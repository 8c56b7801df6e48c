#include "attacker/tls/spotter.h"

#include "attacker/tls/alert.h"
#include "attacker/tls/hello_beginning.h"
#include "attacker/tls/sslv2_hello.h"
#include "attacker/tls/version.h"

/* Both protocol versions and alerts begin with it: 3, as in SSL 3.0. */
#define VERSION_MAJOR 0x03

/* The six bytes of a hello's beginning that are enough at the beginning of a stream. */
#define HELLO_PREFIX_LEN (RECORD_HEADER_LEN + 1)

/* --- Looking at one place ------------------------------------------------------------ */

static enum spotted hello_of_type(uint8_t type)
{
    switch (type) {
    case HANDSHAKE_CLIENT_HELLO:
        return SPOTTED_CLIENT_HELLO;
    case HANDSHAKE_SERVER_HELLO:
    case HANDSHAKE_HELLO_RETRY_REQUEST:
        return SPOTTED_SERVER_HELLO;
    default:
        return SPOTTED_NOTHING;
    }
}

static bool is_fatal_alert(const struct record_header *header, struct reader here)
{
    struct bytes content;
    struct alert alert;

    return header->type == CONTENT_ALERT && header->length == ALERT_LEN &&
           reader_bytes(&here, &content, ALERT_LEN) && alert_read(content, &alert) &&
           alert_is_fatal(&alert) && alert_is_known(alert.description);
}

/* enough_to_decide: as many bytes as it takes to say what begins with such a record. */
static size_t enough_to_decide(uint8_t type)
{
    return type == CONTENT_HANDSHAKE ? HELLO_BEGINNING_LEN
           : type == CONTENT_ALERT   ? RECORD_HEADER_LEN + ALERT_LEN
                                     : RECORD_HEADER_LEN;
}

/* has_passed: up to `offset` enough was seen to know the record that should begin there. */
static bool has_passed(const struct expected *e, uint64_t offset)
{
    return e->version != 0 && e->offset + HELLO_BEGINNING_LEN <= offset;
}

/* expect_end notes where the record ends that seems to begin at `offset`. */
static void expect_end(struct spotter *s, const struct record_header *header, uint64_t offset)
{
    uint64_t end = offset + RECORD_HEADER_LEN + header->length;
    struct expected *room = NULL;

    for (size_t i = 0; i < SPOTTER_MAX_EXPECTED; i++) {
        struct expected *e = &s->expected[i];

        if (e->version == header->version && e->offset == end)
            return; /* noted before, as the bytes of a tail are seen twice */
        if (has_passed(e, offset)) {
            s->misled++;
            e->version = 0;
        }
        if (e->version == 0)
            room = e;
    }
    if (room)
        *room = (struct expected){end, header->version, offset == s->hole_end};
    else
        s->misled++;
}

/* meet takes note that a record of this version begins at `offset`; false if none was expected. */
static bool meet(struct spotter *s, uint16_t version, uint64_t offset)
{
    for (size_t i = 0; i < SPOTTER_MAX_EXPECTED; i++) {
        struct expected *e = &s->expected[i];

        if (e->version == version && e->offset == offset) {
            s->steps = 1 + (e->from_edge ? 1 : 0);
            e->version = 0;
            return true;
        }
    }
    return false;
}

/* is_expected: does the record in front of this one end here? If not, its own end is noted. */
static bool is_expected(struct spotter *s, const struct record_header *header, uint64_t offset)
{
    if (header->length == 0)
        return false;
    if (s->beginning_lost && meet(s, header->version, offset))
        return true;
    expect_end(s, header, offset);
    return false;
}

/* hello_at: less is enough for one at the first byte that was recorded. */
static enum spotted hello_at(struct bytes start, uint64_t offset)
{
    uint8_t type;

    if ((offset == 0 && record_looks_like_hello(start, &type)) || hello_begins(start, &type))
        return hello_of_type(type);
    return SPOTTED_NOTHING;
}

/* follow_hello notes whether this record is one of those that go on from the latest hello, and,
 * if it is or begins with another hello, where the next one would begin. */
static void follow_hello(struct spotter *s, const struct record_header *header, uint64_t offset,
                         bool is_hello)
{
    bool follows = s->behind_hello > 0 && offset == s->behind_hello;

    if (follows || is_hello)
        s->behind_hello = offset + RECORD_HEADER_LEN + header->length;
    if (is_hello)
        s->follows_hello = follows;
}

/* look says what begins at `offset`, of which `here` holds the bytes. */
static enum spotted look(struct spotter *s, struct reader here, uint64_t offset, bool answering)
{
    struct bytes start = here.left;
    enum spotted hello = hello_at(start, offset);
    struct record_header header;

    if (!record_header_read(&here, &header))
        return SPOTTED_NOTHING;
    if (hello == SPOTTED_NOTHING && start.len < enough_to_decide(header.type))
        return SPOTTED_NOTHING;
    follow_hello(s, &header, offset, hello != SPOTTED_NOTHING);
    if (hello != SPOTTED_NOTHING)
        return hello;
    if (answering && is_fatal_alert(&header, here))
        return SPOTTED_ALERT;
    return is_expected(s, &header, offset) ? SPOTTED_MIDDLE : SPOTTED_NOTHING;
}

/* --- Going through the bytes --------------------------------------------------------- */

/* is_version: nearly all places are dismissed by these two bytes. */
static bool is_version(struct reader here)
{
    uint16_t version;

    return reader_u16(&here, &version) && version <= TLS_1_3;
}

/*
 * scan looks for a beginning among the first `limit` bytes of `view`, whose first has this offset.
 * Each has 03 in its second byte, and memchr is the fastest way to find that. In a row of them only
 * the first can be one, because none is a record's type. Returns where in `view` in *at.
 */
static enum spotted scan(struct spotter *s, struct bytes view, size_t limit, uint64_t offset,
                         bool answering, size_t *at)
{
    struct reader r = reader_of(view);

    if (!reader_skip(&r, 1))
        return SPOTTED_NOTHING;
    while (reader_seek(&r, VERSION_MAJOR)) {
        struct reader here = reader_of(view);
        enum spotted spotted = SPOTTED_NOTHING;

        *at = view.len - r.left.len - 1;
        if (*at >= limit)
            break;
        if (is_version(r) && reader_skip(&here, *at))
            spotted = look(s, here, offset + *at, answering);
        if (spotted != SPOTTED_NOTHING)
            return spotted;
        reader_skip_run(&r, VERSION_MAJOR);
    }
    return SPOTTED_NOTHING;
}

/* join puts the tail and the first bytes of a piece into `joint`, and returns what is there. */
static struct bytes join(uint8_t joint[static 2 * SPOTTER_MAX_TAIL], struct bytes tail,
                         struct bytes piece)
{
    struct reader rest = reader_of(piece);
    size_t more = piece.len < SPOTTER_MAX_TAIL ? piece.len : SPOTTER_MAX_TAIL;

    if (tail.len > 0)
        memcpy(joint, tail.at, tail.len);
    if (!reader_copy(&rest, joint + tail.len, more))
        more = 0;
    return bytes_of(joint, tail.len + more);
}

/* bytes_last is a view of the last `len` bytes, or of all of them when there are fewer. */
static struct bytes bytes_last(struct bytes b, size_t len)
{
    struct reader r = reader_of(b);

    return b.len > len && reader_skip(&r, b.len - len) ? r.left : b;
}

/* keep_tail remembers the last bytes of what was seen until now. */
static void keep_tail(struct spotter *s, struct bytes joint, const struct chunk *piece)
{
    struct bytes last = piece->data.len < SPOTTER_MAX_TAIL ? joint : piece->data;

    last = bytes_last(last, SPOTTER_MAX_TAIL);
    if (last.len > 0)
        memmove(s->kept, last.at, last.len);
    s->tail = *piece;
    s->tail.data = bytes_of(s->kept, last.len);
}

/* place_at fills *out: `at` counts from the first byte of the tail. */
static void place_at(const struct spotter *s, struct spotter_place *out, const struct chunk *piece,
                     size_t at)
{
    size_t tail_len = s->tail.data.len;

    out->offset = s->offset - tail_len + at;
    out->steps = s->steps;
    out->follows_hello = s->follows_hello;
    out->early = s->tail;
    out->early.data = bytes_last(s->tail.data, at < tail_len ? tail_len - at : 0);
    out->rest = *piece;
    out->rest.data = bytes_last(piece->data, at < tail_len ? piece->data.len
                                                           : piece->data.len - (at - tail_len));
}

/*
 * ends_with_first_record: behind a hole, one record and nothing else has been seen. *at, from the
 * piece's beginning, is where it stands, or its end when its beginning is gone.
 */
static bool ends_with_first_record(struct spotter *s, const struct chunk *piece, size_t *at)
{
    struct reader r = reader_of(piece->data);
    bool is_first = s->offset == s->hole_end;
    struct record_header header = {0};

    if (!s->beginning_lost)
        return false;
    if (is_first && record_header_read(&r, &header) && header.length > 0)
        s->first_end = s->offset + RECORD_HEADER_LEN + header.length;
    if (s->first_end == 0 || s->first_end != s->offset + piece->data.len)
        return false;
    s->first_end = 0;
    *at = is_first ? 0 : piece->data.len;
    if (!is_first || !meet(s, header.version, s->offset))
        s->steps = is_first ? 1 : 2;
    return true;
}

/* first_bytes knows two kinds of hello at the very beginning of a stream, and nowhere else: an old
 * one, and that of TLCP. The old one takes a SYN. */
static enum spotted first_bytes(const struct spotter *s, struct bytes joint, struct bytes piece)
{
    struct bytes start = s->offset == 0 ? piece : joint;
    uint8_t type;

    if (s->offset != s->tail.data.len)
        return SPOTTED_NOTHING;
    if (!s->beginning_lost && sslv2_hello_begins(start))
        return SPOTTED_CLIENT_HELLO;
    return hello_begins_tlcp(start, &type) ? hello_of_type(type) : SPOTTED_NOTHING;
}

enum spotted spotter_feed(struct spotter *s, struct spotter_place *out, const struct chunk *piece,
                          bool answering)
{
    uint8_t buffer[2 * SPOTTER_MAX_TAIL];
    struct bytes tail = s->tail.data;
    struct bytes joint = join(buffer, tail, piece->data);
    size_t at = 0;
    enum spotted spotted = first_bytes(s, joint, piece->data);

    if (spotted == SPOTTED_NOTHING)
        spotted = scan(s, joint, tail.len, s->offset - tail.len, answering, &at);
    if (spotted == SPOTTED_NOTHING) {
        spotted = scan(s, piece->data, piece->data.len, s->offset, answering, &at);
        at += tail.len;
    }
    if (spotted == SPOTTED_NOTHING && ends_with_first_record(s, piece, &at)) {
        spotted = SPOTTED_MIDDLE;
        at += tail.len;
    }
    if (spotted == SPOTTED_NOTHING) {
        keep_tail(s, joint, piece);
    } else {
        place_at(s, out, piece, at);
        s->tail.data.len = 0;
    }
    s->offset += piece->data.len;
    return spotted;
}

/* without_first is the chunk without its first byte, if it has one. */
static struct chunk without_first(struct chunk chunk)
{
    chunk.data = bytes_last(chunk.data, chunk.data.len > 0 ? chunk.data.len - 1 : 0);
    return chunk;
}

enum spotted spotter_look_on(struct spotter *s, struct spotter_place *place, bool answering)
{
    bool is_early = place->early.data.len > 0;
    struct chunk rest = is_early ? place->rest : without_first(place->rest);

    s->offset -= rest.data.len;
    if (is_early) {
        s->tail = without_first(place->early);
        memmove(s->kept, s->tail.data.at, s->tail.data.len);
        s->tail.data.at = s->kept;
    }
    return spotter_feed(s, place, &rest, answering);
}

uint64_t spotter_misled(const struct spotter *s)
{
    uint64_t misled = s->misled;

    for (size_t i = 0; i < SPOTTER_MAX_EXPECTED; i++) {
        if (has_passed(&s->expected[i], s->offset))
            misled++;
    }
    return misled;
}

/* forget_unseen: of the records that should begin in a hole up to `end`, nobody knows. */
static void forget_unseen(struct spotter *s, uint64_t end)
{
    for (size_t i = 0; i < SPOTTER_MAX_EXPECTED; i++) {
        struct expected *e = &s->expected[i];

        if (e->offset < end && !has_passed(e, s->offset))
            e->version = 0;
    }
}

void spotter_skip(struct spotter *s, uint64_t missing)
{
    forget_unseen(s, s->offset + missing);
    s->offset += missing;
    s->hole_end = s->offset;
    s->first_end = 0;
    s->tail.data.len = 0;
    s->beginning_lost = true;
}
