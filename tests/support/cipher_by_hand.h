/*
 * cipher_by_hand.h - encryption for record_sealer.h, by libcrypto.
 *
 * Where libcrypto has a block cipher and not the mode (Camellia-GCM, SM4-GCM, SM4-CCM), its own
 * modes are put around the bare block; so what the program opens with libgcrypt is sealed by
 * another hand. IDEA alone libcrypto does not have at all.
 */
#ifndef KEYFALL_TESTS_SUPPORT_CIPHER_BY_HAND_H
#define KEYFALL_TESTS_SUPPORT_CIPHER_BY_HAND_H

#include "capture/bytes.h"

/* cipher_encrypt_cbc: `plain` is whole blocks, `out` as long. */
void cipher_encrypt_cbc(uint8_t *out, const char *cipher, const uint8_t *key, const uint8_t *iv,
                        struct bytes plain);

/* cipher_encrypt_aead writes to `out` and into `tag`, with a nonce of 12 bytes. */
void cipher_encrypt_aead(uint8_t *out, struct bytes tag, const char *cipher, const uint8_t *key,
                         const uint8_t *nonce, struct bytes additional, struct bytes plain);

#endif
