/*
 * premaster_box.h - an EncryptedPreMasterSecret as a client makes it, and wrong ones.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PREMASTER_BOX_H
#define KEYFALL_TESTS_SUPPORT_PREMASTER_BOX_H

#include <openssl/evp.h>

#include "capture/bytes.h"

/* box_of encrypts `content` with PKCS #1 padding; for exact_free. */
struct bytes box_of(EVP_PKEY *key, struct bytes content);

/* raw_box_of encrypts a whole block, as long as the modulus, as it is; for exact_free. */
struct bytes raw_box_of(EVP_PKEY *key, struct bytes block);

/* premaster_of makes 48 bytes that begin with `version`; for exact_free. */
struct bytes premaster_of(uint16_t version);

#endif
