#include "attacker/leaks/diffie_hellman.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

static bool is_finite_field(const EVP_PKEY *key)
{
    return EVP_PKEY_is_a(key, "DH") || EVP_PKEY_is_a(key, "DHX");
}

/* The numbers of a finite field key, and one to compare them with. */
struct numbers {
    BIGNUM *p;
    BIGNUM *own_public;
    BIGNUM *own_private;
};

static bool take_numbers(const EVP_PKEY *key, struct numbers *n)
{
    return EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &n->p) == 1 &&
           EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &n->own_public) == 1 &&
           EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &n->own_private) == 1;
}

static void clear_numbers(struct numbers *n)
{
    BN_free(n->p);
    BN_free(n->own_public);
    BN_clear_free(n->own_private);
}

bool diffie_hellman_is_number(const BIGNUM *number, struct bytes wire)
{
    BIGNUM *other = BN_bin2bn(wire.at, (int)wire.len, NULL);
    bool same = other && BN_cmp(number, other) == 0;

    BN_free(other);
    return same;
}

/* finite_field_is: the key's prime is that of the handshake, and its public value is `value`. */
static bool finite_field_is(const EVP_PKEY *key, struct bytes p, struct bytes value)
{
    struct numbers n = {0};
    bool same = take_numbers(key, &n) && (p.len == 0 || diffie_hellman_is_number(n.p, p)) &&
                diffie_hellman_is_number(n.own_public, value);

    clear_numbers(&n);
    ERR_clear_error();
    return same;
}

bool diffie_hellman_has_value(const EVP_PKEY *key, struct bytes p, struct bytes value)
{
    uint8_t *encoded = NULL;

    if (value.len == 0)
        return false;
    if (is_finite_field(key))
        return finite_field_is(key, p, value);

    size_t len = p.len > 0 ? 0 : EVP_PKEY_get1_encoded_public_key(unconst(key), &encoded);
    bool same = len > 0 && bytes_equal(bytes_of(encoded, len), value);
    OPENSSL_free(encoded);
    ERR_clear_error();
    return same;
}

static bool write_number(const BIGNUM *number, uint8_t out[static SECRET_MAX_LEN], size_t *len)
{
    *len = (size_t)BN_num_bytes(number);
    return *len <= SECRET_MAX_LEN && BN_bn2bin(number, out) == (int)*len;
}

bool diffie_hellman_value_of(const EVP_PKEY *key, uint8_t out[static SECRET_MAX_LEN], size_t *len)
{
    uint8_t *encoded = NULL;
    BIGNUM *number = NULL;
    bool written = false;

    if (is_finite_field(key)) {
        written = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PUB_KEY, &number) == 1 &&
                  write_number(number, out, len);
    } else {
        *len = EVP_PKEY_get1_encoded_public_key(unconst(key), &encoded);
        written = *len > 0 && *len <= SECRET_MAX_LEN;
        if (written)
            memcpy(out, encoded, *len);
    }
    OPENSSL_free(encoded);
    BN_free(number);
    ERR_clear_error();
    return written;
}

static bool same_number(const EVP_PKEY *a, const EVP_PKEY *b, const char *name)
{
    BIGNUM *of_a = NULL;
    BIGNUM *of_b = NULL;
    bool same = EVP_PKEY_get_bn_param(a, name, &of_a) == 1 &&
                EVP_PKEY_get_bn_param(b, name, &of_b) == 1 && BN_cmp(of_a, of_b) == 0;

    BN_free(of_a);
    BN_free(of_b);
    ERR_clear_error();
    return same;
}

bool diffie_hellman_same(const EVP_PKEY *a, const EVP_PKEY *b)
{
    return is_finite_field(a) && is_finite_field(b) && same_number(a, b, OSSL_PKEY_PARAM_FFC_P) &&
           same_number(a, b, OSSL_PKEY_PARAM_PUB_KEY);
}

bool diffie_hellman_raise(const BIGNUM *p, const BIGNUM *exponent, struct bytes peer,
                          bool keep_zeros, enum secret_kind kind, struct secret *out)
{
    uint8_t z[SECRET_MAX_LEN];
    BN_CTX *context = BN_CTX_new();
    BIGNUM *other = BN_bin2bn(peer.at, (int)peer.len, NULL);
    BIGNUM *shared = BN_secure_new();
    bool computed = context && other && shared && (size_t)BN_num_bytes(p) <= sizeof(z) &&
                    BN_mod_exp(shared, other, exponent, p, context) == 1;

    if (computed) {
        int len = keep_zeros ? BN_num_bytes(p) : BN_num_bytes(shared);

        computed =
            BN_bn2binpad(shared, z, len) == len && secret_set(out, kind, bytes_of(z, (size_t)len));
    }
    OPENSSL_cleanse(z, sizeof(z));
    BN_clear_free(shared);
    BN_free(other);
    BN_CTX_free(context);
    return computed;
}

static bool finite_field_shared(const EVP_PKEY *key, struct bytes peer, bool keep_zeros,
                                struct secret *out, enum secret_kind kind)
{
    struct numbers n = {0};
    bool computed = take_numbers(key, &n) &&
                    diffie_hellman_raise(n.p, n.own_private, peer, keep_zeros, kind, out);

    clear_numbers(&n);
    return computed;
}

static bool curve_shared(EVP_PKEY *key, struct bytes peer, struct secret *out,
                         enum secret_kind kind)
{
    uint8_t z[SECRET_MAX_LEN];
    size_t len = sizeof(z);
    EVP_PKEY *other = EVP_PKEY_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool computed =
        other && context && EVP_PKEY_copy_parameters(other, key) == 1 &&
        EVP_PKEY_set1_encoded_public_key(other, peer.at, peer.len) == 1 &&
        EVP_PKEY_derive_init(context) == 1 && EVP_PKEY_derive_set_peer(context, other) == 1 &&
        EVP_PKEY_derive(context, z, &len) == 1 && secret_set(out, kind, bytes_of(z, len));

    OPENSSL_cleanse(z, sizeof(z));
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    return computed;
}

bool diffie_hellman_compute(EVP_PKEY *key, struct bytes peer, bool keep_zeros,
                            enum secret_kind kind, struct secret *out)
{
    bool computed = is_finite_field(key) ? finite_field_shared(key, peer, keep_zeros, out, kind)
                                         : curve_shared(key, peer, out, kind);

    ERR_clear_error();
    return computed;
}
