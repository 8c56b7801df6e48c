/*
 * --audit: what it prints in each of its forms, and when it fails.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/printed.h"
#include "tests/support/program.h"

#define AUDIT  "keyfall-attacker --audit "
#define RSA    "fixtures/rsa/recording.pcap"
#define ECDHE  "fixtures/ecdhe/recording.pcap"
#define TLS13  "fixtures/tls13/recording.pcap"
#define PSK    "fixtures/psk/recording.pcap"
#define TICKET "fixtures/resume-ticket-ecdhe/recording.pcap"
#define ALL    RSA " " ECDHE " " TLS13 " " PSK " " TICKET

static void each_session_is_told_with_the_reasons_in_80_columns(void **state)
{
    static const char *const parts[] = {
        "-- session 1: ",
        "Which leak would open it (it is not forward secret)\n   server_key        yes  The client",
        "Which leak would open it (it is forward secret)\n   server_key        no   The key only",
        "   psk               yes  The premaster secret is the pre-shared key",
        "   ticket_key        yes  The client sent its ticket in the clear",
        "   quantum_computer  yes  ",
        "6 sessions in ",
        "\nbank.example\n   sessions          6        1        ",
        "   resumption chain  2 sessions with bank.example, each resumed from one",
        "Springall et al.",
    };
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT ALL);
    assert_status(&result, 0);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        assert_says(run_out(&result), parts[i]);
    assert_true(widest_line(run_out(&result)) <= 80);
    assert_null(strstr(run_out(&result), "UNDECRYPTABLE")); /* nothing was tried */
    assert_string_equal(run_err(&result), "");
    run_clear(&result);
}

static void quietly_it_is_a_line_a_session(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT "-q " RSA " " PSK);
    assert_status(&result, 0);
    assert_says(run_out(&result), "1 not_forward_secret server_key,ticket_key,session_secret,"
                                  "quantum_computer 127.0.0.1:");
    assert_says(run_out(&result), "\n2 forward_secret ticket_key,psk,session_secret 127.0.0.1:");
    assert_says(run_out(&result), "\n   sessions          2        1 ");
    run_clear(&result);
}

static void with_a_leak_the_story_is_told_as_well(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT "-k fixtures/rsa/server.key " RSA " " ECDHE);
    assert_status(&result, 0);
    assert_says(run_out(&result), "What was tried");
    assert_says(run_out(&result), "DECRYPTED");
    assert_says(run_out(&result), "PROTECTED");
    assert_says(run_out(&result), "Which leak would open it (it is not forward secret)");
    assert_says(run_out(&result), ": 1 decrypted, 0 partial, 1 protected");
    assert_says(run_out(&result), "How much of the recording falls with which leak");
    assert_true(widest_line(run_out(&result)) <= 80);
    run_clear(&result);
}

/* Reasons for what opens it, and one that says what the server's key is worth. */
static void each_line_of_the_json_has_its_reasons(void **state)
{
    struct run_result result;
    json_t *summary;
    json_t *sessions;
    size_t i;
    json_t *session;

    (void)state;
    run_line(&result, AUDIT "--json " ALL);
    assert_status(&result, 0);
    sessions = run_sessions(&result, &summary);
    assert_int_equal(json_array_size(sessions), 6);
    json_array_foreach(sessions, i, session)
    {
        const json_t *reasons = json_object_get(session, "opened_by_reasons");
        const json_t *opened_by = json_object_get(session, "opened_by");
        const char *server_key =
            json_string_value(json_object_get(session, "forward_secret_reason"));
        size_t k;
        json_t *leak;

        assert_int_equal(json_object_size(reasons), json_array_size(opened_by));
        json_array_foreach(opened_by, k, leak)
        {
            assert_true(json_string_length(json_object_get(reasons, json_string_value(leak))) > 30);
        }
        assert_true(strlen(server_key) > 30);
    }
    json_decref(sessions);
    json_decref(summary);
    run_clear(&result);
}

static json_int_t sessions_falling(const json_t *server, const char *leak)
{
    const json_t *fall = json_object_get(json_object_get(server, "opened_by"), leak);

    return json_integer_value(json_object_get(fall, "sessions"));
}

static void the_summary_counts_by_server(void **state)
{
    struct run_result result;
    json_t *summary;

    (void)state;
    run_line(&result, AUDIT "--json " ALL " fixtures/rsa-renegotiated/recording.pcap");
    assert_status(&result, 0);
    json_decref(run_sessions(&result, &summary));

    const json_t *servers = json_object_get(summary, "servers");
    const json_t *bank = json_array_get(servers, 0);
    assert_int_equal(json_array_size(servers), 2);
    assert_string_equal(json_string_value(json_object_get(bank, "server")), "bank.example");
    assert_int_equal(json_integer_value(json_object_get(bank, "sessions")), 6);
    assert_true(json_integer_value(json_object_get(bank, "bytes")) > 6000);
    assert_int_equal(sessions_falling(bank, "server_key"), 1);
    assert_int_equal(sessions_falling(bank, "session_secret"), 6);
    assert_int_equal(sessions_falling(bank, "psk"), 1);
    assert_int_equal(sessions_falling(json_array_get(servers, 1), "server_key"), 1);
    json_decref(summary);
    run_clear(&result);
}

static void without_it_the_json_is_as_it_was(void **state)
{
    struct run_result result;
    json_t *summary;
    json_t *sessions;

    (void)state;
    run_line(&result, "keyfall-attacker --json " ECDHE);
    assert_status(&result, 1);
    sessions = run_sessions(&result, &summary);
    assert_null(json_object_get(json_array_get(sessions, 0), "opened_by_reasons"));
    assert_null(json_object_get(summary, "servers"));
    assert_true(json_is_array(json_object_get(summary, "findings")));
    json_decref(sessions);
    json_decref(summary);
    run_clear(&result);
}

/* A ticket key that everybody knows opens the last of them, and nobody had to give it. */
static void what_opens_without_a_leak_is_told(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT "fixtures/tickets-nginx/recording.pcap");
    assert_status(&result, 0);
    assert_says(run_out(&result), "\n   open already  ");
    assert_true(widest_line(run_out(&result)) <= 80);
    run_clear(&result);
    run_line(&result, AUDIT ECDHE);
    assert_null(strstr(run_out(&result), "open already"));
    run_clear(&result);
}

static void it_streams(void **state)
{
    struct run_result result;

    (void)state;
    run_with_input(&result, TICKET, AUDIT "-q -");
    assert_status(&result, 0);
    assert_says(run_out(&result), "\n2 forward_secret ");
    run_clear(&result);
}

static void what_cannot_be_read_is_trouble_all_the_same(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT "fixtures/rsa/message.txt");
    assert_status(&result, 2);
    run_clear(&result);
}

/* --- --fail-on ------------------------------------------------------------------------- */

static void it_fails_on_each_leak_that_would_open_a_session(void **state)
{
    static const struct {
        const char *leak;
        const char *capture;
        const char *says; /* NULL: none would */
    } rows[] = {
        {"server_key", ECDHE " fixtures/rsa-three-sessions/recording.pcap",
         "3 sessions would open with server_key, the first of "
         "them session 2\n"},
        {"server_key", ECDHE " " TLS13 " " PSK, NULL},
        {"ticket_key", ECDHE, "1 session would open with ticket_key"},
        {"ticket_key", TLS13, NULL},
        {"ephemeral", TLS13, "1 session would open with ephemeral"},
        {"ephemeral", RSA, NULL},
        {"psk", PSK, "1 session would open with psk"},
        {"psk", RSA, NULL},
        {"session_secret", TLS13, "1 session would open with session_secret"},
        {"quantum_computer", TICKET, "2 sessions would open with quantum_computer"},
        {"quantum_computer", PSK, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct run_result result;

        run_line(&result, AUDIT "--json --fail-on %s %s", rows[i].leak, rows[i].capture);
        assert_status(&result, rows[i].says ? 1 : 0);
        if (rows[i].says)
            assert_says(run_err(&result), rows[i].says);
        else
            assert_string_equal(run_err(&result), "");
        run_clear(&result);
    }
}

static void a_leak_of_no_such_name_is_refused(void **state)
{
    struct run_result result;

    (void)state;
    run_line(&result, AUDIT "--fail-on rsa " RSA);
    assert_status(&result, 2);
    assert_says(run_err(&result), "take server_key, ticket_key, ephemeral, psk, session_secret or "
                                  "quantum_computer");
    run_clear(&result);
    run_line(&result, "keyfall-attacker --fail-on psk " RSA);
    assert_status(&result, 2);
    assert_says(run_err(&result), "--audit");
    run_clear(&result);
}

/* --- What was used again ------------------------------------------------------------------ */

/* record_three makes F/r.pcap of three conversations with a server that uses its key again. */
static void record_three(const char *folder, const char *choices)
{
    struct run_result result;

    run_line(&result,
             "keyfall-victim exchange -q --sessions 3 --reuse-ephemeral --record %s/r.pcap %s",
             folder, choices);
    assert_status(&result, 0);
    run_clear(&result);
}

static void check_finding(const json_t *finding, const char *group)
{
    const char *explanation = json_string_value(json_object_get(finding, "explanation"));
    const json_t *sessions = json_object_get(finding, "sessions");

    assert_string_equal(json_string_value(json_object_get(finding, "kind")), "ephemeral_reuse");
    assert_string_equal(json_string_value(json_object_get(finding, "side")), "server");
    assert_string_equal(json_string_value(json_object_get(finding, "group")), group);
    assert_string_equal(json_string_value(json_object_get(finding, "server")), "bank.example");
    assert_int_equal(json_array_size(sessions), 3);
    assert_int_equal(json_integer_value(json_array_get(sessions, 2)), 3);
    assert_int_equal(json_integer_value(json_object_get(finding, "num_sessions")), 3);
    assert_true(json_real_value(json_object_get(finding, "first")) <
                json_real_value(json_object_get(finding, "last")));
    assert_true(json_real_value(json_object_get(finding, "hours")) > 0);
    assert_says(explanation, "at least");
}

/* No leak is given: equal public values show by themselves. */
static void a_server_that_uses_its_ephemeral_key_again_is_found(void **state)
{
    static const struct {
        const char *choices;
        const char *group;
    } rows[] = {
        {"--kx ecdhe --key-type ec", "x25519"},
        {"--kx tls13 --key-type ec", "x25519"},
        {"--kx anon-dh --seed s", "ffdhe2048"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char *folder = scratch_new();
        struct run_result result;
        json_t *summary;

        record_three(folder, rows[i].choices);
        run_line(&result, "keyfall-attacker --json %s/r.pcap", folder);
        json_decref(run_sessions(&result, &summary));
        check_finding(json_array_get(json_object_get(summary, "findings"), 0), rows[i].group);
        json_decref(summary);
        run_clear(&result);

        run_line(&result, "keyfall-attacker %s/r.pcap", folder);
        assert_says(run_out(&result), "\nFound: bank.example used the same ephemeral key (");
        assert_says(run_out(&result), "Sessions 1, 2, 3.\n");
        assert_true(widest_line(run_out(&result)) <= 80);
        run_clear(&result);
        scratch_free(folder);
    }
}

static void tickets_of_one_key_are_found(void **state)
{
    struct run_result result;
    json_t *summary;

    (void)state;
    run_line(&result, "keyfall-attacker --json fixtures/rsa-three-sessions/recording.pcap");
    json_decref(run_sessions(&result, &summary));

    const json_t *finding = json_array_get(json_object_get(summary, "findings"), 0);
    assert_string_equal(json_string_value(json_object_get(finding, "kind")), "ticket_key");
    assert_int_equal(json_string_length(json_object_get(finding, "key_name")), 32);
    assert_int_equal(json_array_size(json_object_get(finding, "sessions")), 3);
    json_decref(summary);
    run_clear(&result);
}

/* A recording that is read twice holds nothing that was used again. */
static void the_same_conversation_twice_is_no_finding(void **state)
{
    struct run_result result;
    json_t *summary;

    (void)state;
    run_line(&result, "keyfall-attacker --json " TLS13 " " TLS13 " " ECDHE " " ECDHE);
    json_decref(run_sessions(&result, &summary));
    assert_int_equal(json_array_size(json_object_get(summary, "findings")), 0);
    json_decref(summary);
    run_clear(&result);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_session_is_told_with_the_reasons_in_80_columns),
        CASE(quietly_it_is_a_line_a_session),
        CASE(with_a_leak_the_story_is_told_as_well),
        CASE(each_line_of_the_json_has_its_reasons),
        CASE(the_summary_counts_by_server),
        CASE(without_it_the_json_is_as_it_was),
        CASE(what_opens_without_a_leak_is_told),
        CASE(it_streams),
        CASE(what_cannot_be_read_is_trouble_all_the_same),
        CASE(it_fails_on_each_leak_that_would_open_a_session),
        CASE(a_leak_of_no_such_name_is_refused),
        CASE(a_server_that_uses_its_ephemeral_key_again_is_found),
        CASE(tickets_of_one_key_are_found),
        CASE(the_same_conversation_twice_is_no_finding),
    };

    return RUN(cases);
}
