/*
 * exposure.h - what stayed in use from one session to the next, and for how long?
 *
 * Seen from outside, without any secret: the same public value in several sessions, tickets that
 * name the same key, sessions that take up one another. Whatever is behind such a thing, a private
 * number, a ticket key, a master secret, has a life of at least the time between the first and the
 * last session that used it; and whoever gets hold of it once reads all of them. Springall,
 * Durumeric and Halderman, "Measuring the Security Harm of TLS Crypto Shortcuts", IMC 2016.
 *
 *     seen once       a trace: its hash, and the session          very many, the oldest goes first
 *     seen again      what it is, whose, when, in which sessions  few, kept apart from the former
 */
#ifndef KEYFALL_ATTACKER_STORY_EXPOSURE_H
#define KEYFALL_ATTACKER_STORY_EXPOSURE_H

#include "attacker/tls/group.h"

/*
 * Traces that are kept: some 10 MB. A session leaves up to six of them, so what comes back within
 * 10 000 sessions is noticed; but whoever made the recording must not decide how much memory it
 * takes. The names by which sessions are taken up are counted apart, up to as many.
 */
#define EXPOSURE_MAX_TRACES ((size_t)64 * 1024)

/* What was seen again, some 3 MB: no recording should have as many servers that are so careless. */
#define EXPOSURE_MAX_FINDINGS 4096

/* Sessions of a finding that are listed, the first ones; the others are counted. */
#define EXPOSURE_MAX_LISTED 16

/* A ticket begins with the name of the key that opens it. RFC 5077 section 4. */
#define EXPOSURE_KEY_NAME_LEN 16

enum exposure_kind {
    EXPOSURE_SERVER_VALUE, /* the server's key share, or Ys, or its temporary RSA key */
    EXPOSURE_CLIENT_VALUE, /* the client's key share, or Yc */
    EXPOSURE_TICKET_KEY,   /* by its name, in different tickets */
    EXPOSURE_CHAIN,        /* a session and those that take it up, one behind the other */
    NUM_EXPOSURE_KINDS,
};

/* The session in which something is seen; the texts are copied. */
struct exposure_use {
    uint64_t session;
    uint64_t time_ns;
    const char *server;
    const char *group; /* of a public value; NULL for others */
};

/* What was seen in more than one session. */
struct exposed {
    enum exposure_kind kind;
    uint64_t first_ns;
    uint64_t last_ns;
    uint64_t num_sessions;
    uint64_t sessions[EXPOSURE_MAX_LISTED];
    size_t num_listed;
    char *server;                            /* of the session in which it was seen again */
    bool several_servers;                    /* and there were others */
    char group[GROUP_TEXT_SIZE];             /* "" when none was said */
    uint8_t key_name[EXPOSURE_KEY_NAME_LEN]; /* of a ticket key */
};

struct exposure;

/* Freed by exposure_free, which takes NULL too. */
struct exposure *exposure_new(void) __attribute__((returns_nonnull));
void exposure_free(struct exposure *e);

/* exposure_limit puts other numbers in the place of the two, before anything is seen. */
void exposure_limit(struct exposure *e, size_t traces, size_t findings);

/* exposure_is_new: was this conversation, as both randoms name it, not seen before? A recording may
 * hold it twice, and then everything in it is there twice. */
bool exposure_is_new(struct exposure *e, struct bytes randoms);

/* exposure_see_value: a public value of either side; an empty one is none. */
void exposure_see_value(struct exposure *e, enum exposure_kind kind, struct bytes value,
                        const struct exposure_use *use);

/* exposure_see_ticket: a ticket that the server has just made, or just accepted. */
void exposure_see_ticket(struct exposure *e, struct bytes ticket, const struct exposure_use *use);

/*
 * exposure_see_chain: this session took up the one of the name `from`, which may be empty, and can
 * be taken up by the names of `next`, of which any may be empty.
 */
void exposure_see_chain(struct exposure *e, struct bytes from, const struct bytes *next,
                        size_t num_next, const struct exposure_use *use);

/* exposure_next goes through what was seen again: the one behind `before`, from NULL on, in the
 * order in which it was noticed; NULL behind the last. */
const struct exposed *exposure_next(const struct exposure *e, const struct exposed *before);

/* exposure_longest is that of one kind which stayed in use for the longest time; NULL for none. */
const struct exposed *exposure_longest(const struct exposure *e, enum exposure_kind kind);

/* exposure_forgotten: so many were let go of to keep within the limits. */
uint64_t exposure_forgotten(const struct exposure *e);

#endif
