/*
 * transcript.h - the hash over the handshake so far. Both sides sign it with their Finished, so an
 * attacker who recomputes it knows that he has read what they have read.
 * RFC 5246 section 7.4.9, RFC 8446 section 4.4.1.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_TRANSCRIPT_H
#define KEYFALL_ATTACKER_CRYPTO_TRANSCRIPT_H

#include "attacker/tls/handshake.h"

#define TRANSCRIPT_MAX_LEN 64

/*
 * transcript_hash hashes the messages in front of `end` (a message of `h`, or one behind the last)
 * with the hash libcrypto knows as `hash`. HelloRequest does not count, and after a
 * HelloRetryRequest the first ClientHello counts as its own hash. Returns the length, 0 when
 * libcrypto has no such hash.
 */
size_t transcript_hash(uint8_t out[static TRANSCRIPT_MAX_LEN], const char *hash,
                       const struct handshake *h, const struct message *end) MUST_CHECK;

/* transcript_hash_with hashes `tail` behind them, as SSL 3.0 wants it. RFC 6101 section 5.6.9. */
size_t transcript_hash_with(uint8_t out[static TRANSCRIPT_MAX_LEN], const char *hash,
                            const struct handshake *h, const struct message *end,
                            struct bytes tail) MUST_CHECK;

/* transcript_end is the `end` that takes in all messages seen so far. */
const struct message *transcript_end(const struct handshake *h);

#endif
