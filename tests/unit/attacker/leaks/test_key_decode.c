#include "attacker/leaks/key_decode.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

#include "attacker/crypto/providers.h"
#include "attacker/leaks/no_key.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"

static struct providers providers;
static EVP_PKEY *keys[2];

static int set_up(void **state)
{
    (void)state;
    providers_load(&providers);
    keys[0] = make_rsa(1024);
    keys[1] = make_curve("P-256");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(keys[0]);
    EVP_PKEY_free(keys[1]);
    providers_unload(&providers);
    return 0;
}

static struct bytes der_of(const PKCS12 *pkcs12)
{
    uint8_t *der = NULL;
    int len = i2d_PKCS12(pkcs12, &der);

    assert_true(len > 0);
    struct bytes exact = exact_copy(bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    return exact;
}

/* bundle_of makes a PKCS #12 file of one key; `cipher` -1 for none at all. For exact_free. */
static struct bytes bundle_of(int cipher, const char *passphrase)
{
    PKCS12 *pkcs12 =
        PKCS12_create(passphrase, "name", keys[0], NULL, NULL, cipher, cipher, 1, 1, 0);

    assert_non_null(pkcs12);
    struct bytes der = der_of(pkcs12);
    PKCS12_free(pkcs12);
    return der;
}

/* keystore makes one of both keys, each in a bag of its own. For exact_free. */
static struct bytes keystore(void)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
    STACK_OF(PKCS7) *safes = NULL;

    for (size_t i = 0; i < 2; i++)
        assert_non_null(
            PKCS12_add_key(&bags, keys[i], 0, 1, NID_pbe_WithSHA1And3_Key_TripleDES_CBC, "sesame"));
    assert_int_equal(PKCS12_add_safe(&safes, bags, -1, 0, NULL), 1);

    PKCS12 *pkcs12 = PKCS12_add_safes(safes, 0);
    assert_non_null(pkcs12);
    struct bytes der = der_of(pkcs12);
    PKCS12_free(pkcs12);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return der;
}

static void decodes(struct bytes part, const char *passphrase, size_t num_keys, bool encrypted)
{
    struct private_keys list = {0};
    struct key_decoded decoded = key_decode(&list, part, passphrase);

    assert_int_equal(decoded.num_keys, num_keys);
    assert_int_equal(list.num_keys, num_keys);
    assert_int_equal(decoded.encrypted, encrypted);
    for (size_t i = 0; i < num_keys; i++)
        assert_int_equal(EVP_PKEY_eq(list.keys[i], keys[i]), 1);
    assert_int_equal(ERR_peek_error(), 0);
    private_keys_clear(&list);
}

static void pkcs_12_is_read_in_old_and_new_encryption(void **state)
{
    static const int ciphers[] = {NID_pbe_WithSHA1And40BitRC2_CBC,
                                  NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NID_aes_256_cbc};

    (void)state;
    for (size_t i = 0; i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        struct bytes bundle = bundle_of(ciphers[i], "sesame");

        decodes(bundle, "sesame", 1, false);
        decodes(bundle, NULL, 0, true);
        decodes(bundle, "wrong", 0, true);
        exact_free(bundle);
    }
}

static void no_passphrase_may_be_an_empty_one_or_none(void **state)
{
    struct bytes none = bundle_of(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, NULL);
    struct bytes empty = bundle_of(NID_pbe_WithSHA1And3_Key_TripleDES_CBC, "");
    struct bytes open = bundle_of(-1, NULL);
    struct private_keys list = {0};

    (void)state;
    assert_int_equal(key_decode(&list, none, NULL).num_keys, 1);
    assert_int_equal(key_decode(&list, empty, NULL).num_keys, 1);
    assert_int_equal(key_decode(&list, open, NULL).num_keys, 1);
    private_keys_clear(&list);
    exact_free(none);
    exact_free(empty);
    exact_free(open);
}

static void every_key_of_a_keystore_is_taken(void **state)
{
    struct bytes store = keystore();

    (void)state;
    decodes(store, "sesame", 2, false);
    decodes(store, NULL, 0, true);
    exact_free(store);
}

static void a_keystore_cut_anywhere_gives_nothing(void **state)
{
    struct bytes store = keystore();

    (void)state;
    for (size_t len = 0; len < store.len; len++) {
        struct bytes cut = exact_copy(bytes_first(store, len));
        struct private_keys list = {0};

        assert_int_equal(key_decode(&list, cut, "sesame").num_keys, 0);
        exact_free(cut);
    }
    exact_free(store);
}

static void what_stands_there_instead_is_told(void **state)
{
    struct bytes certificate = make_certificate(keys[0], "public", NULL);
    X509_REQ *request = X509_REQ_new();
    struct private_keys list = {0};
    uint8_t *der = NULL;

    (void)state;
    assert_int_equal(key_decode(&list, certificate, NULL).holds, NO_KEY_CERTIFICATE);
    assert_int_equal(X509_REQ_set_pubkey(request, keys[0]), 1);
    assert_true(X509_REQ_sign(request, keys[0], EVP_sha256()) > 0);

    int len = i2d_X509_REQ(request, &der);
    assert_true(len > 0);
    assert_int_equal(key_decode(&list, bytes_of(der, (size_t)len), NULL).holds, NO_KEY_REQUEST);
    assert_int_equal(list.num_keys, 0);
    OPENSSL_free(der);
    X509_REQ_free(request);
    exact_free(certificate);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(pkcs_12_is_read_in_old_and_new_encryption),
        CASE(no_passphrase_may_be_an_empty_one_or_none),
        CASE(every_key_of_a_keystore_is_taken),
        CASE(a_keystore_cut_anywhere_gives_nothing),
        CASE(what_stands_there_instead_is_told),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
