/*
 * two_parties.h - client and server of the victim, talking in memory, one conversation after
 * another.
 */
#ifndef KEYFALL_TESTS_SUPPORT_TWO_PARTIES_H
#define KEYFALL_TESTS_SUPPORT_TWO_PARTIES_H

#include "victim/scene.h"

struct two_parties {
    struct scene scene; /* without files */
    unsigned long number;
    struct party *client; /* of the last conversation */
    struct party *server;
};

/* two_open prepares an exchange; the test fails when these wishes are refused. Ends with two_clear.
 */
void two_open(struct two_parties *s, const struct wishes *wishes);
void two_clear(struct two_parties *s);

/* two_begin makes the parties of the next conversation, which resumes the one before if the wishes
 * say so. */
void two_begin(struct two_parties *s);

/* two_carry takes over what one has to say; false when that is nothing. */
bool two_carry(struct party *from, struct party *to);

/* two_talk lets them talk; true when both came to the end. */
bool two_talk(struct two_parties *s);

/* two_hold is a whole conversation; the test fails when it does. */
void two_hold(struct two_parties *s);

/* two_fail: the conversation that has begun fails, and one of them says so. */
void two_fail(struct two_parties *s, const char *sentence);

#endif
