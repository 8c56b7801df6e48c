#include "victim/credentials.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "victim/words.h"

#define RSA_BITS   2048
#define CURVE      "P-256"
#define DAY_S      (24L * 60 * 60)
#define VALID_DAYS 365
#define SERIAL_LEN 16

/* Names that a made certificate is good for: the story's, and this machine's, for a browser. */
#define ALT_NAMES "DNS:" WORDS_HOST ",DNS:localhost,IP:127.0.0.1,IP:::1"

const char *key_type_name(enum key_type type)
{
    static const char *const names[] = {
        [KEY_NONE] = "no key",          [KEY_RSA] = "an RSA key", [KEY_EC] = "an EC key",
        [KEY_ED25519] = "an EdDSA key", [KEY_DSA] = "a DSA key",
    };

    return names[type];
}

static enum key_type type_of(const EVP_PKEY *key)
{
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
        return KEY_RSA;
    case EVP_PKEY_EC:
        return KEY_EC;
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return KEY_ED25519;
    case EVP_PKEY_DSA:
        return KEY_DSA;
    default:
        return KEY_NONE;
    }
}

/* libcrypto asks for a passphrase only when the key is encrypted; note that, and give none. */
static int note_encrypted(char *passphrase, int room, int writing, void *is_encrypted)
{
    (void)passphrase;
    (void)room;
    (void)writing;
    *(bool *)is_encrypted = true;
    return -1;
}

static bool load_key(struct credentials *c, struct complaint *why, const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    bool is_encrypted = false;

    if (!file)
        return complaint_say(why, "%s: %s; name the server's private key", path, strerror(errno));
    c->key = PEM_read_bio_PrivateKey(file, NULL, note_encrypted, &is_encrypted);
    BIO_free(file);
    if (!c->key && is_encrypted)
        return complaint_say(
            why, "%s: this key is encrypted; decrypt it first: openssl pkey -in %s", path, path);
    if (!c->key)
        return complaint_say(
            why, "%s: no private key in PEM; a file with BEGIN PRIVATE KEY is wanted", path);
    c->type = type_of(c->key);
    if (c->type == KEY_NONE)
        return complaint_say(why, "%s: holds a key of type %s; take RSA, EC, EdDSA or DSA", path,
                             EVP_PKEY_get0_type_name(c->key));
    return true;
}

static bool load_certificates(struct credentials *c, struct complaint *why, const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    X509 *issuer;

    if (!file)
        return complaint_say(why, "%s: %s; name the server's certificate", path, strerror(errno));
    c->certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
    c->issuers = sk_X509_new_null();
    while (c->certificate && c->issuers && (issuer = PEM_read_bio_X509(file, NULL, NULL, NULL))) {
        if (sk_X509_push(c->issuers, issuer) == 0)
            X509_free(issuer);
    }
    BIO_free(file);
    if (!c->certificate || !c->issuers)
        return complaint_say(
            why, "%s: no certificate in PEM; a file with BEGIN CERTIFICATE is wanted", path);
    return true;
}

bool credentials_load(struct credentials *c, struct complaint *why, const char *key_path,
                      const char *cert_path)
{
    *c = (struct credentials){0};
    if (!load_key(c, why, key_path) || !load_certificates(c, why, cert_path))
        return false;
    if (X509_check_private_key(c->certificate, c->key) != 1)
        return complaint_say(why, "%s: this certificate is for another key than %s; give the pair",
                             cert_path, key_path);
    return true;
}

/*
 * Finding DSA parameters takes seconds, and everybody may use the same ones: these are the primes
 * of RFC 5114 section 2.3 (2048 and 256 bits), which libcrypto knows as a Diffie-Hellman group.
 */
static EVP_PKEY *make_dsa_key(void)
{
    OSSL_PARAM name[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char[]){"dh_2048_256"}, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *group_ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
    EVP_PKEY_CTX *params_ctx = EVP_PKEY_CTX_new_from_name(NULL, "DSA", NULL);
    EVP_PKEY_CTX *key_ctx = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *group = NULL;
    EVP_PKEY *domain = NULL;
    EVP_PKEY *key = NULL;
    BIGNUM *p = NULL;
    BIGNUM *q = NULL;
    BIGNUM *g = NULL;

    if (EVP_PKEY_fromdata_init(group_ctx) == 1 &&
        EVP_PKEY_fromdata(group_ctx, &group, EVP_PKEY_KEY_PARAMETERS, name) == 1 &&
        EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
        EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_Q, &q) == 1 &&
        EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_G, &g) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_P, p) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_Q, q) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_FFC_G, g) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(build)) && EVP_PKEY_fromdata_init(params_ctx) == 1 &&
        EVP_PKEY_fromdata(params_ctx, &domain, EVP_PKEY_KEY_PARAMETERS, params) == 1 &&
        (key_ctx = EVP_PKEY_CTX_new(domain, NULL)) && EVP_PKEY_keygen_init(key_ctx) == 1)
        (void)EVP_PKEY_generate(key_ctx, &key);
    BN_free(p);
    BN_free(q);
    BN_free(g);
    EVP_PKEY_free(domain);
    EVP_PKEY_free(group);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(key_ctx);
    EVP_PKEY_CTX_free(params_ctx);
    EVP_PKEY_CTX_free(group_ctx);
    return key;
}

static EVP_PKEY *make_key(enum key_type type)
{
    switch (type) {
    case KEY_RSA:
        return EVP_RSA_gen(RSA_BITS);
    case KEY_EC:
        return EVP_EC_gen(CURVE);
    case KEY_ED25519:
        return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    case KEY_DSA:
        return make_dsa_key();
    case KEY_NONE:
        break;
    }
    return NULL;
}

static bool add_extension(X509 *certificate, int nid, const char *value)
{
    X509V3_CTX ctx;

    X509V3_set_ctx(&ctx, certificate, certificate, NULL, NULL, 0);

    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = extension && X509_add_ext(certificate, extension, -1) == 1;

    X509_EXTENSION_free(extension);
    return ok;
}

/* RFC 5280 section 4.1.2.2: at most 20 bytes, positive, and not to be guessed. */
static bool set_serial(X509 *certificate, const struct seed *seed)
{
    uint8_t raw[SERIAL_LEN];
    struct dice dice;

    dice_init(&dice, seed, "certificate serial");
    dice_roll(&dice, raw, sizeof(raw));
    raw[0] = (uint8_t)((raw[0] & 0x7f) | 0x40);

    BIGNUM *number = BN_bin2bn(raw, sizeof(raw), NULL);
    bool ok = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));

    BN_free(number);
    return ok;
}

static bool set_name(X509 *certificate)
{
    X509_NAME *name = X509_get_subject_name(certificate);

    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
                                      (const uint8_t *)"keyfall demonstration", -1, -1, 0) == 1 &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)WORDS_HOST, -1,
                                      -1, 0) == 1 &&
           X509_set_issuer_name(certificate, name) == 1;
}

static bool set_validity(X509 *certificate, uint64_t now_s)
{
    time_t from = (time_t)now_s - DAY_S;

    return X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0, &from) &&
           X509_time_adj_ex(X509_getm_notAfter(certificate), VALID_DAYS, 0, &from);
}

/* The digest of an EdDSA signature is part of the algorithm. RFC 8410 section 3. */
static const EVP_MD *digest_for(enum key_type type)
{
    return type == KEY_ED25519 ? NULL : EVP_sha256();
}

static bool fill_and_sign(X509 *certificate, EVP_PKEY *key, enum key_type type, const char *usage,
                          const struct seed *seed, uint64_t now_s)
{
    if (!usage)
        usage = type == KEY_RSA ? "critical,digitalSignature,keyEncipherment"
                                : "critical,digitalSignature";
    return X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate, seed) &&
           set_name(certificate) && set_validity(certificate, now_s) &&
           X509_set_pubkey(certificate, key) == 1 &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_key_usage, usage) &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
           add_extension(certificate, NID_subject_key_identifier, "hash") &&
           add_extension(certificate, NID_subject_alt_name, ALT_NAMES) &&
           X509_sign(certificate, key, digest_for(type)) > 0;
}

bool credentials_make(struct credentials *c, struct complaint *why, enum key_type type,
                      const char *usage, const struct seed *seed, uint64_t now_s)
{
    *c = (struct credentials){.type = type};
    seed_label(seed, "server key");
    c->key = make_key(type);
    seed_label(seed, "certificate");
    c->certificate = X509_new();
    if (!c->key || !c->certificate ||
        !fill_and_sign(c->certificate, c->key, type, usage, seed, now_s))
        return complaint_say(why,
                             "libcrypto can't make %s with a certificate; give --key and --cert",
                             key_type_name(type));
    return true;
}

void credentials_clear(struct credentials *c)
{
    EVP_PKEY_free(c->key);
    X509_free(c->certificate);
    sk_X509_pop_free(c->issuers, X509_free);
    *c = (struct credentials){0};
}
