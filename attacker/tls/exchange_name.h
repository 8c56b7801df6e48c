/*
 * exchange_name.h - how do people call the key exchange of this handshake, and its group?
 */
#ifndef KEYFALL_ATTACKER_TLS_EXCHANGE_NAME_H
#define KEYFALL_ATTACKER_TLS_EXCHANGE_NAME_H

#include "attacker/tls/group.h"
#include "attacker/tls/handshake.h"

/*
 * exchange_name writes "RSA", "DHE_RSA" and so on, as in the suite's name; for TLS 1.3, whose
 * suites do not say, "ECDHE", "DHE", "PSK", "PSK_ECDHE" or "PSK_DHE"; "" before the ServerHello.
 * Returns `out`.
 */
char *exchange_name(const struct handshake *h, char out[static SUITE_KEY_EXCHANGE_SIZE]);

/* exchange_group_name writes the name of the group in which keys were exchanged, "" when in none;
 * returns `out`. */
char *exchange_group_name(const struct handshake *h, char out[static GROUP_TEXT_SIZE]);

/* exchange_is_ephemeral: both sides made fresh Diffie-Hellman keys for this handshake. */
bool exchange_is_ephemeral(const struct handshake *h);

#endif
