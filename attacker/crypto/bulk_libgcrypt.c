/* What libcrypto was built without, from libgcrypt; it knows a cipher and a mode as two numbers. */
#include <gcrypt.h>
#include <stdlib.h>

#include "attacker/crypto/bulk_cipher.h"
#include "capture/alloc.h"

#define NONCE_LEN 12

static const struct row {
    const char *name;
    int algorithm;
    int mode;
} rows[] = {
    {"IDEA-CBC", GCRY_CIPHER_IDEA, GCRY_CIPHER_MODE_CBC},
    {"CAMELLIA-128-GCM", GCRY_CIPHER_CAMELLIA128, GCRY_CIPHER_MODE_GCM},
    {"CAMELLIA-256-GCM", GCRY_CIPHER_CAMELLIA256, GCRY_CIPHER_MODE_GCM},
    {"SM4-GCM", GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_GCM},
    {"SM4-CCM", GCRY_CIPHER_SM4, GCRY_CIPHER_MODE_CCM},
};

struct context {
    gcry_cipher_hd_t handle;
    size_t block;
    bool ccm;
};

static const struct row *find(const struct cipher *cipher)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, cipher->name) == 0)
            return &rows[i];
    }
    return NULL;
}

static bool known(const struct cipher *cipher)
{
    const struct row *row = find(cipher);

    return row && gcry_cipher_test_algo(row->algorithm) == 0;
}

static void stop(void *context)
{
    struct context *c = context;

    gcry_cipher_close(c->handle);
    free(c);
}

static void *start(const struct cipher *cipher, const uint8_t *key)
{
    const struct row *row = find(cipher);

    if (!row)
        return NULL;

    struct context *c = alloc_zero(sizeof(*c));
    c->block = gcry_cipher_get_algo_blklen(row->algorithm);
    c->ccm = row->mode == GCRY_CIPHER_MODE_CCM;
    if (gcry_cipher_open(&c->handle, row->algorithm, row->mode, 0) == 0 &&
        gcry_cipher_setkey(c->handle, key, bulk_cipher_key_len(cipher)) == 0)
        return c;
    stop(c);
    return NULL;
}

static bool decrypt(void *context, uint8_t *out, const uint8_t *iv, struct bytes sealed)
{
    const struct context *c = context;

    return gcry_cipher_setiv(c->handle, iv, c->block) == 0 &&
           gcry_cipher_decrypt(c->handle, out, sealed.len, sealed.at, sealed.len) == 0;
}

/* set_ccm_lengths: CCM has to know all lengths before it begins. */
static bool set_ccm_lengths(const struct context *c, const struct bulk_sealed *s)
{
    uint64_t lengths[] = {s->ciphertext.len, s->additional.len, s->tag.len};

    return gcry_cipher_ctl(c->handle, GCRYCTL_SET_CCM_LENGTHS, lengths, sizeof(lengths)) == 0;
}

static bool open_sealed(void *context, uint8_t *out, const struct bulk_sealed *s)
{
    const struct context *c = context;

    if (gcry_cipher_reset(c->handle) != 0 ||
        gcry_cipher_setiv(c->handle, s->nonce, NONCE_LEN) != 0 ||
        (c->ccm && !set_ccm_lengths(c, s)) ||
        gcry_cipher_authenticate(c->handle, s->additional.at, s->additional.len) != 0)
        return false;
    if (s->ciphertext.len > 0 && gcry_cipher_decrypt(c->handle, out, s->ciphertext.len,
                                                     s->ciphertext.at, s->ciphertext.len) != 0)
        return false;
    return gcry_cipher_checktag(c->handle, s->tag.at, s->tag.len) == 0;
}

const struct bulk_library bulk_libgcrypt = {start, known, decrypt, open_sealed, stop};
