#include "attacker/crypto/master_secret.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

const char *master_secret_hash(const struct suite *suite, uint16_t version)
{
    return version >= TLS_1_2 ? suite->prf_hash : "MD5-SHA1";
}

bool prf(uint8_t *out, size_t out_len, const char *hash, struct bytes secret, const char *label,
         struct bytes seed)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "TLS1-PRF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    uint8_t labelled[64 + PRF_MAX_SEED];
    size_t label_len = strlen(label);

    if (!context || label_len + seed.len > sizeof(labelled)) {
        EVP_KDF_CTX_free(context);
        EVP_KDF_free(kdf);
        return false;
    }
    memcpy(labelled, label, label_len);
    memcpy(labelled + label_len, seed.at, seed.len);

    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, unconst(hash), 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SECRET, unconst(secret.at), secret.len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SEED, labelled, label_len + seed.len),
        OSSL_PARAM_construct_end(),
    };
    bool derived = EVP_KDF_derive(context, out, out_len, params) == 1;

    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived;
}

bool master_secret_derive(uint8_t out[static MASTER_SECRET_LEN], const char *hash,
                          struct bytes premaster, bool extended, struct bytes seed)
{
    return prf(out, MASTER_SECRET_LEN, hash, premaster,
               extended ? "extended master secret" : "master secret", seed);
}

bool finished_verify_data(uint8_t out[static VERIFY_DATA_LEN], const char *hash,
                          struct bytes master, enum side side, struct bytes transcript)
{
    return prf(out, VERIFY_DATA_LEN, hash, master,
               side == SIDE_CLIENT ? "client finished" : "server finished", transcript);
}
