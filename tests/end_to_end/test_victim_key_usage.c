/*
 * Who heeds what a certificate permits: what `keyfall-victim list` says of it, tried anew, with
 * OpenSSL at both ends, and with gnutls-cli as the client.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/capture_run.h"
#include "tests/support/check.h"
#include "tests/support/program.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

enum {
    TRIES = 200, /* until the server has made its key, and listens */
    TRY_MS = 50,
};

/* One line of the list: what each of them takes, of the exchanges that the key can do. */
static const struct row {
    const char *key_type;
    const char *usage;
    const char *openssl;
    const char *gnutls;
} rows[] = {
    {"rsa", "keyEncipherment", "rsa dhe ecdhe tls13", "rsa"},
    {"rsa", "digitalSignature", "rsa dhe ecdhe tls13", "dhe ecdhe tls13"},
    {"rsa", "keyAgreement", "rsa dhe ecdhe tls13", "rsa"},
    {"ec", "digitalSignature", "ecdhe tls13", "ecdhe tls13"},
    {"ec", "keyEncipherment", "tls13", ""},
    {"ec", "keyAgreement", "tls13", ""},
    {"ed25519", "digitalSignature", "ecdhe tls13", "ecdhe tls13"},
    {"ed25519", "keyEncipherment", "tls13", ""},
    {"ed25519", "keyAgreement", "tls13", ""},
};

/* in_list: the word is one of those with blanks between ("dhe" is in "ecdhe", too). */
static bool in_list(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *at = list; (at = strstr(at, word)); at += len) {
        if ((at == list || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\0'))
            return true;
    }
    return false;
}

/* Calls `takes` with each exchange that a key of this row can do, and compares. */
static void try_all(const char *folder, const struct row *row, const char *expected,
                    bool (*takes)(const char *folder, const char *kx))
{
    static const char *const exchanges[] = {"rsa", "dhe", "ecdhe", "tls13"};
    bool only_signs = strcmp(row->key_type, "rsa") != 0;

    for (size_t i = only_signs ? 2 : 0; i < COUNT(exchanges); i++) {
        if (takes(folder, exchanges[i]) != in_list(expected, exchanges[i]))
            fail_msg("%s with %s in %s: not as listed", row->key_type, row->usage, exchanges[i]);
    }
}

static bool openssl_takes(const char *folder, const char *kx)
{
    struct run_result result;
    bool taken;

    /* The pair was made for TLS 1.3, where libssl makes no difference. */
    run_line(&result, "keyfall-victim exchange -q --kx %s --key %s/server.key --cert %s/server.crt",
             kx, folder, folder);
    taken = result.status == 0;
    run_clear(&result);
    return taken;
}

static void make_pair(const char *folder, const struct row *row)
{
    struct run_result result;

    run_line(&result,
             "keyfall-victim exchange -q --kx tls13 --key-type %s --key-usage %s --leaks %s",
             row->key_type, row->usage, folder);
    assert_status(&result, 0);
    run_clear(&result);
}

static void openssl_minds_with_elliptic_curves_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *folder = scratch_new();

        make_pair(folder, &rows[i]);
        try_all(folder, &rows[i], rows[i].openssl, openssl_takes);
        scratch_free(folder);
    }
}

/* The port that the server has announced in a file; the test fails when it never does. */
static void read_port(char port[static 8], const char *path)
{
    port[0] = '\0';
    for (int tries = 0; tries < TRIES && !port[0]; tries++) {
        struct buffer line = file_read(path);

        buffer_append(&line, bytes_of("", 1));
        if (sscanf((const char *)line.at, "https://127.0.0.1:%7[0-9]/", port) != 1)
            pause_ms(TRY_MS);
        buffer_clear(&line);
    }
    assert_string_not_equal(port, "");
}

static bool gnutls_takes(const char *folder, const char *kx)
{
    const char *build = getenv("KEYFALL_BUILD");
    char *announced = alloc_format("%s/announced", folder);
    char *words = alloc_format("%s/words", folder);
    char *serve = alloc_format(
        "exec %s/keyfall-victim serve -q --listen 127.0.0.1:0 --kx %s --key %s/server.key "
        "--cert %s/server.crt >%s",
        build ? build : "build", kx, folder, folder, announced);
    struct run_result result;
    char port[8];
    bool taken;
    pid_t server;

    file_write(announced, bytes_of("", 0));
    file_write(words, bytes_of("GET / HTTP/1.1\r\n\r\n", strlen("GET / HTTP/1.1\r\n\r\n")));
    server = run_start(serve);
    read_port(port, announced);
    run_with_input(&result, words,
                   "gnutls-cli --insecure --priority NORMAL:+RSA:+SIGN-ALL --port %s 127.0.0.1",
                   port);
    run_stop(server, SIGTERM);
    taken = result.status == 0;
    /* Refused by whom? On a curve up to TLS 1.2, libssl's server itself sees no use for the key. */
    if (!taken && !strstr(run_err(&result), "Key usage violation detected") &&
        !strstr(run_err(&result), "TLS fatal alert has been received"))
        fail_msg("%s%s", run_out(&result), run_err(&result));
    run_clear(&result);
    free(announced);
    free(words);
    free(serve);
    return taken;
}

static void gnutls_enforces_it_with_a_gap(void **state)
{
    (void)state;
    if (!is_installed("gnutls-cli"))
        skip();
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *folder = scratch_new();

        make_pair(folder, &rows[i]);
        try_all(folder, &rows[i], rows[i].gnutls, gnutls_takes);
        scratch_free(folder);
    }
}

/* The list's words, without the blanks that align them. */
static void assert_listed(char *list, const char *key_type, const char *usage, const char *openssl)
{
    char *rest = NULL;
    char *copy = alloc_text(list);
    bool found = false;

    for (char *line = strtok_r(copy, "\n", &rest); line && !found;
         line = strtok_r(NULL, "\n", &rest))
        found = strstr(line, key_type) && strstr(line, usage) && strstr(line, openssl);
    if (!found)
        fail_msg("no line with %s, %s and %s in\n%s", key_type, usage, openssl, list);
    free(copy);
}

static void the_list_says_so_behind_the_suites(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-victim list");
    assert_status(&result, 0);
    buffer_append(&result.out, bytes_of("", 1));

    char *list = (char *)result.out.at;

    assert_listed(list, "# rsa ", "digitalSignature", "all, even rsa");
    assert_listed(list, "# rsa ", "keyEncipherment", "all ");
    assert_listed(list, "# ec, ed25519 ", "keyAgreement", "tls13, no ecdhe");
    assert_says(list, "GnuTLS enforces it");
    run_clear(&result);
}

static void the_certificate_has_what_was_asked_for_and_no_more(void **state)
{
    static const struct {
        const char *usage;
        const char *shown;
    } table[] = {
        {"keyAgreement", "    Key Agreement\n"},
        {"keyEncipherment,digitalSignature", "    Digital Signature, Key Encipherment\n"},
        {"nonRepudiation,cRLSign,decipherOnly", "    Non Repudiation, CRL Sign, Decipher Only\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char *folder = scratch_new();
        struct row row = {.key_type = "rsa", .usage = table[i].usage};
        struct run_result result;

        make_pair(folder, &row);
        run_line(&result, "openssl x509 -noout -ext keyUsage -in %s/server.crt", folder);
        assert_status(&result, 0);
        assert_says(run_out(&result), "Key Usage: critical\n");
        assert_says(run_out(&result), table[i].shown);
        run_clear(&result);
        scratch_free(folder);
    }
}

/* The key opens the session, whatever the certificate says that it is for. */
static void the_story_tells_whether_the_use_was_permitted(void **state)
{
    static const struct {
        const char *usage;
        const char *told;
    } table[] = {
        {"keyEncipherment", "keyEncipherment permits"},
        {"digitalSignature", "no: the two agreed to use it to decrypt"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char *folder = scratch_new();
        struct run_result result;

        run_line(&result,
                 "keyfall-victim exchange -q --kx rsa --key-usage %s --record %s/r.pcap --leaks %s",
                 table[i].usage, folder, folder);
        assert_status(&result, 0);
        run_clear(&result);
        run_line(&result, "keyfall-attacker -k %s/server.key %s/r.pcap", folder, folder);
        assert_status(&result, 0);
        assert_says(run_out(&result), "What does the server's certificate permit its key?");
        assert_says(run_out(&result), table[i].told);
        run_clear(&result);
        scratch_free(folder);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(openssl_minds_with_elliptic_curves_alone),
        CASE(gnutls_enforces_it_with_a_gap),
        CASE(the_list_says_so_behind_the_suites),
        CASE(the_certificate_has_what_was_asked_for_and_no_more),
        CASE(the_story_tells_whether_the_use_was_permitted),
    };

    return RUN(cases);
}
