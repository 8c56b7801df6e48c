#include "attacker/leaks/ephemeral.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "attacker/leaks/premaster.h"
#include "attacker/tls/exchange_name.h"

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

static bool is_number(const BIGNUM *number, struct bytes wire)
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
    bool same = take_numbers(key, &n) && (p.len == 0 || is_number(n.p, p)) &&
                is_number(n.own_public, value);

    clear_numbers(&n);
    ERR_clear_error();
    return same;
}

/* has_public_value: does g^x (or x times the base point) of this key stand on the wire? */
static bool has_public_value(const EVP_PKEY *key, struct bytes p, struct bytes value)
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

bool ephemeral_agree(const BIGNUM *p, const BIGNUM *exponent, struct bytes peer, bool keep_zeros,
                     struct secret *out)
{
    enum secret_kind kind = keep_zeros ? SECRET_SHARED : SECRET_PREMASTER;
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
                                struct secret *out)
{
    struct numbers n = {0};
    bool computed =
        take_numbers(key, &n) && ephemeral_agree(n.p, n.own_private, peer, keep_zeros, out);

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

/* compute goes from one side's private key and the other's public value to the shared secret. */
static bool compute(EVP_PKEY *key, const struct handshake *h, struct bytes peer, struct secret *out)
{
    bool tls13 = h->version >= TLS_1_3;
    enum secret_kind kind = tls13 ? SECRET_SHARED : SECRET_PREMASTER;
    bool computed = is_finite_field(key) ? finite_field_shared(key, peer, tls13, out)
                                         : curve_shared(key, peer, out, kind);

    ERR_clear_error();
    return computed;
}

static enum answer use(EVP_PKEY *key, enum side owner, const struct handshake *h,
                       struct secret *out, struct evidence *e)
{
    const struct message *where = h->version >= TLS_1_3
                                      ? (owner == SIDE_SERVER ? h->server_hello : h->client_hello)
                                  : owner == SIDE_SERVER ? h->server_key_exchange
                                                         : h->client_key_exchange;
    struct bytes peer = owner == SIDE_SERVER ? h->client_value : h->server_value;
    char name[GROUP_TEXT_SIZE];

    evidence_add(e, where ? where->frame : 0, "Is the leaked ephemeral key one of this session?",
                 "yes: it gives the %s's public value in %s",
                 owner == SIDE_SERVER ? "server" : "client", exchange_group_name(h, name));
    return ephemeral_conclude(h, peer.len > 0 && compute(key, h, peer, out), out, e);
}

enum answer ephemeral_conclude(const struct handshake *h, bool computed, struct secret *out,
                               struct evidence *e)
{
    if (!computed) {
        evidence_add(e, 0, "Does it give the shared secret?",
                     "no: the other side's public value is missing or no member of the group");
        return ANSWER_BROKEN;
    }
    evidence_add(e, 0, "Does it give the shared secret?",
                 "yes: with the other side's public value, %zu bytes", out->len);
    if (h->psk_chosen || (h->suite && suite_uses_psk(h->suite))) {
        evidence_add(e, 0, "Is that all that the keys are made of?",
                     "no: a pre-shared key goes into them as well");
        if (h->version < TLS_1_3) /* the two are yet to be mixed: psk_ask, known_psk_ask */
            out->kind = SECRET_OTHER;
        return ANSWER_PSK;
    }
    return ANSWER_SECRET;
}

/* --- The temporary RSA key of the export suites ------------------------------- */

static bool has_modulus(const EVP_PKEY *key, struct bytes modulus)
{
    BIGNUM *n = NULL;
    bool same = EVP_PKEY_is_a(key, "RSA") &&
                EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 && is_number(n, modulus);

    BN_free(n);
    ERR_clear_error();
    return same;
}

static enum answer open_box(EVP_PKEY *key, const struct handshake *h, struct secret *out,
                            struct evidence *e)
{
    static const char step[] = "Does the ClientKeyExchange decrypt with it?";
    uint64_t frame = h->client_key_exchange ? h->client_key_exchange->frame : 0;
    struct bytes box = h->client_params.encrypted_premaster;
    struct premaster p = premaster_decrypt(key, box);
    bool opened = p.result == PREMASTER_OPENED &&
                  secret_set(out, SECRET_PREMASTER, bytes_of(p.value, sizeof(p.value)));

    OPENSSL_cleanse(&p, sizeof(p));
    evidence_add(e, frame, step,
                 opened ? "yes: its %zu bytes of ciphertext open to the premaster secret that the "
                          "client made"
                        : "no: its %zu bytes of ciphertext do not open to a premaster secret",
                 box.len);
    return opened ? ANSWER_SECRET : ANSWER_BROKEN;
}

static enum answer ask_temporary(const struct private_keys *ephemerals, const struct handshake *h,
                                 struct secret *out, struct evidence *e)
{
    static const char step[] = "Is the leaked key the temporary one of the ServerKeyExchange?";
    uint64_t frame = h->server_key_exchange->frame;

    for (size_t i = 0; i < ephemerals->num_keys; i++) {
        if (!has_modulus(ephemerals->keys[i], h->server_params.modulus))
            continue;
        evidence_add(e, frame, step, "yes: it has the modulus that stands there, %zu bytes",
                     h->server_params.modulus.len);
        return open_box(ephemerals->keys[i], h, out, e);
    }
    evidence_add(e, frame, step, "no: another modulus stands there");
    return ANSWER_MISMATCH;
}

/* --- All of them ------------------------------------------------------------- */

enum answer ephemeral_ask(const struct private_keys *ephemerals, const struct handshake *h,
                          struct secret *out, struct evidence *e)
{
    static const char step[] = "Is the leaked ephemeral key one of this session?";

    if (ephemerals->num_keys == 0)
        return ANSWER_NOT_GIVEN;
    if (h->server_params.modulus.len > 0)
        return ask_temporary(ephemerals, h, out, e);
    for (size_t i = 0; i < ephemerals->num_keys; i++) {
        EVP_PKEY *key = ephemerals->keys[i];

        if (has_public_value(key, h->server_params.p, h->server_value))
            return use(key, SIDE_SERVER, h, out, e);
        if (has_public_value(key, h->server_params.p, h->client_value))
            return use(key, SIDE_CLIENT, h, out, e);
    }
    if (exchange_is_ephemeral(h) && (h->server_value.len == 0 || h->client_value.len == 0)) {
        evidence_add(e, 0, step, "can't be told: a public value is missing from the recording");
        return ANSWER_BROKEN;
    }
    evidence_add(e, 0, step, "no: its public value is neither the server's nor the client's");
    return ANSWER_MISMATCH;
}
