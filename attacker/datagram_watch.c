#include "attacker/datagram_watch.h"

#include "attacker/session_dtls.h"
#include "attacker/tls/dtls_record.h"

/* is_other_hello: the same two begin anew. A client repeats its hello with the same random,
 * with a cookie or without. RFC 6347 section 4.2.1. */
static bool is_other_hello(const struct session *s, uint8_t type, struct bytes random)
{
    return type == HANDSHAKE_CLIENT_HELLO &&
           (!s || (s->handshake.client_hello &&
                   !bytes_equal(bytes_of(s->handshake.client_random, RANDOM_LEN), random)));
}

enum datagram_news datagram_watch_look(struct datagram_watch *w, enum side side,
                                       struct bytes datagram)
{
    uint8_t type;
    struct bytes random;
    size_t num_sealed;

    if (dtls_record_is_hello(datagram, &type, &random))
        return w->found && !is_other_hello(w->found->session, type, random) ? DATAGRAM_GOES_ON
                                                                            : DATAGRAM_BEGINS;
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
    if (hello) {
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
