/*
 * early_data.h - what is said before the handshake has even begun?
 *
 * 0-RTT: a client of TLS 1.3 that has a key from before sends its request right behind its
 * ClientHello. The price: no ephemeral key protects it, so whoever steals the earlier key reads it.
 * RFC 8446 sections 2.3 and 8. Next: party.h, whose first act this is.
 */
#ifndef KEYFALL_VICTIM_EARLY_DATA_H
#define KEYFALL_VICTIM_EARLY_DATA_H

#include "victim/party.h"

/*
 * early_data_say sends what the client has to say, as much of it as the key allows; what is left
 * follows after the handshake. early_data_hear is the server's half. DONE: the handshake is next;
 * NEED_MORE: another turn, *moved telling whether this one did anything; MALFORMED: libssl failed.
 */
enum progress early_data_say(struct party *party, bool *moved) MUST_CHECK;
enum progress early_data_hear(struct party *party, bool *moved) MUST_CHECK;

#endif
