/*
 * providers.h - where libcrypto takes its ciphers from.
 *
 * RC4 and other ciphers of old recordings are in its legacy provider, which nobody gets unasked.
 * Where a machine has none, suites that need it are told to be unsupported, and all else works.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_PROVIDERS_H
#define KEYFALL_ATTACKER_CRYPTO_PROVIDERS_H

#include <openssl/provider.h>

/* Zero is "none loaded". */
struct providers {
    OSSL_PROVIDER *standard;
    OSSL_PROVIDER *legacy; /* NULL: this machine has none */
};

/* providers_load makes both available to all of the program, until providers_unload. */
void providers_load(struct providers *p);
void providers_unload(struct providers *p);

#endif
