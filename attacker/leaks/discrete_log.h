/*
 * discrete_log.h - no leak at all: is the group itself so weak that x follows from g^x?
 *
 * Everything that is needed crossed the wire: p, g, and the two public values. What is done with
 * them is groups/group_attack.h; here it is asked for, the answers are kept for the sessions that
 * have the same group or the same value, and what was tried is told.
 *
 * A group has its time until it has withstood it once. Then other values in it are looked at only
 * where that costs nothing, so that a thousand sessions of one server don't take a thousand times
 * as long.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_DISCRETE_LOG_H
#define KEYFALL_ATTACKER_LEAKS_DISCRETE_LOG_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/* 10 s: for groups of 2048 bits that were made to be weak, it takes one; and there is somebody who
 * waits for the answer. */
#define DISCRETE_LOG_SECONDS 10

/* The largest prime of RFC 7919. Longer ones take seconds for a single power, so that no time limit
 * could be kept; and nobody uses them. */
#define DISCRETE_LOG_MAX_BITS 8192

/* Groups that are kept, of some 10 KiB each: more than any recording has that was not made for it.
 * The oldest is forgotten. */
#define DISCRETE_LOG_MAX_GROUPS 256

/* Exponents that are kept of each group, for values that come again. */
#define DISCRETE_LOG_MAX_EXPONENTS 4096

struct discrete_log;

/* discrete_log_new: each group has so much time; `stop`, which may be NULL, is asked whether to end
 * at once. Freed, and wiped, by discrete_log_free, which takes NULL too. */
struct discrete_log *discrete_log_new(uint64_t milliseconds, bool (*stop)(void))
    __attribute__((returns_nonnull));
void discrete_log_free(struct discrete_log *d);

/*
 * discrete_log_ask: `d` may be NULL, which is not to try. *out is set with ANSWER_SECRET: the
 * premaster secret. ANSWER_WITHSTOOD when no exponent was found, and *spent_ms is how long the
 * group has withstood; ANSWER_NOT_GIVEN when there is no group of numbers modulo p to attack.
 */
enum answer discrete_log_ask(struct discrete_log *d, const struct handshake *h, struct secret *out,
                             struct evidence *e, uint64_t *spent_ms);

#endif
