/*
 * private_keys.h - private keys that leaked, perhaps hundreds: which of them is this server's?
 *
 * A certificate names its key, so the right one is looked up and not tried. Where no certificate
 * was recorded the keys are tried one by one, and that is up to whoever asks.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_PRIVATE_KEYS_H
#define KEYFALL_ATTACKER_LEAKS_PRIVATE_KEYS_H

#include <openssl/evp.h>

#include "capture/bytes.h"

struct private_key_mark;

/* Zero is none. */
struct private_keys {
    EVP_PKEY **keys; /* owned, in the order in which they were added */
    size_t num_keys;
    struct private_key_mark *by_modulus; /* uthash: the RSA keys */
};

/* private_keys_add takes `key` over. */
void private_keys_add(struct private_keys *list, EVP_PKEY *key);

/* private_keys_find looks up the key that belongs to `public_key`; NULL when there is none. */
EVP_PKEY *private_keys_find(const struct private_keys *list, const EVP_PKEY *public_key);

void private_keys_clear(struct private_keys *list);

#endif
