/*
 * sink.h - where the story goes: one interface for every output.
 *
 * All sinks of a run see the same events, in the same order: session opened, secret found,
 * plaintext as it opens, verdict (in the order of the sessions' first packets), run finished. A new
 * output is a new file beside this one, declared below.
 */
#ifndef KEYFALL_ATTACKER_STORY_SINK_H
#define KEYFALL_ATTACKER_STORY_SINK_H

#include "attacker/agreement.h"
#include "attacker/session.h"
#include "attacker/story/survey.h"
#include "capture/complaint.h"

/* A file of the recording that could be read, and where in it its packets stand. */
struct run_capture {
    const char *path;
    uint64_t first_frame;
    uint64_t num_packets;
};

/* What the run came to. */
struct run_summary {
    struct run_capture *captures; /* in the order in which they were read */
    size_t num_captures;
    uint64_t packets;
    uint64_t tcp_connections;
    uint64_t sessions;
    uint64_t outcomes[4]; /* by enum outcome */
    uint64_t agreements;  /* of several parties, which are no sessions */
    uint64_t agreements_opened;
    char **warnings;
    size_t num_warnings;
    size_t num_told; /* of these, the first ones, which were complained of when they were met */
    const struct survey *survey; /* NULL when there was no run */
};

struct sink_kind {
    /* `argument` is the option's: a path, or NULL. NULL with *why when it can't be written there.
     */
    void *(*open)(const char *argument, bool colour, struct complaint *why);
    /* What it returns is handed to the four below. Each of the five may be left out by who does
     * not need it. */
    void *(*session_opened)(void *sink, const struct session *s);
    void (*plaintext)(void *sink, void *of_session, enum side from, struct bytes data,
                      uint64_t time_ns);
    /* Between what came before and what comes next from this side, something is missing; sealed,
     * it had so many bytes. */
    void (*skipped)(void *sink, void *of_session, enum side from, uint64_t sealed_len);
    /* A secret was found that opens records; the views in it are valid during the call. */
    void (*secret_found)(void *sink, void *of_session, const struct found_secret *secret);
    /* The last call for this session: `of_session` is let go. */
    void (*verdict)(void *sink, void *of_session, const struct session *s, uint64_t id);
    /* Behind all sessions: several parties agreed on a key. */
    void (*agreement)(void *sink, const struct agreement *a);
    /* The last call of all: the sink is let go. False with *why when something wasn't written. */
    bool (*finished)(void *sink, const struct run_summary *summary, struct complaint *why);
};

extern const struct sink_kind sink_text;         /* the story for people */
extern const struct sink_kind sink_brief;        /* one line a session */
extern const struct sink_kind sink_json;         /* one JSON object a line */
extern const struct sink_kind sink_json_audit;   /* and why which leak would open the session */
extern const struct sink_kind sink_audit;        /* the same for people, without what was tried */
extern const struct sink_kind sink_audit_behind; /* or behind the story, where that is told */
extern const struct sink_kind sink_audit_brief;  /* or one line a session */
extern const struct sink_kind sink_streams;      /* the decrypted bytes, a file a direction */

extern const struct sink_kind sink_secrets;       /* the secrets, as a key log */
extern const struct sink_kind sink_plain_capture; /* the decrypted conversations, as packets */
extern const struct sink_kind sink_annotated; /* the recording, with secrets and comments in it */

#define SINKS_MAX 8

/* The sinks of a run. Zero is none. */
struct sinks {
    const struct sink_kind *kinds[SINKS_MAX];
    void *states[SINKS_MAX];
    size_t num_sinks;
};

/* sinks_add opens one more; false with *why. */
bool sinks_add(struct sinks *sinks, const struct sink_kind *kind, const char *argument, bool colour,
               struct complaint *why) MUST_CHECK;

/* The events. What sinks_session_opened returns belongs to the session until sinks_verdict. */
void *sinks_session_opened(struct sinks *sinks, const struct session *s);
void sinks_plaintext(struct sinks *sinks, void *of_session, enum side from, struct bytes data,
                     uint64_t time_ns);
void sinks_skipped(struct sinks *sinks, void *of_session, enum side from, uint64_t sealed_len);
void sinks_secret_found(struct sinks *sinks, void *of_session, const struct found_secret *secret);
void sinks_verdict(struct sinks *sinks, void *of_session, const struct session *s, uint64_t id);

void sinks_agreement(struct sinks *sinks, const struct agreement *a);

/* sinks_abandon ends every sink when there was no run. */
void sinks_abandon(struct sinks *sinks);

/* sinks_finished ends every sink; false with the first complaint when one could not write. */
bool sinks_finished(struct sinks *sinks, const struct run_summary *summary,
                    struct complaint *why) MUST_CHECK;

#endif
