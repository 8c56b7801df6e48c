/*
 * traffic_secret.h - TLS 1.3: from the shared secret to the keys.
 *
 *     0 --Extract(PSK or 0)--> early secret
 *       --Extract(ECDHE)-----> handshake secret --"c hs traffic", "s hs traffic"--> handshake keys
 *       --Extract(0)---------> master secret ----"c ap traffic", "s ap traffic"--> application keys
 *
 * Between two steps stands a Derive-Secret with the label "derived". RFC 8446 sections 7.1 to 7.3.
 * The drafts up to 19 wrote other labels, and 18 did without that step.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_TRAFFIC_SECRET_H
#define KEYFALL_ATTACKER_CRYPTO_TRAFFIC_SECRET_H

#include "attacker/crypto/secret.h"
#include "attacker/tls/draft.h"

/* What a session's key schedule is made with. */
struct traffic_terms {
    const char *hash; /* as libcrypto knows it */
    uint8_t draft;    /* of TLS 1.3, see draft.h; 0 for the RFC */
};

/* traffic_hash_len: bytes of the hash that libcrypto knows as `hash`; 0 when it has none. */
size_t traffic_hash_len(const char *hash);

/* What the keys are made of; empty when there is none, and zeros take its place. */
struct traffic_inputs {
    struct bytes shared; /* (EC)DHE */
    struct bytes psk;
};

/*
 * traffic_handshake_secrets derives both handshake traffic secrets into *out, from the inputs and
 * the transcript up to the ServerHello. `handshake_secret` receives the secret that
 * traffic_application_secrets goes on from.
 */
bool traffic_handshake_secrets(struct traffic_secrets *out,
                               uint8_t handshake_secret[static TRAFFIC_SECRET_MAX_LEN],
                               const struct traffic_terms *terms,
                               const struct traffic_inputs *inputs,
                               struct bytes transcript) MUST_CHECK;

/* traffic_application_secrets adds both application traffic secrets; `transcript` goes up to the
 * server's Finished. */
bool traffic_application_secrets(struct traffic_secrets *out, const struct traffic_terms *terms,
                                 const uint8_t *handshake_secret,
                                 struct bytes transcript) MUST_CHECK;

/* traffic_resumption_secret derives the secret that the pre-shared keys of tickets come from;
 * `transcript` goes up to the client's Finished. */
bool traffic_resumption_secret(uint8_t out[static TRAFFIC_SECRET_MAX_LEN],
                               const struct traffic_terms *terms, const uint8_t *handshake_secret,
                               struct bytes transcript) MUST_CHECK;

/* traffic_early_secret is the first of the three, without a PSK when `psk` is empty. */
bool traffic_early_secret(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                          struct bytes psk) MUST_CHECK;

/* traffic_derive is HKDF-Expand-Label, as many bytes as the hash has. */
bool traffic_derive(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const struct traffic_terms *terms,
                    struct bytes secret, const char *label, struct bytes context) MUST_CHECK;

/* traffic_key derives a record key ("key"), its nonce ("iv") or anything with an empty context. */
bool traffic_key(uint8_t *out, size_t out_len, const struct traffic_terms *terms,
                 struct bytes traffic_secret, const char *label) MUST_CHECK;

/* traffic_next derives the secret behind a KeyUpdate, as long as the one before it. RFC 8446
 * section 7.2. */
bool traffic_next(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const struct traffic_terms *terms,
                  struct bytes traffic_secret) MUST_CHECK;

/* traffic_verify_data: what Finished holds, `transcript` going up to the message in front of it.
 * As many bytes as the hash has. RFC 8446 section 4.4.4. */
bool traffic_verify_data(uint8_t out[static TRAFFIC_SECRET_MAX_LEN],
                         const struct traffic_terms *terms, struct bytes traffic_secret,
                         struct bytes transcript) MUST_CHECK;

#endif
