/*
 * session_ticket_ahead.h - up to TLS 1.2: the ticket opens what is said in front of it.
 *
 *     client   ClientKeyExchange, ChangeCipherSpec, Finished (sealed)
 *     server                              NewSessionTicket, ChangeCipherSpec, Finished (sealed)
 *
 * So where no other leak knows the secret, and the server has promised a ticket, what the client
 * seals waits until that has come; it is looked at where it lies, and all is read in its order
 * then. Called by the other files of the session alone.
 */
#ifndef KEYFALL_ATTACKER_SESSION_TICKET_AHEAD_H
#define KEYFALL_ATTACKER_SESSION_TICKET_AHEAD_H

#include "attacker/session.h"

/* 64 KiB: what a client may say meanwhile. Few say anything behind their Finished before they have
 * read the server's. */
#define SESSION_TICKET_MAX_WAITING ((size_t)64 * 1024)

/* session_ticket_ahead_awaits: `from` has to wait for it. False when nothing is waited for, also
 * when it has just come and been tried. */
bool session_ticket_ahead_awaits(struct session *s, enum side from);

/* session_ticket_ahead_seen: the turn of a NewSessionTicket has come, and it has been filed; it is
 * tried unless it was before. */
void session_ticket_ahead_seen(struct session *s);

#endif
