/*
 * datagram_watch.h - do two endpoints that exchange datagrams speak DTLS, and from where on?
 *
 * Most of what goes by UDP is something else. A hello is known by its first bytes, on any port; the
 * middle of a conversation, without one, by several datagrams that hold sealed records and nothing
 * else.
 */
#ifndef KEYFALL_ATTACKER_DATAGRAM_WATCH_H
#define KEYFALL_ATTACKER_DATAGRAM_WATCH_H

#include "attacker/conversation.h"

/* Three in a row, of one flow: 2^-108 in random bytes, and a protocol that has a length in the same
 * place would have to have the versions in theirs, too. */
#define DATAGRAM_WATCH_PROOF 3

/* What is known of a flow. */
struct datagram_watch {
    void *owner;                   /* the run's */
    const struct connection *flow; /* borrowed, as are the next two: its conversations' */
    const struct leaks *leaks;
    struct sinks *sinks;
    size_t in_a_row;            /* datagrams with sealed records, while nothing was found */
    uint64_t records[2];        /* in those, by enum side */
    struct connection talk;     /* the flow, from where the present conversation began */
    struct conversation *found; /* the present conversation, NULL when there is none yet */
    bool random_known;          /* its ClientHello has come, or the first piece of it, with this */
    uint8_t random[RANDOM_LEN];
};

enum datagram_news {
    DATAGRAM_NOTHING, /* no DTLS so far */
    DATAGRAM_GOES_ON, /* it is of the present conversation */
    DATAGRAM_BEGINS,  /* with it begins a conversation, behind the present one if there is any */
};

/* datagram_watch_look says what a datagram is; nothing has been done with it. */
enum datagram_news datagram_watch_look(struct datagram_watch *w, enum side side,
                                       struct bytes datagram);

/*
 * datagram_watch_begin makes w->found the conversation that begins with `first`, of which
 * datagram_watch_look has said so. The one before is the caller's.
 */
void datagram_watch_begin(struct datagram_watch *w, enum side side, const struct chunk *first);

#endif
