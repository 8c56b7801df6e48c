#include "tests/support/suite_plan.h"

#include <string.h>

/* Words of IANA's names; the first that is in a name counts. */
static const struct word {
    const char *word;
    enum sealer_way way;
    const char *cipher;
    size_t key_len;
    size_t block_len;
    size_t tag_len;
    size_t export_key_len;
} words[] = {
    {"_GOSTR", SEALER_NULL, NULL, 0, 0, 0, 0}, /* nobody */
    {"_EXPORT_WITH_RC4_40_", SEALER_STREAM, "RC4", 5, 0, 0, 16},
    {"_EXPORT_WITH_RC2_CBC_40_", SEALER_CBC, "RC2-CBC", 5, 8, 0, 16},
    {"_EXPORT_WITH_DES40_CBC_", SEALER_CBC, "DES-CBC", 5, 8, 0, 8},
    {"_EXPORT_WITH_DES_CBC_40_", SEALER_CBC, "DES-CBC", 5, 8, 0, 8},
    {"_EXPORT1024_WITH_RC4_56_", SEALER_STREAM, "RC4", 7, 0, 0, 16},
    {"_EXPORT1024_WITH_RC2_CBC_56_", SEALER_CBC, "RC2-CBC", 7, 8, 0, 16},
    {"_EXPORT1024_WITH_DES_CBC_", SEALER_CBC, "DES-CBC", 8, 8, 0, 8},
    {"_NULL_", SEALER_NULL, NULL, 0, 0, 0, 0},
    {"_RC4_128_", SEALER_STREAM, "RC4", 16, 0, 0, 0},
    {"_IDEA_CBC_", SEALER_CBC, "IDEA-CBC", 16, 8, 0, 0},
    {"_3DES_EDE_CBC_", SEALER_CBC, "DES-EDE3-CBC", 24, 8, 0, 0},
    {"_DES_CBC_", SEALER_CBC, "DES-CBC", 8, 8, 0, 0},
    {"_SEED_CBC_", SEALER_CBC, "SEED-CBC", 16, 16, 0, 0},
    {"_AES_128_CBC_", SEALER_CBC, "AES-128-CBC", 16, 16, 0, 0},
    {"_AES_256_CBC_", SEALER_CBC, "AES-256-CBC", 32, 16, 0, 0},
    {"_CAMELLIA_128_CBC_", SEALER_CBC, "CAMELLIA-128-CBC", 16, 16, 0, 0},
    {"_CAMELLIA_256_CBC_", SEALER_CBC, "CAMELLIA-256-CBC", 32, 16, 0, 0},
    {"_ARIA_128_CBC_", SEALER_CBC, "ARIA-128-CBC", 16, 16, 0, 0},
    {"_ARIA_256_CBC_", SEALER_CBC, "ARIA-256-CBC", 32, 16, 0, 0},
    {"_AES_128_GCM_", SEALER_EXPLICIT_NONCE, "AES-128-GCM", 16, 0, 16, 0},
    {"_AES_256_GCM_", SEALER_EXPLICIT_NONCE, "AES-256-GCM", 32, 0, 16, 0},
    {"_AES_128_CCM_8", SEALER_EXPLICIT_NONCE, "AES-128-CCM", 16, 0, 8, 0},
    {"_AES_256_CCM_8", SEALER_EXPLICIT_NONCE, "AES-256-CCM", 32, 0, 8, 0},
    {"_AES_128_CCM", SEALER_EXPLICIT_NONCE, "AES-128-CCM", 16, 0, 16, 0},
    {"_AES_256_CCM", SEALER_EXPLICIT_NONCE, "AES-256-CCM", 32, 0, 16, 0},
    {"_ARIA_128_GCM_", SEALER_EXPLICIT_NONCE, "ARIA-128-GCM", 16, 0, 16, 0},
    {"_ARIA_256_GCM_", SEALER_EXPLICIT_NONCE, "ARIA-256-GCM", 32, 0, 16, 0},
    {"_CAMELLIA_128_GCM_", SEALER_EXPLICIT_NONCE, "CAMELLIA-128-GCM", 16, 0, 16, 0},
    {"_CAMELLIA_256_GCM_", SEALER_EXPLICIT_NONCE, "CAMELLIA-256-GCM", 32, 0, 16, 0},
    {"_SM4_GCM_", SEALER_XOR_NONCE, "SM4-GCM", 16, 0, 16, 0},
    {"_SM4_CCM_", SEALER_XOR_NONCE, "SM4-CCM", 16, 0, 16, 0},
    {"_CHACHA20_POLY1305_", SEALER_XOR_NONCE, "ChaCha20-Poly1305", 32, 0, 16, 0},
};

static bool ends_with(const char *name, const char *end)
{
    return strlen(name) >= strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

/* last_hash is the hash at the end of the name, NULL when there is none. */
static const char *last_hash(const char *name)
{
    static const char *const ends[][2] = {{"_MD5", "MD5"},
                                          {"_SHA", "SHA1"},
                                          {"_SHA256", "SHA256"},
                                          {"_SHA384", "SHA384"},
                                          {"_SM3", "SM3"}};

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (ends_with(name, ends[i][0]))
            return ends[i][1];
    }
    return NULL;
}

/* prf_of: a hash of the last century is for the MAC alone. RFC 5246 section 5. */
static const char *prf_of(const char *hash, uint16_t version)
{
    if (version < 0x0303)
        return "MD5-SHA1";
    return hash && strcmp(hash, "MD5") != 0 && strcmp(hash, "SHA1") != 0 ? hash : "SHA256";
}

bool suite_plan(struct sealing_plan *out, const char *name, uint16_t id, uint16_t version)
{
    const char *hash = last_hash(name);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const struct word *w = &words[i];

        if (!strstr(name, w->word))
            continue;
        *out = (struct sealing_plan){
            .suite = id,
            .version = version,
            .way = version >= 0x0304 ? SEALER_XOR_NONCE : w->way,
            .cipher = w->cipher,
            .key_len = w->key_len,
            .block_len = w->block_len,
            .tag_len = w->tag_len,
            .mac = w->tag_len > 0 ? NULL : hash,
            .prf = prf_of(hash, version),
            .export_key_len = w->export_key_len,
        };
        return i > 0;
    }
    return false;
}
