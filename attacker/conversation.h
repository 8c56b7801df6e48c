/*
 * conversation.h - one connection, from its first packet until its verdict has left: who speaks TLS
 * in it, and from where on?
 *
 * Each direction is watched by itself, for as long as it takes: a hello may come behind any amount
 * of plain talk. The first one that speaks TLS makes the session; the other one joins it where its
 * own TLS begins, so that what was said before (EHLO, CONNECT, a greeting) never reaches it.
 *
 * Bytes that look like a hello may also be part of something else, a capture file that is being
 * downloaded, say. What gives those away: other bytes in front of them, something that is no TLS
 * behind them, and another side that never speaks TLS. The middle of a conversation is worse: it
 * has no hello, just records, so these have to prove it, see record_proof.h. While a session is in
 * doubt the watch goes on, and a hello that is found behind its beginning takes its place. If it
 * turns out to be none, there is no session.
 *
 * What the connections of a run have to do with each other, the order of their verdicts and the
 * memory that they may use together, is run.c's.
 */
#ifndef KEYFALL_ATTACKER_CONVERSATION_H
#define KEYFALL_ATTACKER_CONVERSATION_H

#include "attacker/agreements.h"
#include "attacker/session.h"
#include "attacker/story/sink.h"
#include "attacker/tls/record_proof.h"
#include "attacker/tls/spotter.h"

enum conversation_state {
    CONVERSATION_WATCHED, /* no TLS so far */
    CONVERSATION_TLS,     /* there is a session */
    CONVERSATION_ENDED,   /* the session has a verdict */
};

/* One direction of it. */
struct watch {
    struct spotter spotter;
    bool speaks_tls;        /* the session gets what is said here, */
    enum spotted speaks_by; /* since this was found */
    struct record_proof proof;
    struct gap lost; /* all holes before that, together */
};

struct conversation {
    void *owner;                 /* the run, which keeps the next five */
    struct conversation *before; /* the queue in which verdicts leave */
    struct conversation *behind;
    bool queued;
    bool closed;   /* the reassembly has said its last word about it */
    size_t memory; /* what it held when the run last asked */

    const struct connection *connection; /* until it is closed */
    uint64_t first_frame;
    const struct leaks *leaks;
    struct sinks *sinks;
    struct agreements *agreements; /* the owner's, or NULL: they are not looked for */
    struct agreement_watch agreement;
    enum conversation_state state;
    struct watch watches[2]; /* by enum side */
    struct session *session;
    enum side found_in; /* this side's bytes made the session, */
    bool found_amid;    /* and other bytes stood in front of them */
    uint64_t num_false; /* alarms */
    bool announced;     /* the sinks know the session */

    struct conversation *carried; /* in the plaintext of the session, see nested.h; or NULL */
    struct conversation *carrier; /* the other way round */
    struct connection inside;     /* what that one takes for its connection */
    bool carries_other;           /* the plaintext is not TLS */
    unsigned depth;               /* of tunnels around it */
};

/* conversation_new: everything is borrowed, `c` until conversation_close. Freed by
 * conversation_free. */
struct conversation *conversation_new(const struct connection *c, const struct leaks *leaks,
                                      struct sinks *sinks);

/* conversation_bytes and conversation_gap take what the reassembly tells. */
void conversation_bytes(struct conversation *c, enum side side, const struct chunk *chunk);
void conversation_gap(struct conversation *c, enum side side, const struct gap *gap);

/* conversation_begin_session makes its session, see session_new; for who has found TLS in it. */
void conversation_begin_session(struct conversation *c, bool swapped, bool from_the_middle);

/* conversation_close: nothing more will be said. Without TLS in it, it stays watched. */
void conversation_close(struct conversation *c);

/* conversation_abandon ends its session early, see session_abandon; what is said later is ignored.
 */
void conversation_abandon(struct conversation *c, size_t limit);

/* conversation_tell hands the verdict of an ended one to the sinks, and frees the session. */
void conversation_tell(struct conversation *c, uint64_t id);

/* conversation_watched is how many bytes were looked at for TLS, both ways together. */
uint64_t conversation_watched(const struct conversation *c);

/* conversation_knows_secret: has it a session, and that one a leak that opens it? And so has the
 * one that it carries, if it is known to carry one. */
bool conversation_knows_secret(const struct conversation *c);

/* conversation_memory is how many bytes its session holds; 0 when there is none. */
size_t conversation_memory(const struct conversation *c);

/* conversation_free takes NULL too. What it carries goes with it, unless that is closed already and
 * waits for its verdict to leave. */
void conversation_free(struct conversation *c);

#endif
