/*
 * seal.h - how were the records sealed, and does one open?
 *
 * A seal stands for one direction under one set of keys. It opens records in the order in which
 * they were sent and says yes only when the record's MAC or tag is right, so what it gives out is
 * proven to be what was said. The ways of sealing are in seal_null.c, seal_stream.c, seal_cbc.c and
 * seal_aead.c, the MAC in seal_mac.c; which one a suite uses is a column of its row. The ciphers
 * themselves are in bulk_cipher.h, the keys in key_block.h.
 *
 * Each record is sealed with its number, which is not sent. Where records are missing, the number
 * of the next one has to be found by trying, and the MAC or tag is what proves it:
 * seal_open_behind.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_SEAL_H
#define KEYFALL_ATTACKER_CRYPTO_SEAL_H

#include <openssl/evp.h>

#include "attacker/crypto/bulk_cipher.h"
#include "attacker/crypto/record_mac.h"
#include "attacker/crypto/secret.h"
#include "attacker/tls/record.h"
#include "attacker/tls/suite.h"
#include "capture/stream.h"

/* Sequence number, type, version and length: what a MAC covers besides the content. */
#define SEAL_PSEUDO_HEADER_LEN 13

/* With a connection ID, 8 + 1 + 1 bytes more in front of that, and the ID in it. */
#define SEAL_PSEUDO_HEADER_MAX (SEAL_PSEUDO_HEADER_LEN + 10 + CONNECTION_ID_MAX_LEN)

/* The most that the record in front tells about the next one: a block of CBC, and the MAC that
 * encrypt-then-MAC puts behind it. */
#define SEAL_MAX_BEFORE (EVP_MAX_BLOCK_LENGTH + EVP_MAX_MD_SIZE)

/* Where in its direction a seal stands. */
struct seal_position {
    uint64_t sequence;             /* number of the next record, from 0 */
    uint8_t iv[EVP_MAX_IV_LENGTH]; /* CBC before TLS 1.1: last block seen; AEAD: the fixed part */
    uint64_t explicit_nonce;       /* AEAD of TLS 1.2: of the last record that opened */
    uint64_t keystream;            /* stream ciphers: bytes of it that are used up */
};

/* What lies between the last record that opened and the one at hand. */
struct seal_lapse {
    uint64_t fewest;     /* records of this sender's that it can be, at least */
    uint64_t most;       /* at the most */
    uint64_t likely;     /* the first to be tried, unless the record itself tells */
    uint64_t bytes;      /* all of it, headers included */
    bool change_unseen;  /* some of them may be from in front of a change of keys, in the clear;
                            the first record behind that is a Finished */
    struct bytes before; /* what stands right in front of the record, as far as it was recorded */
    bool before_is_own;  /* and that is the end of the record in front, as this sender sent it */
};

enum seal_answer {
    SEAL_SHUT,    /* it does not verify; the seal stands where it stood */
    SEAL_UNTRIED, /* as far as was tried, and that was not all there is to try */
    SEAL_OPENED,  /* as seal_open says */
    SEAL_PROVEN,  /* it verifies, and the seal has moved on behind it; yet nothing proves the IV, so
                     the content is not given out: TLS 1.0 with encrypt-then-MAC */
};

struct seal {
    bool (*open)(struct seal *seal, struct bytes *plain, const struct record *record);
    const struct cipher *cipher;
    uint16_t version;
    bool encrypt_then_mac;
    bool header_unsealed;   /* AEAD: nothing but the content is authenticated */
    bool mac_order_unknown; /* CBC: the first record that opens shows whether the above is right */
    struct seal_position at;
    struct keystream *keystream; /* stream ciphers only, see seal_stream.c */
    struct bulk_cipher bulk;
    struct record_mac mac;
    size_t mac_len; /* as it stands in a record: truncated, when they agreed on that */
    uint8_t plain[RECORD_MAX_FRAGMENT];
};

/* What the two sides agreed on in their hellos. */
struct seal_terms {
    const struct suite *suite;
    uint16_t version;
    bool encrypt_then_mac;
    bool truncated_hmac; /* RFC 6066 section 7 */
};

/*
 * seal_from_master makes the seal of what `from` sends, SSL 3.0 to TLS 1.2. NULL when this machine
 * can't compute the suite, see seal_lacks.h.
 */
struct seal *seal_from_master(const struct seal_terms *terms, struct bytes master, enum side from,
                              struct bytes server_client_random);

/* seal_from_traffic_secret does the same for TLS 1.3, in this draft of it. RFC 8446 section 7.3. */
struct seal *seal_from_traffic_secret(const struct suite *suite, uint8_t draft,
                                      struct bytes traffic_secret);

/*
 * seal_open opens one record. True when its MAC or tag verifies: *plain is the content, valid until
 * the next call with this seal, *type its content type (TLS 1.3 hides the real one inside), and
 * the seal has moved on to the next sequence number. False: nothing has changed.
 */
bool seal_open(struct seal *seal, struct bytes *plain, uint8_t *type,
               const struct record *record) MUST_CHECK;

/* seal_open_numbered opens a record that says which one it is, in whatever order they come: DTLS.
 * Otherwise as seal_open. RFC 6347 section 4.1. */
bool seal_open_numbered(struct seal *seal, struct bytes *plain, uint8_t *type,
                        const struct record *record, uint64_t number) MUST_CHECK;

/*
 * seal_open_behind opens a record in front of which others are missing, or did not open: it tries
 * the numbers that the record can have. *lost is how many were in between. Each attempt costs
 * `credit` about as many as it has bytes; when there is no more, the answer is SEAL_UNTRIED.
 */
enum seal_answer seal_open_behind(struct seal *seal, struct bytes *plain, uint8_t *type,
                                  const struct record *record, const struct seal_lapse *lapse,
                                  uint64_t *credit, uint64_t *lost) MUST_CHECK;

/* seal_min_fragment: a record of this seal's has no fewer bytes behind its header. */
size_t seal_min_fragment(const struct seal *seal);

/* seal_memory: bytes of memory that it takes, with what libcrypto keeps for it; of NULL, 0. */
size_t seal_memory(const struct seal *seal);

/* seal_free takes NULL too. */
void seal_free(struct seal *seal);

/* For the ways of sealing only. */

/* seal_start_mac sets the MAC up; false when it can't be computed. */
bool seal_start_mac(struct seal *seal, const struct seal_terms *terms,
                    const uint8_t *key) MUST_CHECK;

/* seal_pseudo_header writes what is authenticated besides the content, which is `len` bytes long:
 * see seal_mac.c. Returns how many bytes it takes. */
size_t seal_pseudo_header(uint8_t out[static SEAL_PSEUDO_HEADER_MAX], const struct seal *seal,
                          const struct record *record, size_t len);

/* seal_mac_ok recomputes the MAC over the pseudo header and `content`, and compares. */
bool seal_mac_ok(struct seal *seal, const struct record *record, struct bytes content,
                 struct bytes mac) MUST_CHECK;

/* seal_take_mac splits the MAC off the end of *content; false when it is shorter. */
bool seal_take_mac(struct bytes *content, struct bytes *mac, size_t mac_len) MUST_CHECK;

/* seal_start_stream makes room for keystream. */
void seal_start_stream(struct seal *seal);

/* seal_free_stream frees what seal_start_stream made. */
void seal_free_stream(struct seal *seal);

/* seal_stream_memory: bytes of memory that the keystream takes. */
size_t seal_stream_memory(const struct seal *seal);

/* seal_stream_cost: bytes of keystream to be made before the position `at` can be used; more than
 * anybody has to spend when that keystream is not kept any more. */
uint64_t seal_stream_cost(const struct seal *seal, uint64_t at);

/* seal_aead_nonce reads the explicit part of the nonce; false when the record has none. */
bool seal_aead_nonce(const struct seal *seal, uint64_t *nonce, const struct record *record);

/* seal_prove_cbc: with encrypt-then-MAC, the MAC alone tells that a record is the next one,
 * whatever its IV was. True: the seal has moved on. False: nothing has changed. */
bool seal_prove_cbc(struct seal *seal, const struct record *record) MUST_CHECK;

bool seal_open_null(struct seal *seal, struct bytes *plain, const struct record *record);
bool seal_open_stream(struct seal *seal, struct bytes *plain, const struct record *record);
bool seal_open_cbc(struct seal *seal, struct bytes *plain, const struct record *record);
bool seal_open_aead(struct seal *seal, struct bytes *plain, const struct record *record);

#endif
