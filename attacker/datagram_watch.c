#include "attacker/datagram_watch.h"

#include <string.h>

#include "attacker/session_dtls.h"
#include "attacker/tls/dtls_record.h"

/*
 * is_other_hello: the same two begin anew. A client repeats its hello with the same random, with a
 * cookie or without (RFC 6347 section 4.2.1). Where the first hello that was recorded is the
 * server's, the client's may have been overtaken; in the middle of a conversation there is none.
 */
static bool is_other_hello(const struct datagram_watch *w, uint8_t type, struct bytes random)
{
    if (type != HANDSHAKE_CLIENT_HELLO)
        return false;
    return w->random_known ? !bytes_equal(bytes_of(w->random, RANDOM_LEN), random)
                           : w->found->session == NULL || w->found->session->from_the_middle;
}

static void note_random(struct datagram_watch *w, uint8_t type, struct bytes random)
{
    if (type != HANDSHAKE_CLIENT_HELLO)
        return;
    w->random_known = true;
    memcpy(w->random, random.at, RANDOM_LEN);
}

/* look_at_hello: the datagram begins with one. */
static enum datagram_news look_at_hello(struct datagram_watch *w, uint8_t type, struct bytes random)
{
    if (!w->found || is_other_hello(w, type, random))
        return DATAGRAM_BEGINS;
    note_random(w, type, random);
    return DATAGRAM_GOES_ON;
}

enum datagram_news datagram_watch_look(struct datagram_watch *w, enum side side,
                                       struct bytes datagram)
{
    uint8_t type;
    struct bytes random;
    size_t num_sealed;

    if (dtls_record_is_hello(datagram, &type, &random))
        return look_at_hello(w, type, random);
    if (w->found)
        return DATAGRAM_GOES_ON;
    num_sealed = dtls_record_count_sealed(datagram);
    w->in_a_row = num_sealed > 0 ? w->in_a_row + 1 : 0;
    w->records[side] = num_sealed > 0 ? w->records[side] + num_sealed : 0;
    return w->in_a_row >= DATAGRAM_WATCH_PROOF ? DATAGRAM_BEGINS : DATAGRAM_NOTHING;
}

/* count_earlier: the records that were looked at before it was clear what they are. */
static void count_earlier(const struct datagram_watch *w, struct session *s, enum side side,
                          struct bytes first)
{
    for (enum side from = SIDE_CLIENT; from <= SIDE_SERVER; from++)
        s->directions[from].records = w->records[from];
    s->directions[side].records -= dtls_record_count_sealed(first);
}

void datagram_watch_begin(struct datagram_watch *w, enum side side, const struct chunk *first)
{
    uint8_t type = HANDSHAKE_CLIENT_HELLO;
    struct bytes random;
    bool hello = dtls_record_is_hello(first->data, &type, &random);
    enum side client = type == HANDSHAKE_CLIENT_HELLO ? side : side_other(side);

    w->talk = *w->flow;
    w->random_known = false;
    if (hello) {
        note_random(w, type, random);
        w->talk.start_ns = first->time_ns;
        w->talk.first_frame = first->frame;
    }
    w->found = conversation_new(&w->talk, w->leaks, w->sinks);
    conversation_begin_session(w->found, hello && client == SIDE_SERVER, !hello);
    session_dtls_begin(w->found->session);
    if (!hello)
        count_earlier(w, w->found->session, side, first->data);
    w->in_a_row = 0;
}
