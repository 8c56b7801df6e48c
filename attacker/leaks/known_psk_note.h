/*
 * known_psk_note.h - what is told of the search for the pre-shared key of a TLS 1.3 session.
 * For known_psk.c alone.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KNOWN_PSK_NOTE_H
#define KEYFALL_ATTACKER_LEAKS_KNOWN_PSK_NOTE_H

#include "attacker/leaks/known_psk.h"
#include "attacker/tls/offered_psk.h"

/* known_psk_note adds the steps of one kind of source, which has answered so. */
void known_psk_note(const struct leaks *leaks, enum leak kind, const struct handshake *h,
                    enum psk_answer answer, const struct known_psk *psk, struct evidence *e);

/* known_psk_seen is an identity as those see it who have keys of tickets. */
struct ticket_seen known_psk_seen(const struct handshake *h, const struct offered_psk *offered);

#endif
