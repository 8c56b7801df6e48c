/*
 * record_sealer.h - the other end of crypto/seal.h: records sealed by a second hand.
 *
 * Nothing here uses the program's key derivation or its suite table: the key block comes from an
 * HMAC written out after RFC 5246 section 5 (for SSL 3.0, from the hashes of RFC 6101), the lengths
 * from the test's own description. So when the seal opens what is made here, two readings of the
 * RFCs agree. Ciphers that libcrypto lacks are in cipher_by_hand.h.
 */
#ifndef KEYFALL_TESTS_SUPPORT_RECORD_SEALER_H
#define KEYFALL_TESTS_SUPPORT_RECORD_SEALER_H

#include "capture/bytes.h"
#include "capture/stream.h"

enum sealer_way {
    SEALER_NULL,
    SEALER_STREAM,
    SEALER_CBC,
    SEALER_EXPLICIT_NONCE, /* GCM and CCM in TLS 1.2 */
    SEALER_XOR_NONCE,      /* ChaCha20-Poly1305, and everything in TLS 1.3 */
};

/* How a suite seals, in the test's own words. */
struct sealing_plan {
    uint16_t suite;
    uint16_t version;
    enum sealer_way way;
    const char *cipher; /* libcrypto's name */
    size_t key_len;
    size_t block_len; /* CBC */
    size_t tag_len;   /* AEAD */
    const char *mac;  /* hash of the HMAC; NULL for AEAD */
    const char *prf;  /* "MD5-SHA1", "SHA256", "SHA384" */
    bool encrypt_then_mac;
    bool truncated_hmac;
    size_t export_key_len; /* export suites: what the key_len bytes are spread over; else 0 */
    unsigned draft;        /* of TLS 1.3; 0 for the RFC */
};

struct sealer {
    struct sealing_plan plan;
    size_t mac_len;
    uint8_t mac_key[64];
    uint8_t key[64];
    uint8_t iv[16]; /* CBC before TLS 1.1: goes on from record to record; AEAD: the nonce's base */
    uint64_t sequence;
    uint64_t keystream;         /* stream ciphers: bytes of it that are used up */
    size_t more_padding;        /* CBC: whole blocks of padding more than needed, in bytes */
    bool spoil_padding;         /* CBC: the first byte of the padding is wrong */
    size_t claim_padding;       /* CBC: padding_length is this, when not 0 */
    uint16_t mac_version;       /* what a MAC covers as the version, when not the plan's; or 0 */
    struct bytes connection_id; /* borrowed: DTLS puts it in front of the length; or empty */
};

/* hmac_prf is the PRF of TLS 1.0 to 1.2, written out. */
void hmac_prf(uint8_t *out, size_t out_len, const char *hash, struct bytes secret,
              const char *label, struct bytes seed);

/* expand_label is the HKDF-Expand-Label of that draft, for no more than one block of output. */
void expand_label(uint8_t *out, size_t out_len, const struct sealing_plan *plan,
                  struct bytes secret, const char *label, struct bytes context);

/* sealer_start derives the keys of what `from` sends. `secret` is the master secret; for TLS 1.3
 * the traffic secret, and `from` and `randoms` do not matter. */
void sealer_start(struct sealer *s, const struct sealing_plan *plan, struct bytes secret,
                  enum side from, struct bytes server_client_random);

/* sealer_seal returns the next record, header and all, for exact_free. */
struct bytes sealer_seal(struct sealer *s, uint8_t type, struct bytes content);

#endif
