/*
 * hearing.h - has the other end finished its HTTP message?
 *
 * A server may answer only when the whole request is there: its head up to the empty line, and as
 * many bytes of body as Content-Length says. RFC 9112 section 6. The body itself is counted, not
 * kept. Left out: chunked bodies, which the clients this program meets do not send; they are
 * answered as soon as their head is there. Next: words.h, what is answered.
 */
#ifndef KEYFALL_VICTIM_HEARING_H
#define KEYFALL_VICTIM_HEARING_H

#include "capture/alloc.h"

/* Room for any browser's cookies; whoever sends a longer head is not speaking HTTP to us. */
#define HEARING_HEAD_MAX ((size_t)64 * 1024)

struct hearing {
    struct buffer head; /* what has come, until the empty line */
    bool is_head_whole;
    bool is_head_request; /* the method is HEAD: the answer must have no body */
    uint64_t body_left;
};

/*
 * hearing_add takes the next bytes. DONE when the message is complete (bytes behind it are
 * ignored), MALFORMED when the head exceeds HEARING_HEAD_MAX.
 */
enum progress hearing_add(struct hearing *h, struct bytes more) MUST_CHECK;

/* hearing_clear frees what was kept; the hearing can then be used for another message. */
void hearing_clear(struct hearing *h);

#endif
