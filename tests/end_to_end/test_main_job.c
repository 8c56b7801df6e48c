/*
 * The main job as a user does it: record, leak, attack, by the three programs together.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* exchange runs the victim in the case's folder: F/r.pcap and F/l are the recording and the leaks.
 */
static void exchange(const char *folder, const char *choices)
{
    struct run_result result;

    run_line(&result, "keyfall-victim exchange -q --record %s/r.pcap --leaks %s/l %s", folder,
             folder, choices);
    assert_status(&result, 0);
    assert_string_equal(run_out(&result), "");
    run_clear(&result);
}

/* attack gives the one session's line; the caller frees it. */
static json_t *attack(const char *folder, const char *option, const char *leak, int status)
{
    struct run_result result;
    json_t *sessions;
    json_t *session;

    run_line(&result, "keyfall-attacker --json %s %s/l/%s %s/r.pcap", option, folder, leak, folder);
    assert_status(&result, status);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 1);
    session = json_incref(json_array_get(sessions, 0));
    json_decref(sessions);
    run_clear(&result);
    return session;
}

static void assert_value(const json_t *session, const char *key, const char *value)
{
    const char *is = json_string_value(json_object_get(session, key));

    if (!is || strcmp(is, value) != 0)
        fail_msg("%s is %s and not %s", key, is ? is : "null", value);
}

static void the_users_message_comes_out_of_an_rsa_recording(void **state)
{
    struct run_result result;

    exchange(*state, "--kx rsa --message 'the launch code is 0000'");
    run_line(&result, "keyfall-attacker -k %s/l/server.key %s/r.pcap", (char *)*state,
             (char *)*state);
    assert_status(&result, 0);
    assert_says(run_out(&result), "the launch code is 0000");
    run_clear(&result);
}

/* The attack fails with the right key, and the control experiment opens the same recording. */
static void withstands_the_key_and_not_the_exponent(const char *folder, const char *choices)
{
    json_t *session;

    exchange(folder, choices);
    session = attack(folder, "-k", "server.key", 1);
    assert_value(session, "outcome", "protected");
    assert_value(session, "reason", "forward_secret");
    assert_true(json_is_true(json_object_get(session, "forward_secret")));
    json_decref(session);
    session = attack(folder, "--ephemeral", "ephemeral-1.pem", 0);
    assert_value(session, "outcome", "decrypted");
    assert_value(session, "secret_source", "ephemeral");
    assert_true(json_is_true(json_object_get(session, "finished_verified")));
    json_decref(session);
}

static void dhe_withstands_the_key_and_not_the_exponent(void **state)
{
    withstands_the_key_and_not_the_exponent(*state, "--kx dhe");
}

static void ecdhe_withstands_the_key_and_not_the_exponent(void **state)
{
    withstands_the_key_and_not_the_exponent(*state, "--kx ecdhe");
}

static void tls13_withstands_the_key_and_not_the_exponent(void **state)
{
    withstands_the_key_and_not_the_exponent(*state, "--kx tls13");
}

static void an_exponent_opens_its_own_session_and_no_other(void **state)
{
    const char *folder = *state;
    struct run_result result;
    json_t *sessions;

    exchange(folder, "--kx ecdhe --sessions 3");
    run_line(&result, "keyfall-attacker --json --ephemeral %s/l/ephemeral-2.pem %s/r.pcap", folder,
             folder);
    assert_status(&result, 0);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 3);
    assert_value(json_array_get(sessions, 0), "reason", "key_mismatch");
    assert_value(json_array_get(sessions, 1), "outcome", "decrypted");
    assert_value(json_array_get(sessions, 2), "reason", "key_mismatch");
    json_decref(sessions);
    run_clear(&result);
}

/* One key opens what it can and says why for the rest, session by session. */
static void a_recording_of_both_kinds_is_told_apart(void **state)
{
    const char *folder = *state;
    struct run_result result;
    json_t *sessions;

    exchange(folder, "--kx rsa");
    run_line(&result,
             "keyfall-victim exchange -q --kx dhe --key %s/l/server.key --cert %s/l/server.crt "
             "--record %s/d.pcap",
             folder, folder, folder);
    assert_status(&result, 0);
    run_clear(&result);
    run_line(&result, "keyfall-attacker --json -k %s/l/server.key %s/r.pcap %s/d.pcap", folder,
             folder, folder);
    assert_status(&result, 0);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 2);
    assert_value(json_array_get(sessions, 0), "outcome", "decrypted");
    assert_value(json_array_get(sessions, 1), "outcome", "protected");
    json_decref(sessions);
    run_clear(&result);
}

static void a_large_answer_opens_to_the_byte(void **state)
{
    const char *folder = *state;
    json_t *session;

    exchange(folder, "--kx rsa --size 5000000 --suite TLS_RSA_WITH_AES_256_CBC_SHA256");
    session = attack(folder, "-k", "server.key", 0);
    assert_value(session, "outcome", "decrypted");
    assert_true(json_integer_value(json_object_get(session, "server_bytes")) > 5000000);
    assert_true(json_integer_value(json_object_get(session, "server_bytes")) < 5001000);
    json_decref(session);
}

static void what_this_openssl_cannot_do_is_refused_with_the_reason(void **state)
{
    static const char *const lines[][2] = {
        {"--kx rsa --tls 1.3", "1.3"},
        {"--kx tls13 --tls 1.2", "1.2"},
        {"--tls 3.0", "keyfall-victim: "},
        {"--suite TLS_RSA_WITH_RC4_128_SHA", "RC4"},
        {"--suite TLS_DHE_RSA_WITH_AES_128_GCM_SHA256 --kx rsa", "rsa"},
        {"--suite TLS_NO_SUCH_SUITE", "TLS_NO_SUCH_SUITE"},
        {"--kx kerberos", "kerberos"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct run_result result;

        run_line(&result, "keyfall-victim exchange %s", lines[i][0]);
        assert_status(&result, 2);
        assert_string_equal(run_out(&result), "");
        assert_says(run_err(&result), "keyfall-victim: ");
        assert_says(run_err(&result), lines[i][1]);
        run_clear(&result);
    }
}

/* damage turns over one bit of the last record of application data. */
static void damage(const char *folder, const char *header)
{
    char *path = alloc_format("%s/r.pcap", folder);
    struct buffer capture = file_read(path);
    size_t at = capture.len - 20;

    while (at > 0 && memcmp(capture.at + at, header, 3) != 0)
        at--;
    assert_true(at > 0);
    capture.at[at + 20] ^= 1;
    file_write(path, buffer_view(&capture));
    buffer_clear(&capture);
    free(path);
}

/* What stands around a damaged record opens, it does not, and nothing of it is given out. */
static void opens_but_for(json_int_t num_shut, const char *folder, const char *choices,
                          const char *header, const char *option, const char *leak)
{
    json_t *session;
    json_int_t sound;
    json_int_t left;

    exchange(folder, choices);
    session = attack(folder, option, leak, 0);
    sound = json_integer_value(json_object_get(session, "server_bytes"));
    json_decref(session);
    damage(folder, header);
    session = attack(folder, option, leak, 0);
    left = json_integer_value(json_object_get(session, "server_bytes"));
    assert_value(session, "outcome", "partial");
    assert_value(session, "reason", "malformed");
    assert_int_equal(json_integer_value(json_object_get(session, "records")),
                     json_integer_value(json_object_get(session, "records_decrypted")) + num_shut);
    assert_true(json_is_true(json_object_get(session, "finished_verified")));
    assert_true(left <= sound);
    json_decref(session);
}

/* With TLS 1.0 and encrypt-then-MAC the close_notify behind it stays shut as well: its IV is the
 * end of the damaged record, and nothing proves it. */
static void a_damaged_record_stays_shut_and_the_rest_opens(void **state)
{
    const char *folder = *state;

    opens_but_for(1, folder, "--kx rsa", "\x17\x03\x03", "-k", "server.key");
    opens_but_for(2, folder, "--kx rsa --tls 1.0", "\x17\x03\x01", "-k", "server.key");
    opens_but_for(1, folder, "--kx rsa --tls 1.1", "\x17\x03\x02", "-k", "server.key");
    opens_but_for(1, folder, "--suite TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "\x17\x03\x03",
                  "--ephemeral", "ephemeral-1.pem");
    opens_but_for(1, folder, "--kx tls13", "\x17\x03\x03", "--ephemeral", "ephemeral-1.pem");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        IN_FOLDER(the_users_message_comes_out_of_an_rsa_recording),
        IN_FOLDER(dhe_withstands_the_key_and_not_the_exponent),
        IN_FOLDER(ecdhe_withstands_the_key_and_not_the_exponent),
        IN_FOLDER(tls13_withstands_the_key_and_not_the_exponent),
        IN_FOLDER(an_exponent_opens_its_own_session_and_no_other),
        IN_FOLDER(a_recording_of_both_kinds_is_told_apart),
        IN_FOLDER(a_large_answer_opens_to_the_byte),
        IN_FOLDER(what_this_openssl_cannot_do_is_refused_with_the_reason),
        IN_FOLDER(a_damaged_record_stays_shut_and_the_rest_opens),
    };

    return RUN(cases);
}
