/*
 * key_decode.h - one PEM block, or one binary file, and one passphrase: which keys come out?
 *
 * libcrypto knows the formats: PKCS #1, PKCS #8 (RFC 5208, RFC 5958), SEC 1, encrypted or not. Of a
 * PKCS #12 file it would give the first key only, so the bags in it are gone through here.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_DECODE_H
#define KEYFALL_ATTACKER_LEAKS_KEY_DECODE_H

#include "attacker/leaks/private_keys.h"

/* What one go led to. */
struct key_decoded {
    size_t num_keys;
    bool encrypted; /* a passphrase was wanted */
    unsigned holds; /* enum no_key: what else stood in it */
};

/* key_decode adds the private keys in `part` to *out. `passphrase` NULL: without one. */
struct key_decoded key_decode(struct private_keys *out, struct bytes part, const char *passphrase);

#endif
