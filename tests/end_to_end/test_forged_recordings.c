/*
 * Recordings that somebody has altered on purpose. Nothing may crash, nothing unproved may be
 * called decrypted, and "protected" needs a signature that verifies.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define RSA_KEY   "-k fixtures/rsa/server.key"
#define DHE_KEY   "-k fixtures/dhe/server.key"
#define TLS13_KEY "--ephemeral fixtures/tls13/ephemeral-1.pem"

/* place finds a record of TLS 1.2 shape, type 22 with a handshake message of this type in it: the
 * offset of the message in the file. */
static size_t place(const struct buffer *capture, uint8_t message)
{
    for (size_t i = 24; i + 6 < capture->len; i++) {
        if (memcmp(capture->at + i, "\x16\x03\x03", 3) == 0 && capture->at[i + 5] == message)
            return i + 5;
    }
    fail_msg("no message of type %d", message);
    return 0;
}

/* judge gives the one session's line; the caller frees it. */
static json_t *judge(const struct buffer *capture, const char *leak)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/forged.pcap", folder);
    struct run_result result;
    json_t *sessions;
    json_t *session;

    file_write(path, buffer_view(capture));
    run_line(&result, "keyfall-attacker --json %s %s", leak, path);
    if (result.status > 1)
        fail_msg("status %d\n%s", result.status, run_err(&result));
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 1);
    session = json_incref(json_array_get(sessions, 0));
    json_decref(sessions);
    run_clear(&result);
    free(path);
    scratch_free(folder);
    return session;
}

static void expect(const struct buffer *capture, const char *leak, const char *outcome,
                   const char *reason)
{
    json_t *session = judge(capture, leak);
    const char *got = json_string_value(json_object_get(session, "reason"));

    if (strcmp(json_string_value(json_object_get(session, "outcome")), outcome) != 0 || !got ||
        strcmp(got, reason) != 0)
        fail_msg("not %s (%s):\n%.3000s", outcome, reason, json_dumps(session, JSON_INDENT(2)));
    json_decref(session);
}

static void a_finished_in_the_clear_proves_nothing(void **state)
{
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");
    json_t *session;

    (void)state;
    capture.at[place(&capture, 14)] = 20; /* ServerHelloDone becomes Finished */
    session = judge(&capture, RSA_KEY);
    assert_false(json_is_true(json_object_get(session, "finished_verified")));
    json_decref(session);

    size_t hello = place(&capture, 2);
    memset(capture.at + hello + 4 + 2 + 32 + 1, 0x7f, 2); /* no session id: the suite */
    session = judge(&capture, RSA_KEY);
    assert_false(json_is_true(json_object_get(session, "finished_verified")));
    json_decref(session);
    buffer_clear(&capture);
}

static void a_suite_that_nobody_knows_is_named_so(void **state)
{
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");

    (void)state;
    memset(capture.at + place(&capture, 2) + 4 + 2 + 32 + 1, 0x7f, 2);
    expect(&capture, RSA_KEY, "undecryptable", "unsupported_cipher");
    expect(&capture, "", "undecryptable", "unsupported_cipher");
    buffer_clear(&capture);
}

static void a_signature_that_does_not_verify_protects_nothing(void **state)
{
    struct buffer capture = file_read("fixtures/dhe/recording.pcap");

    (void)state;
    expect(&capture, DHE_KEY, "protected", "forward_secret");
    capture.at[place(&capture, 12) + 4 + 2 + 20] ^= 1; /* in the prime, which is signed */
    expect(&capture, DHE_KEY, "undecryptable", "malformed");
    buffer_clear(&capture);
}

static void a_damaged_ciphertext_is_no_wrong_key(void **state)
{
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");

    (void)state;
    capture.at[place(&capture, 16) + 4 + 2 + 100] ^= 1;
    expect(&capture, RSA_KEY, "undecryptable", "malformed");
    buffer_clear(&capture);
}

/* TLS 1.3: a record of application data that claims to be of another type. */
static void a_sealed_record_under_another_name_is_counted(void **state)
{
    static const uint8_t names[] = {21, 22, 24};

    (void)state;
    for (size_t i = 0; i < sizeof(names); i++) {
        struct buffer capture = file_read("fixtures/tls13/recording.pcap");
        size_t at = capture.len - 300;

        while (memcmp(capture.at + at, "\x17\x03\x03\x01", 4) != 0)
            at--;
        capture.at[at] = names[i];
        expect(&capture, TLS13_KEY, "partial", "malformed");
        buffer_clear(&capture);
    }
}

/* A second ChangeCipherSpec would start the sequence numbers anew, and old records open again. */
static void a_second_change_cipher_spec_is_not_followed(void **state)
{
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");
    size_t at = capture.len - 60;
    json_t *session;

    (void)state;
    while (memcmp(capture.at + at, "\x15\x03\x03", 3) != 0) /* the last alert, sealed */
        at--;
    capture.at[at] = 20;
    session = judge(&capture, RSA_KEY);
    assert_string_equal(json_string_value(json_object_get(session, "outcome")), "partial");
    json_decref(session);
    buffer_clear(&capture);
}

static void a_change_cipher_spec_of_another_content_is_none(void **state)
{
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");
    size_t at = 24;

    (void)state;
    while (memcmp(capture.at + at, "\x14\x03\x03\x00\x01\x01", 6) != 0)
        at++;
    capture.at[at + 5] = 2; /* the client's: what the server says opens all the same */
    expect(&capture, RSA_KEY, "partial", "malformed");
    buffer_clear(&capture);
}

/* Bytes of the handshake turned over in turn, some of them of Ethernet, IP and TCP: it never ends
 * in a crash, and "decrypted" always comes with a Finished that was recomputed. */
static void any_byte_of_the_handshake_altered(void **state)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/forged.pcap", folder);
    struct buffer capture = file_read("fixtures/rsa/recording.pcap");
    size_t end = place(&capture, 16) + 300;

    (void)state;
    for (size_t at = place(&capture, 2); at < end; at += 7) {
        struct run_result result;

        capture.at[at] ^= 0x40;
        file_write(path, buffer_view(&capture));
        capture.at[at] ^= 0x40;
        run_line(&result, "keyfall-attacker --json " RSA_KEY " %s", path);
        if (result.status > 2)
            fail_msg("byte %zu: status %d\n%s", at, result.status, run_err(&result));
        if (strstr(run_out(&result), "\"outcome\":\"decrypted\""))
            assert_says(run_out(&result), "\"finished_verified\":true");
        run_clear(&result);
    }
    buffer_clear(&capture);
    free(path);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_finished_in_the_clear_proves_nothing),
        CASE(a_suite_that_nobody_knows_is_named_so),
        CASE(a_signature_that_does_not_verify_protects_nothing),
        CASE(a_damaged_ciphertext_is_no_wrong_key),
        CASE(a_sealed_record_under_another_name_is_counted),
        CASE(a_second_change_cipher_spec_is_not_followed),
        CASE(a_change_cipher_spec_of_another_content_is_none),
        CASE(any_byte_of_the_handshake_altered),
    };

    return RUN(cases);
}
