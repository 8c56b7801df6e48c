/*
 * sample_exchange.h - whole key exchanges, with real keys, fed into a struct handshake.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SAMPLE_EXCHANGE_H
#define KEYFALL_TESTS_SUPPORT_SAMPLE_EXCHANGE_H

#include "attacker/leaks/evidence.h"
#include "tests/support/sample_handshake.h"

/* exchange_of_rsa: hellos, the certificate of `certified` (NULL: none), ServerHelloDone, and a
 * ClientKeyExchange with `box`, behind a PSK identity when the suite has one. */
void exchange_of_rsa(struct handshake *h, uint16_t suite, EVP_PKEY *certified, struct bytes box);

/* What a Diffie-Hellman exchange is made of. */
struct exchange_plan {
    uint16_t version;
    uint16_t suite;
    uint16_t curve;      /* 0: finite field */
    EVP_PKEY *certified; /* NULL: no certificate crosses the wire */
    EVP_PKEY *signer;    /* NULL: nobody signs */
    uint16_t scheme;     /* not written before TLS 1.2 */
    const char *hash;    /* the scheme's, NULL when it hashes by itself */
    bool pss;
    EVP_PKEY *server; /* the two ephemeral keys */
    EVP_PKEY *client;
};

/* exchange_of_dh: hellos, certificate, signed ServerKeyExchange, ServerHelloDone,
 * ClientKeyExchange. */
void exchange_of_dh(struct handshake *h, const struct exchange_plan *plan);

/* exchange_of_export: an export suite in TLS 1.0, the same with a ServerKeyExchange that holds the
 * modulus and exponent of `temporary`, signed by `signer`. */
void exchange_of_export(struct handshake *h, EVP_PKEY *certified, EVP_PKEY *temporary,
                        EVP_PKEY *signer, struct bytes box);

/* result_of is the result of the first step with that question; the test fails when none has. */
const char *result_of(const struct evidence *e, const char *step);

/* step_of is that step. */
const struct evidence_step *step_of(const struct evidence *e, const char *step);

/* says: does `text` hold `part`? The test fails, and shows both, when it does not. */
void says(const char *text, const char *part);

#endif
