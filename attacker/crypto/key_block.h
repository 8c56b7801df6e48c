/*
 * key_block.h - from the master secret to the keys of one direction. SSL 3.0 and TLS 1.0 to 1.2.
 *
 *     master secret --> client MAC | server MAC | client key | server key | client IV | server IV
 *
 * The suites that could once be exported from the USA take no more than 40 or 56 bits of key from
 * it, and spread these over a whole key; their IVs anybody can compute who has seen the hellos.
 * RFC 5246 section 6.3; export: RFC 2246 section 6.3.1, SSL 3.0: RFC 6101 section 6.2.2.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_KEY_BLOCK_H
#define KEYFALL_ATTACKER_CRYPTO_KEY_BLOCK_H

#include <openssl/evp.h>

#include "attacker/tls/suite.h"
#include "capture/stream.h"

struct key_block {
    uint8_t mac_key[EVP_MAX_MD_SIZE]; /* as long as the MAC's hash */
    uint8_t key[EVP_MAX_KEY_LENGTH];  /* as long as bulk_cipher_key_len says */
    uint8_t iv[EVP_MAX_IV_LENGTH];    /* CBC before TLS 1.1, and the fixed part of a nonce */
};

/* key_block_derive finds the keys of what `from` sends. False when a hash is not to be had; the
 * caller wipes *out. */
bool key_block_derive(struct key_block *out, const struct suite *suite, uint16_t version,
                      struct bytes master, enum side from,
                      struct bytes server_client_random) MUST_CHECK;

#endif
