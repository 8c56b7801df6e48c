#include "attacker/crypto/key_block.h"

#include <openssl/crypto.h>

#include "attacker/crypto/bulk_cipher.h"
#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/ssl3.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/tls/hello.h"

#define MAX_KEY_BLOCK (2 * (EVP_MAX_MD_SIZE + EVP_MAX_KEY_LENGTH + EVP_MAX_IV_LENGTH))

#define MD5_LEN 16

/* What the keys of one direction are made from. */
struct origin {
    const struct suite *suite;
    uint16_t version;
    enum side from;
    struct bytes server_client_random;
};

/* take_own reads a pair from the key block, the client's first, and keeps that of `from`. */
static bool take_own(struct reader *r, enum side from, uint8_t *out, size_t len)
{
    return from == SIDE_CLIENT ? reader_copy(r, out, len) && reader_skip(r, len)
                               : reader_skip(r, len) && reader_copy(r, out, len);
}

static bool expand(uint8_t *out, size_t out_len, const struct origin *o, struct bytes master)
{
    if (out_len == 0)
        return true;
    if (o->version == SSL_3_0)
        return ssl3_expand(out, out_len, master, o->server_client_random);
    return prf(out, out_len, master_secret_hash(o->suite, o->version), master, "key expansion",
               o->server_client_random);
}

/* swap_randoms: most of what export suites derive wants the client's random first. */
static bool swap_randoms(uint8_t out[static 2 * RANDOM_LEN], struct bytes server_client_random)
{
    struct reader r = reader_of(server_client_random);

    return reader_copy(&r, out + RANDOM_LEN, RANDOM_LEN) && reader_copy(&r, out, RANDOM_LEN);
}

static bool md5_of(uint8_t *out, size_t out_len, struct bytes key, struct bytes randoms)
{
    uint8_t digest[MD5_LEN];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool computed = context && out_len <= MD5_LEN &&
                    EVP_DigestInit_ex2(context, EVP_md5(), NULL) == 1 &&
                    EVP_DigestUpdate(context, key.at, key.len) == 1 &&
                    EVP_DigestUpdate(context, randoms.at, randoms.len) == 1 &&
                    EVP_DigestFinal_ex(context, digest, NULL) == 1;

    if (computed)
        memcpy(out, digest, out_len);
    OPENSSL_cleanse(digest, sizeof(digest));
    EVP_MD_CTX_free(context);
    return computed;
}

/* export_ssl3: both come from an MD5, with the own random first. RFC 6101 section 6.2.2.1. */
static bool export_ssl3(struct key_block *out, const struct origin *o, struct bytes weak,
                        struct bytes client_server_random)
{
    struct bytes randoms = o->from == SIDE_CLIENT ? client_server_random : o->server_client_random;
    const struct cipher *cipher = o->suite->cipher;

    return md5_of(out->key, cipher->export_key_len, weak, randoms) &&
           md5_of(out->iv, cipher->iv_len, (struct bytes){0}, randoms);
}

static bool export_tls(struct key_block *out, const struct origin *o, struct bytes weak,
                       struct bytes client_server_random)
{
    const char *hash = master_secret_hash(o->suite, o->version);
    const struct cipher *cipher = o->suite->cipher;
    const char *label = o->from == SIDE_CLIENT ? "client write key" : "server write key";
    uint8_t both_ivs[2 * EVP_MAX_IV_LENGTH];
    struct reader r = reader_of(bytes_of(both_ivs, sizeof(both_ivs)));

    return prf(out->key, cipher->export_key_len, hash, weak, label, client_server_random) &&
           prf(both_ivs, sizeof(both_ivs), hash, bytes_of(both_ivs, 0), "IV block",
               client_server_random) &&
           take_own(&r, o->from, out->iv, cipher->iv_len);
}

/* strengthen makes the key that is used from the few bytes that were taken from the key block. */
static bool strengthen(struct key_block *out, const struct origin *o)
{
    uint8_t weak[EVP_MAX_KEY_LENGTH];
    uint8_t randoms[2 * RANDOM_LEN];
    size_t weak_len = o->suite->cipher->key_len;

    memcpy(weak, out->key, weak_len);

    bool made = swap_randoms(randoms, o->server_client_random) &&
                (o->version == SSL_3_0 ? export_ssl3 : export_tls)(
                    out, o, bytes_of(weak, weak_len), bytes_of(randoms, sizeof(randoms)));
    OPENSSL_cleanse(weak, sizeof(weak));
    return made;
}

bool key_block_derive(struct key_block *out, const struct suite *suite, uint16_t version,
                      struct bytes master, enum side from, struct bytes server_client_random)
{
    struct origin origin = {suite, version, from, server_client_random};
    const struct cipher *cipher = suite->cipher;
    uint8_t block[MAX_KEY_BLOCK];
    size_t mac_len = suite->mac_hash ? traffic_hash_len(suite->mac_hash) : 0;
    bool exported = cipher->export_key_len > 0;

    /* From TLS 1.1 on, each CBC record brings its own IV: RFC 4346 section 6.2.3.2. */
    bool own_iv = cipher->sealing == SEALING_CBC && version >= TLS_1_1;
    size_t iv_len = own_iv || exported ? 0 : cipher->iv_len;
    size_t block_len = 2 * (mac_len + cipher->key_len + iv_len);
    struct reader r = reader_of(bytes_of(block, block_len));

    bool derived = (!suite->mac_hash || mac_len > 0) && expand(block, block_len, &origin, master) &&
                   take_own(&r, from, out->mac_key, mac_len) &&
                   take_own(&r, from, out->key, cipher->key_len) &&
                   take_own(&r, from, out->iv, iv_len) && (!exported || strengthen(out, &origin));
    OPENSSL_cleanse(block, sizeof(block));
    return derived;
}
