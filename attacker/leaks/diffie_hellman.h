/*
 * diffie_hellman.h - Diffie-Hellman, as either of the two does it: one private key, the other one's
 * public value, and the shared secret is there.
 *
 * Whose private key it is, and whether it was made for one conversation or stands in a certificate,
 * makes no difference to the arithmetic.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_DIFFIE_HELLMAN_H
#define KEYFALL_ATTACKER_LEAKS_DIFFIE_HELLMAN_H

#include <openssl/bn.h>
#include <openssl/evp.h>

#include "attacker/crypto/secret.h"

/* diffie_hellman_is_number: is it this number that stands on the wire? Leading zeros do not count.
 */
bool diffie_hellman_is_number(const BIGNUM *number, struct bytes wire) MUST_CHECK;

/* diffie_hellman_has_value: does g^x (or x times the base point) of this key stand on the wire? `p`
 * is the prime that stands there, empty when none does. */
bool diffie_hellman_has_value(const EVP_PKEY *key, struct bytes p, struct bytes value) MUST_CHECK;

/* diffie_hellman_value_of writes the public value of a key the way it stands on the wire; false
 * when it is no key for this, or does not fit. */
bool diffie_hellman_value_of(const EVP_PKEY *key, uint8_t out[static SECRET_MAX_LEN],
                             size_t *len) MUST_CHECK;

/*
 * diffie_hellman_same: have two keys in finite fields the same prime and public value? There are
 * two ways to write them down (PKCS #3 and X9.42), which libcrypto holds to be different.
 */
bool diffie_hellman_same(const EVP_PKEY *a, const EVP_PKEY *b) MUST_CHECK;

/*
 * diffie_hellman_raise sets *out to peer^exponent mod p, as that kind. It is as long as p: TLS 1.2
 * and before leave leading zeros out (RFC 5246 section 8.1.2), TLS 1.3 keeps them (RFC 8446 section
 * 7.4.1).
 */
bool diffie_hellman_raise(const BIGNUM *p, const BIGNUM *exponent, struct bytes peer,
                          bool keep_zeros, enum secret_kind kind, struct secret *out) MUST_CHECK;

/* diffie_hellman_compute does so with a key in a finite field, and on a curve what that has in its
 * place. False when the public value is no member of the key's group. */
bool diffie_hellman_compute(EVP_PKEY *key, struct bytes peer, bool keep_zeros,
                            enum secret_kind kind, struct secret *out) MUST_CHECK;

#endif
