/*
 * certificate.h - whose certificate is it, and which key is in it?
 *
 * Taking the message apart is ours; taking X.509 apart is libcrypto's.
 * RFC 5246 section 7.4.2, RFC 8446 section 4.4.2, RFC 5280.
 */
#ifndef KEYFALL_ATTACKER_TLS_CERTIFICATE_H
#define KEYFALL_ATTACKER_TLS_CERTIFICATE_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "capture/bytes.h"

#define CERTIFICATE_SUBJECT_SIZE   256
#define CERTIFICATE_KEY_NAME_SIZE  32
#define CERTIFICATE_FINGERPRINT    32 /* bytes of SHA-256 */
#define CERTIFICATE_MAX_KEY_USAGES 9  /* RFC 5280 section 4.2.1.3 */

/* Zero is "no certificate". */
struct certificate {
    bool seen;
    EVP_PKEY *public_key;                   /* owned; NULL when libcrypto can't read it */
    char subject[CERTIFICATE_SUBJECT_SIZE]; /* RFC 2253 style, UTF-8, as the wire has it: escape */
    char key_name[CERTIFICATE_KEY_NAME_SIZE];           /* "RSA-2048", "EC-prime256v1", ... */
    uint8_t sha256[CERTIFICATE_FINGERPRINT];            /* of the whole certificate */
    uint8_t key_sha256[CERTIFICATE_FINGERPRINT];        /* of its SubjectPublicKeyInfo */
    const char *key_usages[CERTIFICATE_MAX_KEY_USAGES]; /* RFC 5280's names */
    size_t num_key_usages;
};

/*
 * certificate_first finds the sender's own certificate (DER) in a Certificate message's body, in
 * the layout of `version`. True with *der empty when the list is empty. False when malformed.
 */
bool certificate_first(struct bytes body, uint16_t version, struct bytes *der) MUST_CHECK;

/* certificate_read fills *out from DER; false when it is no X.509 certificate. The caller frees
 * with certificate_clear. */
bool certificate_read(struct bytes der, struct certificate *out) MUST_CHECK;

/* certificate_key_name writes "RSA-2048", "EC-prime256v1", "ED25519" for a key; returns `out`. */
char *certificate_key_name(const EVP_PKEY *key, char out[static CERTIFICATE_KEY_NAME_SIZE]);

/* certificate_key_sha256 is the SHA-256 of a public key's SubjectPublicKeyInfo (RFC 5280 section
 * 4.1.2.7), by which a private key can be compared with a certificate; zeros when libcrypto can't
 * write it. */
void certificate_key_sha256(X509_PUBKEY *key, uint8_t out[static CERTIFICATE_FINGERPRINT]);

void certificate_clear(struct certificate *c);

#endif
