/*
 * key_maker.h - keys and certificates made for a test, and a folder to put files in.
 */
#ifndef KEYFALL_TESTS_SUPPORT_KEY_MAKER_H
#define KEYFALL_TESTS_SUPPORT_KEY_MAKER_H

#include <openssl/evp.h>

#include "attacker/leaks/private_keys.h"
#include "capture/alloc.h"

/* Each returns a fresh key for EVP_PKEY_free. */
EVP_PKEY *make_rsa(unsigned bits);
EVP_PKEY *make_curve(const char *name); /* "P-256", "X25519", "ED25519", ... */
EVP_PKEY *make_finite_field(const char *group);

/* keys_of lists keys that stay the caller's; private_keys_clear ends it. */
struct private_keys keys_of(EVP_PKEY *const *keys, size_t num_keys);

/* make_certificate signs a certificate for `key` with itself. `usage` is libcrypto's text
 * ("digitalSignature,keyEncipherment"), or NULL for no such extension. For exact_free. */
struct bytes make_certificate(EVP_PKEY *key, const char *subject, const char *usage);

/* make_certificate_by does the same, and `issuer` signs it: for keys that can't sign. */
struct bytes make_certificate_by(EVP_PKEY *issuer, EVP_PKEY *key, const char *subject,
                                 const char *usage);

/* public_value_of is the public key as it stands on the wire; for exact_free. */
struct bytes public_value_of(EVP_PKEY *key);

/* sign_with returns `key`'s signature over `data`; for exact_free. `pss` for RSA-PSS. */
struct bytes sign_with(EVP_PKEY *key, const char *hash, bool pss, struct bytes data);

/* A folder in /tmp, to be removed with everything in it. */
struct scratch {
    char folder[64];
};

void scratch_make(struct scratch *s);

/* scratch_write writes a file; the path lives until free(). */
char *scratch_write(const struct scratch *s, const char *name, struct bytes content);

void scratch_remove(const struct scratch *s);

/* Formats of a private key in a file. */
enum key_format {
    KEY_PEM_PKCS8,
    KEY_PEM_TRADITIONAL, /* "RSA PRIVATE KEY": PKCS #1 */
    KEY_PEM_ENCRYPTED,   /* PKCS #8, with the passphrase "sesame" */
    KEY_DER,
    KEY_PKCS12, /* with the passphrase "sesame" */
    KEY_PEM_PUBLIC,
};

/* key_bytes writes a key in a format; for exact_free. */
struct bytes key_bytes(EVP_PKEY *key, enum key_format format);

#endif
