/*
 * signature_scheme.h - by which rule did the server sign? RFC 8446 section 4.2.3; in TLS 1.2 the
 * same numbers are a pair of hash and signature (RFC 5246 section 7.4.1.4.1).
 */
#ifndef KEYFALL_ATTACKER_TLS_SIGNATURE_SCHEME_H
#define KEYFALL_ATTACKER_TLS_SIGNATURE_SCHEME_H

#include <stdbool.h>
#include <stdint.h>

enum signature_kind { SIGNATURE_PKCS1, SIGNATURE_PSS, SIGNATURE_DSA, SIGNATURE_EDDSA };

struct signature_scheme {
    uint16_t id; /* 0 before TLS 1.2, where the certificate's key decides */
    const char *name;
    enum signature_kind kind;
    const char *hash; /* libcrypto's name; NULL when the signature hashes by itself */
};

/* signature_scheme_find returns the row of `id`, or NULL. */
const struct signature_scheme *signature_scheme_find(uint16_t id);

/*
 * signature_scheme_before_tls12: RSA keys signed MD5 and SHA-1 together, DSA and ECDSA keys SHA-1.
 * RFC 4346 section 7.4.3, RFC 8422 section 5.4.
 */
const struct signature_scheme *signature_scheme_before_tls12(bool rsa);

#endif
