/*
 * handshake_hellos.h - what client and server agree on: the hellos, and the extensions that TLS 1.3
 * answers in a sealed message of their own.
 *
 * Each takes one message that handshake.c has filed, and writes what it says into the facts. False
 * when it is malformed.
 */
#ifndef KEYFALL_ATTACKER_TLS_HANDSHAKE_HELLOS_H
#define KEYFALL_ATTACKER_TLS_HANDSHAKE_HELLOS_H

#include "attacker/tls/handshake.h"

bool handshake_hellos_see_client(struct handshake *h, const struct message *m);

/* handshake_hellos_see_server: also a HelloRetryRequest of the RFC, which is a ServerHello with a
 * random of its own. RFC 8446 section 4.1.3. */
bool handshake_hellos_see_server(struct handshake *h, const struct message *m);

/* handshake_hellos_see_retry: in drafts that have a message for it. Anywhere else nothing is known
 * of such a message. */
bool handshake_hellos_see_retry(struct handshake *h, const struct message *m);

/* handshake_hellos_see_encrypted: EncryptedExtensions, a list as in a hello. RFC 8446 section
 * 4.3.1. */
bool handshake_hellos_see_encrypted(struct handshake *h, const struct message *m);

#endif
