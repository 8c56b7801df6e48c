/*
 * offered_psk.h - TLS 1.3: which pre-shared keys does a ClientHello offer?
 *
 *     identities 2 | identity 2+n, obfuscated age 4 | ...
 *     binders    2 | binder 1+n | ...                    in the same order
 *
 * The extension is the last of the hello, so that the binders, which are computed from all that is
 * in front of them, stand at its end. RFC 8446 section 4.2.11.
 */
#ifndef KEYFALL_ATTACKER_TLS_OFFERED_PSK_H
#define KEYFALL_ATTACKER_TLS_OFFERED_PSK_H

#include "attacker/tls/handshake.h"

/* Views into the message. */
struct offered_psk {
    struct bytes identity; /* of a session that is taken up: its ticket */
    uint32_t age;          /* of the ticket, blurred; 0 for keys that were agreed on elsewhere */
    struct bytes binder;
    struct bytes bound; /* the message from its header up to the binders */
};

/* offered_psk_read reads the one at the place `which`, from 0; false when there are not so many, or
 * when not all of the hello was recorded. */
bool offered_psk_read(const struct message *client_hello, size_t which,
                      struct offered_psk *out) MUST_CHECK;

/* offered_psk_identity is that of the key which goes into this session, as the client names it; up
 * to TLS 1.2, in its ClientKeyExchange. Empty when none does, or when it was not recorded. */
struct bytes offered_psk_identity(const struct handshake *h);

#endif
