#include "victim/ring_member.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

static bool take_value(struct ring_member *member, const BIGNUM *value)
{
    return BN_bn2binpad(value, member->value, RING_VALUE_SIZE) == RING_VALUE_SIZE;
}

bool ring_member_make(struct ring_member *member, unsigned number, EVP_PKEY *group)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, group, NULL);
    BIGNUM *own = NULL;

    *member = (struct ring_member){.number = number};

    bool ok = ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
              EVP_PKEY_generate(ctx, &member->secret) == 1 &&
              EVP_PKEY_get_bn_param(member->secret, OSSL_PKEY_PARAM_PUB_KEY, &own) == 1 &&
              take_value(member, own);

    BN_free(own);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

/* Is it among 2 to p-2? */
static bool is_of_use(const BIGNUM *value, const BIGNUM *p_minus_1)
{
    return !BN_is_zero(value) && !BN_is_one(value) && BN_cmp(value, p_minus_1) < 0;
}

bool ring_member_raise(struct ring_member *member, struct bytes arrived)
{
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *value = BN_bin2bn(arrived.at, (int)arrived.len, NULL);
    BIGNUM *raised = BN_secure_new();
    BIGNUM *p_minus_1 = NULL;
    BIGNUM *p = NULL;
    BIGNUM *x = NULL;
    bool ok = ctx && value && raised && arrived.len == RING_VALUE_SIZE &&
              EVP_PKEY_get_bn_param(member->secret, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
              EVP_PKEY_get_bn_param(member->secret, OSSL_PKEY_PARAM_PRIV_KEY, &x) == 1 &&
              (p_minus_1 = BN_dup(p)) && BN_sub_word(p_minus_1, 1) == 1 &&
              is_of_use(value, p_minus_1) &&
              BN_mod_exp_mont_consttime(raised, value, x, p, ctx, NULL) == 1 &&
              is_of_use(raised, p_minus_1) && take_value(member, raised);

    BN_free(value);
    BN_free(p_minus_1);
    BN_free(p);
    BN_clear_free(raised);
    BN_clear_free(x);
    BN_CTX_free(ctx);
    return ok;
}

bool ring_member_conclude(struct ring_member *member, struct bytes agreement)
{
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(hkdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char[]){"SHA256"}, 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, member->value, RING_VALUE_SIZE),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, unconst(agreement.at),
                                          agreement.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (char[]){RING_KEY_PURPOSE},
                                          strlen(RING_KEY_PURPOSE)),
        OSSL_PARAM_construct_end(),
    };
    bool ok = ctx && EVP_KDF_derive(ctx, member->key, RING_KEY_SIZE, params) == 1;

    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(hkdf);
    return ok;
}

bool ring_member_seal(const struct ring_member *member, struct buffer *out, struct bytes header,
                      struct bytes text)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *sealed = alloc_zero(RING_NONCE + text.len + RING_TAG);
    uint8_t *body = sealed + RING_NONCE;
    int len = 0;
    int more = 0;
    bool ok = ctx && text.len <= INT_MAX && RAND_bytes(sealed, RING_NONCE) == 1 &&
              EVP_EncryptInit_ex2(ctx, EVP_aes_256_gcm(), member->key, sealed, NULL) == 1 &&
              EVP_EncryptUpdate(ctx, NULL, &len, header.at, (int)header.len) == 1 &&
              EVP_EncryptUpdate(ctx, body, &len, text.at, (int)text.len) == 1 &&
              EVP_EncryptFinal_ex(ctx, body + len, &more) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, RING_TAG, body + text.len) == 1;

    if (ok)
        buffer_append(out, bytes_of(sealed, RING_NONCE + text.len + RING_TAG));
    EVP_CIPHER_CTX_free(ctx);
    free(sealed);
    return ok;
}

bool ring_member_open(const struct ring_member *member, struct buffer *out, struct bytes header,
                      struct bytes sealed)
{
    struct reader r = reader_of(sealed);
    struct bytes nonce;
    struct bytes body;

    if (sealed.len < RING_NONCE + RING_TAG || sealed.len > INT_MAX ||
        !reader_bytes(&r, &nonce, RING_NONCE) || !reader_bytes(&r, &body, r.left.len - RING_TAG))
        return false;

    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *text = alloc_zero(body.len + 1);
    int len = 0;
    int more = 0;
    bool ok = ctx &&
              EVP_DecryptInit_ex2(ctx, EVP_aes_256_gcm(), member->key, nonce.at, NULL) == 1 &&
              EVP_DecryptUpdate(ctx, NULL, &len, header.at, (int)header.len) == 1 &&
              EVP_DecryptUpdate(ctx, text, &len, body.at, (int)body.len) == 1 &&
              EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, RING_TAG, unconst(r.left.at)) == 1 &&
              EVP_DecryptFinal_ex(ctx, text + len, &more) == 1;

    if (ok)
        buffer_append(out, bytes_of(text, body.len));
    EVP_CIPHER_CTX_free(ctx);
    free(text);
    return ok;
}

void ring_member_clear(struct ring_member *member)
{
    EVP_PKEY_free(member->secret);
    OPENSSL_cleanse(member, sizeof(*member));
}
