#include "victim/dh_parameters.h"

#include <errno.h>
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "capture/alloc.h"

/* What libcrypto computes with at all: crypto/dh/dh_local.h and openssl/dh.h of OpenSSL 3. */
#define FEWEST_BITS 512
#define MOST_BITS   10000

static EVP_PKEY *from_name(const char *type, const char *name)
{
    char *copy = alloc_text(name); /* the parameter takes no const */
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, copy, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *group = NULL;

    if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &group, EVP_PKEY_KEY_PARAMETERS, params) != 1)
        group = NULL;
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    free(copy);
    return group;
}

EVP_PKEY *dh_parameters_named(const char *name)
{
    EVP_PKEY *group = from_name("DH", name);

    /* The groups of RFC 5114 have a subgroup of their own size, and another type for that. */
    return group ? group : from_name("DHX", name);
}

/* A copy of one number of the group, to be freed; NULL when there is none. */
static BIGNUM *number(const EVP_PKEY *group, const char *name)
{
    BIGNUM *n = NULL;

    (void)EVP_PKEY_get_bn_param(group, name, &n);
    return n;
}

/* The server makes a key of this group, and the client looks at what it gets of it. */
static bool works_in_libcrypto(EVP_PKEY *group)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(group, NULL);
    EVP_PKEY *key = NULL;
    bool works = ctx && EVP_PKEY_param_check_quick(ctx) == 1 && EVP_PKEY_keygen_init(ctx) == 1 &&
                 EVP_PKEY_generate(ctx, &key) == 1;

    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(ctx);
    ERR_clear_error();
    return works;
}

/* Why libcrypto refuses them; the first reason that applies. */
static bool complain_of_numbers(struct complaint *why, const char *path, const BIGNUM *p,
                                const BIGNUM *g)
{
    BIGNUM *p_minus_1 = p ? BN_dup(p) : NULL;
    int bits = p ? BN_num_bits(p) : 0;

    if (!p_minus_1 || !g || !BN_sub_word(p_minus_1, 1))
        (void)complaint_say(why, "%s: holds no prime and generator; see openssl dhparam", path);
    else if (bits < FEWEST_BITS || bits > MOST_BITS)
        (void)complaint_say(why,
                            "%s: the prime has %d bits, and libssl takes %d to %d; take a group "
                            "of that size, see openssl dhparam",
                            path, bits, FEWEST_BITS, MOST_BITS);
    else if (!BN_is_odd(p))
        (void)complaint_say(why,
                            "%s: the modulus is even, so it is no prime; libssl looks no closer, "
                            "and takes any odd one",
                            path);
    else if (BN_is_negative(g) || BN_is_zero(g) || BN_is_one(g) || BN_cmp(g, p_minus_1) >= 0)
        (void)complaint_say(why,
                            "%s: the generator is not among 2 to p-2, so there would be one or "
                            "two keys in all; take 2, for instance",
                            path);
    else
        (void)complaint_say(why, "%s: libcrypto makes no key of this group; take another one",
                            path);
    BN_free(p_minus_1);
    return false;
}

static bool check_group(struct complaint *why, const char *path, EVP_PKEY *group)
{
    if (!EVP_PKEY_is_a(group, "DH") && !EVP_PKEY_is_a(group, "DHX"))
        return complaint_say(why,
                             "%s: holds parameters of type %s; a file with BEGIN DH PARAMETERS is "
                             "wanted",
                             path, EVP_PKEY_get0_type_name(group));
    if (works_in_libcrypto(group))
        return true;

    BIGNUM *p = number(group, OSSL_PKEY_PARAM_FFC_P);
    BIGNUM *g = number(group, OSSL_PKEY_PARAM_FFC_G);
    bool ok = complain_of_numbers(why, path, p, g);

    BN_free(p);
    BN_free(g);
    return ok;
}

EVP_PKEY *dh_parameters_read(struct complaint *why, const char *path)
{
    BIO *file = BIO_new_file(path, "r");

    if (!file) {
        (void)complaint_say(why, "%s: %s; name a file with BEGIN DH PARAMETERS", path,
                            strerror(errno));
        return NULL;
    }

    EVP_PKEY *group = PEM_read_bio_Parameters(file, NULL);

    BIO_free(file);
    ERR_clear_error();
    if (!group)
        (void)complaint_say(why, "%s: no group in PEM; a file with BEGIN DH PARAMETERS is wanted",
                            path);
    else if (!check_group(why, path, group)) {
        EVP_PKEY_free(group);
        group = NULL;
    }
    return group;
}

static bool same_number(const EVP_PKEY *a, const EVP_PKEY *b, const char *name)
{
    BIGNUM *x = number(a, name);
    BIGNUM *y = number(b, name);
    bool same = x && y && BN_cmp(x, y) == 0;

    BN_free(x);
    BN_free(y);
    return same;
}

bool dh_parameters_equal(const EVP_PKEY *a, const EVP_PKEY *b)
{
    /* Not EVP_PKEY_parameters_eq: of a subgroup's order, the other end hears nothing. */
    return same_number(a, b, OSSL_PKEY_PARAM_FFC_P) && same_number(a, b, OSSL_PKEY_PARAM_FFC_G);
}

char *dh_parameters_text(const EVP_PKEY *group)
{
    char name[32];

    if (EVP_PKEY_get_group_name(group, name, sizeof(name), NULL) == 1 && name[0])
        return alloc_text(name);
    return alloc_format("a group of %d bits", EVP_PKEY_get_bits(group));
}

char *dh_parameters_tag(const EVP_PKEY *group)
{
    BIGNUM *p = number(group, OSSL_PKEY_PARAM_FFC_P);
    size_t len = p ? (size_t)BN_num_bytes(p) : 0;
    uint8_t *raw = alloc_zero(len + 1);
    uint8_t digest[EVP_MAX_MD_SIZE] = {0};

    if (p)
        (void)BN_bn2bin(p, raw);
    (void)EVP_Digest(raw, len, digest, NULL, EVP_sha256(), NULL);
    BN_free(p);
    free(raw);
    return alloc_format("%02x%02x%02x%02x", digest[0], digest[1], digest[2], digest[3]);
}
