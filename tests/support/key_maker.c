#include "tests/support/key_maker.h"

#include <dirent.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"

EVP_PKEY *make_rsa(unsigned bits)
{
    EVP_PKEY *key = EVP_RSA_gen(bits);

    assert_non_null(key);
    return key;
}

EVP_PKEY *make_curve(const char *name)
{
    EVP_PKEY *key = strncmp(name, "P-", 2) == 0 ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", name)
                                                : EVP_PKEY_Q_keygen(NULL, NULL, name);

    assert_non_null(key);
    return key;
}

EVP_PKEY *make_finite_field(const char *group)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    EVP_PKEY *key = NULL;

    assert_int_equal(EVP_PKEY_keygen_init(context), 1);
    assert_int_equal(EVP_PKEY_CTX_set_group_name(context, group), 1);
    assert_int_equal(EVP_PKEY_generate(context, &key), 1);
    EVP_PKEY_CTX_free(context);
    return key;
}

struct private_keys keys_of(EVP_PKEY *const *keys, size_t num_keys)
{
    struct private_keys list = {0};

    for (size_t i = 0; i < num_keys; i++) {
        assert_int_equal(EVP_PKEY_up_ref(keys[i]), 1);
        private_keys_add(&list, keys[i]);
    }
    return list;
}

struct bytes make_certificate(EVP_PKEY *key, const char *subject, const char *usage)
{
    return make_certificate_by(key, key, subject, usage);
}

struct bytes make_certificate_by(EVP_PKEY *issuer, EVP_PKEY *key, const char *subject,
                                 const char *usage)
{
    X509 *x509 = X509_new();
    X509_NAME *name = X509_get_subject_name(x509);
    uint8_t *der = NULL;

    assert_int_equal(
        X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const uint8_t *)"keyfall", -1, -1, 0),
        1);
    assert_int_equal(
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)subject, -1, -1, 0),
        1);
    assert_int_equal(X509_set_issuer_name(x509, name), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x509), 7), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x509), 0));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x509), 86400));
    assert_int_equal(X509_set_pubkey(x509, key), 1);
    if (usage) {
        X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, usage);

        assert_non_null(extension);
        assert_int_equal(X509_add_ext(x509, extension, -1), 1);
        X509_EXTENSION_free(extension);
    }
    bool hashes_itself = EVP_PKEY_is_a(issuer, "ED25519");
    assert_true(X509_sign(x509, issuer, hashes_itself ? NULL : EVP_sha256()) > 0);

    int len = i2d_X509(x509, &der);
    assert_true(len > 0);
    struct bytes exact = exact_copy(bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    X509_free(x509);
    return exact;
}

struct bytes public_value_of(EVP_PKEY *key)
{
    uint8_t *encoded = NULL;
    size_t len = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    struct bytes exact = exact_copy(bytes_of(encoded, len));

    assert_true(len > 0);
    OPENSSL_free(encoded);
    return exact;
}

struct bytes sign_with(EVP_PKEY *key, const char *hash, bool pss, struct bytes data)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;
    uint8_t signature[1024];
    size_t len = sizeof(signature);

    assert_int_equal(EVP_DigestSignInit_ex(context, &key_context, hash, NULL, NULL, key, NULL), 1);
    if (pss)
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &len, data.at, data.len), 1);
    EVP_MD_CTX_free(context);
    return exact_copy(bytes_of(signature, len));
}

void scratch_make(struct scratch *s)
{
    (void)snprintf(s->folder, sizeof(s->folder), "/tmp/keyfall-test-XXXXXX");
    assert_non_null(mkdtemp(s->folder));
}

char *scratch_write(const struct scratch *s, const char *name, struct bytes content)
{
    char *path = alloc_format("%s/%s", s->folder, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    if (content.len > 0)
        assert_int_equal(fwrite(content.at, 1, content.len, file), content.len);
    assert_int_equal(fclose(file), 0);
    return path;
}

void scratch_remove(const struct scratch *s)
{
    DIR *folder = opendir(s->folder);
    const struct dirent *entry;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        char *path = alloc_format("%s/%s", s->folder, entry->d_name);

        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            assert_int_equal(remove(path), 0);
        free(path);
    }
    (void)closedir(folder);
    assert_int_equal(rmdir(s->folder), 0);
}

static void write_pkcs12(BIO *out, EVP_PKEY *key)
{
    struct bytes der = make_certificate(key, "bundle", NULL);
    const uint8_t *at = der.at;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);
    PKCS12 *bundle = PKCS12_create("sesame", "name", key, x509, NULL, 0, 0, 0, 0, 0);

    assert_non_null(bundle);
    assert_int_equal(i2d_PKCS12_bio(out, bundle), 1);
    PKCS12_free(bundle);
    X509_free(x509);
    exact_free(der);
}

struct bytes key_bytes(EVP_PKEY *key, enum key_format format)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *at = NULL;

    switch (format) {
    case KEY_PEM_PKCS8:
        assert_int_equal(PEM_write_bio_PKCS8PrivateKey(out, key, NULL, NULL, 0, NULL, NULL), 1);
        break;
    case KEY_PEM_TRADITIONAL:
        assert_int_equal(PEM_write_bio_PrivateKey_traditional(out, key, NULL, NULL, 0, NULL, NULL),
                         1);
        break;
    case KEY_PEM_ENCRYPTED:
        assert_int_equal(
            PEM_write_bio_PKCS8PrivateKey(out, key, EVP_aes_128_cbc(), "sesame", 6, NULL, NULL), 1);
        break;
    case KEY_DER:
        assert_int_equal(i2d_PrivateKey_bio(out, key), 1);
        break;
    case KEY_PKCS12:
        write_pkcs12(out, key);
        break;
    case KEY_PEM_PUBLIC:
        assert_int_equal(PEM_write_bio_PUBKEY(out, key), 1);
        break;
    }

    long len = BIO_get_mem_data(out, &at);
    struct bytes exact = exact_copy(bytes_of(at, (size_t)len));
    BIO_free(out);
    return exact;
}
