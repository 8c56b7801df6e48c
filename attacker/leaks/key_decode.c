#include "attacker/leaks/key_decode.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <openssl/x509.h>

#include "attacker/leaks/bare_rsa.h"
#include "attacker/leaks/no_key.h"

static void take(struct private_keys *out, struct key_decoded *so_far, EVP_PKEY *key)
{
    if (!key)
        return;
    private_keys_add(out, bare_rsa_complete(key));
    so_far->num_keys++;
}

/* --- PKCS #12: safes of bags, RFC 7292 section 4 ------------------------------------- */

struct bundle {
    const char *passphrase;
    struct private_keys *out;
    struct key_decoded *so_far;
};

static void open_shrouded(const struct bundle *b, const PKCS12_SAFEBAG *bag)
{
    int len = b->passphrase ? (int)strlen(b->passphrase) : 0;
    PKCS8_PRIV_KEY_INFO *info = PKCS12_decrypt_skey(bag, b->passphrase, len);

    if (info)
        take(b->out, b->so_far, EVP_PKCS82PKEY(info));
    else
        b->so_far->encrypted = true;
    PKCS8_PRIV_KEY_INFO_free(info);
}

/* open_bags goes no deeper than bags in bags in a safe: nobody nests them further. */
static void open_bags(const struct bundle *b, const STACK_OF(PKCS12_SAFEBAG) * bags, int depth)
{
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(bags); i++) {
        const PKCS12_SAFEBAG *bag = sk_PKCS12_SAFEBAG_value(bags, i);
        int kind = PKCS12_SAFEBAG_get_nid(bag);

        if (kind == NID_keyBag)
            take(b->out, b->so_far, EVP_PKCS82PKEY(PKCS12_SAFEBAG_get0_p8inf(bag)));
        else if (kind == NID_pkcs8ShroudedKeyBag)
            open_shrouded(b, bag);
        else if (kind == NID_certBag)
            b->so_far->holds |= NO_KEY_CERTIFICATE;
        else if (kind == NID_safeContentsBag && depth > 0)
            open_bags(b, PKCS12_SAFEBAG_get0_safes(bag), depth - 1);
    }
}

static void open_safe(const struct bundle *b, PKCS7 *safe)
{
    int len = b->passphrase ? (int)strlen(b->passphrase) : 0;
    STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

    if (PKCS7_type_is_data(safe))
        bags = PKCS12_unpack_p7data(safe);
    else if (PKCS7_type_is_encrypted(safe))
        bags = PKCS12_unpack_p7encdata(safe, b->passphrase, len);
    if (bags)
        open_bags(b, bags, 2);
    else
        b->so_far->encrypted |= PKCS7_type_is_encrypted(safe) != 0;
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

static void open_bundle(const struct bundle *b, const PKCS12 *pkcs12)
{
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(pkcs12);

    for (int i = 0; i < sk_PKCS7_num(safes); i++)
        open_safe(b, sk_PKCS7_value(safes, i));
    sk_PKCS7_pop_free(safes, PKCS7_free);
}

/*
 * decode_pkcs12: false when it is none. "No passphrase" is written in two ways, as nothing at all
 * and as an empty text, and it makes a difference.
 */
static bool decode_pkcs12(struct private_keys *out, struct bytes part, const char *passphrase,
                          struct key_decoded *so_far)
{
    const uint8_t *at = part.at;
    PKCS12 *pkcs12 = d2i_PKCS12(NULL, &at, (long)part.len);
    struct bundle b = {passphrase, out, so_far};

    if (!pkcs12)
        return false;
    open_bundle(&b, pkcs12);
    b.passphrase = "";
    if (!passphrase && so_far->num_keys == 0)
        open_bundle(&b, pkcs12);
    PKCS12_free(pkcs12);
    return true;
}

/* --- All other formats --------------------------------------------------------------- */

struct passphrase {
    const char *text;
    bool asked;
};

static int give_passphrase(char *out, int size, int writing, void *context)
{
    struct passphrase *passphrase = context;

    (void)writing;
    passphrase->asked = true;
    if (!passphrase->text || strlen(passphrase->text) > (size_t)size)
        return -1;
    memcpy(out, passphrase->text, strlen(passphrase->text));
    return (int)strlen(passphrase->text);
}

static void look_through(OSSL_STORE_CTX *store, struct private_keys *out,
                         struct key_decoded *so_far)
{
    while (!OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        int type = info ? OSSL_STORE_INFO_get_type(info) : 0;

        if (type == OSSL_STORE_INFO_PKEY)
            take(out, so_far, OSSL_STORE_INFO_get1_PKEY(info));
        so_far->holds |= type == OSSL_STORE_INFO_CERT     ? NO_KEY_CERTIFICATE
                         : type == OSSL_STORE_INFO_PUBKEY ? NO_KEY_PUBLIC
                         : type == OSSL_STORE_INFO_PARAMS ? NO_KEY_PARAMETERS
                                                          : 0U;
        OSSL_STORE_INFO_free(info);
        if (!info)
            break;
    }
}

static void decode_other(struct private_keys *out, struct bytes part, const char *text,
                         struct key_decoded *so_far)
{
    struct passphrase passphrase = {.text = text};
    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    BIO *bio = BIO_new_mem_buf(part.at, (int)part.len);
    OSSL_STORE_CTX *store =
        bio && ui ? OSSL_STORE_attach(bio, "file", NULL, NULL, ui, &passphrase, NULL, NULL, NULL)
                  : NULL;

    if (store)
        look_through(store, out, so_far);
    OSSL_STORE_close(store);
    BIO_free(bio);
    UI_destroy_method(ui);
    so_far->encrypted = passphrase.asked;
}

/* look_for_request: libcrypto's store does not know them. */
static void look_for_request(struct bytes part, struct key_decoded *so_far)
{
    const uint8_t *at = part.at;
    X509_REQ *request = d2i_X509_REQ(NULL, &at, (long)part.len);
    const uint8_t *again = part.at;
    PKCS7 *signatures = d2i_PKCS7(NULL, &again, (long)part.len);

    so_far->holds |= (request ? NO_KEY_REQUEST : 0U) | (signatures ? NO_KEY_CERTIFICATE : 0U);
    X509_REQ_free(request);
    PKCS7_free(signatures);
}

struct key_decoded key_decode(struct private_keys *out, struct bytes part, const char *passphrase)
{
    struct key_decoded decoded = {0};

    if (!decode_pkcs12(out, part, passphrase, &decoded)) {
        decode_other(out, part, passphrase, &decoded);
        if (decoded.num_keys == 0 && !decoded.encrypted && decoded.holds == 0)
            look_for_request(part, &decoded);
    }
    ERR_clear_error();
    return decoded;
}
