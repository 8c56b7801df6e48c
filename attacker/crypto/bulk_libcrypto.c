/* Ciphers of libcrypto, those of its legacy provider included: see providers.h. */
#include <openssl/evp.h>

#include "attacker/crypto/bulk_cipher.h"

#define NONCE_LEN 12

static bool known(const struct cipher *cipher)
{
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, cipher->name, NULL);
    bool has = fetched != NULL;

    EVP_CIPHER_free(fetched);
    return has;
}

/* set_ccm_lengths: CCM takes its lengths before the key, all others know them. */
static bool set_ccm_lengths(EVP_CIPHER_CTX *c, const struct cipher *cipher)
{
    return EVP_CIPHER_CTX_get_mode(c) != EVP_CIPH_CCM_MODE ||
           (EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, NONCE_LEN, NULL) == 1 &&
            EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, cipher->tag_len, NULL) == 1);
}

static void stop(void *context)
{
    EVP_CIPHER_CTX_free(context);
}

static void *start(const struct cipher *cipher, const uint8_t *key)
{
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, cipher->name, NULL);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool started = fetched && c && EVP_DecryptInit_ex2(c, fetched, NULL, NULL, NULL) == 1 &&
                   set_ccm_lengths(c, cipher) &&
                   EVP_DecryptInit_ex2(c, NULL, key, NULL, NULL) == 1 &&
                   EVP_CIPHER_CTX_set_padding(c, 0) == 1;

    EVP_CIPHER_free(fetched);
    if (started)
        return c;
    stop(c);
    return NULL;
}

static bool decrypt(void *context, uint8_t *out, const uint8_t *iv, struct bytes sealed)
{
    int len;

    return (!iv || EVP_DecryptInit_ex2(context, NULL, NULL, iv, NULL) == 1) &&
           EVP_DecryptUpdate(context, out, &len, sealed.at, (int)sealed.len) == 1 &&
           (size_t)len == sealed.len;
}

static bool open_sealed(void *context, uint8_t *out, const struct bulk_sealed *s)
{
    EVP_CIPHER_CTX *c = context;
    bool ccm = EVP_CIPHER_CTX_get_mode(c) == EVP_CIPH_CCM_MODE;
    uint8_t nothing = 0; /* an empty plaintext still needs somewhere to come from */
    int len;

    if (EVP_DecryptInit_ex2(c, NULL, NULL, s->nonce, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, (int)s->tag.len, unconst(s->tag.at)) != 1)
        return false;
    /* CCM wants to know the length first, and checks the tag while it decrypts. */
    if (ccm && EVP_DecryptUpdate(c, NULL, &len, NULL, (int)s->ciphertext.len) != 1)
        return false;
    if (EVP_DecryptUpdate(c, NULL, &len, s->additional.at, (int)s->additional.len) != 1)
        return false;
    if ((s->ciphertext.len > 0 || ccm) &&
        EVP_DecryptUpdate(c, out, &len, s->ciphertext.len > 0 ? s->ciphertext.at : &nothing,
                          (int)s->ciphertext.len) != 1)
        return false;
    return ccm || EVP_DecryptFinal_ex(c, out, &len) == 1;
}

const struct bulk_library bulk_libcrypto = {start, known, decrypt, open_sealed, stop};
