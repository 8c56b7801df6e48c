/*
 * credentials.h - with which key and certificate does the server show who it is?
 *
 * Made on the spot, or the user's own. A made certificate is self-signed, X.509 version 3, for
 * bank.example and for this machine, so that `curl --cacert server.crt https://localhost:4433/`
 * trusts it. Unless the user says otherwise, its key may be used for both things that TLS does with
 * an RSA key: to sign, and to decrypt a premaster secret. That is the whole difference that keyfall
 * is about.
 */
#ifndef KEYFALL_VICTIM_CREDENTIALS_H
#define KEYFALL_VICTIM_CREDENTIALS_H

#include <openssl/x509.h>

#include "capture/complaint.h"
#include "victim/seed.h"

/* The kind of the server's key. */
enum key_type { KEY_NONE, KEY_RSA, KEY_EC, KEY_ED25519, KEY_DSA };

/* Zero stands for "no certificate takes part". */
struct credentials {
    enum key_type type;
    EVP_PKEY *key;
    X509 *certificate;
    STACK_OF(X509) * issuers; /* what the user's file holds behind the certificate, in its order */
};

/*
 * credentials_load reads the user's own, both in PEM. False with *why: not readable, not PEM,
 * encrypted, of a kind that is of no use here, or not belonging together.
 */
bool credentials_load(struct credentials *c, struct complaint *why, const char *key_path,
                      const char *cert_path) MUST_CHECK;

/*
 * credentials_make makes a key of kind `type` (not KEY_NONE) and a certificate for it that is valid
 * from a day before now_s, seconds since the epoch, for a year. `usage` is its Key Usage, as
 * libcrypto writes it, or NULL for what TLS does with such a key.
 */
bool credentials_make(struct credentials *c, struct complaint *why, enum key_type type,
                      const char *usage, const struct seed *seed, uint64_t now_s) MUST_CHECK;

/* credentials_clear frees both; libcrypto wipes the key. */
void credentials_clear(struct credentials *c);

/* key_type_name is "an RSA key" and so on, for sentences. */
const char *key_type_name(enum key_type type);

#endif
