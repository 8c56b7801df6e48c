/*
 * session_notes.h - what a listener should know of the handshake besides the attack: where it hides
 * something that one would look for.
 */
#ifndef KEYFALL_ATTACKER_SESSION_NOTES_H
#define KEYFALL_ATTACKER_SESSION_NOTES_H

#include "attacker/session.h"

/* session_notes_message adds to the evidence what is to be said of the message seen last. */
void session_notes_message(struct session *s, const struct message *m);

#endif
