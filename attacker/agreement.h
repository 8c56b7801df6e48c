/*
 * agreement.h - several parties agree on a key: who sent what to whom, and is the key known?
 *
 * The members stand in a ring, each with a secret exponent x. A value that arrives is raised to
 * one's own x and sent on; the one that arrives last lacks that x alone, so raised to it, it is
 * g^(x1 x2 ... xn) for everybody. Who listens has every value, and not the key. RFC 7919 (groups);
 * I. Ingemarsson, D. Tang, C. Wong, "A conference key distribution system" (1982).
 *
 * The values cross on as many connections as there are members. They belong together by the
 * agreement's number, so one of these outlives connections. Next: agreement_attack.h.
 */
#ifndef KEYFALL_ATTACKER_AGREEMENT_H
#define KEYFALL_ATTACKER_AGREEMENT_H

#include "attacker/agreement_message.h"
#include "attacker/leaks/evidence.h"
#include "attacker/verdict.h"
#include "capture/alloc.h"
#include "capture/stream.h"

/* What was sent; the frame is 0 when it was not recorded. */
struct agreement_part {
    uint64_t frame;
    struct buffer bytes;
};

struct agreement {
    uint8_t id[AGREEMENT_ID_SIZE];
    uint16_t group; /* a number of group.h, which may not know it */
    unsigned members;
    uint64_t start_ns;
    uint64_t end_ns;
    struct endpoint listens[AGREEMENT_MAX_MEMBERS]; /* where members do; family 0: not seen */
    struct agreement_part values[AGREEMENT_MAX_MEMBERS][AGREEMENT_MAX_ROUNDS]; /* by sender */
    struct agreement_part sealed; /* the message; its header is what its tag covers besides */
    struct buffer sealed_header;
    unsigned sealed_by;    /* this member, from 1 */
    bool contradicts;      /* something was sent twice, and differs */
    struct buffer message; /* opened */

    /* After agreement_attack. */
    enum outcome outcome;
    enum reason reason;
    const char *secret_source; /* the contract's word, or NULL */
    const char *explanation;
    struct evidence evidence;
};

/* agreement_new begins one with its first message, which still has to be taken. */
struct agreement *agreement_new(const struct agreement_message *m, uint64_t time_ns);

/* agreement_take files a message. Of what is sent twice, the first counts. */
void agreement_take(struct agreement *a, const struct agreement_message *m,
                    const struct chunk *chunk);

/* agreement_next is the member (from 1) to whom this one sends. */
unsigned agreement_next(const struct agreement *a, unsigned sender);

/* agreement_num_values is how many values were recorded; there should be members * (members - 1).
 */
size_t agreement_num_values(const struct agreement *a);

/* agreement_free takes NULL too, and wipes the message. */
void agreement_free(struct agreement *a);

#endif
