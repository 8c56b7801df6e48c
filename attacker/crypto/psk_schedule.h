/*
 * psk_schedule.h - TLS 1.3: what follows from a pre-shared key alone, and from what one follows.
 *
 *     resumption secret --"resumption", the nonce of a ticket--> PSK
 *     PSK --Extract--> early secret --"res binder"--> binder key --HMAC(hello)--> binder
 *                                   --"c e traffic"--> client early traffic secret
 *
 * The binder is what a client proves with that it has the key. So whoever has a key by hearsay can
 * find out whether it is the right one before he uses it. RFC 8446 sections 4.2.11.2, 4.6.1
 * and 7.1.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_PSK_SCHEDULE_H
#define KEYFALL_ATTACKER_CRYPTO_PSK_SCHEDULE_H

#include "attacker/crypto/secret.h"

/* The labels under which binders are made: of tickets, and of keys that were agreed on elsewhere.
 */
#define PSK_BINDER_RESUMPTION "res binder"
#define PSK_BINDER_EXTERNAL   "ext binder"

/* psk_of_ticket derives the pre-shared key that goes with a ticket. Like the two below it makes as
 * many bytes as the hash has, and answers false when libcrypto has no such hash. */
bool psk_of_ticket(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                   struct bytes resumption_secret, struct bytes nonce) MUST_CHECK;

/* psk_binder computes the binder; `transcript` is the hash of the handshake up to the ClientHello,
 * and of that up to its list of binders. */
bool psk_binder(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash, struct bytes psk,
                const char *label, struct bytes transcript) MUST_CHECK;

/* psk_early_traffic derives the secret of the early data behind a ClientHello; `transcript` is the
 * hash of that. */
bool psk_early_traffic(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                       struct bytes psk, struct bytes transcript) MUST_CHECK;

#endif
