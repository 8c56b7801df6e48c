/*
 * group_evidence.h - what an attack on a group has found, in sentences.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_GROUP_EVIDENCE_H
#define KEYFALL_ATTACKER_LEAKS_GROUP_EVIDENCE_H

#include "attacker/groups/group_attack.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/* group_evidence_facts tells of the group, as it stands in h->server_params, and whether the two
 * values hide anything. */
void group_evidence_facts(const struct group_attack *a, const struct handshake *h,
                          struct evidence *e);

/* group_evidence_found tells which exponent was found, and how, in so many milliseconds. */
void group_evidence_found(const struct group_attack *a, const struct group_solution *s,
                          const struct handshake *h, uint64_t spent_ms, struct evidence *e);

/* group_evidence_withstood tells that none was, now or already `before`, and what it would cost. */
void group_evidence_withstood(const struct group_attack *a, unsigned tried_bits,
                              const struct handshake *h, uint64_t spent_ms, bool before,
                              struct evidence *e);

/* group_evidence_no_power: neither value is a power of g. */
void group_evidence_no_power(const struct handshake *h, struct evidence *e);

/* group_evidence_none: there is no group of numbers to attack, and why. */
void group_evidence_none(const struct handshake *h, struct evidence *e);

#endif
