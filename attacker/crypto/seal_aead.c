/*
 * Authenticated encryption.
 *
 *     TLS 1.2  explicit nonce | ciphertext | tag     nonce: fixed part | explicit part
 *              (none for ChaCha20-Poly1305)          nonce: fixed part XOR sequence number
 *     TLS 1.3                   ciphertext | tag     nonce: fixed part XOR sequence number
 *
 * RFC 5246 section 6.2.3.3, RFC 5288, RFC 6655 (CCM), RFC 7905 (ChaCha20), RFC 8446 section 5.2.
 */
#include "attacker/crypto/seal.h"

#define NONCE_LEN   12
#define MAX_TAG_LEN 16

static void xor_sequence(uint8_t nonce[static NONCE_LEN], uint64_t sequence)
{
    for (int i = 0; i < 8; i++)
        nonce[NONCE_LEN - 1 - i] ^= (uint8_t)(sequence >> (8 * i));
}

static bool decrypt(struct seal *seal, const uint8_t *nonce, struct bytes additional,
                    struct bytes ciphertext, const uint8_t *tag)
{
    EVP_CIPHER_CTX *c = seal->cipher_context;
    bool ccm = EVP_CIPHER_CTX_get_mode(c) == EVP_CIPH_CCM_MODE;
    uint8_t nothing = 0; /* an empty plaintext still needs somewhere to go */
    int len;

    if (EVP_DecryptInit_ex2(c, NULL, NULL, nonce, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, seal->cipher->tag_len, unconst(tag)) != 1)
        return false;
    /* CCM wants to know the length first, and checks the tag while it decrypts. */
    if (ccm && EVP_DecryptUpdate(c, NULL, &len, NULL, (int)ciphertext.len) != 1)
        return false;
    if (EVP_DecryptUpdate(c, NULL, &len, additional.at, (int)additional.len) != 1)
        return false;
    if ((ciphertext.len > 0 || ccm) &&
        EVP_DecryptUpdate(c, seal->plain, &len, ciphertext.len > 0 ? ciphertext.at : &nothing,
                          (int)ciphertext.len) != 1)
        return false;
    return ccm || EVP_DecryptFinal_ex(c, seal->plain, &len) == 1;
}

static size_t explicit_nonce_len(const struct seal *seal)
{
    return seal->version >= TLS_1_3 ? 0 : seal->cipher->record_iv_len;
}

bool seal_aead_nonce(const struct seal *seal, uint64_t *nonce, const struct record *record)
{
    struct reader r = reader_of(record->fragment);
    size_t len = seal->cipher->sealing == SEALING_AEAD ? explicit_nonce_len(seal) : 0;

    return len > 0 && reader_uint(&r, nonce, len);
}

bool seal_open_aead(struct seal *seal, struct bytes *plain, const struct record *record)
{
    const struct cipher *cipher = seal->cipher;
    struct reader r = reader_of(record->fragment);
    size_t explicit_len = explicit_nonce_len(seal);
    uint8_t nonce[NONCE_LEN];
    uint8_t header[SEAL_PSEUDO_HEADER_LEN];
    uint8_t tag[MAX_TAG_LEN];
    struct bytes ciphertext;

    memcpy(nonce, seal->at.iv, NONCE_LEN);
    if (explicit_len == 0)
        xor_sequence(nonce, seal->at.sequence);
    if (!reader_copy(&r, nonce + NONCE_LEN - explicit_len, explicit_len) ||
        r.left.len < cipher->tag_len ||
        !reader_bytes(&r, &ciphertext, r.left.len - cipher->tag_len) ||
        !reader_copy(&r, tag, cipher->tag_len) || ciphertext.len > sizeof(seal->plain))
        return false;

    struct bytes additional = record->header;
    if (seal->version < TLS_1_3) {
        seal_pseudo_header(header, seal, record, ciphertext.len);
        additional = bytes_of(header, sizeof(header));
    }
    if (!decrypt(seal, nonce, additional, ciphertext, tag))
        return false;
    (void)seal_aead_nonce(seal, &seal->at.explicit_nonce, record);
    *plain = bytes_of(seal->plain, ciphertext.len);
    return true;
}
