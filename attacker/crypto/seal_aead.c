/*
 * Authenticated encryption.
 *
 *     TLS 1.2  explicit nonce | ciphertext | tag     nonce: fixed part | explicit part
 *              (none for ChaCha20-Poly1305)          nonce: fixed part XOR sequence number
 *     TLS 1.3                   ciphertext | tag     nonce: fixed part XOR sequence number
 *                                                    (header not authenticated up to draft 24)
 *
 * RFC 5246 section 6.2.3.3, RFC 5288, RFC 6655 (CCM), RFC 7905 (ChaCha20), RFC 8446 section 5.2.
 */
#include "attacker/crypto/seal.h"

#define NONCE_LEN 12

static void xor_sequence(uint8_t nonce[static NONCE_LEN], uint64_t sequence)
{
    for (int i = 0; i < 8; i++)
        nonce[NONCE_LEN - 1 - i] ^= (uint8_t)(sequence >> (8 * i));
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
    uint8_t header[SEAL_PSEUDO_HEADER_MAX];
    struct bulk_sealed sealed = {.nonce = nonce};

    memcpy(nonce, seal->at.iv, NONCE_LEN);
    if (explicit_len == 0)
        xor_sequence(nonce, seal->at.sequence);
    if (!reader_copy(&r, nonce + NONCE_LEN - explicit_len, explicit_len) ||
        r.left.len < cipher->tag_len ||
        !reader_bytes(&r, &sealed.ciphertext, r.left.len - cipher->tag_len) ||
        !reader_bytes(&r, &sealed.tag, cipher->tag_len) ||
        sealed.ciphertext.len > sizeof(seal->plain))
        return false;
    if (seal->version < TLS_1_3) {
        sealed.additional =
            bytes_of(header, seal_pseudo_header(header, seal, record, sealed.ciphertext.len));
    } else if (!seal->header_unsealed) {
        sealed.additional = record->header;
    }
    if (!bulk_cipher_open(&seal->bulk, seal->plain, &sealed))
        return false;
    (void)seal_aead_nonce(seal, &seal->at.explicit_nonce, record);
    *plain = bytes_of(seal->plain, sealed.ciphertext.len);
    return true;
}
