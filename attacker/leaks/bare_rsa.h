/*
 * bare_rsa.h - an RSA key of which little more than the private exponent is left.
 *
 * Some programs write zeros where PKCS #1 has the primes and what follows from them, and a few even
 * where it has the public exponent. n, e and d are enough to decrypt, only slower; and e can be
 * found again, because it is small.
 * RFC 8017 section 3.2.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_BARE_RSA_H
#define KEYFALL_ATTACKER_LEAKS_BARE_RSA_H

#include <openssl/evp.h>

/* bare_rsa_complete takes `key` over and answers one that libcrypto can work with: the same one
 * when nothing is missing, or when it can't be helped. */
EVP_PKEY *bare_rsa_complete(EVP_PKEY *key);

#endif
