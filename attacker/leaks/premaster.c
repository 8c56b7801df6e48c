#include "attacker/leaks/premaster.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

/* 16384 bits: the longest RSA modulus that libcrypto works with. */
#define MAX_MODULUS_LEN 2048

#define MIN_PADDING_LEN 8 /* RFC 8017 section 7.2.1 */

static bool rsa_decrypt(EVP_PKEY *key, uint8_t *out, size_t *out_len, struct bytes ciphertext)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool decrypted = context && EVP_PKEY_decrypt_init(context) == 1 &&
                     EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
                     EVP_PKEY_decrypt(context, out, out_len, ciphertext.at, ciphertext.len) == 1;

    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return decrypted;
}

/* unpad takes 00 02, the padding and the 00 behind it off. */
static bool unpad(struct reader *r)
{
    uint16_t start;
    uint8_t byte = 1;
    size_t padding_len = 0;

    if (!reader_u16(r, &start) || start != 0x0002)
        return false;
    while (reader_u8(r, &byte) && byte != 0)
        padding_len++;
    return byte == 0 && padding_len >= MIN_PADDING_LEN;
}

struct premaster premaster_decrypt(EVP_PKEY *key, struct bytes ciphertext)
{
    struct premaster p = {.result = PREMASTER_NOT_RSA};
    uint8_t block[MAX_MODULUS_LEN];
    size_t len = sizeof(block);

    if (!EVP_PKEY_is_a(key, "RSA"))
        return p;
    p.result = PREMASTER_NO_CIPHERTEXT;
    if (ciphertext.len == 0 || EVP_PKEY_get_size(key) > MAX_MODULUS_LEN ||
        ciphertext.len > (size_t)EVP_PKEY_get_size(key) ||
        !rsa_decrypt(key, block, &len, ciphertext))
        return p;

    struct reader r = reader_of(bytes_of(block, len));
    struct reader first = r;
    p.result = PREMASTER_NO_PADDING;
    (void)!reader_copy(&first, p.first_bytes, sizeof(p.first_bytes));
    if (unpad(&r)) {
        struct reader version = r;

        p.result = PREMASTER_WRONG_LENGTH;
        if (r.left.len == PREMASTER_LEN && reader_copy(&r, p.value, PREMASTER_LEN) &&
            reader_u16(&version, &p.version))
            p.result = PREMASTER_OPENED;
    }
    OPENSSL_cleanse(block, sizeof(block));
    return p;
}
