/*
 * session_renegotiation.h - one connection, several handshakes.
 *
 * Up to TLS 1.2 the two may shake hands anew at any time, under the protection of the handshake
 * before (RFC 5246 section 7.4.1.1): with another suite, another key exchange, a certificate of the
 * client's that nobody else should see. Each is followed with a struct handshake of its own, and
 * the leaks are asked anew. What a session is told by stays its first handshake.
 */
#ifndef KEYFALL_ATTACKER_SESSION_RENEGOTIATION_H
#define KEYFALL_ATTACKER_SESSION_RENEGOTIATION_H

#include "attacker/session.h"

/* session_renegotiation_begin: a ClientHello has come out of a sealed record. The keys in use stay
 * until each side's next ChangeCipherSpec. */
void session_renegotiation_begin(struct session *s, const struct record_mark *mark);

/* session_renegotiation_refuse: the server wants none, and all stays as it was. */
void session_renegotiation_refuse(struct session *s);

/* session_renegotiation_wait: this ServerHello, out of a sealed record, answers a ClientHello that
 * has not been read yet. */
void session_renegotiation_wait(struct session *s, const struct record_mark *mark);

/* session_renegotiation_awaits: the server's side can't go on before that has been read. */
bool session_renegotiation_awaits(const struct session *s);

/* session_renegotiation_under_way: one has begun, and the handshake of it is the latest. */
bool session_renegotiation_under_way(const struct session *s);

/*
 * session_renegotiation_tell puts what is known of the first handshake into *out, in which all else
 * has been filled in; and when the last one was not opened, fills *shut, for out->shut.
 */
void session_renegotiation_tell(const struct session *s, struct findings *out,
                                struct findings *shut);

/* session_renegotiation_end: the first handshake is the session's again, to be told of. */
void session_renegotiation_end(struct session *s);

void session_renegotiation_clear(struct renegotiation *r);

#endif
