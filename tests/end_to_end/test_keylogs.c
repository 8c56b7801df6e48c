/*
 * Key logs that hold less than everything, are written in older ways, or come while packets do.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define TLS13  "fixtures/tls13/recording.pcap"
#define KEYLOG "fixtures/tls13/keylog.txt"

/* session runs a command of the shell's and returns its first session; $0 is the attacker. */
static json_t *session(const char *command, const char *folder)
{
    const char *build = getenv("KEYFALL_BUILD");
    struct run_result result;
    json_t *sessions;
    json_t *first;

    run_line(&result, "sh -c '%s' %s/keyfall-attacker %s", command, build ? build : "build",
             folder ? folder : "");
    sessions = run_sessions(&result, NULL);
    first = json_incref(json_array_get(sessions, 0));
    assert_non_null(first);
    json_decref(sessions);
    run_clear(&result);
    return first;
}

static void assert_bytes(json_t *found, json_int_t client, json_int_t server)
{
    assert_int_equal(json_integer_value(json_object_get(found, "client_bytes")), client);
    assert_int_equal(json_integer_value(json_object_get(found, "server_bytes")), server);
    json_decref(found);
}

static void the_secrets_of_the_application_alone_open_what_it_said(void **state)
{
    char *folder = scratch_new();

    (void)state;
    assert_bytes(session("grep _TRAFFIC_SECRET_0 " KEYLOG " > $1/k && "
                         "$0 --json --keylog $1/k " TLS13,
                         folder),
                 315, 273);
    scratch_free(folder);
}

static void without_the_handshake_secret_of_one_side_both_are_open(void **state)
{
    char *folder = scratch_new();

    (void)state;
    assert_bytes(session("grep -v CLIENT_HANDSHAKE " KEYLOG " > $1/k && "
                         "$0 --json --keylog $1/k " TLS13,
                         folder),
                 315, 273);
    assert_bytes(session("grep -v SERVER_HANDSHAKE " KEYLOG " > $1/k && "
                         "$0 --json --keylog $1/k " TLS13,
                         folder),
                 315, 273);
    assert_bytes(session("grep -v SERVER_TRAFFIC " KEYLOG " > $1/k && "
                         "$0 --json --keylog $1/k " TLS13,
                         folder),
                 315, 0);
    scratch_free(folder);
}

static void utf_16_is_text_too(void **state)
{
    char *folder = scratch_new();

    (void)state;
    if (!is_installed("iconv"))
        skip();
    assert_bytes(
        session("iconv -t UTF-16 " KEYLOG " > $1/k && $0 --json --keylog $1/k " TLS13, folder), 315,
        273);
    scratch_free(folder);
}

/* The packets come through a pipe, and in front of so many of the last bytes, among which are all
 * of the application, the lines do. */
static void lines_that_come_behind_the_handshake_open_what_follows(void **state)
{
    static const struct {
        const char *fixture;
        unsigned behind;
    } cases[] = {{"tls13", 1850}, {"ecdhe", 1370}, {"ecdhe-aes256-cbc-sha384", 1580}};
    char *folder = scratch_new();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *command =
            alloc_format("f=fixtures/%s; : > $1/k; n=$(($(wc -c < $f/recording.pcap) - %u)); "
                         "(head -c $n $f/recording.pcap; sleep 1; cat $f/keylog.txt >> $1/k; "
                         "tail -c +$(($n + 1)) $f/recording.pcap) | $0 --json --keylog $1/k -",
                         cases[i].fixture, cases[i].behind);
        json_t *found = session(command, folder);

        assert_string_equal(json_string_value(json_object_get(found, "outcome")), "partial");
        assert_string_equal(json_string_value(json_object_get(found, "secret_source")), "keylog");
        assert_bytes(found, 315, 273);
        free(command);
    }
    scratch_free(folder);
}

/* In time, nothing is lost. */
static void lines_that_come_before_the_handshake_is_over_open_everything(void **state)
{
    /* At the beginning; and, up to TLS 1.2, while the server's ticket is waited for. */
    static const struct {
        const char *fixture;
        const char *at;
    } cases[] = {{"tls13", "100"}, {"ecdhe", "$(($(wc -c < $f/recording.pcap) - 1700))"}};
    char *folder = scratch_new();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *command =
            alloc_format("f=fixtures/%s; : > $1/k; n=%s; (head -c $n $f/recording.pcap; sleep 1; "
                         "cat $f/keylog.txt >> $1/k; tail -c +$(($n + 1)) $f/recording.pcap) | "
                         "$0 --json --keylog $1/k -",
                         cases[i].fixture, cases[i].at);
        json_t *found = session(command, folder);

        assert_string_equal(json_string_value(json_object_get(found, "outcome")), "decrypted");
        assert_bytes(found, 315, 273);
        free(command);
    }
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_secrets_of_the_application_alone_open_what_it_said),
        CASE(without_the_handshake_secret_of_one_side_both_are_open),
        CASE(utf_16_is_text_too),
        CASE(lines_that_come_behind_the_handshake_open_what_follows),
        CASE(lines_that_come_before_the_handshake_is_over_open_everything),
    };

    return RUN(cases);
}
