/*
 * Wrong input of every kind: each has its own sentence, on standard error, and its exit status; and
 * nothing of what could be read is lost.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define RSA "fixtures/rsa/recording.pcap"
#define KEY "fixtures/rsa/server.key"

/* refused: the command ends with 2, prints nothing on standard output, and says `sentence`. */
static void refused(const char *sentence, const char *line)
{
    struct run_result result;

    run_line(&result, "%s", line);
    assert_status(&result, 2);
    assert_string_equal(run_out(&result), "");
    assert_int_equal(strncmp(run_err(&result), "keyfall-attacker: ", 18), 0);
    assert_says(run_err(&result), sentence);
    run_clear(&result);
}

/* refused_file does the same with a file made of `content`, named by %s in `line`. */
static void refused_file(const char *sentence, const char *line, const char *content)
{
    char *folder = scratch_new();
    char *file = alloc_format("%s/file", folder);
    char *before = alloc_text(line);
    char *place = strstr(before, "FILE");
    char *command;

    assert_non_null(place);
    *place = '\0';
    command = alloc_format("%s%s%s", before, file, place + 4);
    file_write(file, bytes_of(content, strlen(content)));
    refused(sentence, command);
    free(command);
    free(before);
    free(file);
    scratch_free(folder);
}

static void no_capture_at_all(void **state)
{
    (void)state;
    refused("no capture file was named", "keyfall-attacker");
    refused("no capture file was named", "keyfall-attacker -k " KEY);
}

static void unknown_options(void **state)
{
    (void)state;
    refused("--colour: no such option", "keyfall-attacker --colour " RSA);
    refused("-x: no such option", "keyfall-attacker -x " RSA);
    refused("needs an argument", "keyfall-attacker " RSA " -k");
    refused("take one of them", "keyfall-attacker --json -q " RSA);
}

static void key_files_that_are_none(void **state)
{
    (void)state;
    refused("cannot be opened: No such file", "keyfall-attacker -k /does/not/exist " RSA);
    refused("is not a private key that can be read",
            "keyfall-attacker -k fixtures/rsa/message.txt " RSA);
    refused("holds a certificate", "keyfall-attacker -k fixtures/rsa/server.crt " RSA);
    refused("is not a private key", "keyfall-attacker -k " RSA " " RSA);
    refused_file("is not a private key", "keyfall-attacker -k FILE " RSA, "");
    refused_file("is not a private key", "keyfall-attacker -k FILE " RSA,
                 "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    refused("is not a private key", "keyfall-attacker --ephemeral fixtures/rsa/message.txt " RSA);
}

static void a_folder_without_keys(void **state)
{
    char *folder = scratch_new();
    char *line = alloc_format("keyfall-attacker -k %s " RSA, folder);

    (void)state;
    refused("no file in this folder is a private key", line);
    free(line);
    scratch_free(folder);
}

static void an_encrypted_key(void **state)
{
    char *folder = scratch_new();
    struct run_result result;
    char *line;

    (void)state;
    run_line(&result, "openssl pkcs8 -topk8 -in " KEY " -out %s/key -passout pass:sesame", folder);
    assert_status(&result, 0);
    run_clear(&result);
    line = alloc_format("keyfall-attacker -k %s/key " RSA, folder);
    refused("the key is encrypted; give its passphrase with --passphrase-file", line);
    free(line);

    char *wrong = alloc_format("%s/wrong", folder);
    file_write(wrong, bytes_of("simsalabim\n", 11));
    line = alloc_format("keyfall-attacker -k %s/key --passphrase-file %s " RSA, folder, wrong);
    refused("the passphrase does not open this key", line);
    free(line);

    file_write(wrong, bytes_of("sesame\n", 7));
    run_line(&result, "keyfall-attacker -q -k %s/key --passphrase-file %s " RSA, folder, wrong);
    assert_status(&result, 0);
    run_clear(&result);
    free(wrong);
    scratch_free(folder);
}

static void key_logs_that_are_none(void **state)
{
    (void)state;
    refused("cannot be opened", "keyfall-attacker --keylog /does/not/exist " RSA);
    refused("is not a key log", "keyfall-attacker --keylog fixtures/rsa/server.crt " RSA);
}

static void captures_that_are_none(void **state)
{
    struct run_result result;

    (void)state;
    refused_file("is empty", "keyfall-attacker -q FILE", "");
    refused_file("is not a capture file", "keyfall-attacker -q FILE",
                 "This is a letter and no capture, however long it may be.\n");

    run_line(&result, "keyfall-attacker -q /does/not/exist");
    assert_status(&result, 2);
    assert_says(run_err(&result), "No such file");
    run_clear(&result);
    run_line(&result, "keyfall-attacker -q fixtures");
    assert_status(&result, 2);
    assert_says(run_err(&result), "directory");
    run_clear(&result);
}

static void a_capture_without_tls(void **state)
{
    /* A pcap header and no packet. */
    static const char header[24] = "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00"
                                   "\x00\x00\x00\x00\x00\x00\x04\x00\x01\x00\x00";
    char *folder = scratch_new();
    char *file = alloc_format("%s/header.pcap", folder);
    struct run_result result;

    (void)state;
    file_write(file, bytes_of(header, sizeof(header)));
    run_line(&result, "keyfall-attacker -q %s", file);
    assert_status(&result, 1);
    assert_says(run_err(&result), "no TLS was found in 0 packets");
    run_clear(&result);
    free(file);
    scratch_free(folder);
}

static void a_good_capture_beside_a_bad_one_is_read(void **state)
{
    struct run_result result;
    json_t *summary;
    json_t *sessions;

    (void)state;
    run_line(&result, "keyfall-attacker --json -k " KEY " /does/not/exist " RSA " README.md");
    assert_status(&result, 0);
    assert_says(run_err(&result), "/does/not/exist");
    assert_says(run_err(&result), "README.md: is not a capture file");
    sessions = run_sessions(&result, &summary);
    assert_int_equal(json_array_size(sessions), 1);
    assert_int_equal(json_array_size(json_object_get(summary, "warnings")), 2);
    json_decref(sessions);
    json_decref(summary);
    run_clear(&result);
}

/* Whatever is missing from the end, what stands in front of it is used, and it never crashes. */
static void a_capture_cut_anywhere(void **state)
{
    char *folder = scratch_new();
    char *file = alloc_format("%s/cut.pcap", folder);
    struct buffer whole = file_read(RSA);

    (void)state;
    for (size_t len = 0; len < whole.len; len += 37) {
        struct run_result result;

        file_write(file, bytes_first(buffer_view(&whole), len));
        run_line(&result, "keyfall-attacker --json -k " KEY " %s", file);
        if (result.status > 2)
            fail_msg("cut at %zu: status %d\n%.2000s", len, result.status, run_err(&result));
        if (len < 24)
            assert_status(&result, 2);
        run_clear(&result);
    }
    buffer_clear(&whole);
    free(file);
    scratch_free(folder);
}

static void output_that_cannot_be_written(void **state)
{
    struct run_result result;

    (void)state;
    refused("cannot be made", "keyfall-attacker --extract /proc/nowhere/x -k " KEY " " RSA);
    run_line(&result, "sh -c 'exec \"${KEYFALL_BUILD:-build}\"/keyfall-attacker -k " KEY " " RSA
                      " > /dev/full'");
    assert_status(&result, 2);
    assert_says(run_err(&result), "standard output: cannot be written");
    run_clear(&result);
}

static void the_wrong_key_is_a_finding_and_no_error(void **state)
{
    struct run_result result;
    json_t *sessions;

    (void)state;
    run_line(&result, "keyfall-attacker --json -k fixtures/ecdhe-ecdsa/server.key " RSA);
    assert_status(&result, 1);
    assert_string_equal(run_err(&result), "");
    sessions = run_sessions(&result, NULL);
    assert_string_equal(json_string_value(json_object_get(json_array_get(sessions, 0), "reason")),
                        "key_mismatch");
    json_decref(sessions);
    run_clear(&result);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(no_capture_at_all),
        CASE(unknown_options),
        CASE(key_files_that_are_none),
        CASE(a_folder_without_keys),
        CASE(an_encrypted_key),
        CASE(key_logs_that_are_none),
        CASE(captures_that_are_none),
        CASE(a_capture_without_tls),
        CASE(a_good_capture_beside_a_bad_one_is_read),
        CASE(a_capture_cut_anywhere),
        CASE(output_that_cannot_be_written),
        CASE(the_wrong_key_is_a_finding_and_no_error),
    };

    return RUN(cases);
}
