/*
 * --ticket-key, as the victim records and the attacker reads: each key exchange with the ticket
 * that it got, keys that were changed, keys of somebody else. What tickets of other stacks do is in
 * fixtures/tickets-*.
 */
#include <glob.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* Making a key takes longer than all the rest. */
#define RSA_KEY " --key fixtures/rsa/server.key --cert fixtures/rsa/server.crt "

#define OLD "fixtures/resume-ticket-ecdhe/"

static json_t *read_sessions(struct run_result *result, size_t num)
{
    json_t *sessions = run_sessions(result, NULL);

    assert_int_equal(json_array_size(sessions), num);
    run_clear(result);
    return sessions;
}

static void is(const json_t *sessions, size_t i, const char *key, const char *value)
{
    const char *said = json_string_value(json_object_get(json_array_get(sessions, i), key));

    if (!said || strcmp(said, value) != 0)
        fail_msg("%s of session %zu is %s and not %s", key, i + 1, said ? said : "null", value);
}

static bool would_open(const json_t *session)
{
    size_t i;
    json_t *leak;

    json_array_foreach(json_object_get(session, "opened_by"), i, leak)
    {
        if (strcmp(json_string_value(leak), "ticket_key") == 0)
            return true;
    }
    return false;
}

static void one_key_opens_both_whatever_the_exchange(void **state)
{
    static const char *const exchanges[] = {"rsa" RSA_KEY, "dhe" RSA_KEY,    "ecdhe --key-type ec ",
                                            "psk",         "dhe-psk",        "ecdhe-psk",
                                            "anon-dh",     "rsa-psk" RSA_KEY};
    const char *folder = *state;

    for (size_t i = 0; i < sizeof(exchanges) / sizeof(exchanges[0]); i++) {
        struct run_result result;
        json_t *sessions;

        run_line(&result,
                 "keyfall-victim exchange -q --record %s/r.pcap --leaks %s/r --tls 1.2 --resume "
                 "ticket --kx %s",
                 folder, folder, exchanges[i]);
        assert_status(&result, 0);
        run_clear(&result);
        run_line(&result, "keyfall-attacker --json --ticket-key %s/r/ticket.key %s/r.pcap", folder,
                 folder);
        assert_status(&result, 0);
        sessions = read_sessions(&result, 2);
        for (size_t j = 0; j < 2; j++) {
            is(sessions, j, "outcome", "decrypted");
            is(sessions, j, "secret_source", "ticket_key");
            is(sessions, j, "resumed", j == 0 ? "no" : "ticket");
            assert_true(would_open(json_array_get(sessions, j)));
        }
        json_decref(sessions);
    }
}

static void of_several_keys_the_right_one_is_found(void **state)
{
    struct run_result result;
    json_t *sessions;

    (void)state;
    run_line(&result,
             "keyfall-attacker --json --ticket-key fixtures/tickets-nginx/ticket.key --ticket-key "
             "fixtures/tickets-gnutls/ticket.key --ticket-key " OLD "ticket.key " OLD
             "recording.pcap fixtures/tickets-nginx/recording.pcap "
             "fixtures/tickets-gnutls/recording.pcap");
    assert_status(&result, 0);
    sessions = read_sessions(&result, 2 + 3 + 4);
    for (size_t i = 0; i < 9; i++) {
        if (i != 7) /* TLS 1.3, from its beginning */
            is(sessions, i, "secret_source", "ticket_key");
    }
    json_decref(sessions);
}

static void the_key_of_another_server_opens_nothing(void **state)
{
    struct run_result result;
    json_t *sessions;

    (void)state;
    run_line(&result, "keyfall-attacker --json --ticket-key fixtures/tickets-nginx/ticket.key " OLD
                      "recording.pcap");
    assert_status(&result, 1);
    sessions = read_sessions(&result, 2);
    for (size_t i = 0; i < 2; i++) {
        is(sessions, i, "outcome", "undecryptable");
        is(sessions, i, "reason", "key_mismatch");
    }
    json_decref(sessions);
    run_line(&result, "keyfall-attacker --ticket-key fixtures/tickets-nginx/ticket.key " OLD
                      "recording.pcap");
    assert_says(run_out(&result), "no: it names the key 71b9 eeed 75f9 a771 cc94 d09d ...");
    run_clear(&result);
}

static void a_key_that_was_altered_opens_nothing(void **state)
{
    const char *folder = *state;
    char *path = alloc_format("%s/ticket.key", folder);
    struct buffer key = file_read(OLD "ticket.key");
    struct run_result result;
    json_t *sessions;

    key.at[40] ^= 1; /* of the HMAC key */
    file_write(path, buffer_view(&key));
    run_line(&result, "keyfall-attacker --json --ticket-key %s " OLD "recording.pcap", path);
    assert_status(&result, 1);
    sessions = read_sessions(&result, 2);
    is(sessions, 0, "reason", "malformed");
    is(sessions, 1, "reason", "malformed");
    json_decref(sessions);
    buffer_clear(&key);
    free(path);
}

static void a_file_that_is_no_ticket_key_ends_the_run(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result,
             "keyfall-attacker --ticket-key fixtures/rsa/server.crt " OLD "recording.pcap");
    assert_status(&result, 2);
    assert_says(run_err(&result), "keyfall-attacker: fixtures/rsa/server.crt: has 1289 bytes and "
                                  "is no session ticket key");
    assert_int_equal(result.out.len, 0);
    run_clear(&result);
    run_line(&result, "keyfall-attacker --ticket-key /nowhere/ticket.key " OLD "recording.pcap");
    assert_status(&result, 2);
    assert_says(run_err(&result), "/nowhere/ticket.key: cannot be opened");
    run_clear(&result);
}

/* What is said without it is what comes of it: over all recordings of which the ticket key is
 * there.
 */
static void it_opens_what_opened_by_says_that_it_would(void **state)
{
    glob_t found;
    size_t num_opened = 0;
    size_t num_shut = 0;

    (void)state;
    assert_int_equal(glob("fixtures/*/ticket.key", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *key = found.gl_pathv[i];
        struct run_result result;
        json_t *sessions;
        size_t j;
        json_t *session;

        run_line(&result, "keyfall-attacker --json --ticket-key %s %.*s/recording.pcap", key,
                 (int)(strrchr(key, '/') - key), key);
        sessions = run_sessions(&result, NULL);
        run_clear(&result);
        json_array_foreach(sessions, j, session)
        {
            const char *outcome = json_string_value(json_object_get(session, "outcome"));
            bool opened = strcmp(outcome, "decrypted") == 0;

            if (opened != would_open(session))
                fail_msg("%s, session %zu: %s", key, j + 1, outcome);
            num_opened += opened;
            num_shut += !opened;
        }
        json_decref(sessions);
    }
    assert_true(num_opened >= 20);
    assert_true(num_shut >= 8);
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        IN_FOLDER(one_key_opens_both_whatever_the_exchange),
        CASE(of_several_keys_the_right_one_is_found),
        CASE(the_key_of_another_server_opens_nothing),
        IN_FOLDER(a_key_that_was_altered_opens_nothing),
        CASE(a_file_that_is_no_ticket_key_ends_the_run),
        CASE(it_opens_what_opened_by_says_that_it_would),
    };

    return RUN(cases);
}
