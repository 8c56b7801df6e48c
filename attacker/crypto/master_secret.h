/*
 * master_secret.h - TLS 1.0 to 1.2: from the premaster secret to the keys.
 *
 *     premaster --PRF "master secret", both randoms--> master --PRF "key expansion"--> key block
 *     premaster --PRF "extended master secret", hash of the handshake--> master      (RFC 7627)
 *
 * RFC 5246 sections 5, 6.3, 7.4.9 and 8.1; for 1.0 and 1.1, RFC 2246 section 5.
 * Next: seal.h, what the keys open.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_MASTER_SECRET_H
#define KEYFALL_ATTACKER_CRYPTO_MASTER_SECRET_H

#include "attacker/crypto/secret.h"
#include "attacker/tls/suite.h"
#include "capture/stream.h"

#define VERIFY_DATA_LEN 12

/* The most that a PRF's two seeds may have together: two randoms, or one hash. */
#define PRF_MAX_SEED 128

/* master_secret_hash names the hash of the PRF and of the transcript, as libcrypto knows it. */
const char *master_secret_hash(const struct suite *suite, uint16_t version);

/*
 * prf fills out[0..out_len) from a secret, a label and a seed, of PRF_MAX_SEED bytes at the most.
 * False when libcrypto can't compute it. RFC 5246 section 5.
 */
bool prf(uint8_t *out, size_t out_len, const char *hash, struct bytes secret, const char *label,
         struct bytes seed) MUST_CHECK;

/*
 * master_secret_derive: `seed` is client_random and server_random for the classic way, the hash of
 * the handshake up to and with ClientKeyExchange when `extended`.
 */
bool master_secret_derive(uint8_t out[static MASTER_SECRET_LEN], const char *hash,
                          struct bytes premaster, bool extended, struct bytes seed) MUST_CHECK;

/* finished_verify_data: what `side` writes into its Finished, given the transcript's hash. */
bool finished_verify_data(uint8_t out[static VERIFY_DATA_LEN], const char *hash,
                          struct bytes master, enum side side, struct bytes transcript) MUST_CHECK;

#endif
