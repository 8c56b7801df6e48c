/*
 * verdict_settle.h - how a verdict gets its words. For verdict.c and verdict_*.c alone.
 */
#ifndef KEYFALL_ATTACKER_VERDICT_SETTLE_H
#define KEYFALL_ATTACKER_VERDICT_SETTLE_H

#include "attacker/verdict.h"

/* verdict_settle fills in outcome and reason, and what printf makes of the explanation. */
void verdict_settle(struct verdict *v, enum outcome outcome, enum reason reason,
                    const char *explanation, ...) __attribute__((format(printf, 4, 5)));

/* verdict_settle_missing: packets, or the ends of packets, are not in the recording. */
void verdict_settle_missing(struct verdict *v, enum outcome outcome, const struct findings *f);

/* verdict_settle_limited: nothing is missing, but some records do not open, and a limit ended the
 * search for those behind them. */
void verdict_settle_limited(struct verdict *v, enum outcome outcome, const struct findings *f);

/* verdict_settle_some_secrets: a key log has some of the secrets of TLS 1.3, and what is left shut
 * needs the others. False when that is not so. */
bool verdict_settle_some_secrets(struct verdict *v, const struct findings *f);

/* verdict_settle_temporary: an export suite with a temporary RSA key, which was not given. */
void verdict_settle_temporary(struct verdict *v, const struct findings *f);

/* verdict_settle_group: the group was attacked itself, and withstood. */
void verdict_settle_group(struct verdict *v, const struct findings *f);

/* verdict_settle_uncomputed: the secret is known, and records sealed like this can't be opened. */
void verdict_settle_uncomputed(struct verdict *v, const struct handshake *h);

/* verdict_settle_unknown: nobody here knows what the suite means. */
void verdict_settle_unknown(struct verdict *v, const struct handshake *h);

/* verdict_settle_hopeless: no leak could open it here, for nobody here can compute the suite. False
 * when somebody can. */
bool verdict_settle_hopeless(struct verdict *v, const struct handshake *h);

/* verdict_settle_unopened: enough was recorded for an attack, and no record opened. */
void verdict_settle_unopened(struct verdict *v, const struct findings *f);

/* verdict_settle_renegotiation: open up to the last renegotiation, whose findings are f->shut. */
void verdict_settle_renegotiation(struct verdict *v, const struct findings *f);

/* verdict_settle_early_alone: nothing but early data opened, and no leak knew more. */
void verdict_settle_early_alone(struct verdict *v, const struct findings *f);

/* verdict_settle_early_shut: all is open but the early data. */
void verdict_settle_early_shut(struct verdict *v, const struct findings *f);

/* verdict_settle_psk: TLS 1.3, with a pre-shared key, and no leak knew all that goes into the keys.
 * False when there is nothing to say of it. */
bool verdict_settle_psk(struct verdict *v, const struct findings *f);

/* verdict_ticket_opened writes the explanation of a session that a ticket key opens. */
void verdict_ticket_opened(char out[static VERDICT_EXPLANATION_SIZE], const struct findings *f);

/* verdict_settle_ticket: no leak knew the secret, and of the ticket keys that were tried there is
 * something to say. False when there is not. */
bool verdict_settle_ticket(struct verdict *v, const struct findings *f);

/* verdict_opened_by_psk: a pre-shared key that was given has opened it, with what else it took. */
const char *verdict_opened_by_psk(const struct handshake *h);

/* verdict_settle_psk_given: a pre-shared key was given, and no leak knew the secret. False when
 * that is not what there is to say. */
bool verdict_settle_psk_given(struct verdict *v, const struct findings *f);

/* verdict_settle_psk_wrong: the secret that was found is made with a pre-shared key, and no record
 * opened. False when that is not so. */
bool verdict_settle_psk_wrong(struct verdict *v, const struct findings *f);

/* verdict_settle_resumption: TLS 1.2 and before; an earlier session is taken up, and no leak knew
 * the secret of the two. */
void verdict_settle_resumption(struct verdict *v, const struct findings *f);

#endif
