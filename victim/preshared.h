/*
 * preshared.h - which key do both ends know beforehand?
 *
 * The pre-shared key of RFC 4279: some bytes, and the identity under which the client names them.
 */
#ifndef KEYFALL_VICTIM_PRESHARED_H
#define KEYFALL_VICTIM_PRESHARED_H

#include <openssl/ssl.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

#define PRESHARED_DEFAULT_IDENTITY "keyfall"
#define PRESHARED_RANDOM_LEN       32

struct preshared {
    char identity[PSK_MAX_IDENTITY_LEN + 1];
    uint8_t key[PSK_MAX_PSK_LEN];
    size_t key_len;
};

/* preshared_read takes "[ID:]HEX"; the last colon ends the identity. False with *why. */
bool preshared_read(struct preshared *psk, struct complaint *why, const char *text) MUST_CHECK;

/* preshared_make draws a key from libcrypto. False with *why when it has none. */
bool preshared_make(struct preshared *psk, struct complaint *why) MUST_CHECK;

/* preshared_text is "identity:hex", which preshared_read takes; to be wiped and freed. */
char *preshared_text(const struct preshared *psk);

/* preshared_clear wipes the key. */
void preshared_clear(struct preshared *psk);

#endif
