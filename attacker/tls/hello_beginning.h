/*
 * hello_beginning.h - do these few bytes begin a hello? A record's header, the type and length of a
 * message, and the version that is the first thing in it, each as it can be and fitting the others.
 *
 * Next: spotter.h, which asks this of every place in a stream.
 */
#ifndef KEYFALL_ATTACKER_TLS_HELLO_BEGINNING_H
#define KEYFALL_ATTACKER_TLS_HELLO_BEGINNING_H

#include "attacker/tls/handshake.h"
#include "attacker/tls/record.h"

/* So many bytes it takes. */
#define HELLO_BEGINNING_LEN (RECORD_HEADER_LEN + HANDSHAKE_HEADER_LEN + 2)

/* hello_begins: with a hello of TLS; *type is the message's. */
bool hello_begins(struct bytes start, uint8_t *type);

/* hello_begins_tlcp: with one of TLCP, see tlcp.h. */
bool hello_begins_tlcp(struct bytes start, uint8_t *type);

#endif
