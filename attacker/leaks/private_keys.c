#include "attacker/leaks/private_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "attacker/leaks/diffie_hellman.h"
#include "capture/keyed_hash.h"

struct private_key_mark {
    uint8_t sha256[SHA256_DIGEST_LENGTH]; /* of the modulus */
    EVP_PKEY *key;                        /* the list's */
    UT_hash_handle hh;
};

/* mark_of writes the SHA-256 of an RSA key's modulus; false for keys of another kind. */
static bool mark_of(const EVP_PKEY *key, uint8_t out[static SHA256_DIGEST_LENGTH])
{
    BIGNUM *n = NULL;
    uint8_t *modulus;
    int len;

    if (!EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) != 1) {
        ERR_clear_error();
        return false;
    }
    modulus = alloc_zero((size_t)BN_num_bytes(n) + 1); /* one more, so that it is never none */
    len = BN_bn2bin(n, modulus);
    SHA256(modulus, (size_t)len, out);
    free(modulus);
    BN_free(n);
    return true;
}

/* hash_of: a SHA-256 is spread evenly by itself. */
static unsigned hash_of(const uint8_t sha256[static SHA256_DIGEST_LENGTH])
{
    unsigned hash;

    memcpy(&hash, sha256, sizeof(hash));
    return hash;
}

static struct private_key_mark *find_mark(const struct private_keys *list,
                                          const uint8_t sha256[static SHA256_DIGEST_LENGTH])
{
    struct private_key_mark *mark = NULL;

    HASH_FIND_BYHASHVALUE(hh, list->by_modulus, sha256, SHA256_DIGEST_LENGTH, hash_of(sha256),
                          mark);
    return mark;
}

void private_keys_add(struct private_keys *list, EVP_PKEY *key)
{
    uint8_t sha256[SHA256_DIGEST_LENGTH];

    list->keys = alloc_resize(list->keys, (list->num_keys + 1) * sizeof(EVP_PKEY *));
    list->keys[list->num_keys++] = key;
    if (!mark_of(key, sha256) || find_mark(list, sha256))
        return;

    struct private_key_mark *mark = alloc_zero(sizeof(*mark));
    memcpy(mark->sha256, sha256, sizeof(sha256));
    mark->key = key;
    HASH_ADD_BYHASHVALUE(hh, list->by_modulus, sha256, sizeof(mark->sha256), hash_of(sha256), mark);
}

EVP_PKEY *private_keys_find(const struct private_keys *list, const EVP_PKEY *public_key)
{
    uint8_t sha256[SHA256_DIGEST_LENGTH];

    if (mark_of(public_key, sha256)) {
        struct private_key_mark *mark = find_mark(list, sha256);

        return mark && EVP_PKEY_eq(mark->key, public_key) == 1 ? mark->key : NULL;
    }
    for (size_t i = 0; i < list->num_keys; i++) {
        if (EVP_PKEY_eq(list->keys[i], public_key) == 1 ||
            diffie_hellman_same(list->keys[i], public_key))
            return list->keys[i];
    }
    return NULL;
}

void private_keys_clear(struct private_keys *list)
{
    struct private_key_mark *mark = list->by_modulus;

    HASH_CLEAR(hh, list->by_modulus);
    while (mark) {
        struct private_key_mark *next = mark->hh.next;

        free(mark);
        mark = next;
    }
    for (size_t i = 0; i < list->num_keys; i++)
        EVP_PKEY_free(list->keys[i]);
    free(list->keys);
    *list = (struct private_keys){0};
}
