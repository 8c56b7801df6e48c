#include "attacker/tls/record_walk.h"

static size_t at_most(size_t n, size_t limit)
{
    return n < limit ? n : limit;
}

bool record_walk_on(struct record_walk *w, struct bytes more)
{
    struct reader r = reader_of(more);

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
        if (!record_header_read(&begun, &header))
            return false;
        w->to_go = header.length;
        w->begun_len = 0;
    }
    return true;
}
