/*
 * ticket_maker.h - session tickets made by hand, as a server would seal them.
 */
#ifndef KEYFALL_TESTS_SUPPORT_TICKET_MAKER_H
#define KEYFALL_TESTS_SUPPORT_TICKET_MAKER_H

#include "attacker/leaks/ticket_seal.h"

struct ticket_shape {
    bool with_length; /* in front of the ciphertext */
    const char *hash; /* of the HMAC, as libcrypto knows it */
};

/* The ways of OpenSSL, of RFC 5077 and of GnuTLS. */
extern const struct ticket_shape TICKET_OPENSSL;
extern const struct ticket_shape TICKET_RFC5077;
extern const struct ticket_shape TICKET_GNUTLS;

/* ticket_key_made is a key that counts: its name begins with 0x10, its HMAC key with 0x40, its AES
 * key with 0x80. */
struct ticket_key ticket_key_made(size_t mac_len, size_t cipher_len);

/* ticket_made seals `state`, filled up with zeros; for exact_free. */
struct bytes ticket_made(const struct ticket_key *key, const struct ticket_shape *shape,
                         struct bytes state);

/* ticket_state_made is the StatePlaintext of RFC 5077: TLS 1.2, this suite, and a master secret of
 * 48 times 0x5e; for exact_free. */
struct bytes ticket_state_made(uint16_t suite);

#endif
