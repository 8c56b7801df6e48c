/* From findings to a verdict: one row a situation, and which of several reasons goes first. */
#include "attacker/verdict.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/verdict_scene.h"

struct row {
    enum scene scene;
    struct findings f;
    struct leaks_found found;
    enum trouble trouble;
    enum outcome outcome;
    enum reason reason;
    const char *source;
};

/* check goes through rows; each has to come out as it says. */
static void check(const struct row *rows, size_t num_rows)
{
    for (size_t i = 0; i < num_rows; i++) {
        struct handshake h = play(rows[i].scene);
        h.trouble = rows[i].trouble;
        struct verdict v = reach(&rows[i].f, &h, &rows[i].found);

        if (v.outcome != rows[i].outcome || v.reason != rows[i].reason)
            fail_msg("row %zu: %s, %s: %s", i, verdict_outcome_name(v.outcome),
                     v.reason ? verdict_reason_code(v.reason) : "-", v.explanation);
        if (rows[i].source)
            assert_string_equal(v.secret_source, rows[i].source);
        else
            assert_null(v.secret_source);
        assert_true(strlen(v.explanation) > 30);
        assert_int_equal(v.explanation[strlen(v.explanation) - 1], '.');
        assert_int_equal(v.finished_verified, rows[i].f.finished[0] || rows[i].f.finished[1]);
    }
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

/* Findings in short. */
#define ALL_OPEN .records = 5, .records_opened = 5, .finished = {true, true}
#define SHUT     .records = 5
#define GIVEN    .any_leak_given = true
#define BY(leak)                                                                                   \
    {                                                                                              \
        .found = true, .source = (leak), .answers = { [leak] = ANSWER_SECRET }                     \
    }
#define SAYS(leak, x)                                                                              \
    {                                                                                              \
        .answers = { [leak] = (x) }                                                                \
    }
#define NOTHING_FOUND                                                                              \
    {                                                                                              \
        .found = false                                                                             \
    }

static void what_opened_in_whole_is_decrypted(void **state)
{
    /* clang-format off */
    static const struct row rows[] = {
        {RSA_EXCHANGE, {GIVEN, ALL_OPEN}, BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_DECRYPTED,
         REASON_NONE, "server_key"},
        {ECDHE, {GIVEN, ALL_OPEN}, BY(LEAK_EPHEMERAL), TROUBLE_NONE, OUTCOME_DECRYPTED, REASON_NONE,
         "ephemeral"},
        {TLS13, {GIVEN, ALL_OPEN}, BY(LEAK_KEYLOG), TROUBLE_NONE, OUTCOME_DECRYPTED, REASON_NONE,
         "keylog"},
        {DHE, {GIVEN, ALL_OPEN}, BY(LEAK_DISCRETE_LOG), TROUBLE_NONE, OUTCOME_DECRYPTED,
         REASON_NONE, "discrete_log"},
    };
    /* clang-format on */

    (void)state;
    CHECK(rows);
}

static void what_opened_in_part_is_partial_and_says_why(void **state)
{
    /* clang-format off */
    static const struct row rows[] = {
        /* Snap length before holes, holes before records that don't verify, those before a cut. */
        {RSA_EXCHANGE, {GIVEN, .records = 5, .records_opened = 4, .bytes_missing = 9,
         .cut_by_snaplen = true}, BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_PARTIAL,
         REASON_PACKETS_TRUNCATED, "server_key"},
        {RSA_EXCHANGE, {GIVEN, .records = 5, .records_opened = 4, .bytes_missing = 9,
         .malformed_frame = 7}, BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_PARTIAL,
         REASON_PACKETS_MISSING, "server_key"},
        {RSA_EXCHANGE, {GIVEN, ALL_OPEN, .memory_limit = 1 << 20}, BY(LEAK_SERVER_KEY),
         TROUBLE_NONE, OUTCOME_PARTIAL, REASON_PACKETS_MISSING, "server_key"},
        {RSA_EXCHANGE, {GIVEN, ALL_OPEN, .bytes_missing = 1}, BY(LEAK_SERVER_KEY), TROUBLE_NONE,
         OUTCOME_PARTIAL, REASON_PACKETS_MISSING, "server_key"},
        {RSA_EXCHANGE, {GIVEN, .records = 5, .records_opened = 4, .finished = {true, true}},
         BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_PARTIAL, REASON_MALFORMED, "server_key"},
        {RSA_EXCHANGE, {GIVEN, ALL_OPEN, .malformed_frame = 7}, BY(LEAK_SERVER_KEY), TROUBLE_NONE,
         OUTCOME_PARTIAL, REASON_MALFORMED, "server_key"},
        {RSA_EXCHANGE, {GIVEN, .records = 5, .records_opened = 5, .finished = {true, false}},
         BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_PARTIAL, REASON_HANDSHAKE_INCOMPLETE,
         "server_key"},
        {TLS13, {GIVEN, .records = 5, .records_opened = 5}, BY(LEAK_KEYLOG), TROUBLE_NONE,
         OUTCOME_PARTIAL, REASON_HANDSHAKE_INCOMPLETE, "keylog"},
    };
    /* clang-format on */

    (void)state;
    CHECK(rows);
}

static void what_was_not_seen_cannot_be_judged(void **state)
{
    /* clang-format off */
    static const struct row rows[] = {
        {NOTHING, {GIVEN, SHUT, .from_the_middle = true, .bytes_missing = 5}, NOTHING_FOUND,
         TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING, NULL},
        {NOTHING, {SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_HANDSHAKE_MISSING, NULL},
        {HELLO_ALONE, {GIVEN}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_HANDSHAKE_INCOMPLETE, NULL},
        {HELLO_ALONE, {GIVEN, .alert_seen = true, .alert = {2, 40}}, NOTHING_FOUND, TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE, NULL},
        {RSA_EXCHANGE, {GIVEN}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_HANDSHAKE_INCOMPLETE, NULL},
        /* Keys are in use, and what led to them is not there. */
        {NO_EXCHANGE, {GIVEN, SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_PACKETS_MISSING, NULL},
        {HELLO_ALONE, {GIVEN, SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_PACKETS_MISSING, NULL},
        {NO_EXCHANGE, {GIVEN}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_HANDSHAKE_INCOMPLETE, NULL},
        /* A warning is no refusal. */
        {HELLO_ALONE, {GIVEN, .alert_seen = true, .alert = {1, 0}}, NOTHING_FOUND, TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE, NULL},
        {TLS13, {GIVEN}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_HANDSHAKE_INCOMPLETE, NULL},
        /* Holes before malformed bytes, those before an alert. */
        {NO_EXCHANGE, {GIVEN, SHUT, .bytes_missing = 5, .alert_seen = true}, NOTHING_FOUND,
         TROUBLE_MALFORMED, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING, NULL},
        {NO_EXCHANGE, {GIVEN, SHUT, .bytes_missing = 5, .cut_by_snaplen = true}, NOTHING_FOUND,
         TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_TRUNCATED, NULL},
        {HELLO_ALONE, {GIVEN, .alert_seen = true}, NOTHING_FOUND, TROUBLE_MALFORMED,
         OUTCOME_UNDECRYPTABLE, REASON_MALFORMED, NULL},
        {HELLO_ALONE, {GIVEN}, NOTHING_FOUND, TROUBLE_LIMIT, OUTCOME_UNDECRYPTABLE,
         REASON_MALFORMED, NULL},
        {HELLO_ALONE, {GIVEN, .malformed_frame = 8}, NOTHING_FOUND, TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_MALFORMED, NULL},
    };
    /* clang-format on */

    (void)state;
    CHECK(rows);
}

static void a_secret_that_opens_nothing_says_why(void **state)
{
    /* clang-format off */
    static const struct row rows[] = {
        {RSA_EXCHANGE, {GIVEN, SHUT, .cipher_unsupported = true, .bytes_missing = 5},
         BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER, NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT, .bytes_missing = 5}, BY(LEAK_SERVER_KEY), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING, NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT, .cut_by_snaplen = true}, BY(LEAK_SERVER_KEY), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PACKETS_TRUNCATED, NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT}, BY(LEAK_SERVER_KEY), TROUBLE_NONE, OUTCOME_UNDECRYPTABLE,
         REASON_MALFORMED, NULL},
    };
    /* clang-format on */

    (void)state;
    CHECK(rows);
}

static void what_stayed_shut_says_what_it_withstood_or_what_is_missing(void **state)
{
    /* clang-format off */
    static const struct row rows[] = {
        {DHE, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_PROTECTED, REASON_FORWARD_SECRET, NULL},
        {ECDHE, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_PROTECTED, REASON_FORWARD_SECRET, NULL},
        {TLS13, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_PROTECTED, REASON_FORWARD_SECRET, NULL},
        {DHE, {GIVEN, SHUT}, SAYS(LEAK_DISCRETE_LOG, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_PROTECTED, REASON_FORWARD_SECRET, NULL},
        {DHE, {GIVEN, SHUT}, SAYS(LEAK_DISCRETE_LOG, ANSWER_BROKEN), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_MALFORMED, NULL},
        {DHE, {GIVEN, SHUT}, SAYS(LEAK_DISCRETE_LOG, ANSWER_PSK), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED, NULL},
        {ECDHE, {SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, NULL},
        {RSA_EXCHANGE, {SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
         NULL},
        {BY_TICKET, {SHUT}, NOTHING_FOUND, TROUBLE_NONE, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
         NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_MISMATCH), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH, NULL},
        {ECDHE, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_MISMATCH), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH, NULL},
        {ECDHE, {GIVEN, SHUT}, SAYS(LEAK_EPHEMERAL, ANSWER_MISMATCH), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH, NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT}, SAYS(LEAK_EPHEMERAL, ANSWER_MISMATCH), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, NULL},
        {RSA_EXCHANGE, {GIVEN, SHUT}, SAYS(LEAK_KEYLOG, ANSWER_MISMATCH), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, NULL},
        {BY_TICKET, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_TICKET_KEY_NEEDED, NULL},
        {BY_SESSION_ID, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING, NULL},
        /* Nothing ephemeral protected it: only nobody here can do this exchange. */
        {STATIC_DH, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, NULL},
        {PLAIN_PSK, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED, NULL},
        {RSA_PSK, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_PSK), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED, NULL},
        {ECDHE_PSK, {GIVEN, SHUT}, SAYS(LEAK_EPHEMERAL, ANSWER_PSK), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED, NULL},
        {TLS13_PSK, {GIVEN, SHUT}, SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD), TROUBLE_NONE,
         OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED, NULL},
    };
    /* clang-format on */

    (void)state;
    CHECK(rows);
}

static void the_hello_that_is_torn_is_named(void **state)
{
    const struct leaks_found found = BY(LEAK_KEYLOG);
    const struct leaks_found computed = BY(LEAK_SERVER_KEY);
    struct handshake h = play(RSA_EXCHANGE);
    struct findings f = {GIVEN, ALL_OPEN, .bytes_missing = 5, .holes_reached = 1,
                         .holes_crossed = 1};

    (void)state;
    assert_null(strstr(reach(&f, &h, &found).explanation, "Hello"));
    struct message hellos[] = {{.from = SIDE_CLIENT, .torn = true}, {.from = SIDE_SERVER}};
    h.num_messages = 2;
    h.messages = hellos;
    assert_non_null(strstr(reach(&f, &h, &found).explanation, "a part of the ClientHello"));
    h.messages[1].torn = true;
    assert_non_null(strstr(reach(&f, &h, &found).explanation, "a part of both hellos"));
    h.messages[0].torn = false;
    assert_non_null(strstr(reach(&f, &h, &found).explanation, "a part of the ServerHello"));

    f.records_opened = 0;
    f.keys_torn = true;
    h.extended_master_secret_unknown = true;
    assert_non_null(strstr(reach(&f, &h, &computed).explanation,
                           "if they agreed there on the extended master secret"));
}

static void a_torn_client_hello_may_have_held_a_ticket(void **state)
{
    static const struct message torn = {.frame = 3, .torn = true};
    const struct leaks_found found = SAYS(LEAK_SERVER_KEY, ANSWER_WITHSTOOD);
    struct handshake h = play(BY_SESSION_ID);
    struct findings f = {GIVEN, SHUT, .bytes_missing = 5};
    struct verdict v;

    (void)state;
    h.client_hello = &torn;
    v = reach(&f, &h, &found);
    assert_int_equal(v.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(v.reason, REASON_ORIGINAL_SESSION_MISSING);
    assert_non_null(strstr(v.explanation, "Whether by a ticket or by the session ID"));
}

static void a_refusal_names_who_sent_the_alert(void **state)
{
    struct handshake h = play(HELLO_ALONE);
    struct leaks_found found = {0};
    struct findings f = {.alert_seen = true, .alert = {2, 40}, .alert_from = SIDE_SERVER};

    (void)state;
    assert_non_null(
        strstr(reach(&f, &h, &found).explanation, "the server sent the alert handshake_failure"));
    f.alert_from = SIDE_CLIENT;
    f.alert.description = 48;
    assert_non_null(
        strstr(reach(&f, &h, &found).explanation, "the client sent the alert unknown_ca"));
}

/* explains: the verdict on these findings, about an RSA key exchange whose keys come from all of
 * the handshake, has this outcome and these words. */
static void explains(const struct findings *f, enum leak source, enum outcome outcome,
                     const char *words)
{
    struct handshake h = play(RSA_EXCHANGE);
    struct leaks_found found = {.found = true, .source = source};

    h.extended_master_secret = true;
    struct verdict v = reach(f, &h, &found);
    assert_int_equal(v.outcome, outcome);
    if (!strstr(v.explanation, words))
        fail_msg("not \"%s\": %s", words, v.explanation);
}

static void a_torn_handshake_is_told_only_where_it_makes_the_keys(void **state)
{
    struct findings f = {GIVEN, SHUT, .bytes_missing = 24359, .keys_torn = true};

    (void)state;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_UNDECRYPTABLE, "extended master secret");
    explains(&f, LEAK_KEYLOG, OUTCOME_UNDECRYPTABLE, "no record was found");
    f.keys_torn = false;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_UNDECRYPTABLE,
             "24359 bytes of this conversation are not in the recording, and no record was found");
}

static void a_search_that_was_limited_is_not_said_to_have_found_nothing(void **state)
{
    struct findings f = {GIVEN, SHUT, .bytes_missing = 9, .search_limited = true};

    (void)state;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_UNDECRYPTABLE, "a limit to what it may cost");
    f.search_limit = 1000;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_UNDECRYPTABLE, "ended after 1000 bytes");
    f.records_opened = 4;
    f.holes_reached = 3;
    f.holes_crossed = 2;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_PARTIAL, "Behind 1 of 3 holes the search");
    f.bytes_missing = 0;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_PARTIAL, "4 of 5 protected records opened; behind");
    f.records_opened = 0;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_UNDECRYPTABLE, "0 of 5 protected records opened; behind");
}

static void what_could_not_be_counted_is_at_least_what_could(void **state)
{
    struct findings f = {GIVEN,
                         ALL_OPEN,
                         .bytes_missing = 545,
                         .records_missing = 1,
                         .holes_reached = 1,
                         .holes_crossed = 1};

    (void)state;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_PARTIAL, "and with them 1 protected record.");
    f.more_records_missing = true;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_PARTIAL, "and with them at least 1 protected record.");
    f.bytes_missing = 1;
    explains(&f, LEAK_SERVER_KEY, OUTCOME_PARTIAL, "1 byte of this conversation is not");
}

static void the_words_are_those_of_the_contract(void **state)
{
    static const char *const codes[] = {NULL,
                                        "forward_secret",
                                        "no_key",
                                        "key_mismatch",
                                        "psk_needed",
                                        "ticket_key_needed",
                                        "original_session_missing",
                                        "handshake_missing",
                                        "packets_missing",
                                        "packets_truncated",
                                        "handshake_incomplete",
                                        "unsupported_cipher",
                                        "malformed"};

    (void)state;
    assert_null(verdict_reason_code(REASON_NONE));
    for (int i = 1; i <= REASON_MALFORMED; i++)
        assert_string_equal(verdict_reason_code((enum reason)i), codes[i]);
    assert_string_equal(verdict_outcome_name(OUTCOME_DECRYPTED), "decrypted");
    assert_string_equal(verdict_outcome_name(OUTCOME_PARTIAL), "partial");
    assert_string_equal(verdict_outcome_name(OUTCOME_PROTECTED), "protected");
    assert_string_equal(verdict_outcome_name(OUTCOME_UNDECRYPTABLE), "undecryptable");
    assert_string_equal(opened_by_name(OPENED_BY_SERVER_KEY), "server_key");
    assert_string_equal(opened_by_name(OPENED_BY_TICKET_KEY), "ticket_key");
    assert_string_equal(opened_by_name(OPENED_BY_EPHEMERAL), "ephemeral");
    assert_string_equal(opened_by_name(OPENED_BY_PSK), "psk");
    assert_string_equal(opened_by_name(OPENED_BY_SESSION_SECRET), "session_secret");
    assert_string_equal(opened_by_name(OPENED_BY_QUANTUM_COMPUTER), "quantum_computer");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_opened_in_whole_is_decrypted),
        CASE(what_opened_in_part_is_partial_and_says_why),
        CASE(what_was_not_seen_cannot_be_judged),
        CASE(a_secret_that_opens_nothing_says_why),
        CASE(what_stayed_shut_says_what_it_withstood_or_what_is_missing),
        CASE(the_hello_that_is_torn_is_named),
        CASE(a_torn_client_hello_may_have_held_a_ticket),
        CASE(a_refusal_names_who_sent_the_alert),
        CASE(a_torn_handshake_is_told_only_where_it_makes_the_keys),
        CASE(a_search_that_was_limited_is_not_said_to_have_found_nothing),
        CASE(what_could_not_be_counted_is_at_least_what_could),
        CASE(the_words_are_those_of_the_contract),
    };

    return RUN(cases);
}
