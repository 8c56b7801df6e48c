#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/pem.h>

#include "capture/alloc.h"
#include "victim/leak_files.h"

#include "tests/support/check.h"

static const char *const names[] = {
    "server.key",
    "server.crt",
    "ticket.key",
    "psk.txt",
    "keylog.txt",
    "message.txt",
    "ephemeral-1.pem",
    "ephemeral-2.pem",
    "mine.pem",
    "ephemeral-x.pem",
    "DEMONSTRATION-ONLY.txt",
};

static int make_folder(void **state)
{
    char *folder = alloc_text("/tmp/keyfall-leaks-XXXXXX");

    *state = folder;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char *folder = *state;

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *path = alloc_format("%s/%s", folder, names[i]);

        (void)unlink(path);
        free(path);
    }
    (void)rmdir(folder);
    free(folder);
    return 0;
}

static struct leak_files *open_leaks(void **state, bool has_server)
{
    struct complaint why;
    struct leak_files *leaks = leak_files_open(*state, has_server, &why);

    assert_non_null(leaks);
    return leaks;
}

static void close_leaks(struct leak_files *leaks)
{
    struct complaint why = {""};

    if (!leak_files_close(leaks, &why))
        fail_msg("%s", why.text);
}

static void put(void **state, const char *name, const char *content)
{
    char *path = alloc_format("%s/%s", (char *)*state, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
    free(path);
}

static bool is_there(void **state, const char *name)
{
    char *path = alloc_format("%s/%s", (char *)*state, name);
    bool there = access(path, F_OK) == 0;

    free(path);
    return there;
}

static void assert_content(void **state, const char *name, const char *expected, mode_t mode)
{
    char *path = alloc_format("%s/%s", (char *)*state, name);
    char content[1024] = "";
    FILE *file = fopen(path, "r");
    struct stat status;

    assert_non_null(file);
    content[fread(content, 1, sizeof(content) - 1, file)] = '\0';
    assert_int_equal(fstat(fileno(file), &status), 0);
    (void)fclose(file);
    assert_string_equal(content, expected);
    assert_int_equal(status.st_mode & 0777, mode);
    free(path);
}

static void an_ephemeral_key_can_be_read_again_by_its_owner_only(void **state)
{
    struct leak_files *leaks = open_leaks(state, true);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    char *path = alloc_format("%s/ephemeral-2.pem", (char *)*state);
    struct stat status;

    leak_files_ephemeral(leaks, 2, key);
    close_leaks(leaks);

    FILE *file = fopen(path, "r");

    assert_non_null(file);

    EVP_PKEY *read = PEM_read_PrivateKey(file, NULL, NULL, NULL);

    assert_int_equal(fstat(fileno(file), &status), 0);
    (void)fclose(file);
    assert_int_equal(EVP_PKEY_eq(key, read), 1);
    assert_int_equal(status.st_mode & 0777, 0600);
    EVP_PKEY_free(key);
    EVP_PKEY_free(read);
    free(path);
}

static void a_pre_shared_key_is_written_as_identity_and_hex(void **state)
{
    struct leak_files *leaks = open_leaks(state, true);
    struct preshared psk = {.identity = "me", .key = {0x0a, 0xff}, .key_len = 2};

    leak_files_preshared(leaks, &psk);
    close_leaks(leaks);
    assert_content(state, "psk.txt", "me:0aff\n", 0600);
}

static void lines_and_words_are_appended_in_order(void **state)
{
    struct leak_files *leaks = open_leaks(state, true);

    leak_files_key_log(leaks, "CLIENT_RANDOM 1");
    leak_files_key_log(leaks, "CLIENT_RANDOM 2");
    leak_files_said(leaks, bytes_of("hello ", 6));
    leak_files_said(leaks, bytes_of("world", 5));
    close_leaks(leaks);
    assert_content(state, "keylog.txt", "CLIENT_RANDOM 1\nCLIENT_RANDOM 2\n", 0600);
    assert_content(state, "message.txt", "hello world", 0600);
}

static void a_seeded_run_is_marked(void **state)
{
    struct leak_files *leaks = open_leaks(state, true);

    leak_files_mark(leaks);
    leak_files_key_log(leaks, "CLIENT_RANDOM 1");
    close_leaks(leaks);
    assert_true(is_there(state, "DEMONSTRATION-ONLY.txt"));
    assert_content(state, "keylog.txt",
                   "# For demonstration only: every secret of this run follows from the text given "
                   "to --seed.\nCLIENT_RANDOM 1\n",
                   0600);
}

static void an_empty_message_is_a_file_too(void **state)
{
    struct leak_files *leaks = open_leaks(state, true);

    leak_files_said(leaks, bytes_of(NULL, 0));
    close_leaks(leaks);
    assert_content(state, "message.txt", "", 0600);
}

static void what_an_earlier_run_left_is_removed_and_nothing_else(void **state)
{
    put(state, "psk.txt", "old");
    put(state, "ephemeral-1.pem", "old");
    put(state, "ephemeral-x.pem", "of the user");
    put(state, "mine.pem", "of the user");
    put(state, "server.key", "old");

    struct leak_files *leaks = open_leaks(state, true);

    /* The server's key may be the one the user has just given: it stays until there is another. */
    assert_true(is_there(state, "server.key"));
    leak_files_credentials(leaks, &(struct credentials){0});
    close_leaks(leaks);
    assert_false(is_there(state, "psk.txt"));
    assert_false(is_there(state, "ephemeral-1.pem"));
    assert_false(is_there(state, "server.key"));
    assert_true(is_there(state, "ephemeral-x.pem"));
    assert_true(is_there(state, "mine.pem"));
}

static void a_client_leaves_the_servers_files_alone(void **state)
{
    put(state, "ephemeral-1.pem", "of a server");
    put(state, "ticket.key", "of a server");
    put(state, "keylog.txt", "old");
    close_leaks(open_leaks(state, false));
    assert_true(is_there(state, "ephemeral-1.pem"));
    assert_true(is_there(state, "ticket.key"));
    assert_false(is_there(state, "keylog.txt"));
}

static void made_credentials_replace_the_old_ones(void **state)
{
    struct credentials credentials;
    struct complaint why;
    struct seed seed;
    char *key_path = alloc_format("%s/server.key", (char *)*state);
    char *cert_path = alloc_format("%s/server.crt", (char *)*state);
    struct credentials read;

    put(state, "server.key", "old");
    assert_true(seed_init(&seed, NULL));
    assert_true(credentials_make(&credentials, &why, KEY_EC, NULL, &seed, 1767603600));

    struct leak_files *leaks = open_leaks(state, true);

    leak_files_credentials(leaks, &credentials);
    close_leaks(leaks);
    assert_true(credentials_load(&read, &why, key_path, cert_path));
    assert_int_equal(read.type, KEY_EC);
    assert_int_equal(EVP_PKEY_eq(read.key, credentials.key), 1);
    credentials_clear(&read);
    credentials_clear(&credentials);
    free(key_path);
    free(cert_path);
}

static void a_folder_that_can_not_be_made_is_told(void **state)
{
    struct complaint why = {""};

    (void)state;
    assert_null(leak_files_open("/dev/null/leaks", true, &why));
    assert_non_null(strstr(why.text, "/dev/null/leaks: "));
}

static void without_leak_files_nothing_happens(void **state)
{
    static const uint8_t key[TICKET_KEY_SIZE];
    struct complaint why;

    (void)state;
    leak_files_mark(NULL);
    leak_files_credentials(NULL, &(struct credentials){0});
    leak_files_ticket_key(NULL, key);
    leak_files_key_log(NULL, "line");
    leak_files_said(NULL, bytes_of("word", 4));
    assert_true(leak_files_close(NULL, &why));
}

#define IN_FOLDER(function) cmocka_unit_test_setup_teardown(function, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest cases[] = {
        IN_FOLDER(an_ephemeral_key_can_be_read_again_by_its_owner_only),
        IN_FOLDER(a_pre_shared_key_is_written_as_identity_and_hex),
        IN_FOLDER(lines_and_words_are_appended_in_order),
        IN_FOLDER(a_seeded_run_is_marked),
        IN_FOLDER(an_empty_message_is_a_file_too),
        IN_FOLDER(what_an_earlier_run_left_is_removed_and_nothing_else),
        IN_FOLDER(a_client_leaves_the_servers_files_alone),
        IN_FOLDER(made_credentials_replace_the_old_ones),
        CASE(a_folder_that_can_not_be_made_is_told),
        CASE(without_leak_files_nothing_happens),
    };

    return RUN(cases);
}
