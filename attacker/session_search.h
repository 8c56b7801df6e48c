/*
 * session_search.h - behind a hole in the recording: where does the next record begin?
 * Called by session.c alone.
 *
 *     record | record | rec....... hole .......cord | reco.. hole ..rd | record | record
 *                     |<------------- loose ------------------------->|
 *
 * Nothing in a stream says where a record begins, but that one begins behind the end of the one
 * before. So each place behind the hole at which a record could begin is tried, and it is one when
 * its MAC or tag verifies, with one of the numbers that it can have after so many missing bytes
 * (seal_behind.c). In the clear part of a handshake, a message that makes sense has to do; what
 * follows from it is proven later, when records open.
 */
#ifndef KEYFALL_ATTACKER_SESSION_SEARCH_H
#define KEYFALL_ATTACKER_SESSION_SEARCH_H

#include "attacker/session.h"

/* A hundred times the longest record: where none of so many bytes in a row begins a record that
 * verifies, the keys are others, and searching on would only cost time. */
#define SEARCH_MAX_BYTES ((size_t)100 * RECORD_MAX_FRAGMENT)

enum search_answer {
    SEARCH_NEEDS_MORE, /* nothing yet */
    SEARCH_IN_ORDER,   /* the next record begins where the stream stands now; it is not sealed */
    SEARCH_OPENED,     /* *out is the next record, opened and taken from the stream */
    SEARCH_GIVEN_UP,   /* nothing that follows can be proven */
};

struct search_find {
    uint8_t type;
    struct bytes plain; /* as seal_open says; empty when it is proven but can't be given out */
    struct record_mark mark;
    uint64_t lost;    /* records in front of it */
    bool more_lost;   /* at least so many: before a change of keys they have other numbers */
    bool unproven_iv; /* see SEAL_PROVEN */
    const struct seal
        *early; /* it opened with these of the client's early keys; NULL: with others */
};

/* session_search_in_order: the stream is in order, and `seal` opens `record`, as the next one or,
 * where records in front of it did not open, as one soon behind it. Otherwise nothing has changed.
 */
bool session_search_in_order(struct direction *d, struct seal *seal, const struct record *record,
                             struct search_find *out) MUST_CHECK;

/* session_search_start: the bytes that `from`'s stream has left are no whole record, and what
 * follows on them is missing, or they are no record at all. */
void session_search_start(struct session *s, enum side from);

/* session_search goes on, as far as there are bytes. `no_more`: nothing will come of what the other
 * side has yet to say, and nothing behind these bytes. */
enum search_answer session_search(struct session *s, enum side from, bool no_more,
                                  struct search_find *out);

/*
 * session_search_application: TLS 1.3, and `record` does not open with the handshake's keys, which
 * may not be known at all. Is it the first of the application's, or one soon behind it? True when
 * it is: *out is it, opened, and the direction has changed its keys.
 */
bool session_search_application(struct session *s, enum side from, const struct record *record,
                                struct search_find *out) MUST_CHECK;

#endif
