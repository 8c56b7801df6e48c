/*
 * Pre-shared keys that the two have agreed on elsewhere, given to the attacker: in TLS 1.3, with
 * either hash, with and without an exchange on top, and with early data. The other versions are in
 * fixtures/ and in test_every_suite.c.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define ID  "Client:7/\xc3\xa9"
#define KEY "00112233445566778899aabbccddeeff0011223344556677"

/* converse records a conversation in TLS 1.3 with that key, into FOLDER/r.pcap and FOLDER/l. */
static void converse(const char *folder, const char *choices)
{
    struct run_result result;

    run_line(&result,
             "keyfall-victim exchange -q --kx psk --tls 1.3 --psk " ID ":" KEY
             " --record %s/r.pcap --leaks %s/l %s",
             folder, folder, choices);
    assert_status(&result, 0);
    run_clear(&result);
}

static const char *text_of(const json_t *session, const char *key)
{
    const char *text = json_string_value(json_object_get(session, key));

    return text ? text : "";
}

/* attack compares what comes of these leaks; `part` stands in the explanation. */
static void attack(const char *folder, const char *leaks, const char *outcome, const char *reason,
                   const char *part)
{
    struct run_result result;
    json_t *sessions;

    run_line(&result, "keyfall-attacker --json %s %s/r.pcap", leaks, folder);
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), 1);

    const json_t *session = json_array_get(sessions, 0);
    if (strcmp(text_of(session, "outcome"), outcome) != 0 ||
        strcmp(text_of(session, "reason"), reason) != 0)
        fail_msg("%s: not %s (%s) but\n%.3000s", leaks, outcome, reason, run_out(&result));
    if (strcmp(outcome, "decrypted") == 0 || strcmp(outcome, "partial") == 0)
        assert_string_equal(text_of(session, "secret_source"), "psk");
    assert_says(text_of(session, "explanation"), part);
    json_decref(sessions);
    run_clear(&result);
}

static const char *const suites[] = {"--suite TLS_AES_128_GCM_SHA256",
                                     "--suite TLS_CHACHA20_POLY1305_SHA256",
                                     "--suite TLS_AES_256_GCM_SHA384"};

#define NUM_SUITES (sizeof(suites) / sizeof(suites[0]))

static void alone_it_opens_all_with_the_early_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * NUM_SUITES; i++) {
        char *folder = scratch_new();
        char *choices =
            alloc_format("--psk-mode ke %s %s", i % 2 ? "--early-data" : "", suites[i / 2]);

        converse(folder, choices);
        attack(folder, "--psk " ID ":" KEY, "decrypted", "", "from a pre-shared key alone");
        attack(folder, "--psk 00 --psk " KEY " --psk 11", "decrypted", "", "alone");
        attack(folder, "--psk " ID ":00 --psk " KEY, "decrypted", "", "alone");
        attack(folder, "--psk 00 --psk 11", "undecryptable", "key_mismatch",
               "goes by the identity \"Client:7/\\xc3\\xa9\", and none that was given is that one");
        free(choices);
        scratch_free(folder);
    }
}

static void with_an_exchange_on_top_it_opens_the_early_data_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_SUITES; i++) {
        char *folder = scratch_new();
        char *choices = alloc_format("--psk-mode dhe --early-data %s", suites[i]);
        char *both = alloc_format("--psk " KEY " --ephemeral %s/l/ephemeral-1.pem", folder);

        converse(folder, choices);
        attack(folder, "--psk " ID ":" KEY, "partial", "forward_secret",
               "Only the early data (0-RTT) is open");
        attack(folder, both, "decrypted", "", "Both have leaked");
        attack(folder, "--psk " ID ":00", "undecryptable", "key_mismatch",
               "the binder in the ClientHello is not what it makes");
        free(choices);
        free(both);
        scratch_free(folder);
    }
}

static void what_is_no_key_is_a_usage_error(void **state)
{
    static const char *const words[] = {"alice:", "0a0", "alice", "0g"};

    (void)state;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct run_result result;

        run_line(&result, "keyfall-attacker --psk %s fixtures/psk/recording.pcap", words[i]);
        assert_status(&result, 2);
        assert_int_equal(result.out.len, 0);
        assert_says(run_err(&result), "keyfall-attacker: --psk: the key ");
        run_clear(&result);
    }
}

/* What was agreed on elsewhere is no session that came before. */
static void it_takes_up_no_earlier_session(void **state)
{
    static const struct {
        const char *fixture;
        bool takes_up;
    } rows[] = {{"tls13-psk-ke", false}, {"tls13-psk-dhe", false}, {"tls13-resume-ke", true}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct run_result result;

        run_line(&result, "keyfall-attacker fixtures/%s/recording.pcap", rows[i].fixture);
        assert_status(&result, 1);
        assert_int_equal(strstr(run_out(&result), "taking up an earlier session") != NULL,
                         rows[i].takes_up);
        assert_int_equal(strstr(run_out(&result), "\"keyfall\", which is no ticket") == NULL,
                         rows[i].takes_up);
        run_clear(&result);
    }
}

/* A wrong key does not stand in the way of what another leak knows. */
static void a_wrong_key_hides_no_other_leak(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, "keyfall-attacker -q --psk keyfall:00 --keylog fixtures/psk/keylog.txt "
                      "fixtures/psk/recording.pcap");
    assert_status(&result, 0);
    assert_says(run_out(&result), "1 decrypted keylog ");
    run_clear(&result);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(alone_it_opens_all_with_the_early_data),
        CASE(with_an_exchange_on_top_it_opens_the_early_data_alone),
        CASE(what_is_no_key_is_a_usage_error),
        CASE(it_takes_up_no_earlier_session),
        CASE(a_wrong_key_hides_no_other_leak),
    };

    return RUN(cases);
}
