#include "attacker/crypto/traffic_secret.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

/* The longest is "TLS 1.3, client application traffic secret", of the drafts. */
#define LABEL_MAX_LEN 42

/* A hash, or the nonce of a ticket, which has one byte of length. */
#define CONTEXT_MAX_LEN 255

static const uint8_t zeros[TRAFFIC_SECRET_MAX_LEN];

size_t traffic_hash_len(const char *hash)
{
    EVP_MD *md = EVP_MD_fetch(NULL, hash, NULL);
    int len = md ? EVP_MD_get_size(md) : 0;

    EVP_MD_free(md);
    return len > 0 && len <= TRAFFIC_SECRET_MAX_LEN ? (size_t)len : 0;
}

static bool hkdf(uint8_t *out, size_t out_len, const char *hash, int mode, OSSL_PARAM *input)
{
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, unconst(hash), 0),
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_end(),
    };
    bool derived = context && EVP_KDF_CTX_set_params(context, params) == 1 &&
                   EVP_KDF_derive(context, out, out_len, input) == 1;

    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived;
}

static OSSL_PARAM octets(const char *name, struct bytes b)
{
    return OSSL_PARAM_construct_octet_string(name, unconst(b.at), b.len);
}

/* extract is HKDF-Extract; RFC 5869 section 2.2. */
static bool extract(uint8_t *out, size_t out_len, const char *hash, struct bytes salt,
                    struct bytes key)
{
    OSSL_PARAM input[] = {octets(OSSL_KDF_PARAM_KEY, key), octets(OSSL_KDF_PARAM_SALT, salt),
                          OSSL_PARAM_construct_end()};

    return hkdf(out, out_len, hash, EVP_KDF_HKDF_MODE_EXTRACT_ONLY, input);
}

/* The words of the schedule: they are hashed in, so they have to be the right ones. */
struct words {
    const char *prefix;
    const char *salt; /* NULL: one secret is the salt of the next as it is */
    const char *update;
    const char *traffic[TRAFFIC_NUM_LABELS];
};

static const struct words *words_of(const struct traffic_terms *terms)
{
    static const struct words rfc = {"tls13 ",
                                     "derived",
                                     "traffic upd",
                                     {[TRAFFIC_CLIENT_HANDSHAKE] = "c hs traffic",
                                      [TRAFFIC_SERVER_HANDSHAKE] = "s hs traffic",
                                      [TRAFFIC_CLIENT_APPLICATION] = "c ap traffic",
                                      [TRAFFIC_SERVER_APPLICATION] = "s ap traffic"}};
    static const struct words draft_19 = {
        "TLS 1.3, ",
        "derived secret",
        "application traffic secret",
        {[TRAFFIC_CLIENT_HANDSHAKE] = "client handshake traffic secret",
         [TRAFFIC_SERVER_HANDSHAKE] = "server handshake traffic secret",
         [TRAFFIC_CLIENT_APPLICATION] = "client application traffic secret",
         [TRAFFIC_SERVER_APPLICATION] = "server application traffic secret"}};

    return draft_is_before(terms->draft, DRAFT_LABELS_ARE_SHORT) ? &draft_19 : &rfc;
}

/*
 * expand_label is HKDF-Expand-Label; RFC 8446 section 7.1:
 *
 *     length 2 | label_len 1 | "tls13 " label | context_len 1 | context
 */
static bool expand_label(uint8_t *out, size_t out_len, const struct traffic_terms *terms,
                         struct bytes secret, const char *label, struct bytes context)
{
    const char *prefix = words_of(terms)->prefix;
    uint8_t info[2 + 1 + LABEL_MAX_LEN + 1 + CONTEXT_MAX_LEN];
    size_t prefix_len = strlen(prefix);
    size_t label_len = strlen(label);
    size_t len = 0;

    if (prefix_len + label_len > LABEL_MAX_LEN || context.len > CONTEXT_MAX_LEN)
        return false;
    info[len++] = (uint8_t)(out_len >> 8);
    info[len++] = (uint8_t)out_len;
    info[len++] = (uint8_t)(prefix_len + label_len);
    memcpy(info + len, prefix, prefix_len);
    memcpy(info + len + prefix_len, label, label_len);
    len += prefix_len + label_len;
    info[len++] = (uint8_t)context.len;
    if (context.len > 0)
        memcpy(info + len, context.at, context.len);
    len += context.len;

    OSSL_PARAM input[] = {octets(OSSL_KDF_PARAM_KEY, secret),
                          octets(OSSL_KDF_PARAM_INFO, bytes_of(info, len)),
                          OSSL_PARAM_construct_end()};
    return hkdf(out, out_len, terms->hash, EVP_KDF_HKDF_MODE_EXPAND_ONLY, input);
}

/* salt_behind is the salt of the next Extract: Derive-Secret(secret, "derived", ""). */
static bool salt_behind(uint8_t *out, const struct traffic_terms *terms, struct bytes secret)
{
    uint8_t of_nothing[EVP_MAX_MD_SIZE];
    size_t len;

    if (draft_is_before(terms->draft, DRAFT_DERIVES_SALT)) {
        memcpy(out, secret.at, secret.len);
        return true;
    }
    return EVP_Q_digest(NULL, terms->hash, NULL, "", 0, of_nothing, &len) == 1 &&
           expand_label(out, len, terms, secret, words_of(terms)->salt, bytes_of(of_nothing, len));
}

static bool derive_traffic(struct traffic_secrets *out, enum traffic_label which,
                           const struct traffic_terms *terms, struct bytes secret,
                           struct bytes transcript)
{
    if (!expand_label(out->value[which], secret.len, terms, secret, words_of(terms)->traffic[which],
                      transcript))
        return false;
    out->len[which] = secret.len;
    return true;
}

bool traffic_early_secret(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                          struct bytes psk)
{
    size_t len = traffic_hash_len(hash);
    struct bytes none = bytes_of(zeros, len);

    return len > 0 && extract(out, len, hash, none, psk.len > 0 ? psk : none);
}

bool traffic_handshake_secrets(struct traffic_secrets *out,
                               uint8_t handshake_secret[static TRAFFIC_SECRET_MAX_LEN],
                               const struct traffic_terms *terms,
                               const struct traffic_inputs *inputs, struct bytes transcript)
{
    size_t len = traffic_hash_len(terms->hash);
    struct bytes shared = inputs->shared.len > 0 ? inputs->shared : bytes_of(zeros, len);
    uint8_t early[TRAFFIC_SECRET_MAX_LEN];
    uint8_t salt[TRAFFIC_SECRET_MAX_LEN];

    bool extracted = len > 0 && traffic_early_secret(early, terms->hash, inputs->psk) &&
                     salt_behind(salt, terms, bytes_of(early, len)) &&
                     extract(handshake_secret, len, terms->hash, bytes_of(salt, len), shared);
    OPENSSL_cleanse(early, sizeof(early));
    OPENSSL_cleanse(salt, sizeof(salt));

    struct bytes secret = bytes_of(handshake_secret, len);
    return extracted && derive_traffic(out, TRAFFIC_CLIENT_HANDSHAKE, terms, secret, transcript) &&
           derive_traffic(out, TRAFFIC_SERVER_HANDSHAKE, terms, secret, transcript);
}

/* master_of goes on from the handshake secret to the master secret. */
static bool master_of(uint8_t *master, size_t len, const struct traffic_terms *terms,
                      const uint8_t *handshake_secret)
{
    uint8_t salt[TRAFFIC_SECRET_MAX_LEN];
    bool made = len > 0 && salt_behind(salt, terms, bytes_of(handshake_secret, len)) &&
                extract(master, len, terms->hash, bytes_of(salt, len), bytes_of(zeros, len));

    OPENSSL_cleanse(salt, sizeof(salt));
    return made;
}

bool traffic_application_secrets(struct traffic_secrets *out, const struct traffic_terms *terms,
                                 const uint8_t *handshake_secret, struct bytes transcript)
{
    size_t len = traffic_hash_len(terms->hash);
    uint8_t master[TRAFFIC_SECRET_MAX_LEN];

    struct bytes secret = bytes_of(master, len);
    bool complete = master_of(master, len, terms, handshake_secret) &&
                    derive_traffic(out, TRAFFIC_CLIENT_APPLICATION, terms, secret, transcript) &&
                    derive_traffic(out, TRAFFIC_SERVER_APPLICATION, terms, secret, transcript);
    OPENSSL_cleanse(master, sizeof(master));
    return complete;
}

bool traffic_resumption_secret(uint8_t out[static TRAFFIC_SECRET_MAX_LEN],
                               const struct traffic_terms *terms, const uint8_t *handshake_secret,
                               struct bytes transcript)
{
    size_t len = traffic_hash_len(terms->hash);
    uint8_t master[TRAFFIC_SECRET_MAX_LEN];
    bool made = master_of(master, len, terms, handshake_secret) &&
                expand_label(out, len, terms, bytes_of(master, len), "res master", transcript);

    OPENSSL_cleanse(master, sizeof(master));
    return made;
}

bool traffic_derive(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const struct traffic_terms *terms,
                    struct bytes secret, const char *label, struct bytes context)
{
    size_t len = traffic_hash_len(terms->hash);

    return len > 0 && expand_label(out, len, terms, secret, label, context);
}

bool traffic_key(uint8_t *out, size_t out_len, const struct traffic_terms *terms,
                 struct bytes traffic_secret, const char *label)
{
    return expand_label(out, out_len, terms, traffic_secret, label, (struct bytes){0});
}

bool traffic_next(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const struct traffic_terms *terms,
                  struct bytes traffic_secret)
{
    return traffic_key(out, traffic_secret.len, terms, traffic_secret, words_of(terms)->update);
}

bool traffic_verify_data(uint8_t out[static TRAFFIC_SECRET_MAX_LEN],
                         const struct traffic_terms *terms, struct bytes traffic_secret,
                         struct bytes transcript)
{
    uint8_t finished_key[TRAFFIC_SECRET_MAX_LEN];
    size_t len = traffic_hash_len(terms->hash);
    size_t out_len;

    bool computed =
        len > 0 && traffic_key(finished_key, len, terms, traffic_secret, "finished") &&
        EVP_Q_mac(NULL, "HMAC", NULL, terms->hash, NULL, finished_key, len, transcript.at,
                  transcript.len, out, TRAFFIC_SECRET_MAX_LEN, &out_len) != NULL;
    OPENSSL_cleanse(finished_key, sizeof(finished_key));
    return computed;
}
