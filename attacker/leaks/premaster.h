/*
 * premaster.h - does this RSA key open that box? Decrypting an EncryptedPreMasterSecret.
 *
 *     00 02 | random bytes, none zero, 8 or more | 00 | version 2 | random 46
 *
 * The padding is looked at here and not by libcrypto, because some versions of it answer a wrong
 * key with random bytes (implicit rejection), and because the two ways of being wrong - another
 * key, another version inside - are different findings.
 * RFC 8017 section 7.2, RFC 5246 section 7.4.7.1.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_PREMASTER_H
#define KEYFALL_ATTACKER_LEAKS_PREMASTER_H

#include <openssl/evp.h>

#include "capture/bytes.h"

#define PREMASTER_LEN 48

enum premaster_result {
    PREMASTER_OPENED,
    PREMASTER_NO_CIPHERTEXT, /* longer than the modulus, or not below it: RSA has no answer */
    PREMASTER_NO_PADDING,    /* a number came out, and it is no PKCS #1 block */
    PREMASTER_WRONG_LENGTH,  /* a PKCS #1 block with something else in it */
    PREMASTER_NOT_RSA,       /* a key of another kind cannot decrypt at all */
};

struct premaster {
    enum premaster_result result;
    uint8_t value[PREMASTER_LEN]; /* PREMASTER_OPENED */
    uint16_t version;             /* PREMASTER_OPENED: the one inside */
    uint8_t first_bytes[2];       /* of what came out, for the evidence; 00 02 when it is padding */
};

/* premaster_decrypt tries `ciphertext` with the private key. */
struct premaster premaster_decrypt(EVP_PKEY *key, struct bytes ciphertext);

#endif
