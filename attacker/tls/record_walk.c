#include "attacker/tls/record_walk.h"

static size_t at_most(size_t n, size_t limit)
{
    return n < limit ? n : limit;
}

/* fits: can a record with this header come next? A ChangeCipherSpec is one byte, always. */
static bool fits(const struct record_walk *w, const struct record_header *header)
{
    if (!w->is_strict)
        return true;
    return header->length > 0 && (w->num_headers == 0 || header->version == w->version) &&
           (header->type != CONTENT_CHANGE_CIPHER_SPEC || header->length == 1);
}

bool record_walk_on(struct record_walk *w, struct bytes more)
{
    struct reader r = reader_of(more);

    w->len += more.len;
    while (!reader_done(&r)) {
        size_t passed = at_most(w->to_go, r.left.len);
        size_t taken;
        struct record_header header;

        if (!reader_skip(&r, passed))
            return false;
        w->to_go -= passed;
        taken = at_most(RECORD_HEADER_LEN - w->begun_len, r.left.len);
        if (!reader_copy(&r, w->begun + w->begun_len, taken))
            return false;
        w->begun_len += taken;
        if (w->begun_len < RECORD_HEADER_LEN)
            return true;

        struct reader begun = reader_of(bytes_of(w->begun, RECORD_HEADER_LEN));
        if (!record_header_read(&begun, &header) || !fits(w, &header))
            return false;
        w->to_go = header.length;
        w->begun_len = 0;
        w->version = header.version;
        w->num_headers++;
    }
    return true;
}

bool record_walk_skip(struct record_walk *w, uint64_t missing)
{
    if (w->begun_len > 0 || missing > w->to_go)
        return false;
    w->to_go -= (size_t)missing;
    w->len += missing;
    return true;
}

bool record_walk_is_at_end(const struct record_walk *w)
{
    return w->num_headers > 0 && w->to_go == 0 && w->begun_len == 0;
}
