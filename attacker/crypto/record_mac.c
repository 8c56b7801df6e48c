#include "attacker/crypto/record_mac.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "attacker/crypto/ssl3.h"

static bool start_ssl3(struct record_mac *mac, const char *hash, struct bytes key)
{
    mac->ssl3_inner = EVP_MD_CTX_new();
    mac->ssl3_outer = EVP_MD_CTX_new();
    mac->ssl3_work = EVP_MD_CTX_new();
    return mac->ssl3_inner && mac->ssl3_outer && mac->ssl3_work &&
           ssl3_hash_start(mac->ssl3_inner, hash, key, SSL3_PAD_1) &&
           ssl3_hash_start(mac->ssl3_outer, hash, key, SSL3_PAD_2);
}

bool record_mac_start(struct record_mac *mac, const char *hash, struct bytes key, bool ssl3)
{
    if (ssl3)
        return start_ssl3(mac, hash, key);

    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, unconst(hash), 0),
        OSSL_PARAM_construct_end(),
    };
    mac->hmac = EVP_MAC_CTX_new(hmac);
    bool started = mac->hmac && EVP_MAC_init(mac->hmac, key.at, key.len, params) == 1;
    EVP_MAC_free(hmac);
    return started;
}

static size_t compute_ssl3(struct record_mac *mac, uint8_t out[static EVP_MAX_MD_SIZE],
                           struct bytes header, struct bytes content)
{
    EVP_MD_CTX *work = mac->ssl3_work;
    uint8_t inner[EVP_MAX_MD_SIZE];
    unsigned len;
    bool computed = EVP_MD_CTX_copy_ex(work, mac->ssl3_inner) == 1 &&
                    EVP_DigestUpdate(work, header.at, header.len) == 1 &&
                    EVP_DigestUpdate(work, content.at, content.len) == 1 &&
                    EVP_DigestFinal_ex(work, inner, &len) == 1 &&
                    EVP_MD_CTX_copy_ex(work, mac->ssl3_outer) == 1 &&
                    EVP_DigestUpdate(work, inner, len) == 1 &&
                    EVP_DigestFinal_ex(work, out, &len) == 1;

    return computed ? len : 0;
}

size_t record_mac_compute(struct record_mac *mac, uint8_t out[static EVP_MAX_MD_SIZE],
                          struct bytes header, struct bytes content)
{
    size_t len;

    if (!mac->hmac)
        return compute_ssl3(mac, out, header, content);
    if (EVP_MAC_init(mac->hmac, NULL, 0, NULL) != 1 ||
        EVP_MAC_update(mac->hmac, header.at, header.len) != 1 ||
        EVP_MAC_update(mac->hmac, content.at, content.len) != 1 ||
        EVP_MAC_final(mac->hmac, out, &len, EVP_MAX_MD_SIZE) != 1)
        return 0;
    return len;
}

void record_mac_clear(struct record_mac *mac)
{
    EVP_MAC_CTX_free(mac->hmac);
    EVP_MD_CTX_free(mac->ssl3_inner);
    EVP_MD_CTX_free(mac->ssl3_outer);
    EVP_MD_CTX_free(mac->ssl3_work);
    *mac = (struct record_mac){0};
}
