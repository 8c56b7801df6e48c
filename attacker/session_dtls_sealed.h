/*
 * session_dtls_sealed.h - the sealed records of a session over datagrams.
 *
 * Each change of keys begins an epoch, and a record says of which it is. Those of the present one
 * open at once; those of the next wait until the handshake that leads to its keys has been read;
 * those of the one before were overtaken by the change, and its seal is kept for them. Called by
 * session_dtls.c alone.
 */
#ifndef KEYFALL_ATTACKER_SESSION_DTLS_SEALED_H
#define KEYFALL_ATTACKER_SESSION_DTLS_SEALED_H

#include "attacker/session_dtls.h"

/* session_dtls_sealed takes a record of epoch 1 or behind it. */
void session_dtls_sealed(struct session *s, enum side from, const struct dtls_record *record,
                         const struct record_mark *mark);

/* session_dtls_announce notes a ChangeCipherSpec: what a record held, once it was opened. */
void session_dtls_announce(struct dtls_direction *d, const struct dtls_record *record,
                           struct bytes content, const struct record_mark *mark);

/* session_dtls_change goes over to the keys of the next epoch, once they can be known, and opens
 * what has waited for them; true when it did. */
bool session_dtls_change(struct session *s, enum side from);

/* session_dtls_count_missing: no more will come. */
void session_dtls_count_missing(struct session *s, enum side from);

/* session_dtls_let_go frees what waits, and the seal of the epoch before. */
void session_dtls_let_go(struct dtls_direction *d);

/* These two are session_dtls.c's own. session_dtls_handshake takes the content of a record of the
 * handshake; session_dtls_give_up takes what waits without what is missing. */
void session_dtls_handshake(struct session *s, enum side from, struct bytes content, uint16_t epoch,
                            const struct record_mark *mark);
void session_dtls_give_up(struct session *s);

#endif
