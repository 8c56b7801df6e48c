/*
 * seal.h - how were the records sealed, and does one open?
 *
 * A seal stands for one direction under one set of keys. It opens records in the order in which
 * they were sent and says yes only when the record's MAC or tag is right, so what it gives out is
 * proven to be what was said. The ways of sealing are in seal_null.c, seal_cbc.c and seal_aead.c;
 * which one a suite uses is a column of its row.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_SEAL_H
#define KEYFALL_ATTACKER_CRYPTO_SEAL_H

#include <openssl/evp.h>

#include "attacker/crypto/secret.h"
#include "attacker/tls/record.h"
#include "attacker/tls/suite.h"
#include "capture/stream.h"

/* Sequence number, type, version and length: what a MAC covers besides the content. */
#define SEAL_PSEUDO_HEADER_LEN 13

/* Where in its direction a seal stands. */
struct seal_position {
    uint64_t sequence;             /* number of the next record, from 0 */
    uint8_t iv[EVP_MAX_IV_LENGTH]; /* CBC before TLS 1.1: last block seen; AEAD: the fixed part */
};

struct seal {
    bool (*open)(struct seal *seal, struct bytes *plain, const struct record *record);
    const struct cipher *cipher;
    uint16_t version;
    bool encrypt_then_mac;
    struct seal_position at;
    struct seal_position past_missed; /* if the sender counted the records that did not open */
    bool missed;                      /* there were some since the last one that did */
    EVP_CIPHER_CTX *cipher_context;
    EVP_MAC_CTX *mac_context;
    size_t mac_len;
    uint8_t plain[RECORD_MAX_FRAGMENT];
};

/*
 * seal_from_master makes the seal of what `from` sends, TLS 1.0 to 1.2. NULL when this machine's
 * libcrypto can't compute the suite. RFC 5246 section 6.3 (key block).
 */
struct seal *seal_from_master(const struct suite *suite, uint16_t version, bool encrypt_then_mac,
                              struct bytes master, enum side from,
                              struct bytes server_client_random);

/* seal_from_traffic_secret does the same for TLS 1.3. RFC 8446 section 7.3. */
struct seal *seal_from_traffic_secret(const struct suite *suite, struct bytes traffic_secret);

/*
 * seal_open opens one record. True when its MAC or tag verifies: *plain is the content, valid until
 * the next call with this seal, *type its content type (TLS 1.3 hides the real one inside), and
 * the seal has moved on to the next sequence number. False: nothing has changed.
 */
bool seal_open(struct seal *seal, struct bytes *plain, uint8_t *type,
               const struct record *record) MUST_CHECK;

/*
 * seal_miss notes that `record` did not open. If it was damaged on its way, its sender has counted
 * it all the same, and the next record has the number behind it; if it is none of this seal's, not.
 * seal_open tries both. In TLS 1.0 with encrypt-then-MAC the first is left out: nothing would
 * prove the IV of the next record.
 */
void seal_miss(struct seal *seal, const struct record *record);

/* seal_free takes NULL too. */
void seal_free(struct seal *seal);

/* For the ways of sealing only. */

/* seal_pseudo_header writes the sequence number, the type, the version and `len`. */
void seal_pseudo_header(uint8_t out[static SEAL_PSEUDO_HEADER_LEN], const struct seal *seal,
                        const struct record *record, size_t len);

/* seal_mac_ok recomputes the HMAC over the pseudo header and `content`, and compares. */
bool seal_mac_ok(struct seal *seal, const struct record *record, struct bytes content,
                 struct bytes mac) MUST_CHECK;

bool seal_open_null(struct seal *seal, struct bytes *plain, const struct record *record);
bool seal_open_cbc(struct seal *seal, struct bytes *plain, const struct record *record);
bool seal_open_aead(struct seal *seal, struct bytes *plain, const struct record *record);

#endif
