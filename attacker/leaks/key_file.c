#include "attacker/leaks/key_file.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <stdlib.h>

bool key_file_read(struct buffer *out, const char *path, struct complaint *why)
{
    uint8_t piece[4096];
    size_t len;
    FILE *file = fopen(path, "rb");

    if (!file)
        return complaint_say(why, "%s: cannot be opened: %s", path, strerror(errno));
    errno = 0;
    while ((len = fread(piece, 1, sizeof(piece), file)) > 0 && out->len <= KEY_FILE_MAX)
        buffer_append(out, bytes_of(piece, len));

    bool failed = ferror(file) != 0;
    int error = errno;
    (void)fclose(file);
    OPENSSL_cleanse(piece, sizeof(piece));
    if (failed)
        return complaint_say(why, "%s: cannot be read: %s", path, strerror(error));
    if (out->len > KEY_FILE_MAX)
        return complaint_say(why, "%s: is over %zu bytes, so it is no key file", path,
                             KEY_FILE_MAX);
    return true;
}

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

struct contents {
    EVP_PKEY *key;
    bool has_certificate;
    bool has_public_key;
};

static void look_through(OSSL_STORE_CTX *store, struct contents *out)
{
    while (!out->key && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *info = OSSL_STORE_load(store);
        int type = info ? OSSL_STORE_INFO_get_type(info) : 0;

        if (type == OSSL_STORE_INFO_PKEY)
            out->key = OSSL_STORE_INFO_get1_PKEY(info);
        out->has_certificate |= type == OSSL_STORE_INFO_CERT;
        out->has_public_key |= type == OSSL_STORE_INFO_PUBKEY;
        OSSL_STORE_INFO_free(info);
        if (!info && OSSL_STORE_error(store))
            break;
    }
}

static bool say_why_no_key(struct complaint *why, const char *path,
                           const struct passphrase *passphrase, const struct contents *contents)
{
    if (passphrase->asked && !passphrase->text)
        return complaint_say(why,
                             "%s: the key is encrypted; give its passphrase with "
                             "--passphrase-file FILE",
                             path);
    if (passphrase->asked)
        return complaint_say(why, "%s: the passphrase does not open this key", path);
    if (contents->has_certificate)
        return complaint_say(why,
                             "%s: holds a certificate, which is public; what opens sessions is "
                             "the private key that belongs to it",
                             path);
    if (contents->has_public_key)
        return complaint_say(why, "%s: holds a public key only; the private key is needed", path);
    return complaint_say(why,
                         "%s: is not a private key that can be read; it should be PEM, DER or "
                         "PKCS #12",
                         path);
}

EVP_PKEY *key_file_load(const char *path, const char *passphrase_text, struct complaint *why)
{
    struct passphrase passphrase = {.text = passphrase_text};
    struct contents contents = {0};
    struct buffer file = {0};

    if (!key_file_read(&file, path, why)) {
        buffer_clear(&file);
        return NULL;
    }

    UI_METHOD *ui = UI_UTIL_wrap_read_pem_callback(give_passphrase, 0);
    BIO *bio = BIO_new_mem_buf(file.at, (int)file.len);
    OSSL_STORE_CTX *store =
        bio && ui ? OSSL_STORE_attach(bio, "file", NULL, NULL, ui, &passphrase, NULL, NULL, NULL)
                  : NULL;
    if (store)
        look_through(store, &contents);
    OSSL_STORE_close(store);
    BIO_free(bio);
    UI_destroy_method(ui);
    ERR_clear_error();
    if (file.len > 0)
        OPENSSL_cleanse(file.at, file.len);
    buffer_clear(&file);
    if (!contents.key)
        (void)say_why_no_key(why, path, &passphrase, &contents);
    return contents.key;
}

void private_keys_add(struct private_keys *list, EVP_PKEY *key)
{
    list->keys = alloc_resize(list->keys, (list->num_keys + 1) * sizeof(EVP_PKEY *));
    list->keys[list->num_keys++] = key;
}

bool private_keys_load(struct private_keys *list, const char *path, const char *passphrase,
                       struct complaint *why)
{
    EVP_PKEY *key = key_file_load(path, passphrase, why);

    if (!key)
        return false;
    private_keys_add(list, key);
    return true;
}

void private_keys_clear(struct private_keys *list)
{
    for (size_t i = 0; i < list->num_keys; i++)
        EVP_PKEY_free(list->keys[i]);
    free(list->keys);
    *list = (struct private_keys){0};
}
