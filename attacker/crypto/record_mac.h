/*
 * record_mac.h - the MAC over a record: HMAC in TLS, and what SSL 3.0 had before HMAC was there.
 *
 *     SSL 3.0   hash( key | pad_2 | hash( key | pad_1 | header | content ) )
 *
 * RFC 2104; RFC 6101 section 5.2.3.1. Next: seal_mac.c, what the header is.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_RECORD_MAC_H
#define KEYFALL_ATTACKER_CRYPTO_RECORD_MAC_H

#include <openssl/evp.h>

#include "capture/bytes.h"

/* Zero is "no key". The owner ends it with record_mac_clear. */
struct record_mac {
    EVP_MAC_CTX *hmac;
    EVP_MD_CTX *ssl3_inner; /* SSL 3.0: behind key and pad_1 */
    EVP_MD_CTX *ssl3_outer; /* behind key and pad_2 */
    EVP_MD_CTX *ssl3_work;
};

/* record_mac_start: `hash` as libcrypto knows it. False when it can't be computed. */
bool record_mac_start(struct record_mac *mac, const char *hash, struct bytes key,
                      bool ssl3) MUST_CHECK;

/* record_mac_compute writes the whole MAC, as long as the hash; returns its length, or 0. */
size_t record_mac_compute(struct record_mac *mac, uint8_t out[static EVP_MAX_MD_SIZE],
                          struct bytes header, struct bytes content) MUST_CHECK;

/* record_mac_clear wipes the key. */
void record_mac_clear(struct record_mac *mac);

#endif
