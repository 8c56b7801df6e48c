#include "attacker/leaks/key_folder.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/program.h"
#include "tests/support/sample_exchange.h"

static EVP_PKEY *key;
static EVP_PKEY *other;
static struct buffer warnings; /* one a line */

static int set_up(void **state)
{
    (void)state;
    key = make_rsa(512);
    other = make_rsa(512);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    EVP_PKEY_free(other);
    return 0;
}

static void note_warning(const char *text)
{
    buffer_append(&warnings, bytes_of(text, strlen(text)));
    buffer_append(&warnings, bytes_of("\n", 1));
}

static void put(const char *folder, const char *name, struct bytes content)
{
    char *path = alloc_format("%s/%s", folder, name);

    file_write(path, content);
    free(path);
}

static void put_key(const char *folder, const char *name, EVP_PKEY *which, enum key_format format)
{
    struct bytes content = key_bytes(which, format);

    put(folder, name, content);
    exact_free(content);
}

static char *make_below(const char *folder, const char *name)
{
    char *path = alloc_format("%s/%s", folder, name);

    assert_int_equal(mkdir(path, 0777), 0);
    return path;
}

/* load loads a folder, warnings are noted; it answers how many keys came of it. */
static size_t load(const char *folder, struct complaint *why)
{
    static const uint8_t end = 0;
    struct key_loading loading = {.warn = note_warning};
    struct private_keys list = {0};
    bool loaded = key_folder_load(&list, folder, &loading, why);
    size_t num = list.num_keys;

    assert_int_equal(loaded, num > 0);
    buffer_append(&warnings, bytes_of(&end, 1));
    private_keys_clear(&list);
    return num;
}

static void keys_below_the_folder_are_found_too(void **state)
{
    char *folder = scratch_new();
    char *below = make_below(folder, "example.org");
    char *deeper = make_below(below, "old");
    char *hidden = make_below(folder, ".hidden");
    char *link = alloc_format("%s/circle", deeper);
    struct complaint why;

    (void)state;
    put_key(folder, "first.pem", key, KEY_PEM_PKCS8);
    put_key(deeper, "second.pem", other, KEY_DER);
    put_key(hidden, "third.pem", other, KEY_DER);
    assert_int_equal(symlink(folder, link), 0);
    assert_int_equal(load(folder, &why), 2);
    assert_string_equal((const char *)warnings.at, "");
    buffer_clear(&warnings);
    free(link);
    free(hidden);
    free(deeper);
    free(below);
    scratch_free(folder);
}

static void what_can_not_be_used_is_warned_of_and_the_rest_is_used(void **state)
{
    static const char openssh[] = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                                  "-----END OPENSSH PRIVATE KEY-----\n";
    static const char damaged[] = "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"
                                  "-----END RSA PRIVATE KEY-----\n";
    char *folder = scratch_new();
    char *unreadable = alloc_format("%s/e.pem", folder);
    struct complaint why;

    (void)state;
    put_key(folder, "a.pem", key, KEY_PEM_ENCRYPTED);
    put(folder, "b.pem", bytes_of(openssh, strlen(openssh)));
    put_key(folder, "c.pem", key, KEY_PEM_PKCS8);
    put(folder, "d.pem", bytes_of(damaged, strlen(damaged)));
    assert_int_equal(symlink("/proc/self/mem", unreadable), 0); /* also root can't */
    assert_int_equal(load(folder, &why), 1);

    const char *said = (const char *)warnings.at;
    says(said, "/a.pem: the key is encrypted");
    says(said, "/b.pem: is a private key in OpenSSH's own format");
    says(said, "/d.pem: is not a private key that can be read");
    says(said, "/e.pem: cannot be read");
    assert_null(strstr(said, "c.pem"));
    assert_true(strstr(said, "a.pem") < strstr(said, "b.pem")); /* in the order of their names */
    buffer_clear(&warnings);
    free(unreadable);
    scratch_free(folder);
}

static void what_is_no_key_is_passed_over_without_a_word(void **state)
{
    char *folder = scratch_new();
    struct bytes certificate = make_certificate(key, "public", NULL);
    struct bytes long_one = bytes_of(alloc_zero(KEY_FILE_MAX + 1), KEY_FILE_MAX + 1);
    struct complaint why;

    (void)state;
    put(folder, "notes.txt", bytes_of("shopping list", 13));
    put(folder, "empty", (struct bytes){0});
    put(folder, "cert.der", certificate);
    put(folder, "recording", long_one);
    put_key(folder, "public.pem", key, KEY_PEM_PUBLIC);
    assert_int_equal(load(folder, &why), 0);
    assert_string_equal((const char *)warnings.at, "");
    says(why.text, ": no file in this folder is a private key that can be read");
    buffer_clear(&warnings);
    free(unconst(long_one.at));
    exact_free(certificate);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(keys_below_the_folder_are_found_too),
        CASE(what_can_not_be_used_is_warned_of_and_the_rest_is_used),
        CASE(what_is_no_key_is_passed_over_without_a_word),
    };

    return cmocka_run_group_tests(cases, set_up, tear_down);
}
