#include "attacker/crypto/seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/traffic_secret.h"
#include "capture/alloc.h"

/* What libcrypto keeps for one cipher and one MAC under their keys, about. */
#define CONTEXTS_MEMORY 2048

#define MAX_KEY_BLOCK (2 * (EVP_MAX_MD_SIZE + EVP_MAX_KEY_LENGTH + EVP_MAX_IV_LENGTH))

static bool start_cipher(struct seal *seal, const uint8_t *key)
{
    const struct cipher *c = seal->cipher;

    if (c->sealing == SEALING_NULL)
        return true;
    if (!c->libcrypto)
        return false;

    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, c->libcrypto, NULL);
    seal->cipher_context = EVP_CIPHER_CTX_new();
    bool started = cipher && seal->cipher_context &&
                   EVP_DecryptInit_ex2(seal->cipher_context, cipher, NULL, NULL, NULL) == 1;
    if (started && EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE)
        started =
            EVP_CIPHER_CTX_ctrl(seal->cipher_context, EVP_CTRL_AEAD_SET_IVLEN, 12, NULL) == 1 &&
            EVP_CIPHER_CTX_ctrl(seal->cipher_context, EVP_CTRL_AEAD_SET_TAG, c->tag_len, NULL) == 1;
    started = started && EVP_DecryptInit_ex2(seal->cipher_context, NULL, key, NULL, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(seal->cipher_context, 0) == 1;
    EVP_CIPHER_free(cipher);
    return started;
}

static bool start_mac(struct seal *seal, const char *hash, const uint8_t *key)
{
    if (!hash)
        return true;

    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, unconst(hash), 0),
        OSSL_PARAM_construct_end(),
    };
    seal->mac_context = EVP_MAC_CTX_new(hmac);
    bool started =
        seal->mac_context && EVP_MAC_init(seal->mac_context, key, seal->mac_len, params) == 1;
    EVP_MAC_free(hmac);
    return started;
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
        return true;
    case SEALING_STREAM:
        seal->open = seal_open_stream;
        return seal->version < TLS_1_3;
    case SEALING_UNKNOWN:
        return false;
    }
    return false;
}

/* take_own reads a pair from the key block, the client's first, and keeps that of `from`. */
static bool take_own(struct reader *r, enum side from, uint8_t *out, size_t len)
{
    return from == SIDE_CLIENT ? reader_copy(r, out, len) && reader_skip(r, len)
                               : reader_skip(r, len) && reader_copy(r, out, len);
}

struct seal *seal_from_master(const struct suite *suite, uint16_t version, bool encrypt_then_mac,
                              struct bytes master, enum side from,
                              struct bytes server_client_random)
{
    struct seal *seal = alloc_zero(sizeof(*seal));
    uint8_t block[MAX_KEY_BLOCK];
    uint8_t mac_key[EVP_MAX_MD_SIZE];
    uint8_t key[EVP_MAX_KEY_LENGTH];

    seal->cipher = suite->cipher;
    seal->version = version;
    seal->encrypt_then_mac = encrypt_then_mac && suite->cipher->sealing == SEALING_CBC;
    seal->mac_len = suite->mac_hash ? traffic_hash_len(suite->mac_hash) : 0;

    /* From TLS 1.1 on, each CBC record brings its own IV: RFC 4346 section 6.2.3.2. */
    bool own_iv = suite->cipher->sealing == SEALING_CBC && version >= TLS_1_1;
    size_t iv_len = own_iv ? 0 : suite->cipher->iv_len;
    size_t block_len = 2 * (seal->mac_len + suite->cipher->key_len + iv_len);
    struct reader r = reader_of(bytes_of(block, block_len));

    /* SSL 3.0 derives keys and computes MACs in ways of its own: RFC 6101 section 6.2.2. */
    if (version < TLS_1_0 || !choose_way(seal) || (suite->mac_hash && seal->mac_len == 0) ||
        (block_len > 0 && !prf(block, block_len, master_secret_hash(suite, version), master,
                               "key expansion", server_client_random)) ||
        !take_own(&r, from, mac_key, seal->mac_len) ||
        !take_own(&r, from, key, suite->cipher->key_len) ||
        !take_own(&r, from, seal->at.iv, iv_len) || !start_cipher(seal, key) ||
        (suite->cipher->sealing == SEALING_STREAM && !seal_start_stream(seal)) ||
        !start_mac(seal, suite->mac_hash, mac_key)) {
        seal_free(seal);
        seal = NULL;
    }
    OPENSSL_cleanse(block, sizeof(block));
    OPENSSL_cleanse(mac_key, sizeof(mac_key));
    OPENSSL_cleanse(key, sizeof(key));
    return seal;
}

struct seal *seal_from_traffic_secret(const struct suite *suite, struct bytes traffic_secret)
{
    struct seal *seal = alloc_zero(sizeof(*seal));
    uint8_t key[EVP_MAX_KEY_LENGTH];

    seal->cipher = suite->cipher;
    seal->version = TLS_1_3;
    if (!choose_way(seal) ||
        !traffic_key(key, suite->cipher->key_len, suite->prf_hash, traffic_secret, "key") ||
        !traffic_key(seal->at.iv, 12, suite->prf_hash, traffic_secret, "iv") ||
        !start_cipher(seal, key)) {
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

bool seal_open(struct seal *seal, struct bytes *plain, uint8_t *type, const struct record *record)
{
    struct bytes opened;
    uint8_t opened_type = record->type;

    if (!seal->open(seal, &opened, record) ||
        (seal->version >= TLS_1_3 && !take_inner_type(&opened, &opened_type)))
        return false;
    *plain = opened;
    *type = opened_type;
    seal->at.sequence++;
    return true;
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
    EVP_CIPHER_CTX_free(seal->cipher_context);
    EVP_MAC_CTX_free(seal->mac_context);
    OPENSSL_cleanse(seal, sizeof(*seal));
    free(seal);
}

void seal_pseudo_header(uint8_t out[static SEAL_PSEUDO_HEADER_LEN], const struct seal *seal,
                        const struct record *record, size_t len)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(seal->at.sequence >> (56 - 8 * i));
    out[8] = record->type;
    out[9] = (uint8_t)(record->version >> 8);
    out[10] = (uint8_t)record->version;
    out[11] = (uint8_t)(len >> 8);
    out[12] = (uint8_t)len;
}

bool seal_mac_ok(struct seal *seal, const struct record *record, struct bytes content,
                 struct bytes mac)
{
    uint8_t header[SEAL_PSEUDO_HEADER_LEN];
    uint8_t expected[EVP_MAX_MD_SIZE];
    size_t len;

    seal_pseudo_header(header, seal, record, content.len);
    return EVP_MAC_init(seal->mac_context, NULL, 0, NULL) == 1 &&
           EVP_MAC_update(seal->mac_context, header, sizeof(header)) == 1 &&
           EVP_MAC_update(seal->mac_context, content.at, content.len) == 1 &&
           EVP_MAC_final(seal->mac_context, expected, &len, sizeof(expected)) == 1 &&
           bytes_equal(bytes_of(expected, len), mac);
}

bool seal_take_mac(struct bytes *content, struct bytes *mac, size_t mac_len)
{
    struct reader r = reader_of(*content);
    struct bytes kept;

    if (content->len < mac_len || !reader_bytes(&r, &kept, content->len - mac_len) ||
        !reader_bytes(&r, mac, mac_len))
        return false;
    *content = kept;
    return true;
}
