#include "attacker/crypto/seal.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "attacker/crypto/key_block.h"
#include "attacker/crypto/traffic_secret.h"
#include "capture/alloc.h"

/* What a library keeps for one cipher and one MAC under their keys, about. */
#define CONTEXTS_MEMORY 2048

static bool start_cipher(struct seal *seal, const uint8_t *key)
{
    return seal->cipher->sealing == SEALING_NULL ||
           bulk_cipher_start(&seal->bulk, seal->cipher, key);
}

static bool choose_way(struct seal *seal)
{
    switch (seal->cipher->sealing) {
    case SEALING_NULL:
        seal->open = seal_open_null;
        return seal->version < TLS_1_3;
    case SEALING_CBC:
        seal->open = seal_open_cbc;
        return seal->version < TLS_1_3;
    case SEALING_AEAD:
        seal->open = seal_open_aead;
        return seal->version >= TLS_1_0;
    case SEALING_STREAM:
        seal->open = seal_open_stream;
        return seal->version < TLS_1_3;
    case SEALING_UNKNOWN:
        return false;
    }
    return false;
}

static bool is_encrypt_then_mac(const struct seal_terms *terms)
{
    return terms->encrypt_then_mac && terms->version >= TLS_1_0 &&
           terms->suite->cipher->sealing == SEALING_CBC;
}

struct seal *seal_from_master(const struct seal_terms *terms, struct bytes master, enum side from,
                              struct bytes server_client_random)
{
    struct seal *seal = alloc_zero(sizeof(*seal));
    const struct suite *suite = terms->suite;
    struct key_block keys = {0};

    seal->cipher = suite->cipher;
    seal->version = terms->version;
    seal->encrypt_then_mac = is_encrypt_then_mac(terms);
    if (suite->cipher->sealing == SEALING_STREAM)
        seal_start_stream(seal);

    bool made =
        choose_way(seal) &&
        key_block_derive(&keys, suite, terms->version, master, from, server_client_random) &&
        start_cipher(seal, keys.key) && seal_start_mac(seal, terms, keys.mac_key);
    memcpy(seal->at.iv, keys.iv, sizeof(seal->at.iv));
    OPENSSL_cleanse(&keys, sizeof(keys));
    if (made)
        return seal;
    seal_free(seal);
    return NULL;
}

struct seal *seal_from_traffic_secret(const struct suite *suite, uint8_t draft,
                                      struct bytes traffic_secret)
{
    const struct traffic_terms terms = {suite->prf_hash, draft};
    struct seal *seal = alloc_zero(sizeof(*seal));
    uint8_t key[EVP_MAX_KEY_LENGTH];

    seal->cipher = suite->cipher;
    seal->version = TLS_1_3;
    seal->header_unsealed = draft_is_before(draft, DRAFT_HEADER_IS_SEALED);
    if (!choose_way(seal) ||
        !traffic_key(key, suite->cipher->key_len, &terms, traffic_secret, "key") ||
        !traffic_key(seal->at.iv, 12, &terms, traffic_secret, "iv") || !start_cipher(seal, key)) {
        seal_free(seal);
        seal = NULL;
    }
    OPENSSL_cleanse(key, sizeof(key));
    return seal;
}

/*
 * take_inner_type finds the real content type behind the content: the last byte that is not zero.
 * RFC 8446 section 5.4.
 */
static bool take_inner_type(struct bytes *plain, uint8_t *type)
{
    struct reader r = reader_of(*plain);
    struct bytes content;
    uint8_t last = 0;

    for (size_t len = plain->len; len > 0; len--) {
        struct reader ahead = r;

        if (!reader_bytes(&ahead, &content, len - 1) || !reader_u8(&ahead, &last))
            return false;
        if (last != 0) {
            *plain = content;
            *type = last;
            return true;
        }
    }
    return false;
}

/* hides_type: with a connection ID, as in TLS 1.3. RFC 9146 section 4. */
static bool hides_type(const struct seal *seal, const struct record *record)
{
    return seal->version >= TLS_1_3 || record->type == CONTENT_CONNECTION_ID;
}

bool seal_open(struct seal *seal, struct bytes *plain, uint8_t *type, const struct record *record)
{
    struct bytes opened;
    uint8_t opened_type = record->type;

    if (!seal->open(seal, &opened, record) ||
        (hides_type(seal, record) && !take_inner_type(&opened, &opened_type)))
        return false;
    *plain = opened;
    *type = opened_type;
    seal->at.sequence++;
    return true;
}

bool seal_open_numbered(struct seal *seal, struct bytes *plain, uint8_t *type,
                        const struct record *record, uint64_t number)
{
    seal->at.sequence = number;
    return seal_open(seal, plain, type, record);
}

/* min_cbc: at least the MAC, and a byte that says how much padding there is, in whole blocks. */
static size_t min_cbc(const struct seal *seal)
{
    size_t block = seal->cipher->iv_len;
    size_t iv_len = seal->version >= TLS_1_1 ? block : 0;

    if (seal->encrypt_then_mac)
        return iv_len + block + seal->mac_len;
    return iv_len + (seal->mac_len / block + 1) * block;
}

size_t seal_min_fragment(const struct seal *seal)
{
    switch (seal->cipher->sealing) {
    case SEALING_CBC:
        return min_cbc(seal);
    case SEALING_AEAD:
        return seal->version >= TLS_1_3
                   ? 1 + (size_t)seal->cipher->tag_len
                   : (size_t)seal->cipher->record_iv_len + seal->cipher->tag_len;
    case SEALING_NULL:
    case SEALING_STREAM:
    case SEALING_UNKNOWN:
        break;
    }
    return seal->mac_len;
}

size_t seal_memory(const struct seal *seal)
{
    return seal ? sizeof(*seal) + CONTEXTS_MEMORY + seal_stream_memory(seal) : 0;
}

void seal_free(struct seal *seal)
{
    if (!seal)
        return;
    seal_free_stream(seal);
    bulk_cipher_clear(&seal->bulk);
    record_mac_clear(&seal->mac);
    OPENSSL_cleanse(seal, sizeof(*seal));
    free(seal);
}
