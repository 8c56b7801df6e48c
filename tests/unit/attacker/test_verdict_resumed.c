/* What is said of sessions of TLS 1.3 into which a pre-shared key goes that is not known, or known
 * and not enough. */
#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/verdict_scene.h"

static void what_is_missing_is_named(void **state)
{
    static const struct {
        enum scene scene;
        bool takes_ticket;
        bool recorded;
        enum answer ephemeral;
        enum answer original;
        enum outcome outcome;
        enum reason reason;
        const char *part;
    } rows[] = {
        {TLS13_PSK, true, false, ANSWER_NOT_GIVEN, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_ORIGINAL_SESSION_MISSING, "that of a ticket"},
        {TLS13_PSK, true, true, ANSWER_NOT_GIVEN, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_PSK_NEEDED, "traffic secrets alone"},
        {TLS13_PSK, false, false, ANSWER_NOT_GIVEN, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_PSK_NEEDED, "agreed on elsewhere"},
        {TLS13_PSK_ECDHE, true, false, ANSWER_PSK, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_PSK_NEEDED, "is the right one"},
        {TLS13_PSK_ECDHE, false, false, ANSWER_PSK, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_PSK_NEEDED, "agreed on elsewhere"},
        {TLS13_PSK_ECDHE, true, false, ANSWER_MISMATCH, ANSWER_WITHSTOOD, OUTCOME_PROTECTED,
         REASON_FORWARD_SECRET, "withstood"},
        {TLS13_PSK_ECDHE, true, false, ANSWER_MISMATCH, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE,
         REASON_KEY_MISMATCH, "ephemeral key"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct handshake h = play(rows[i].scene);
        const struct findings f = {.any_leak_given = true, .records = 9};
        const struct leaks_found found = {
            .answers =
                {[LEAK_EPHEMERAL] = rows[i].ephemeral, [LEAK_ORIGINAL_SESSION] = rows[i].original},
            .takes_ticket = rows[i].takes_ticket,
            .original_recorded = rows[i].recorded};
        struct verdict v = reach(&f, &h, &found);

        if (v.outcome != rows[i].outcome || v.reason != rows[i].reason)
            fail_msg("row %zu: %s", i, v.explanation);
        assert_says(v.explanation, rows[i].part);
        assert_null(v.secret_source);
    }
}

static void a_mixed_secret_is_told_of_as_such(void **state)
{
    const struct leaks_found found = {.found = true, .source = LEAK_ORIGINAL_SESSION};
    const struct findings f = {
        .any_leak_given = true, .finished = {true, true}, .records = 9, .records_opened = 9};
    const struct handshake alone = play(TLS13_PSK);
    const struct handshake mixed = play(TLS13_PSK_ECDHE);
    struct verdict v = reach(&f, &alone, &found);

    (void)state;
    assert_int_equal(v.outcome, OUTCOME_DECRYPTED);
    assert_says(v.explanation, "no new keys were exchanged");
    v = reach(&f, &mixed, &found);
    assert_int_equal(v.outcome, OUTCOME_DECRYPTED);
    assert_says(v.explanation, "ephemeral private keys");
    assert_string_equal(v.secret_source, "original_session");
}

/* Up to TLS 1.2 a resumption makes no exchange, whatever its suite's name says. */
static void before_tls_1_3_nothing_is_mixed_in(void **state)
{
    const struct leaks_found found = {.found = true, .source = LEAK_ORIGINAL_SESSION};
    const struct findings f = {
        .any_leak_given = true, .finished = {true, true}, .records = 4, .records_opened = 4};
    struct handshake h = play(BY_SESSION_ID);

    (void)state;
    h.suite = suite_find(0xc02f);
    struct verdict v = reach(&f, &h, &found);
    assert_says(v.explanation, "no new keys were exchanged");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_is_missing_is_named),
        CASE(a_mixed_secret_is_told_of_as_such),
        CASE(before_tls_1_3_nothing_is_mixed_in),
    };

    return RUN(cases);
}
