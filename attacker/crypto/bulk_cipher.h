/*
 * bulk_cipher.h - one cipher under one key, whichever library computes it.
 *
 * libcrypto is asked first. What it was built without (IDEA, Camellia-GCM, SM4-GCM), libgcrypt may
 * have: bulk_libcrypto.c and bulk_libgcrypt.c offer the same few functions, and nobody else knows
 * that there are two.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_BULK_CIPHER_H
#define KEYFALL_ATTACKER_CRYPTO_BULK_CIPHER_H

#include "attacker/tls/suite.h"
#include "capture/bytes.h"

/* Zero is "no key yet". The owner ends it with bulk_cipher_clear. */
struct bulk_cipher {
    const struct bulk_library *library;
    void *context; /* the library's */
};

/* What goes into authenticated decryption; the nonce has 12 bytes. */
struct bulk_sealed {
    const uint8_t *nonce;
    struct bytes additional;
    struct bytes ciphertext;
    struct bytes tag;
};

/* bulk_cipher_start: `key` is as long as bulk_cipher_key_len says. False when no library here has
 * the cipher. */
bool bulk_cipher_start(struct bulk_cipher *b, const struct cipher *cipher,
                       const uint8_t *key) MUST_CHECK;

/* bulk_cipher_key_len: an export cipher is given a longer key than it takes from the key block. */
size_t bulk_cipher_key_len(const struct cipher *cipher);

/* bulk_cipher_known: does a library here have the cipher? */
bool bulk_cipher_known(const struct cipher *cipher);

/*
 * bulk_cipher_decrypt decrypts whole blocks in CBC mode with `iv`; a stream cipher, without one,
 * goes on from where it stopped. `out` has room for sealed.len bytes.
 */
bool bulk_cipher_decrypt(struct bulk_cipher *b, uint8_t *out, const uint8_t *iv,
                         struct bytes sealed) MUST_CHECK;

/* bulk_cipher_open decrypts and checks the tag. False when that differs; what `out` holds then must
 * not be looked at. */
bool bulk_cipher_open(struct bulk_cipher *b, uint8_t *out,
                      const struct bulk_sealed *sealed) MUST_CHECK;

/* bulk_cipher_clear wipes the key. */
void bulk_cipher_clear(struct bulk_cipher *b);

/* For the libraries only: the same functions, with a context of their own. */
struct bulk_library {
    void *(*start)(const struct cipher *cipher, const uint8_t *key); /* NULL: it has no such */
    bool (*known)(const struct cipher *cipher);
    bool (*decrypt)(void *context, uint8_t *out, const uint8_t *iv, struct bytes sealed);
    bool (*open)(void *context, uint8_t *out, const struct bulk_sealed *sealed);
    void (*stop)(void *context);
};

extern const struct bulk_library bulk_libcrypto;
extern const struct bulk_library bulk_libgcrypt;

#endif
