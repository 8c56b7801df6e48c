/*
 * suite.h - what does a cipher suite mean? One table, one row a suite; all behaviour follows from
 * its columns, and nothing anywhere switches on a suite's number.
 * The rows are in suite_table.c. Next: hello.h, where the suite is chosen.
 */
#ifndef KEYFALL_ATTACKER_TLS_SUITE_H
#define KEYFALL_ATTACKER_TLS_SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attacker/tls/version.h"

/* How the two sides come to a shared secret. */
enum key_exchange {
    KX_RSA,        /* the client encrypts the premaster secret to the certificate's key */
    KX_RSA_EXPORT, /* the same, to a 512-bit key made for the purpose (RFC 2246 section 7.4.3) */
    KX_DHE,        /* ephemeral Diffie-Hellman, signed */
    KX_DH,         /* Diffie-Hellman with the key in the certificate */
    KX_DH_ANON,    /* ephemeral Diffie-Hellman, signed by nobody */
    KX_ECDHE,      /* as DHE, DH and DH_ANON, on an elliptic curve (RFC 8422) */
    KX_ECDH,
    KX_ECDH_ANON,
    KX_PSK,     /* a secret that both had before (RFC 4279) */
    KX_DHE_PSK, /* and an ephemeral exchange on top */
    KX_ECDHE_PSK,
    KX_RSA_PSK, /* and a premaster secret encrypted to the certificate's key */
    KX_SRP,     /* RFC 5054 */
    KX_KRB5,    /* RFC 2712 */
    KX_GOST,    /* RFC 9189 */
    KX_ECCPWD,  /* password based, on a curve (RFC 8492, and EC J-PAKE) */
    KX_TLS13,   /* the suite does not say: key_share and pre_shared_key do (RFC 8446 section 2) */
};

/* What shows that the server is who it says. */
enum authentication {
    AUTH_RSA,
    AUTH_DSS,
    AUTH_ECDSA,
    AUTH_GOST,
    AUTH_PSK,
    AUTH_ANON,
    AUTH_CERTIFICATE, /* TLS 1.3: by whatever key the certificate holds */
};

/* How a record is sealed; each has its own way to be opened, see crypto/seal.h. */
enum sealing { SEALING_NULL, SEALING_STREAM, SEALING_CBC, SEALING_AEAD, SEALING_UNKNOWN };

struct cipher {
    const char *name; /* as libcrypto has it; which library it comes from: crypto/bulk_cipher.h */
    enum sealing sealing;
    uint8_t key_len;        /* from the key block; an export cipher makes a longer one out of it: */
    uint8_t export_key_len; /* this long; 0 for all others */
    uint8_t iv_len;         /* CBC: one block; AEAD: the fixed part of the nonce (TLS 1.2) */
    uint8_t record_iv_len;  /* AEAD: the explicit part, sent with every record (TLS 1.2) */
    uint8_t tag_len;        /* AEAD */
};

struct suite {
    uint16_t id;
    const char *name; /* as IANA has it */
    enum key_exchange key_exchange;
    enum authentication authentication;
    const struct cipher *cipher;
    const char *mac_hash; /* HMAC of a record; NULL when the cipher authenticates by itself */
    const char *prf_hash; /* from TLS 1.2 on; before, every suite uses MD5 and SHA-1 */
    uint16_t version_min;
    uint16_t version_max;
};

/* suite_find returns the row of `id`, or NULL. */
const struct suite *suite_find(uint16_t id);

/* suite_table gives all rows, sorted by id. */
const struct suite *suite_table(size_t *num_suites);

/* Room for the longest key exchange name, "RSA_EXPORT1024", and then some. */
#define SUITE_KEY_EXCHANGE_SIZE 32

/*
 * suite_key_exchange_name writes the part of the IANA name that says how keys are exchanged and
 * who signs ("RSA", "DHE_RSA", "ECDHE_ECDSA"; for TLS 1.3, whose names do not say, "") and returns
 * `out`.
 */
char *suite_key_exchange_name(const struct suite *suite, char out[static SUITE_KEY_EXCHANGE_SIZE]);

/* suite_is_ephemeral: both sides make a fresh Diffie-Hellman key for this one conversation. */
bool suite_is_ephemeral(const struct suite *suite);

/* suite_is_fixed: the server's Diffie-Hellman key is the one in its certificate, each time. */
bool suite_is_fixed(const struct suite *suite);

/* suite_is_curve: the Diffie-Hellman exchange is on an elliptic curve. */
bool suite_is_curve(const struct suite *suite);

/* suite_uses_psk: a pre-shared key goes into the premaster secret. */
bool suite_uses_psk(const struct suite *suite);

#endif
