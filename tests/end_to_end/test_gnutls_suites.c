/*
 * Every suite that GnuTLS negotiates with itself: a live conversation with each, all in one
 * recording. The client's key log opens them all, the server's key those with RSA key transport,
 * the pre-shared key those that follow from it alone, and the two together RSA_PSK. Camellia-GCM,
 * RC4 and others are among them that OpenSSL does not have, and that test_every_suite.c can
 * therefore not record.
 *
 * What asks for more than certificates and a pre-shared key is left out: DSA, which OpenSSL covers,
 * and SRP and GOST, which no leak here is for.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/capture_run.h"
#include "tests/support/check.h"
#include "tests/support/program.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define MAX_SUITES   300
#define PSK          "00112233445566778899aabbccddeeff"

enum {
    FEWEST = 150, /* of the 164 in the list of GnuTLS 3.7.9; with far fewer, priorities are wrong */
    TRIES = 100,  /* until the server listens */
    TRY_MS = 100,
};

struct listed {
    char name[64];
    char id[8]; /* "0x009c" */
    char priority[200];
};

/* --- What to ask for ------------------------------------------------------------------ */

/* What GnuTLS calls a key exchange in the name of a suite, and in a priority. */
static const struct {
    const char *in_name;
    const char *priority;
} exchanges[] = {
    {"ECDHE_ECDSA_", "ECDHE-ECDSA"},
    {"ECDHE_RSA_", "ECDHE-RSA"},
    {"ECDHE_PSK_", "ECDHE-PSK"},
    {"DHE_RSA_", "DHE-RSA"},
    {"DHE_PSK_", "DHE-PSK"},
    {"RSA_PSK_", "RSA-PSK"},
    {"RSA_", "RSA"},
    {"PSK_", "PSK"},
    {"DH_ANON_", "ANON-DH"},
    {"ECDH_ANON_", "ANON-ECDH"},
};

/* split_mac cuts the name of the MAC from the end of a cipher's; an AEAD has its own. */
static const char *split_mac(char *cipher)
{
    static const char *const macs[] = {"-SHA1", "-SHA256", "-SHA384", "-MD5"};
    bool aead = strstr(cipher, "GCM") || strstr(cipher, "CCM") || strstr(cipher, "POLY1305");

    for (size_t i = 0; i < COUNT(macs); i++) {
        char *end = cipher + strlen(cipher) - strlen(macs[i]);

        if (end > cipher && strcmp(end, macs[i]) == 0) {
            *end = '\0';
            return aead ? "AEAD" : macs[i] + 1;
        }
    }
    return "AEAD";
}

/* set_priority makes the priority that leaves this suite alone; false when it is left out. */
static bool set_priority(struct listed *suite, bool tls13)
{
    const char *rest = suite->name + strlen("TLS_");
    const char *exchange = tls13 ? "ECDHE-RSA" : NULL;
    char cipher[64];

    for (size_t i = 0; i < COUNT(exchanges) && !exchange; i++) {
        if (strncmp(rest, exchanges[i].in_name, strlen(exchanges[i].in_name)) == 0) {
            exchange = exchanges[i].priority;
            rest += strlen(exchanges[i].in_name);
        }
    }
    if (!exchange)
        return false;
    (void)snprintf(cipher, sizeof(cipher), "%s", rest);
    for (char *c = cipher; *c; c++) {
        if (*c == '_')
            *c = '-';
    }

    const char *mac = split_mac(cipher);
    (void)snprintf(suite->priority, sizeof(suite->priority),
                   "NONE:+VERS-TLS1.%c:+%s:+%s:+%s:+SIGN-ALL:+GROUP-ALL:+CTYPE-X509",
                   tls13 ? '3' : '2', exchange,
                   strcmp(cipher, "3DES-EDE-CBC") == 0 ? "3DES-CBC" : cipher, mac);
    return true;
}

static size_t read_list(struct listed suites[MAX_SUITES])
{
    struct run_result list;
    char *rest = NULL;
    size_t num = 0;

    run_line(&list, "gnutls-cli --list");
    for (char *line = strtok_r((char *)list.out.at, "\n", &rest); line && num < MAX_SUITES;
         line = strtok_r(NULL, "\n", &rest)) {
        struct listed *suite = &suites[num];
        char high[3];
        char low[3];
        char version[8];

        *suite = (struct listed){0};
        if (sscanf(line, "%63[A-Z0-9_] 0x%2[0-9a-f], 0x%2[0-9a-f] %7s", suite->name, high, low,
                   version) != 4 ||
            !set_priority(suite, strcmp(version, "TLS1.3") == 0))
            continue;
        (void)snprintf(suite->id, sizeof(suite->id), "0x%s%s", high, low);
        num++;
    }
    run_clear(&list);
    return num;
}

/* --- The conversations ---------------------------------------------------------------- */

static pid_t start_server(const struct capture_run *r)
{
    char *line = alloc_format(
        "exec gnutls-serv --quiet --echo --port %s --priority "
        "NORMAL:+VERS-TLS1.3:+RSA:+PSK:+DHE-PSK:+ECDHE-PSK:+RSA-PSK:+ANON-DH:+ANON-ECDH:"
        "+CIPHER-ALL:+NULL:+ARCFOUR-128:+3DES-CBC:+CAMELLIA-128-GCM:+CAMELLIA-256-GCM:"
        "+CAMELLIA-128-CBC:+CAMELLIA-256-CBC:+AES-128-CCM:+AES-256-CCM:+AES-128-CCM-8:"
        "+AES-256-CCM-8:+MD5:+SHA1:+SHA256:+SHA384:+SIGN-ALL:+GROUP-ALL "
        "--x509keyfile fixtures/rsa/server.key --x509certfile fixtures/rsa/server.crt "
        "--x509keyfile fixtures/ecdhe-ecdsa/server.key "
        "--x509certfile fixtures/ecdhe-ecdsa/server.crt --pskpasswd %s/psk.txt >/dev/null 2>&1",
        r->port_text, r->folder);
    char *psk = alloc_format("%s/psk.txt", r->folder);
    pid_t pid;

    file_write(psk, bytes_of("keyfall:" PSK "\n", strlen("keyfall:" PSK "\n")));
    pid = run_start(line);
    free(psk);
    free(line);
    return pid;
}

/* converse tells what the client's exit status says, which with DHE-PSK is a failure even when all
 * was well; whether the two agreed is seen in the recording. With a pre-shared key at hand the
 * client would offer it in TLS 1.3, too. */
static bool converse(const struct capture_run *r, const char *words, const char *priority)
{
    const char *key = "--pskusername keyfall --pskkey " PSK;
    struct run_result result;
    bool agreed;

    run_with_input(&result, words,
                   "gnutls-cli --no-ca-verification --port %s --priority %s %s "
                   "127.0.0.1",
                   r->port_text, priority, strstr(priority, "PSK") ? key : "");
    agreed = result.status == 0;
    run_clear(&result);
    return agreed;
}

static void converse_with_all(struct capture_run *r, const struct listed *suites, size_t num)
{
    char *words = alloc_format("%s/words.txt", r->folder);
    char *keylog = alloc_format("%s/keylog.txt", r->folder);
    pid_t capture = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter));
    pid_t server;

    file_write(words, bytes_of("the same words\n", strlen("the same words\n")));
    assert_int_equal(setenv("SSLKEYLOGFILE", keylog, 1), 0);
    capture_is_ready(capture);
    server = start_server(r);
    for (int tries = 0; tries < TRIES && !converse(r, words, suites[0].priority); tries++)
        pause_ms(TRY_MS);
    for (size_t i = 1; i < num; i++)
        (void)converse(r, words, suites[i].priority);
    run_stop(server, SIGTERM);
    assert_int_equal(kill(capture, SIGTERM), 0);
    capture_finish(r, capture);
    assert_int_equal(unsetenv("SSLKEYLOGFILE"), 0);
    free(words);
    free(keylog);
}

/* --- The attack ----------------------------------------------------------------------- */

static const char *text_of(const json_t *session, const char *key)
{
    const char *text = json_string_value(json_object_get(session, key));

    return text ? text : "";
}

static bool is_open(const json_t *session)
{
    return strcmp(text_of(session, "outcome"), "decrypted") == 0;
}

/* is_listed also says which one it is, for the count of those that were seen. */
static bool is_listed(const struct listed *suites, size_t num, const char *id, size_t *which)
{
    for (*which = 0; *which < num; (*which)++) {
        if (strcmp(suites[*which].id, id) == 0)
            return true;
    }
    return false;
}

static void the_key_log_opens_all(const struct capture_run *r, const struct listed *suites,
                                  size_t num)
{
    bool seen[MAX_SUITES] = {false};
    struct run_result result;
    json_t *sessions;
    size_t i;
    json_t *session;
    size_t num_seen = 0;
    size_t num_shut = 0;

    run_line(&result, "keyfall-attacker --json --keylog %s/keylog.txt %s", r->folder, r->recording);
    sessions = run_sessions(&result, NULL);
    json_array_foreach(sessions, i, session)
    {
        const char *id = text_of(session, "cipher_suite_id");
        size_t which;

        if (!*id) /* the server has refused */
            continue;
        assert_true(is_listed(suites, num, id, &which));
        if (!is_open(session))
            print_error("%s is %s: %s\n", suites[which].name, text_of(session, "outcome"),
                        text_of(session, "explanation"));
        num_shut += !is_open(session);
        num_seen += !seen[which];
        seen[which] = true;
    }
    json_decref(sessions);
    run_clear(&result);
    assert_int_equal(num_shut, 0);
    assert_in_range(num_seen, FEWEST, num);
}

/* is_word_of: the list has a blank in front of each word, and behind the last. */
static bool is_word_of(const char *word, const char *list)
{
    char *apart = alloc_format(" %s ", word);
    bool found = strstr(list, apart) != NULL;

    free(apart);
    return found;
}

/* these_open: the sessions with one of these key exchanges, and no others. */
static void these_open(const struct capture_run *r, const char *leaks, const char *opened)
{
    struct run_result result;
    json_t *sessions;
    size_t i;
    json_t *session;
    size_t num_open = 0;

    run_line(&result, "keyfall-attacker --json %s %s", leaks, r->recording);
    sessions = run_sessions(&result, NULL);
    json_array_foreach(sessions, i, session)
    {
        const char *exchange = text_of(session, "key_exchange");
        bool expected = *exchange && is_word_of(exchange, opened);

        if (is_open(session) != expected)
            print_error("%s is %s with %s\n", text_of(session, "cipher_suite"),
                        text_of(session, "outcome"), leaks);
        assert_int_equal(is_open(session), expected);
        num_open += expected;
    }
    json_decref(sessions);
    run_clear(&result);
    assert_true(num_open > 0);
}

static void whatever_gnutls_negotiates_opens(void **state)
{
    static struct listed suites[MAX_SUITES];
    struct capture_run *r = *state;
    size_t num;

    if (!is_installed("gnutls-cli") || !is_installed("gnutls-serv"))
        skip();
    skip_unless_permitted();
    num = read_list(suites);
    assert_true(num >= FEWEST);
    converse_with_all(r, suites, num);
    the_key_log_opens_all(r, suites, num);
    these_open(r, "-k fixtures/rsa/server.key", " RSA ");
    these_open(r, "--psk keyfall:" PSK, " PSK ");
    these_open(r, "-k fixtures/rsa/server.key --psk " PSK, " RSA PSK RSA_PSK ");
}

int main(void)
{
    const struct CMUnitTest cases[] = {ON_CAPTURE_RUN(whatever_gnutls_negotiates_opens)};

    return RUN(cases);
}
