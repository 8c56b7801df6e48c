/* What is said of sessions that a ticket key opens, or was to open. */
#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/verdict_scene.h"

static void how_it_opened_is_told(void **state)
{
    static const struct {
        enum scene scene;
        const char *part;
    } rows[] = {
        {ECDHE, "sealed this session's master secret into a ticket and sent that in the clear"},
        {BY_TICKET, "was resumed with a ticket, and its master secret is in that"},
        {TLS13_PSK, "follow from the pre-shared key in the ticket alone"},
        {TLS13_PSK_ECDHE, "with one of the two ephemeral private keys, which was given"},
    };
    static const char *const published[] = {NULL, "all zero, as in an advisory"};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < 2; j++) {
            const struct handshake h = play(rows[i].scene);
            const struct findings f = {.any_leak_given = j == 0,
                                       .finished = {true, true},
                                       .records = 9,
                                       .records_opened = 9};
            const struct leaks_found found = {
                .found = true, .source = LEAK_TICKET_KEY, .published = published[j]};
            struct verdict v = reach(&f, &h, &found);

            assert_int_equal(v.outcome, OUTCOME_DECRYPTED);
            assert_string_equal(v.secret_source, "ticket_key");
            assert_says(v.explanation, rows[i].part);
            assert_true(strlen(v.explanation) + 1 < VERDICT_EXPLANATION_SIZE);
            if (j == 1)
                assert_says(v.explanation, "it is published: all zero, as in an advisory.");
            else
                assert_null(strstr(v.explanation, "published"));
        }
    }
}

static void early_data_alone_is_told_as_such(void **state)
{
    const struct handshake h = play(TLS13_PSK_ECDHE);
    struct findings f = {
        .records = 9, .records_opened = 2, .early_opened = 2, .early_source = LEAK_TICKET_KEY};
    const struct leaks_found found = {.answers = {[LEAK_TICKET_KEY] = ANSWER_WITHSTOOD}};
    struct verdict v = reach(&f, &h, &found);

    (void)state;
    assert_int_equal(v.outcome, OUTCOME_PARTIAL);
    assert_int_equal(v.reason, REASON_FORWARD_SECRET);
    assert_string_equal(v.secret_source, "ticket_key");
    assert_says(v.explanation, "in the ticket alone, and the ticket key opens that");
    f.early_published = "all zero";
    v = reach(&f, &h, &found);
    assert_says(v.explanation, "for it is published: all zero.");
}

static void why_it_stayed_shut_is_told(void **state)
{
    static const struct {
        enum scene scene;
        enum answer ticket_key;
        enum answer server_key;
        enum outcome outcome;
        enum reason reason;
        const char *part;
    } rows[] = {
        {ECDHE, ANSWER_MISMATCH, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
         "but not with a ticket key that was given"},
        {ECDHE, ANSWER_MISMATCH, ANSWER_WITHSTOOD, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
         "ephemeral Diffie-Hellman"},
        {RSA_EXCHANGE, ANSWER_MISMATCH, ANSWER_MISMATCH, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
         "No key that was given is this server's"},
        {ECDHE, ANSWER_BROKEN, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
         "the right ticket key, and yet nothing follows"},
        {BY_TICKET, ANSWER_MISMATCH, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
         "was resumed with a ticket"},
        {BY_TICKET, ANSWER_NOT_GIVEN, ANSWER_WITHSTOOD, OUTCOME_UNDECRYPTABLE,
         REASON_TICKET_KEY_NEEDED, "The server's ticket key would open it"},
        {TLS13_PSK, ANSWER_MISMATCH, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
         "not sealed with a ticket key that was given"},
        {TLS13_PSK_ECDHE, ANSWER_MISMATCH, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE,
         REASON_KEY_MISMATCH, "would open no more than early data"},
        {TLS13_PSK_ECDHE, ANSWER_WITHSTOOD, ANSWER_NOT_GIVEN, OUTCOME_PROTECTED,
         REASON_FORWARD_SECRET, "The ticket key gives the pre-shared key"},
        {TLS13, ANSWER_NOT_GIVEN, ANSWER_NOT_GIVEN, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
         "None of the leaks"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct handshake h = play(rows[i].scene);
        const struct findings f = {.any_leak_given = true, .records = 9};
        const struct leaks_found found = {
            .answers = {
                [LEAK_TICKET_KEY] = rows[i].ticket_key, [LEAK_SERVER_KEY] = rows[i].server_key}};
        struct verdict v = reach(&f, &h, &found);

        if (v.outcome != rows[i].outcome || v.reason != rows[i].reason)
            fail_msg("row %zu: %s", i, v.explanation);
        assert_says(v.explanation, rows[i].part);
        assert_null(v.secret_source);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(how_it_opened_is_told),
        CASE(early_data_alone_is_told_as_such),
        CASE(why_it_stayed_shut_is_told),
    };

    return RUN(cases);
}
