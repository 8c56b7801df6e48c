/*
 * --write-keylog: Wireshark opens the same recording with nothing but what was written.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_tshark.h"

#define RSA "fixtures/rsa/recording.pcap"
#define KEY "fixtures/rsa/server.key"

/* What tshark 4.0 can open when it has the secret: by number, from specimens[]. */
static const size_t for_tshark[] = {0, 2, 4, 5, 6, 7, 8, 9, 10, 11};

static void compare(const struct specimen *specimen)
{
    char *folder = scratch_new();
    char *options = alloc_format("-o tls.keylog_file:%s/keys.txt", folder);
    struct findings found;
    struct buffer said[2];
    struct run_result result;

    run_line(&result, "keyfall-attacker -q --write-keylog %s/keys.txt %s %s", folder,
             specimen->leak, specimen->recording);
    assert_status(&result, 0);
    findings_take(&found, specimen->recording, specimen->leak);
    tshark_follow(said, specimen->recording, options);
    assert_true(said[0].len > 0);
    if (!findings_say(&found, said))
        fail_msg("%s: tshark finds other bytes", specimen->name);
    buffer_clear(&said[0]);
    buffer_clear(&said[1]);
    findings_clear(&found);
    run_clear(&result);
    free(options);
    scratch_free(folder);
}

static void tshark_opens_the_recording_with_what_was_written(void **state)
{
    (void)state;
    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < sizeof(for_tshark) / sizeof(for_tshark[0]); i++)
        compare(&specimens[for_tshark[i]]);
}

/* The victim's own key log, which the attacker did not get, has the same line. */
static void the_secret_is_the_one_that_the_victim_has_logged(void **state)
{
    struct buffer logged = file_read("fixtures/rsa/keylog.txt");
    const uint8_t end = 0;
    struct run_result result;

    (void)state;
    buffer_append(&logged, bytes_of(&end, 1));
    run_line(&result, "keyfall-attacker --write-keylog - -k " KEY " " RSA);
    assert_status(&result, 0);
    assert_int_equal(strncmp(run_out(&result), "CLIENT_RANDOM ", 14), 0);
    assert_says((const char *)logged.at, run_out(&result));
    buffer_clear(&logged);
    run_clear(&result);
}

/* All four of TLS 1.3, and each once. */
static void what_a_key_log_gave_comes_out_again(void **state)
{
    static const char *const labels[] = {"CLIENT_HANDSHAKE_TRAFFIC_SECRET ",
                                         "SERVER_HANDSHAKE_TRAFFIC_SECRET ",
                                         "CLIENT_TRAFFIC_SECRET_0 ", "SERVER_TRAFFIC_SECRET_0 "};
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker --write-keylog - --keylog fixtures/tls13/keylog.txt "
                      "fixtures/tls13/recording.pcap");
    assert_status(&result, 0);
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        const char *found = strstr(run_out(&result), labels[i]);

        assert_non_null(found);
        assert_null(strstr(found + 1, labels[i]));
    }
    run_clear(&result);
}

/* The server took that of the second conversation, and refused that of the third. */
static void tshark_opens_early_data_with_what_was_written(void **state)
{
    static const char recording[] = "fixtures/tls13-openssl-early-data/recording.pcap";
    char *folder = scratch_new();
    struct run_result result;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    run_line(&result,
             "keyfall-attacker -q --write-keylog %s/keys.txt --keylog "
             "fixtures/tls13-openssl-early-data/keylog.txt %s",
             folder, recording);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result,
             "tshark -r %s -o tls.keylog_file:%s/keys.txt -q -z follow,tls,ascii,1 "
             "-z follow,tls,ascii,2",
             recording, folder);
    assert_status(&result, 0);
    assert_says(run_out(&result), "said at once, \n15\nand said later\n");
    assert_says(run_out(&result), "said at once, \n15\nand said again\n");
    run_clear(&result);
    scratch_free(folder);
}

static void what_opens_nothing_is_not_written(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker --write-keylog - -k " KEY
                      " fixtures/ecdhe/recording.pcap fixtures/rsa-nss-3des/recording.pcap");
    assert_status(&result, 1);
    assert_string_equal(run_out(&result), "");
    run_clear(&result);
}

/* Also when it was there before, and readable for all. */
static void the_file_is_for_its_owner_alone(void **state)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/keys.txt", folder);
    struct run_result result;
    struct stat about;

    (void)state;
    file_write(path, bytes_of("old", 3));
    assert_int_equal(chmod(path, 0644), 0);
    for (int i = 0; i < 2; i++) {
        run_line(&result, "keyfall-attacker -q --write-keylog %s -k " KEY " " RSA, path);
        assert_status(&result, 0);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 0777, 0600);
        assert_int_equal(about.st_size, 14 + 64 + 1 + 96 + 1);
        assert_int_equal(remove(path), 0);
        run_clear(&result);
    }
    free(path);
    scratch_free(folder);
}

static void what_can_not_be_written_is_told(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker -q --write-keylog /nowhere/keys.txt -k " KEY " " RSA);
    assert_status(&result, 2);
    assert_string_equal(run_err(&result), "keyfall-attacker: /nowhere/keys.txt: cannot be "
                                          "written: No such file or directory\n");
    run_clear(&result);
    run_line(&result, "keyfall-attacker -q --write-keylog /dev/full -k " KEY " " RSA);
    assert_status(&result, 2);
    assert_says(run_err(&result), "/dev/full: cannot be written: No space left on device\n");
    run_clear(&result);
}

static void the_recording_is_not_written_over(void **state)
{
    static const char *const options[] = {"--write-keylog", "--write-pcap", "--annotate"};
    char *folder = scratch_new();
    char *path = alloc_format("%s/recording.pcap", folder);
    struct buffer before = file_read(RSA);
    struct run_result result;

    (void)state;
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        file_write(path, buffer_view(&before));
        run_line(&result, "keyfall-attacker -q %s %s/../%s/recording.pcap %s", options[i], folder,
                 strrchr(folder, '/') + 1, path);
        assert_status(&result, 2);
        assert_says(run_err(&result), "is one of the files to be read, and would be lost");

        struct buffer after = file_read(path);
        assert_true(bytes_equal(buffer_view(&before), buffer_view(&after)));
        buffer_clear(&after);
        run_clear(&result);
    }
    buffer_clear(&before);
    free(path);
    scratch_free(folder);
}

/* What tshark reads out of DTLS, without being told that it is any. */
#define DTLS_WORDS                                                                                 \
    "64656172207365727665722c20746869732077656e7420627920646174616772616d0a\n"                     \
    "616e6420736f206469642074686520616e737765720a\n"

static void tshark_opens_dtls_too(void **state)
{
    char *folder = scratch_new();
    struct run_result result;

    (void)state;
    if (!is_installed("tshark"))
        skip();
    run_line(
        &result,
        "keyfall-attacker -q --write-keylog %s/keys.txt -k fixtures/rsa-dtls12-openssl/server.key "
        "fixtures/rsa-dtls12-openssl/recording.pcap",
        folder);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result,
             "tshark -r fixtures/rsa-dtls12-openssl/recording.pcap -o tls.keylog_file:%s/keys.txt "
             "-Y 'dtls && data' -T fields -e data.data",
             folder);
    assert_status(&result, 0);
    assert_string_equal(run_out(&result), DTLS_WORDS);
    run_clear(&result);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(tshark_opens_the_recording_with_what_was_written),
        CASE(tshark_opens_early_data_with_what_was_written),
        CASE(the_secret_is_the_one_that_the_victim_has_logged),
        CASE(what_a_key_log_gave_comes_out_again),
        CASE(what_opens_nothing_is_not_written),
        CASE(the_file_is_for_its_owner_alone),
        CASE(what_can_not_be_written_is_told),
        CASE(the_recording_is_not_written_over),
        CASE(tshark_opens_dtls_too),
    };

    return RUN(cases);
}
