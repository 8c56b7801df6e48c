#include "tests/support/cipher_by_hand.h"

#include <gcrypt.h>
#include <openssl/evp.h>
#include <openssl/modes.h>
#include <stdio.h>

#include "tests/support/check.h"

static void encrypt_idea(uint8_t *out, const uint8_t *key, const uint8_t *iv, struct bytes plain)
{
    gcry_cipher_hd_t handle;

    assert_int_equal(gcry_cipher_open(&handle, GCRY_CIPHER_IDEA, GCRY_CIPHER_MODE_CBC, 0), 0);
    assert_int_equal(gcry_cipher_setkey(handle, key, 16), 0);
    assert_int_equal(gcry_cipher_setiv(handle, iv, 8), 0);
    assert_int_equal(gcry_cipher_encrypt(handle, out, plain.len, plain.at, plain.len), 0);
    gcry_cipher_close(handle);
}

void cipher_encrypt_cbc(uint8_t *out, const char *cipher, const uint8_t *key, const uint8_t *iv,
                        struct bytes plain)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, cipher, NULL);
    int len = 0;

    if (!fetched) {
        assert_string_equal(cipher, "IDEA-CBC");
        encrypt_idea(out, key, iv, plain);
    } else {
        assert_int_equal(EVP_EncryptInit_ex2(c, fetched, key, iv, NULL), 1);
        assert_int_equal(EVP_CIPHER_CTX_set_padding(c, 0), 1);
        assert_int_equal(EVP_EncryptUpdate(c, out, &len, plain.at, (int)plain.len), 1);
        assert_int_equal(len, plain.len);
    }
    EVP_CIPHER_free(fetched);
    EVP_CIPHER_CTX_free(c);
}

/* --- Modes around a bare block ------------------------------------------------- */

/* one_block is a block128_f; its key is a context in ECB mode. */
static void one_block(const unsigned char in[16], unsigned char out[16], const void *key)
{
    int len;

    assert_int_equal(EVP_EncryptUpdate(unconst(key), out, &len, in, 16), 1);
}

static void around_gcm(EVP_CIPHER_CTX *block, uint8_t *out, struct bytes tag, const uint8_t *nonce,
                       struct bytes additional, struct bytes plain)
{
    GCM128_CONTEXT *gcm = CRYPTO_gcm128_new(block, one_block);

    assert_non_null(gcm);
    CRYPTO_gcm128_setiv(gcm, nonce, 12);
    assert_int_equal(CRYPTO_gcm128_aad(gcm, additional.at, additional.len), 0);
    assert_int_equal(CRYPTO_gcm128_encrypt(gcm, plain.at, out, plain.len), 0);
    CRYPTO_gcm128_tag(gcm, unconst(tag.at), tag.len);
    CRYPTO_gcm128_release(gcm);
}

static void around_ccm(EVP_CIPHER_CTX *block, uint8_t *out, struct bytes tag, const uint8_t *nonce,
                       struct bytes additional, struct bytes plain)
{
    CCM128_CONTEXT *ccm = calloc(1, 512); /* its size is libcrypto's secret; it is some 60 bytes */

    assert_non_null(ccm);
    CRYPTO_ccm128_init(ccm, (unsigned)tag.len, 3, block, one_block);
    assert_int_equal(CRYPTO_ccm128_setiv(ccm, nonce, 12, plain.len), 0);
    CRYPTO_ccm128_aad(ccm, additional.at, additional.len);
    assert_int_equal(CRYPTO_ccm128_encrypt(ccm, plain.at, out, plain.len), 0);
    assert_int_equal(CRYPTO_ccm128_tag(ccm, unconst(tag.at), tag.len), tag.len);
    free(ccm);
}

/* encrypt_around: "CAMELLIA-128-GCM" is GCM around CAMELLIA-128-ECB. */
static void encrypt_around(uint8_t *out, struct bytes tag, const char *cipher, const uint8_t *key,
                           const uint8_t *nonce, struct bytes additional, struct bytes plain)
{
    size_t stem = strlen(cipher) - strlen("GCM");
    EVP_CIPHER_CTX *block = EVP_CIPHER_CTX_new();
    char name[32];

    (void)snprintf(name, sizeof(name), "%.*sECB", (int)stem, cipher);
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, name, NULL);
    assert_non_null(fetched);
    assert_int_equal(EVP_EncryptInit_ex2(block, fetched, key, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(block, 0), 1);
    (strcmp(cipher + stem, "CCM") == 0 ? around_ccm : around_gcm)(block, out, tag, nonce,
                                                                  additional, plain);
    EVP_CIPHER_free(fetched);
    EVP_CIPHER_CTX_free(block);
}

/* --- Both ----------------------------------------------------------------------- */

static void encrypt_fetched(EVP_CIPHER *cipher, uint8_t *out, struct bytes tag, const uint8_t *key,
                            const uint8_t *nonce, struct bytes additional, struct bytes plain)
{
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    bool ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
    int len = 0;

    assert_int_equal(EVP_EncryptInit_ex2(c, cipher, NULL, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL), 1);
    if (ccm)
        assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, (int)tag.len, NULL), 1);
    assert_int_equal(EVP_EncryptInit_ex2(c, NULL, key, nonce, NULL), 1);
    if (ccm)
        assert_int_equal(EVP_EncryptUpdate(c, NULL, &len, NULL, (int)plain.len), 1);
    assert_int_equal(EVP_EncryptUpdate(c, NULL, &len, additional.at, (int)additional.len), 1);
    assert_int_equal(EVP_EncryptUpdate(c, out, &len, plain.len ? plain.at : out, (int)plain.len),
                     1);
    assert_int_equal(EVP_EncryptFinal_ex(c, out + plain.len, &len), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, (int)tag.len, unconst(tag.at)),
                     1);
    EVP_CIPHER_CTX_free(c);
}

void cipher_encrypt_aead(uint8_t *out, struct bytes tag, const char *cipher, const uint8_t *key,
                         const uint8_t *nonce, struct bytes additional, struct bytes plain)
{
    EVP_CIPHER *fetched = EVP_CIPHER_fetch(NULL, cipher, NULL);

    if (fetched)
        encrypt_fetched(fetched, out, tag, key, nonce, additional, plain);
    else
        encrypt_around(out, tag, cipher, key, nonce, additional, plain);
    EVP_CIPHER_free(fetched);
}
