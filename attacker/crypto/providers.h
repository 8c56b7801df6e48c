/*
 * providers.h - the libraries that have the ciphers, made ready.
 *
 * RC4 and other ciphers of old recordings are in libcrypto's legacy provider, which nobody gets
 * unasked; IDEA and Camellia-GCM it does not have at all, see bulk_cipher.h. Where a machine has
 * none, suites that need it are told to be unsupported, and all else works.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_PROVIDERS_H
#define KEYFALL_ATTACKER_CRYPTO_PROVIDERS_H

#include <openssl/provider.h>

/* Zero is "none loaded". */
struct providers {
    OSSL_PROVIDER *standard;
    OSSL_PROVIDER *legacy; /* NULL: this machine has none */
};

/* providers_load makes them, and libgcrypt, available to all of the program, until
 * providers_unload. */
void providers_load(struct providers *p);
void providers_unload(struct providers *p);

#endif
