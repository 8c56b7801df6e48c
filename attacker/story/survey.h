/*
 * survey.h - what all sessions of a run have to say together, whatever was opened: which leak would
 * open how much, server by server, and what stayed in use from one session to the next.
 */
#ifndef KEYFALL_ATTACKER_STORY_SURVEY_H
#define KEYFALL_ATTACKER_STORY_SURVEY_H

#include "attacker/session.h"
#include "attacker/story/exposure.h"
#include "attacker/story/server_falls.h"

struct survey {
    struct exposure *exposure;
    struct server_falls servers;
    struct remembered *certificates;      /* see server_label.h */
    uint64_t fallen[NUM_OPENED_BY];       /* sessions that would open with it, */
    uint64_t first_fallen[NUM_OPENED_BY]; /* and the id of the first */
};

/* Freed by survey_free, which takes NULL too. */
struct survey *survey_new(void) __attribute__((returns_nonnull));
void survey_free(struct survey *v);

/* survey_take adds a session that has its verdict. */
void survey_take(struct survey *v, const struct session *s, uint64_t id);

#endif
