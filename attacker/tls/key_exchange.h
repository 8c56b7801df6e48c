/*
 * key_exchange.h - what do ServerKeyExchange and ClientKeyExchange hold: a secret under lock, or
 * two public values? This is where the two ways part.
 *
 *     RSA:   ClientKeyExchange { EncryptedPreMasterSecret }         whoever has the key can open it
 *     RSA_EXPORT: ServerKeyExchange { n, e, signature } and a box for this key, not the
 * certificate's DHE:   ServerKeyExchange { p, g, Ys, signature } ClientKeyExchange { Yc }   nothing
 * to open ECDHE: ServerKeyExchange { curve, Ys, signature } ClientKeyExchange { Yc }
 *
 * RFC 5246 sections 7.4.3 and 7.4.7, RFC 2246 section 7.4.3 (export), RFC 8422 section 5.4, RFC
 * 4279 (PSK), RFC 5489 (ECDHE_PSK).
 */
#ifndef KEYFALL_ATTACKER_TLS_KEY_EXCHANGE_H
#define KEYFALL_ATTACKER_TLS_KEY_EXCHANGE_H

#include "attacker/tls/suite.h"
#include "capture/bytes.h"

/* Views into the message; what a suite does not send stays empty. */
struct server_key_exchange {
    uint16_t named_curve; /* ECDHE: a number of group.h; 0 when the curve is written out */
    struct bytes p;       /* DHE: the prime, and the generator */
    struct bytes g;
    struct bytes modulus; /* RSA_EXPORT: a key for this purpose alone, to encrypt to */
    struct bytes exponent;
    struct bytes public_value; /* Ys: big-endian number (DHE) or encoded point (ECDHE) */
    struct bytes params;       /* the part that the signature covers, besides the two randoms */
    uint16_t signature_scheme; /* from TLS 1.2 on; 0 before */
    struct bytes signature;    /* empty when nobody signs (anonymous, PSK) */
};

struct client_key_exchange {
    struct bytes psk_identity;
    struct bytes encrypted_premaster; /* RSA and RSA_PSK */
    struct bytes public_value;        /* Yc */
};

/* key_exchange_read_server parses a ServerKeyExchange body as `suite` and `version` say it is
 * built; false when it is not built like that. */
bool key_exchange_read_server(struct bytes body, const struct suite *suite, uint16_t version,
                              struct server_key_exchange *out) MUST_CHECK;

/* key_exchange_read_client does the same for a ClientKeyExchange. SSL 3.0 sends the encrypted
 * premaster secret without a length in front (RFC 6101 section 5.6.7.1). */
bool key_exchange_read_client(struct bytes body, const struct suite *suite, uint16_t version,
                              struct client_key_exchange *out) MUST_CHECK;

#endif
