/*
 * opened_by.h - which single leak would open this session, given or not?
 *
 * It follows from what anybody can read off the wire: how keys were exchanged, and whether a ticket
 * crossed. What was really tried, and with what success, is verdict.h.
 */
#ifndef KEYFALL_ATTACKER_OPENED_BY_H
#define KEYFALL_ATTACKER_OPENED_BY_H

#include "attacker/tls/handshake.h"

/* Single leaks that would open a session. */
enum opened_by {
    OPENED_BY_SERVER_KEY,
    OPENED_BY_TICKET_KEY,
    OPENED_BY_EPHEMERAL,
    OPENED_BY_PSK,
    OPENED_BY_SESSION_SECRET,
    OPENED_BY_QUANTUM_COMPUTER,
    NUM_OPENED_BY,
};

/* opened_by_leaks returns them as bits, 1 << enum opened_by; none before the ServerHello. */
unsigned opened_by_leaks(const struct handshake *h);

/*
 * opened_by_not_the_server_key: is it forward secret, that is, does the loss of the server's
 * private key alone leave it closed? Of a resumed session it is the first one's exchange that
 * counts, which was that of the same suite.
 */
bool opened_by_not_the_server_key(const struct handshake *h);

/* opened_by_name gives the contract's word. */
const char *opened_by_name(enum opened_by leak);

#endif
