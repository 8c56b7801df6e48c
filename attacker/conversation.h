/*
 * conversation.h - one connection, from its first packet until its verdict has left: is what is
 * said there TLS, and from where on?
 *
 * As soon as it is, a session takes over. What the connections of a run have to do with each other,
 * the order of their verdicts and the memory that they may use together, is run.c's.
 */
#ifndef KEYFALL_ATTACKER_CONVERSATION_H
#define KEYFALL_ATTACKER_CONVERSATION_H

#include "attacker/session.h"
#include "attacker/story/sink.h"

enum conversation_state {
    CONVERSATION_UNDECIDED,
    CONVERSATION_OTHER, /* not TLS */
    CONVERSATION_TLS,   /* there is a session */
    CONVERSATION_ENDED, /* the session has a verdict */
};

struct conversation {
    void *owner;                 /* the run, which keeps the next five */
    struct conversation *before; /* the queue, in which verdicts leave */
    struct conversation *behind;
    bool queued;
    bool closed;   /* the reassembly has said its last word about it */
    size_t memory; /* what it held when the run last asked */

    const struct connection *connection;
    const struct leaks *leaks;
    struct sinks *sinks;
    enum conversation_state state;
    bool beginning_lost;
    struct early *early;
    size_t num_early;
    struct buffer start[2]; /* the first bytes of each direction, by enum side */
    struct session *session;
};

/* conversation_new: everything is borrowed, `c` until conversation_close. Freed by
 * conversation_free. */
struct conversation *conversation_new(const struct connection *c, const struct leaks *leaks,
                                      struct sinks *sinks);

/* conversation_bytes and conversation_gap take what the reassembly tells. */
void conversation_bytes(struct conversation *c, enum side side, const struct chunk *chunk);
void conversation_gap(struct conversation *c, enum side side, const struct gap *gap);

/* conversation_close: nothing more will be said. */
void conversation_close(struct conversation *c);

/* conversation_abandon ends its session early, see session_abandon; what is said later is ignored.
 */
void conversation_abandon(struct conversation *c, size_t limit);

/* conversation_memory is how many bytes its session holds; 0 when there is none. */
size_t conversation_memory(const struct conversation *c);

/* conversation_free takes NULL too. */
void conversation_free(struct conversation *c);

#endif
