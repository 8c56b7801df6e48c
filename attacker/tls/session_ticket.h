/*
 * session_ticket.h - up to TLS 1.2: the ticket that a server hands over in the clear.
 *
 *     lifetime hint 4 (seconds) | ticket 2+n                             RFC 5077 section 3.3
 *
 * A ticket is the server's own state, sealed with a key that the server alone has; the client sends
 * it back when it takes the session up again. An empty one means that the server has changed its
 * mind. TLS 1.3 hands tickets over sealed, see session_tickets.h.
 */
#ifndef KEYFALL_ATTACKER_TLS_SESSION_TICKET_H
#define KEYFALL_ATTACKER_TLS_SESSION_TICKET_H

#include "attacker/tls/handshake.h"

/* 60: a nonce of 12 bytes, a secret of 32, and a tag of 16. What is shorter is the name of a
 * session that the server keeps itself, and no key opens it. */
#define SESSION_TICKET_MIN_LEN 60

/* A view into the message. */
struct session_ticket {
    struct bytes ticket;
    uint32_t lifetime; /* as the server hints; 0 when it does not, or in a ClientHello */
};

/* session_ticket_read reads the body of a NewSessionTicket; false when it is malformed. */
bool session_ticket_read(struct bytes body, struct session_ticket *out) MUST_CHECK;

/* session_ticket_handed_over: the one that the server hands over in this handshake, up to TLS 1.2;
 * false when it does not. */
bool session_ticket_handed_over(const struct handshake *h, struct session_ticket *out) MUST_CHECK;

/* session_ticket_holds_state: may all of a session be in it? */
bool session_ticket_holds_state(struct bytes ticket);

#endif
