/*
 * ssl3.h - SSL 3.0: from the premaster secret to the keys, and the proof in a Finished.
 *
 * HMAC was not there yet, nor the PRF that is built on it. MD5 and SHA-1 are used side by side, and
 * one inside of the other, so that both would have to fall.
 * RFC 6101 sections 5.6.9, 6.1 and 6.2.2. TLS does the same in master_secret.h.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_SSL3_H
#define KEYFALL_ATTACKER_CRYPTO_SSL3_H

#include <openssl/evp.h>

#include "attacker/tls/handshake.h"
#include "capture/stream.h"

/* An MD5 and a SHA-1. */
#define SSL3_VERIFY_DATA_LEN 36

/* The byte that is repeated behind a secret, so that a block of MD5 or most of one of SHA-1 is
 * full. */
enum ssl3_pad { SSL3_PAD_1 = 0x36, SSL3_PAD_2 = 0x5c };

/* ssl3_hash_start begins a hash with the secret and the pad; false when the hash is not MD5 or
 * SHA1, for which alone a pad is defined. */
bool ssl3_hash_start(EVP_MD_CTX *context, const char *hash, struct bytes secret,
                     enum ssl3_pad pad) MUST_CHECK;

/*
 * ssl3_expand fills out[0..out_len), 416 bytes at the most:
 *
 *     MD5(secret | SHA("A" | secret | seed)) | MD5(secret | SHA("BB" | secret | seed)) | ...
 *
 * The master secret comes from the premaster secret and client_random, server_random; the key block
 * from the master secret and server_random, client_random.
 */
bool ssl3_expand(uint8_t *out, size_t out_len, struct bytes secret, struct bytes seed) MUST_CHECK;

/* ssl3_verify_data: what `side` writes into its Finished behind the messages in front of `end`. */
bool ssl3_verify_data(uint8_t out[static SSL3_VERIFY_DATA_LEN], const struct handshake *h,
                      const struct message *end, struct bytes master, enum side side) MUST_CHECK;

#endif
