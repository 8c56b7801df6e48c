/*
 * server_falls.h - server by server: how much of the recording falls with which leak?
 */
#ifndef KEYFALL_ATTACKER_STORY_SERVER_FALLS_H
#define KEYFALL_ATTACKER_STORY_SERVER_FALLS_H

#include "attacker/leaks/remembered.h"
#include "attacker/opened_by.h"

/* Servers that have a line of their own, some 400 KB: more than anybody reads. Those that are met
 * later are counted together. */
#define SERVER_FALLS_MAX 1000

struct fall {
    uint64_t sessions;
    uint64_t bytes; /* of the recording, both ways */
};

struct server_fall {
    char *server; /* NULL for the others together */
    struct fall all;
    struct fall forward_secret;
    struct fall by[NUM_OPENED_BY];
};

struct server_falls {
    struct remembered *servers; /* by name, in the order in which they were met */
    struct server_fall others;
    size_t room; /* for servers */
};

/* server_falls_init makes room for so many servers. Ends with server_falls_clear. */
void server_falls_init(struct server_falls *f, size_t room);
void server_falls_clear(struct server_falls *f);

/* server_falls_add counts one session of `bytes`; `opened_by` are bits, 1 << enum opened_by. */
void server_falls_add(struct server_falls *f, const char *server, uint64_t bytes,
                      unsigned opened_by, bool forward_secret);

/* server_falls_next goes through them: the one behind `before`, from NULL on; the others come last,
 * when there are any; NULL behind the last. */
const struct server_fall *server_falls_next(const struct server_falls *f,
                                            const struct server_fall *before);

#endif
