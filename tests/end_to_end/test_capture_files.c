/*
 * What recordings bring with their packets: secrets, a second file, and things to be warned of.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_pcapng.h"

#define DHE     "fixtures/dhe"
#define TLS13   "fixtures/tls13"
#define CAPTURE "/recording.pcap"
#define KEYLOG  "/keylog.txt"

/* Where the secrets stand in the file. */
enum place { IN_FRONT, BEHIND };

/* make_recording makes a pcapng file of a fixture, with the key log of another or the same one. */
static void make_recording(const char *path, const char *fixture, const char *secrets_of,
                           enum place place)
{
    static const struct rewriting plain = {"pcapng", .file = FILE_PCAPNG};
    char *recording = alloc_format("%s" CAPTURE, fixture);
    char *keylog_path = alloc_format("%s" KEYLOG, secrets_of);
    struct buffer keylog = file_read(keylog_path);
    struct writer w = {0};

    rewrite(&plain, recording, path);

    struct buffer packets = file_read(path);

    if (place == IN_FRONT) {
        pcapng_put_section(&w, false);
        pcapng_put_secrets(&w, buffer_view(&keylog));
    }
    write_bytes(&w, buffer_view(&packets));
    if (place == BEHIND)
        pcapng_put_secrets(&w, buffer_view(&keylog));
    file_write(path, writer_view(&w));
    buffer_clear(&w.out);
    buffer_clear(&packets);
    buffer_clear(&keylog);
    free(keylog_path);
    free(recording);
}

struct setting {
    char *folder;
    char *path;
    struct run_result result;
};

static int setup(void **state)
{
    struct setting *s = alloc_zero(sizeof(*s));

    s->folder = scratch_new();
    s->path = alloc_format("%s/recording.pcapng", s->folder);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct setting *s = *state;

    run_clear(&s->result);
    scratch_free(s->folder);
    free(s->path);
    free(s);
    return 0;
}

static void assert_opened(const struct setting *s)
{
    json_t *sessions = run_sessions(&s->result, NULL);
    const json_t *session = json_array_get(sessions, 0);

    assert_status(&s->result, 0);
    assert_int_equal(json_array_size(sessions), 1);
    assert_string_equal(json_string_value(json_object_get(session, "outcome")), "decrypted");
    assert_string_equal(json_string_value(json_object_get(session, "secret_source")), "keylog");
    assert_says(run_out(&s->result), "yes: the recording itself holds one");
    json_decref(sessions);
}

static void secrets_in_the_recording_open_it(void **state)
{
    static const char *const fixtures[] = {DHE, TLS13};
    struct setting *s = *state;

    for (size_t i = 0; i < 2; i++) {
        make_recording(s->path, fixtures[i], fixtures[i], IN_FRONT);
        run_line(&s->result, "keyfall-attacker --json %s", s->path);
        assert_opened(s);
        run_clear(&s->result);
        run_with_input(&s->result, s->path, "keyfall-attacker --json -");
        assert_opened(s);
        run_clear(&s->result);
    }
}

/* Some recorders write them when they learn them. */
static void secrets_behind_the_packets_open_them_too(void **state)
{
    struct setting *s = *state;

    make_recording(s->path, TLS13, TLS13, BEHIND);
    run_line(&s->result, "keyfall-attacker --json %s", s->path);
    assert_opened(s);
}

static void secrets_of_others_are_no_leak_that_was_given(void **state)
{
    struct setting *s = *state;

    make_recording(s->path, DHE, TLS13, IN_FRONT);
    run_line(&s->result, "keyfall-attacker --json %s", s->path);
    assert_status(&s->result, 1);
    assert_says(run_out(&s->result), "\"reason\":\"no_key\"");
    assert_says(run_out(&s->result), "No leak was given.");
}

static void a_key_that_was_given_does_not_mind_them(void **state)
{
    struct setting *s = *state;

    make_recording(s->path, DHE, TLS13, IN_FRONT);
    run_line(&s->result, "keyfall-attacker --json -k " DHE "/server.key %s", s->path);
    assert_status(&s->result, 1);
    assert_says(run_out(&s->result), "\"outcome\":\"protected\"");
}

/* record_len is how many bytes a packet takes in a little-endian file, with its header. */
static size_t record_len(const uint8_t header[static 16])
{
    return 16 + header[8] + (size_t)256 * header[9];
}

/* Rotated files, of different kinds, are one recording: the second begins in a connection. */
static void a_conversation_crosses_rotated_files(void **state)
{
    const size_t header_len = 24;
    struct setting *s = *state;
    struct buffer whole = file_read("fixtures/rsa" CAPTURE);
    struct bytes first = bytes_of(whole.at, whole.len / 2);
    char *second = alloc_format("%s/second.pcap", s->folder);
    struct writer w = {0};
    size_t cut = header_len;

    while (cut + record_len(whole.at + cut) < first.len)
        cut += record_len(whole.at + cut);
    first.len = cut;

    struct bytes compressed = gzip_of(first, 1);

    write_bytes(&w, bytes_of(whole.at, header_len));
    write_bytes(&w, bytes_of(whole.at + cut, whole.len - cut));
    file_write(second, writer_view(&w));
    file_write(s->path, compressed);
    run_line(&s->result, "keyfall-attacker --json -k fixtures/rsa/server.key %s %s", s->path,
             second);
    assert_status(&s->result, 0);
    assert_says(run_out(&s->result), "\"outcome\":\"decrypted\"");
    assert_says(run_out(&s->result), "\"warnings\":[]");
    exact_free(compressed);
    buffer_clear(&w.out);
    buffer_clear(&whole);
    free(second);
}

/* A warning of the summary is told in each form of the output. */
static void warnings_are_told_whatever_the_form(void **state)
{
    static const struct rewriting way = {
        "overlapping differently", .changes = {{change_cut, 50}, {change_overlap_differently, 10}}};
    static const char sentence[] = "repeat bytes with another content";
    struct setting *s = *state;

    rewrite(&way, "fixtures/rsa" CAPTURE, s->path);
    run_line(&s->result, "keyfall-attacker --json %s", s->path);
    assert_says(run_out(&s->result), sentence);
    run_clear(&s->result);
    run_line(&s->result, "keyfall-attacker %s", s->path);
    assert_says(run_out(&s->result), "\nNote: ");
    assert_says(run_out(&s->result), sentence);
    run_clear(&s->result);
    run_line(&s->result, "keyfall-attacker -q %s", s->path);
    assert_null(strstr(run_out(&s->result), sentence));
    assert_says(run_err(&s->result), sentence);
}

#define ON_SETTING(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_SETTING(secrets_in_the_recording_open_it),
        ON_SETTING(secrets_behind_the_packets_open_them_too),
        ON_SETTING(secrets_of_others_are_no_leak_that_was_given),
        ON_SETTING(a_key_that_was_given_does_not_mind_them),
        ON_SETTING(a_conversation_crosses_rotated_files),
        ON_SETTING(warnings_are_told_whatever_the_form),
    };

    return RUN(cases);
}
