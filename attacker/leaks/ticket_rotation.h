/*
 * ticket_rotation.h - the keys that GnuTLS makes, day by day, of the one that it was given.
 *
 *     SHA3-512(n 8 | key 64), where n is the time divided by three times the lifetime of a ticket
 *
 * So since 3.6.4 a server that keeps its key for months still seals with another one every 18
 * hours; and whoever has the key has them all. It takes tickets back that were sealed with the
 * latest and the one before. lib/stek.c of GnuTLS.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_ROTATION_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_ROTATION_H

#include "capture/bytes.h"

#define TICKET_ROTATION_LEN 64

/*
 * ticket_rotation_key makes the key number `which`, from 0, of those that may have been in use at
 * `time_ns`; `lifetime` in seconds is what the server has hinted, 0 when it did not. False behind
 * the last one, and when libcrypto has no SHA-3.
 */
bool ticket_rotation_key(uint8_t out[static TICKET_ROTATION_LEN], size_t which,
                         const uint8_t key[static TICKET_ROTATION_LEN], uint64_t time_ns,
                         uint32_t lifetime) MUST_CHECK;

#endif
