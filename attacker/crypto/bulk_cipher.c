#include "attacker/crypto/bulk_cipher.h"

/* In the order in which they are asked. */
static const struct bulk_library *const libraries[] = {&bulk_libcrypto, &bulk_libgcrypt};

#define NUM_LIBRARIES (sizeof(libraries) / sizeof(libraries[0]))

size_t bulk_cipher_key_len(const struct cipher *cipher)
{
    return cipher->export_key_len > 0 ? cipher->export_key_len : cipher->key_len;
}

bool bulk_cipher_known(const struct cipher *cipher)
{
    for (size_t i = 0; i < NUM_LIBRARIES; i++) {
        if (libraries[i]->known(cipher))
            return true;
    }
    return false;
}

bool bulk_cipher_start(struct bulk_cipher *b, const struct cipher *cipher, const uint8_t *key)
{
    for (size_t i = 0; i < NUM_LIBRARIES && !b->context; i++) {
        b->library = libraries[i];
        b->context = libraries[i]->start(cipher, key);
    }
    return b->context != NULL;
}

bool bulk_cipher_decrypt(struct bulk_cipher *b, uint8_t *out, const uint8_t *iv,
                         struct bytes sealed)
{
    return b->library->decrypt(b->context, out, iv, sealed);
}

bool bulk_cipher_open(struct bulk_cipher *b, uint8_t *out, const struct bulk_sealed *sealed)
{
    return b->library->open(b->context, out, sealed);
}

void bulk_cipher_clear(struct bulk_cipher *b)
{
    if (b->context)
        b->library->stop(b->context);
    *b = (struct bulk_cipher){0};
}
