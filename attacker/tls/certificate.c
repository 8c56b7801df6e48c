#include "attacker/tls/certificate.h"

#include <openssl/bio.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "attacker/tls/version.h"

bool certificate_first(struct bytes body, uint16_t version, struct bytes *der)
{
    struct reader r = reader_of(body);
    struct reader context;
    struct reader list;
    struct reader first = {0};
    struct reader extensions;

    if (version >= TLS_1_3 && !reader_block(&r, &context, 1))
        return false;
    if (!reader_block(&r, &list, 3) || !reader_done(&r))
        return false;
    if (!reader_done(&list) && !reader_block(&list, &first, 3))
        return false;
    if (version >= TLS_1_3 && first.left.len > 0 && !reader_block(&list, &extensions, 2))
        return false;
    *der = first.left;
    return true;
}

char *certificate_key_name(const EVP_PKEY *key, char out[static CERTIFICATE_KEY_NAME_SIZE])
{
    char group[CERTIFICATE_KEY_NAME_SIZE - 8] = "";

    if (EVP_PKEY_is_a(key, "EC") && EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1)
        (void)snprintf(out, CERTIFICATE_KEY_NAME_SIZE, "EC-%s", group);
    else if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "DSA") || EVP_PKEY_is_a(key, "DH"))
        (void)snprintf(out, CERTIFICATE_KEY_NAME_SIZE, "%s-%d", EVP_PKEY_get0_type_name(key),
                       EVP_PKEY_get_bits(key));
    else
        (void)snprintf(out, CERTIFICATE_KEY_NAME_SIZE, "%.20s", EVP_PKEY_get0_type_name(key));
    return out;
}

static void read_subject(X509 *x509, struct certificate *out)
{
    BIO *text = BIO_new(BIO_s_mem());

    if (text && X509_NAME_print_ex(text, X509_get_subject_name(x509), 0,
                                   XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) >= 0) {
        int len = BIO_read(text, out->subject, sizeof(out->subject) - 1);

        out->subject[len > 0 ? len : 0] = '\0';
    }
    BIO_free(text);
}

static void read_key_usages(X509 *x509, struct certificate *out)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } usages[CERTIFICATE_MAX_KEY_USAGES] = {
        {KU_DIGITAL_SIGNATURE, "digitalSignature"},
        {KU_NON_REPUDIATION, "nonRepudiation"},
        {KU_KEY_ENCIPHERMENT, "keyEncipherment"},
        {KU_DATA_ENCIPHERMENT, "dataEncipherment"},
        {KU_KEY_AGREEMENT, "keyAgreement"},
        {KU_KEY_CERT_SIGN, "keyCertSign"},
        {KU_CRL_SIGN, "cRLSign"},
        {KU_ENCIPHER_ONLY, "encipherOnly"},
        {KU_DECIPHER_ONLY, "decipherOnly"},
    };

    if (!(X509_get_extension_flags(x509) & EXFLAG_KUSAGE))
        return;
    for (size_t i = 0; i < CERTIFICATE_MAX_KEY_USAGES; i++) {
        if (X509_get_key_usage(x509) & usages[i].flag)
            out->key_usages[out->num_key_usages++] = usages[i].name;
    }
}

void certificate_key_sha256(X509_PUBKEY *key, uint8_t out[static CERTIFICATE_FINGERPRINT])
{
    uint8_t *der = NULL;
    int len = i2d_X509_PUBKEY(key, &der);

    memset(out, 0, CERTIFICATE_FINGERPRINT);
    if (len > 0)
        SHA256(der, (size_t)len, out);
    OPENSSL_free(der);
}

bool certificate_read(struct bytes der, struct certificate *out)
{
    const uint8_t *at = der.at;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.len);

    if (!x509)
        return false;
    *out = (struct certificate){.seen = true};
    out->public_key = X509_get_pubkey(x509);
    if (out->public_key)
        (void)certificate_key_name(out->public_key, out->key_name);
    SHA256(der.at, der.len, out->sha256);
    certificate_key_sha256(X509_get_X509_PUBKEY(x509), out->key_sha256);
    read_subject(x509, out);
    read_key_usages(x509, out);
    X509_free(x509);
    return true;
}

void certificate_clear(struct certificate *c)
{
    EVP_PKEY_free(c->public_key);
    *c = (struct certificate){0};
}
