/*
 * What the attacker prints and writes, in each of its forms.
 */
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define RSA "fixtures/rsa/recording.pcap"
#define KEY "fixtures/rsa/server.key"
#define FOUR                                                                                       \
    RSA " fixtures/dhe/recording.pcap fixtures/ecdhe/recording.pcap fixtures/tls13/recording.pcap"

/* Every key that the contract names for a session line, and no value that it does not allow. */
static void a_session_line_has_every_key_of_the_contract(void **state)
{
    static const char *const keys[] = {
        "type",
        "id",
        "inside",
        "client",
        "server",
        "start",
        "end",
        "transport",
        "version",
        "cipher_suite",
        "cipher_suite_id",
        "key_exchange",
        "group",
        "sni",
        "alpn",
        "resumed",
        "extended_master_secret",
        "encrypt_then_mac",
        "certificate",
        "outcome",
        "secret_source",
        "reason",
        "explanation",
        "finished_verified",
        "forward_secret",
        "opened_by",
        "evidence",
        "client_bytes",
        "server_bytes",
        "records",
        "records_decrypted",
        "records_missing",
        "bytes_missing",
    };
    struct run_result result;
    json_t *sessions;

    (void)state;
    run_line(&result, "keyfall-attacker --json -k " KEY " " FOUR);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 4);
    for (size_t i = 0; i < 4; i++) {
        const json_t *session = json_array_get(sessions, i);

        assert_int_equal(json_object_size(session), sizeof(keys) / sizeof(keys[0]));
        for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
            assert_non_null(json_object_get(session, keys[k]));
        assert_int_equal(json_integer_value(json_object_get(session, "id")), i + 1);
    }
    json_decref(sessions);
    run_clear(&result);
}

static void the_summary_counts(void **state)
{
    struct run_result result;
    json_t *summary;

    (void)state;
    run_line(&result, "keyfall-attacker --json -k " KEY " " FOUR);
    assert_status(&result, 0);
    json_decref(run_sessions(&result, &summary));
    assert_int_equal(json_integer_value(json_object_get(summary, "sessions")), 4);
    assert_int_equal(json_integer_value(json_object_get(summary, "tcp_connections")), 4);
    assert_int_equal(json_integer_value(json_object_get(summary, "decrypted")), 1);
    assert_int_equal(json_integer_value(json_object_get(summary, "partial")), 0);
    assert_int_equal(json_integer_value(json_object_get(summary, "protected")), 3);
    assert_int_equal(json_integer_value(json_object_get(summary, "undecryptable")), 0);
    assert_true(json_integer_value(json_object_get(summary, "packets")) > 40);
    json_decref(summary);
    run_clear(&result);
}

/* Every step of the evidence that stands in a packet names it, and within the recording. */
static void evidence_names_frames(void **state)
{
    struct run_result result;
    json_t *summary;
    json_t *sessions;
    size_t i;
    json_t *session;

    (void)state;
    run_line(&result, "keyfall-attacker --json -k " KEY " " FOUR);
    sessions = run_sessions(&result, &summary);

    json_int_t packets = json_integer_value(json_object_get(summary, "packets"));
    json_int_t before = 0;
    json_array_foreach(sessions, i, session)
    {
        const json_t *evidence = json_object_get(session, "evidence");
        const json_t *first = json_array_get(evidence, 0);
        json_int_t frame = json_integer_value(json_object_get(first, "frame"));

        assert_true(json_array_size(evidence) >= 5);
        assert_true(frame > before); /* each capture goes on where the one before ended */
        assert_true(frame <= packets);
        before = frame;
    }
    json_decref(sessions);
    json_decref(summary);
    run_clear(&result);
}

static void standard_input_is_a_capture_too(void **state)
{
    struct run_result result;

    (void)state;
    run_with_input(&result, RSA, "keyfall-attacker -k " KEY " -");
    assert_status(&result, 0);
    assert_says(run_out(&result), "DECRYPTED");
    run_clear(&result);
}

/* A file that happens to be called "-" is not what - means. */
static void standard_input_is_read_although_a_file_has_its_name(void **state)
{
    char *folder = scratch_new();
    char *named = alloc_format("%s/-", folder);
    struct run_result result;

    (void)state;
    file_write(named, bytes_of("no capture", 10));
    run_line(&result,
             "sh -c 'keyfall=$(realpath ${KEYFALL_BUILD:-build}/keyfall-attacker); "
             "key=$(realpath " KEY "); capture=$(realpath " RSA "); cd %s; "
             "cat $capture | $keyfall -q -k $key -'",
             folder);
    assert_status(&result, 0);
    assert_says(run_out(&result), "1 decrypted");
    run_clear(&result);
    free(named);
    scratch_free(folder);
}

static void the_story_shows_what_was_said(void **state)
{
    struct run_result result;
    struct buffer message = file_read("fixtures/rsa/message.txt");

    (void)state;
    run_line(&result, "keyfall-attacker -k " KEY " " RSA);
    assert_status(&result, 0);
    assert_says(run_out(&result), "What was said");
    assert_says(run_out(&result), "POST /login HTTP/1.1");
    assert_says(run_out(&result), "password=");
    assert_null(strchr(run_out(&result), '\033')); /* no terminal, no colour */
    buffer_clear(&message);
    run_clear(&result);
}

static void no_line_of_the_story_is_wider_than_a_screen(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker -k " KEY " " FOUR);
    for (const char *line = run_out(&result); *line;) {
        size_t len = strcspn(line, "\n");

        if (len > 80)
            fail_msg("%zu columns: %.*s", len, (int)len, line);
        line += len + (line[len] == '\n');
    }
    run_clear(&result);
}

static void the_brief_story_is_one_line_a_session(void **state)
{
    struct run_result result;
    size_t num_lines = 0;

    (void)state;
    run_line(&result, "keyfall-attacker -q -k " KEY " " FOUR);
    for (const char *c = run_out(&result); *c; c++)
        num_lines += *c == '\n';
    assert_int_equal(num_lines, 4);
    assert_says(run_out(&result), "1 decrypted server_key ");
    assert_says(run_out(&result), "4 protected forward_secret ");
    run_clear(&result);
}

static void extracted_streams_are_the_application_data(void **state)
{
    char *folder = scratch_new();
    char *client_path = alloc_format("%s/session-1-client.bin", folder);
    char *server_path = alloc_format("%s/session-1-server.bin", folder);
    char *closed_path = alloc_format("%s/session-2-client.bin", folder);
    struct run_result result;
    json_t *sessions;
    json_t *session;

    (void)state;
    run_line(&result, "keyfall-attacker --json --extract %s -k " KEY " " FOUR, folder);
    sessions = run_sessions(&result, NULL);
    session = json_array_get(sessions, 0);

    struct buffer client = file_read(client_path);
    struct buffer server = file_read(server_path);
    assert_int_equal(client.len, json_integer_value(json_object_get(session, "client_bytes")));
    assert_int_equal(server.len, json_integer_value(json_object_get(session, "server_bytes")));
    assert_int_equal(strncmp((const char *)client.at, "POST ", 5), 0);
    assert_int_equal(strncmp((const char *)server.at, "HTTP/1.1 200 OK\r\n", 17), 0);
    assert_int_equal(access(closed_path, F_OK), -1); /* nothing opened, nothing written */
    buffer_clear(&client);
    buffer_clear(&server);
    json_decref(sessions);
    run_clear(&result);
    free(client_path);
    free(server_path);
    free(closed_path);
    scratch_free(folder);
}

static void a_folder_of_keys_finds_the_right_one(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker -q -k fixtures/ecdhe-ecdsa -k fixtures/rsa " RSA);
    assert_status(&result, 0);
    run_clear(&result);
}

static void help_and_version_go_to_standard_output(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker --help");
    assert_status(&result, 0);
    assert_says(run_out(&result), "usage: keyfall-attacker");
    assert_string_equal(run_err(&result), "");
    run_clear(&result);
    run_line(&result, "keyfall-attacker --version");
    assert_status(&result, 0);
    assert_says(run_out(&result), "keyfall-attacker ");
    run_clear(&result);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_session_line_has_every_key_of_the_contract),
        CASE(the_summary_counts),
        CASE(evidence_names_frames),
        CASE(standard_input_is_a_capture_too),
        CASE(standard_input_is_read_although_a_file_has_its_name),
        CASE(the_story_shows_what_was_said),
        CASE(no_line_of_the_story_is_wider_than_a_screen),
        CASE(the_brief_story_is_one_line_a_session),
        CASE(extracted_streams_are_the_application_data),
        CASE(a_folder_of_keys_finds_the_right_one),
        CASE(help_and_version_go_to_standard_output),
    };

    return RUN(cases);
}
