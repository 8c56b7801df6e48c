#include "attacker/leaks/key_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/message_writer.h"

static struct scratch scratch;
static EVP_PKEY *key;
static size_t num_warnings;
static size_t num_asked;

static int set_up(void **state)
{
    (void)state;
    scratch_make(&scratch);
    key = make_rsa(1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    scratch_remove(&scratch);
    return 0;
}

/* load loads a file made of `content`; what is said of it when it fails comes without its path. */
static struct private_keys load(struct bytes content, const char *passphrase, struct complaint *why)
{
    char *path = scratch_write(&scratch, "file", content);
    char *text = alloc_text(passphrase ? passphrase : "");
    struct key_loading loading = {.passphrases = &text, .num_passphrases = passphrase ? 1 : 0};
    struct private_keys loaded = {0};

    why->text[0] = '\0';
    if (!private_keys_load(&loaded, path, &loading, why)) {
        assert_int_equal(loaded.num_keys, 0);
        assert_int_equal(strncmp(why->text, path, strlen(path)), 0);
        memmove(why->text, why->text + strlen(path), strlen(why->text) - strlen(path) + 1);
    }
    free(text);
    free(path);
    return loaded;
}

/* holds_one: `content` holds this key and no other. */
static void holds_one(struct bytes content, const char *passphrase, const EVP_PKEY *wanted)
{
    struct complaint why;
    struct private_keys loaded = load(content, passphrase, &why);

    assert_string_equal(why.text, "");
    assert_int_equal(loaded.num_keys, 1);
    assert_int_equal(EVP_PKEY_eq(loaded.keys[0], wanted), 1);
    private_keys_clear(&loaded);
}

static void loads(enum key_format format, const char *passphrase)
{
    struct bytes content = key_bytes(key, format);

    holds_one(content, passphrase, key);
    exact_free(content);
}

static void fails(struct bytes content, const char *passphrase, const char *sentence)
{
    struct complaint why;

    assert_int_equal(load(content, passphrase, &why).num_keys, 0);
    assert_string_equal(why.text, sentence);
}

static const char ENCRYPTED[] =
    ": the key is encrypted; give its passphrase with --passphrase-file FILE";
static const char WRONG_PASSPHRASE[] = ": the passphrase does not open this key";
static const char NO_KEY[] =
    ": is not a private key that can be read; it should be PEM, DER or PKCS #12";

static void every_format_of_a_key_is_read(void **state)
{
    (void)state;
    loads(KEY_PEM_PKCS8, NULL);
    loads(KEY_PEM_TRADITIONAL, NULL);
    loads(KEY_DER, NULL);
    loads(KEY_PEM_ENCRYPTED, "sesame");
    loads(KEY_PKCS12, "sesame");
    loads(KEY_PEM_PKCS8, "not needed");
}

static void keys_of_every_kind_are_read(void **state)
{
    static const char *const kinds[] = {"P-256", "P-384", "X25519", "ED25519", "X448"};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        EVP_PKEY *other = make_curve(kinds[i]);
        struct bytes content = key_bytes(other, KEY_PEM_PKCS8);

        holds_one(content, NULL, other);
        exact_free(content);
        EVP_PKEY_free(other);
    }
}

static void an_encrypted_key_without_passphrase_says_how_to_give_one(void **state)
{
    struct bytes pem = key_bytes(key, KEY_PEM_ENCRYPTED);
    struct bytes bundle = key_bytes(key, KEY_PKCS12);

    (void)state;
    fails(pem, NULL, ENCRYPTED);
    fails(bundle, NULL, ENCRYPTED);
    exact_free(pem);
    exact_free(bundle);
}

static void a_wrong_passphrase_is_told(void **state)
{
    char too_long[3000];
    struct bytes pem = key_bytes(key, KEY_PEM_ENCRYPTED);
    struct bytes bundle = key_bytes(key, KEY_PKCS12);

    (void)state;
    memset(too_long, 'x', sizeof(too_long) - 1);
    too_long[sizeof(too_long) - 1] = '\0';
    fails(pem, "open sesame", WRONG_PASSPHRASE);
    fails(pem, "", WRONG_PASSPHRASE);
    fails(pem, too_long, WRONG_PASSPHRASE);
    fails(bundle, "open sesame", WRONG_PASSPHRASE);
    exact_free(pem);
    exact_free(bundle);
}

static struct bytes certificate_pem(void)
{
    struct bytes der = make_certificate(key, "public", NULL);
    struct writer w = {0};
    uint8_t *base64 = alloc_zero(2 * der.len);
    int len = EVP_EncodeBlock(base64, der.at, (int)der.len);

    write_text(&w, "-----BEGIN CERTIFICATE-----\n");
    for (int at = 0; at < len; at += 64) {
        write_bytes(&w, bytes_first(bytes_of(base64 + at, (size_t)(len - at)), 64));
        write_text(&w, "\n");
    }
    write_text(&w, "-----END CERTIFICATE-----\n");
    free(base64);
    exact_free(der);
    return writer_take(&w);
}

static void what_is_public_is_no_leak(void **state)
{
    struct bytes certificate = certificate_pem();
    struct bytes der = make_certificate(key, "public", NULL);
    struct bytes public_key = key_bytes(key, KEY_PEM_PUBLIC);
    static const char of_certificate[] =
        ": holds a certificate, which is public; what opens sessions is the private key that "
        "belongs to it";

    (void)state;
    fails(certificate, NULL, of_certificate);
    fails(der, NULL, of_certificate);
    fails(public_key, NULL, ": holds a public key only; the private key is needed");
    exact_free(certificate);
    exact_free(der);
    exact_free(public_key);
}

static void a_key_behind_its_certificate_is_found(void **state)
{
    struct bytes certificate = certificate_pem();
    struct bytes pem = key_bytes(key, KEY_PEM_PKCS8);
    struct writer w = {0};

    (void)state;
    write_bytes(&w, certificate);
    write_bytes(&w, pem);
    struct bytes both = writer_take(&w);
    holds_one(both, NULL, key);
    exact_free(both);
    exact_free(certificate);
    exact_free(pem);
}

static void what_holds_no_key_is_told(void **state)
{
    struct bytes pem = key_bytes(key, KEY_PEM_PKCS8);
    struct bytes cut = exact_copy(bytes_first(pem, pem.len / 2));
    struct bytes der = key_bytes(key, KEY_DER);
    struct bytes cut_der = exact_copy(bytes_first(der, der.len - 1));

    (void)state;
    fails((struct bytes){0}, NULL, NO_KEY);
    fails(bytes_of("no key at all\n", 14), NULL, NO_KEY);
    fails(bytes_of("\xd4\xc3\xb2\xa1\x02\x00\x04\x00", 8), NULL, NO_KEY);
    fails(cut, NULL, NO_KEY);
    fails(cut_der, NULL, NO_KEY);
    exact_free(cut_der);
    exact_free(der);
    exact_free(cut);
    exact_free(pem);
}

static void a_file_that_is_no_file_is_told(void **state)
{
    struct private_keys keys = {0};
    struct complaint why;
    char *path = alloc_format("%s/missing", scratch.folder);

    (void)state;
    assert_int_equal(key_file_load(&keys, path, NULL, &why), KEY_FILE_SHUT);
    assert_non_null(strstr(why.text, "missing: cannot be opened: No such file"));
    free(path);
    assert_int_equal(key_file_load(&keys, scratch.folder, NULL, &why), KEY_FILE_SHUT);
    assert_non_null(strstr(why.text, ": cannot be read: Is a directory"));
}

static void a_file_too_long_for_a_key_is_refused(void **state)
{
    struct buffer content = {0};
    struct writer w = {0};
    struct complaint why;

    (void)state;
    write_repeated(&w, ' ', KEY_FILE_MAX);
    struct bytes longest = exact_copy(writer_view(&w));
    write_uint(&w, ' ', 1);
    struct bytes too_long = writer_take(&w);
    fails(longest, NULL, NO_KEY);
    fails(too_long, NULL, ": is over 1048576 bytes, so it is no key file");

    char *path = scratch_write(&scratch, "file", longest);
    assert_true(key_file_read(&content, path, &why));
    assert_int_equal(content.len, KEY_FILE_MAX);
    buffer_clear(&content);
    free(path);
    exact_free(longest);
    exact_free(too_long);
}

static void note_warning(const char *text)
{
    (void)text;
    num_warnings++;
}

static void every_key_of_a_file_is_taken(void **state)
{
    EVP_PKEY *curve = make_curve("P-256");
    struct bytes first = key_bytes(key, KEY_PEM_PKCS8);
    struct bytes second = key_bytes(curve, KEY_PEM_TRADITIONAL);
    struct bytes certificate = certificate_pem();
    struct bytes locked = key_bytes(key, KEY_PEM_ENCRYPTED);
    struct key_loading loading = {.warn = note_warning};
    struct private_keys list = {0};
    struct writer w = {0};
    struct complaint why;

    (void)state;
    write_text(&w, "Bag Attributes\n    friendlyName: first\n");
    write_bytes(&w, first);
    write_bytes(&w, certificate);
    write_text(&w,
               "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n");
    write_bytes(&w, second);
    write_bytes(&w, locked);
    struct bytes all = writer_take(&w);
    char *path = scratch_write(&scratch, "file", all);
    num_warnings = 0;
    assert_int_equal(key_file_load(&list, path, &loading, &why), KEY_FILE_LOADED);
    assert_int_equal(list.num_keys, 2);
    assert_int_equal(EVP_PKEY_eq(list.keys[0], key), 1);
    assert_int_equal(EVP_PKEY_eq(list.keys[1], curve), 1);
    assert_int_equal(num_warnings, 1); /* of the one that stayed locked */
    private_keys_clear(&list);
    free(path);
    exact_free(all);
    exact_free(locked);
    exact_free(certificate);
    exact_free(second);
    exact_free(first);
    EVP_PKEY_free(curve);
}

static char *answer(const char *path)
{
    (void)path;
    num_asked++;
    return alloc_text("sesame");
}

static void a_passphrase_is_asked_for_once_and_remembered(void **state)
{
    struct bytes locked = key_bytes(key, KEY_PEM_ENCRYPTED);
    struct key_loading loading = {.ask = answer};
    struct private_keys list = {0};
    struct complaint why;
    char *path = scratch_write(&scratch, "file", locked);

    (void)state;
    num_asked = 0;
    for (size_t i = 1; i <= 3; i++) {
        assert_true(private_keys_load(&list, path, &loading, &why));
        assert_int_equal(list.num_keys, i);
    }
    assert_int_equal(num_asked, 1);
    private_keys_clear(&list);
    key_loading_clear(&loading);
    free(path);
    exact_free(locked);
}

static void text_as_windows_writes_it_is_read(void **state)
{
    struct bytes pem = key_bytes(key, KEY_PEM_PKCS8);
    struct writer w = {0};

    (void)state;
    write_hex(&w, "fffe");
    for (size_t i = 0; i < pem.len; i++) {
        struct bytes rest = bytes_of(pem.at + i, 1);

        if (*rest.at == '\n')
            write_hex(&w, "0d00");
        write_bytes(&w, rest);
        write_hex(&w, "00");
    }
    struct bytes wide = writer_take(&w);
    holds_one(wide, NULL, key);
    exact_free(wide);
    exact_free(pem);
}

static void keys_in_formats_of_their_own_say_how_to_convert_them(void **state)
{
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                                  "-----END OPENSSH PRIVATE KEY-----\n";
    struct private_keys list = {0};
    struct complaint why;

    (void)state;
    fails(
        bytes_of(openssh, strlen(openssh)), NULL,
        ": is a private key in OpenSSH's own format; ssh-keygen -p -m PEM -f FILE turns a copy of "
        "it into PEM");
    fails(bytes_of("PuTTY-User-Key-File-2: ssh-rsa\n", 31), NULL,
          ": is a private key in PuTTY's own format; puttygen FILE -O private-openssh -o NEW turns "
          "it into PEM");
    fails(bytes_of("\xfe\xed\xfe\xed\0\0\0\2\0\0\0\1", 12), NULL,
          ": is a Java keystore; keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 "
          "-deststoretype PKCS12 turns it into PKCS #12");
    assert_false(private_keys_load(&list, "pkcs11:token=vault;object=server", NULL, &why));
    assert_string_equal(
        why.text, "pkcs11:token=vault;object=server: names a key inside a token or TPM, which "
                  "it does not leave; what is needed is the key itself in a file");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(every_format_of_a_key_is_read),
        CASE(keys_of_every_kind_are_read),
        CASE(an_encrypted_key_without_passphrase_says_how_to_give_one),
        CASE(a_wrong_passphrase_is_told),
        CASE(what_is_public_is_no_leak),
        CASE(a_key_behind_its_certificate_is_found),
        CASE(what_holds_no_key_is_told),
        CASE(a_file_that_is_no_file_is_told),
        CASE(every_key_of_a_file_is_taken),
        CASE(a_passphrase_is_asked_for_once_and_remembered),
        CASE(text_as_windows_writes_it_is_read),
        CASE(keys_in_formats_of_their_own_say_how_to_convert_them),
        CASE(a_file_too_long_for_a_key_is_refused),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
