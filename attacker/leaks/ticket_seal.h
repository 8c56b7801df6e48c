/*
 * ticket_seal.h - does this key open that ticket? How servers seal the state that they hand out.
 *
 *     key name 16 | IV 16 |            AES-CBC | HMAC-SHA-256 32       OpenSSL, and who builds on
 * it key name 16 | IV 16 | length 2 | AES-CBC | HMAC-SHA-256 32       RFC 5077 section 4 key name
 * 16 | IV 16 | length 2 | AES-CBC | HMAC-SHA-1   20       GnuTLS
 *
 * The MAC goes over all that stands in front of it. The RFC recommends its way and demands none, so
 * which one it is, is found out by trying: a MAC that verifies leaves no doubt. Padding is not
 * looked at, for what is inside says where it ends. Next: ticket_state.h, what is inside.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_SEAL_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_SEAL_H

#include "capture/alloc.h"

#define TICKET_NAME_LEN 16

/* AES-256, and as much for the HMAC: longer parts are in none of the files. */
#define TICKET_KEY_PART_MAX 32

struct ticket_key {
    uint8_t name[TICKET_NAME_LEN];
    size_t mac_len;
    size_t cipher_len; /* 16 or 32: AES-128 or AES-256 */
    uint8_t mac[TICKET_KEY_PART_MAX];
    uint8_t cipher[TICKET_KEY_PART_MAX];
};

/* ticket_seal_names: does the ticket begin with this key's name? */
bool ticket_seal_names(const struct ticket_key *key, struct bytes ticket);

/*
 * ticket_seal_open appends what is inside to *state, padding included. *mac is the MAC's name.
 * False when no MAC verifies, or nothing stands in front of it that AES could open; nothing has
 * changed then.
 */
bool ticket_seal_open(const struct ticket_key *key, struct bytes ticket, struct buffer *state,
                      const char **mac) MUST_CHECK;

#endif
