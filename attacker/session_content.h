/*
 * session_content.h - what the records of a session say, once they are cut out and open. Called by
 * session.c alone.
 */
#ifndef KEYFALL_ATTACKER_SESSION_CONTENT_H
#define KEYFALL_ATTACKER_SESSION_CONTENT_H

#include "attacker/session.h"

/* session_content takes what a record holds; `opened`: it was sealed, and its MAC or tag verified.
 */
void session_content(struct session *s, enum side from, uint8_t type, struct bytes content,
                     bool opened, const struct record_mark *mark);

/* session_content_message takes a whole handshake message, with its header. */
void session_content_message(struct session *s, enum side from, struct bytes whole, bool opened,
                             const struct record_mark *mark);

/* session_content_torn: what `from`'s stream has left is the beginning of a record, and the rest of
 * it was not recorded. Whole messages in it are read, and of a hello what there is. */
void session_content_torn(struct session *s, enum side from);

/* session_change_cipher_spec: one byte in the clear, and it is 1. RFC 5246 section 7.1. */
void session_change_cipher_spec(struct session *s, enum side from, struct bytes content,
                                const struct record_mark *mark);

/* session_lose gives a direction up; the other one need not wait for it any longer. */
void session_lose(struct session *s, enum side from);

/* session_content_catch_up takes the ServerHello that session_renegotiation_wait has kept waiting;
 * false when there is none, or not yet anything that it answers. */
bool session_content_catch_up(struct session *s);

/* session_content_sslv2 takes a ClientHello in the format of SSL 2.0, which stands in no record;
 * false when there is none, or not all of it. */
bool session_content_sslv2(struct session *s);

#endif
