/* Sessions that take up an earlier one of the recording, TLS 1.2 and before. */
#include "attacker/session_resume.h"

#include "tests/support/check.h"
#include "tests/support/parley.h"
#include "tests/support/run_stage.h"

static const char *const said[] = {"first", "the second", "and a third one"};

/* hold has a first session and so many that take up the one before each. */
static void hold(struct parley *t, size_t num, const struct parley_terms *terms)
{
    for (size_t i = 0; i < num; i++) {
        if (i == 0)
            parley_begin(&t[i], terms);
        else
            parley_begin_again(&t[i], &t[i - 1]);
        parley_say(&t[i], SIDE_CLIENT, bytes_of(said[i], strlen(said[i])));
        parley_hang_up(&t[i]);
    }
}

static void let_go(struct parley *t, size_t num)
{
    for (size_t i = 0; i < num; i++)
        parley_clear(&t[i]);
}

static void play(struct run_stage *s, const struct parley *t, uint16_t port)
{
    struct talk talk = talk_open(s, port);

    for (size_t i = 0; i < t->num_bursts; i++)
        talk_say(&talk, t->from[i], buffer_view(&t->bursts[i]));
    talk_close(&talk);
}

static void assert_opened(const struct run_stage *s, size_t i, const char *source,
                          const char *resumed)
{
    const struct noted *n = &s->noted[i];

    if (n->verdict.outcome != OUTCOME_DECRYPTED)
        fail_msg("session %zu: %s", i + 1, n->verdict.explanation);
    assert_string_equal(n->verdict.secret_source, source);
    assert_string_equal(n->resumed, resumed);
    assert_true(n->verdict.finished_verified);
    assert_int_equal(n->plain_bytes[SIDE_CLIENT], strlen(said[i]));
}

static const struct parley_terms BY_ID = {
    .version = TLS1_2_VERSION, .suites = "AES128-SHA", .options = SSL_OP_NO_TICKET};

static void the_secret_of_the_first_session_opens_those_that_take_it_up(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION};
    static const uint64_t options[] = {
        SSL_OP_NO_TICKET, 0, SSL_OP_NO_EXTENDED_MASTER_SECRET | SSL_OP_NO_ENCRYPT_THEN_MAC};

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        struct parley_terms terms = {
            .version = versions[i / 3], .suites = "AES128-SHA", .options = options[i % 3]};
        const char *resumed = terms.options == SSL_OP_NO_TICKET ? "session_id" : "ticket";
        struct parley t[3];
        struct run_stage s;

        hold(t, 3, &terms);
        run_stage_init(&s, "rsa");
        for (uint16_t n = 0; n < 3; n++)
            play(&s, &t[n], (uint16_t)(4000 + n));
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 3);
        assert_opened(&s, 0, "server_key", "no");
        assert_opened(&s, 1, "original_session", resumed);
        assert_opened(&s, 2, "original_session", resumed);
        run_stage_clear(&s);
        let_go(t, 3);
    }
}

/* Both are opened by what opens the first one, and by nothing that the first one withstands. */
static void what_opens_the_first_session_is_said_of_the_second(void **state)
{
    static const struct {
        const char *suites;
        unsigned opened_by;
        bool forward_secret;
    } rows[] = {
        {"AES128-SHA", 1u << OPENED_BY_SERVER_KEY, false},
        {"ECDHE-RSA-AES128-SHA", 1u << OPENED_BY_EPHEMERAL, true},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parley_terms terms = BY_ID;
        struct parley t[2];
        struct run_stage s;

        terms.suites = rows[i].suites;
        hold(t, 2, &terms);
        run_stage_init(&s, "rsa");
        play(&s, &t[0], 4000);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_int_equal(s.noted[1].verdict.opened_by, rows[i].opened_by |
                                                           1u << OPENED_BY_SESSION_SECRET |
                                                           1u << OPENED_BY_QUANTUM_COMPUTER);
        assert_int_equal(s.noted[1].verdict.forward_secret, rows[i].forward_secret);
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

static void a_second_session_may_begin_while_the_first_one_goes_on(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    hold(t, 2, &BY_ID);
    run_stage_init(&s, "rsa");

    struct talk first = talk_open(&s, 4000);
    for (size_t i = 0; i + 2 < t[0].num_bursts; i++)
        talk_say(&first, t[0].from[i], buffer_view(&t[0].bursts[i]));
    play(&s, &t[1], 4001);
    for (size_t i = t[0].num_bursts - 2; i < t[0].num_bursts; i++)
        talk_say(&first, t[0].from[i], buffer_view(&t[0].bursts[i]));
    talk_close(&first);
    run_stage_finish(&s);
    assert_opened(&s, 0, "server_key", "no");
    assert_opened(&s, 1, "original_session", "session_id");
    run_stage_clear(&s);
    let_go(t, 2);
}

static void without_the_first_session_the_second_stays_shut(void **state)
{
    static const struct {
        uint64_t options;
        const char *reason;
    } rows[] = {{SSL_OP_NO_TICKET, "original_session_missing"}, {0, "ticket_key_needed"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parley_terms terms = BY_ID;
        struct parley t[2];
        struct run_stage s;

        terms.options = rows[i].options;
        hold(t, 2, &terms);
        run_stage_init(&s, "rsa");
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_string_equal(verdict_reason_code(s.noted[0].verdict.reason), rows[i].reason);
        assert_null(s.noted[0].verdict.secret_source);
        assert_false(s.noted[0].verdict.opened_by & 1u << OPENED_BY_SERVER_KEY);
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

/* What a resumption of ECDHE says depends on what could still be stolen from the server. */
static void a_first_session_that_withstood_the_key_shuts_the_second(void **state)
{
    static const struct {
        uint64_t options;
        enum outcome outcome;
        const char *reason;
    } rows[] = {{SSL_OP_NO_TICKET, OUTCOME_PROTECTED, "forward_secret"},
                {0, OUTCOME_UNDECRYPTABLE, "ticket_key_needed"}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parley_terms terms = {.version = TLS1_2_VERSION,
                                     .suites = "ECDHE-RSA-AES128-GCM-SHA256",
                                     .options = rows[i].options};
        struct parley t[2];
        struct run_stage s;

        hold(t, 2, &terms);
        run_stage_init(&s, "rsa");
        play(&s, &t[0], 4000);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_PROTECTED);
        assert_int_equal(s.noted[1].verdict.outcome, rows[i].outcome);
        assert_string_equal(verdict_reason_code(s.noted[1].verdict.reason), rows[i].reason);
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

/* A key log of the first session alone is enough, and a key log of the second needs no first. */
static void a_key_log_of_either_session_will_do(void **state)
{
    static const char *const sources[] = {"original_session", "keylog"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parley t[2];
        struct run_stage s;

        hold(t, 2, &BY_ID);
        run_stage_init(&s, NULL);
        parley_leak(&t[i], &s.leaks);
        play(&s, &t[0], 4000);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_opened(&s, 1, sources[i], "session_id");
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

/* On a connection that has shaken hands anew, in full or by taking up its own first session, the
 * names that others call it by stood in sealed records. */
static void what_a_renegotiation_agreed_on_can_be_taken_up(void **state)
{
    static const struct {
        uint64_t options;
        const char *suites;
        const char *resumed;
    } rows[] = {
        {SSL_OP_NO_TICKET | SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION, "AES256-SHA",
         "session_id"},
        {SSL_OP_NO_TICKET, "AES128-SHA", "session_id"},
        {0, "AES128-SHA", "ticket"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct parley_terms terms = {.version = TLS1_2_VERSION,
                                     .suites = "AES128-SHA:AES256-SHA",
                                     .options = rows[i].options};
        struct parley t[2];
        struct run_stage s;

        parley_begin(&t[0], &terms);
        parley_renegotiate(&t[0], SIDE_SERVER, rows[i].suites);
        parley_say(&t[0], SIDE_CLIENT, bytes_of(said[0], strlen(said[0])));
        parley_hang_up(&t[0]);
        parley_begin_again(&t[1], &t[0]);
        parley_say(&t[1], SIDE_CLIENT, bytes_of(said[1], strlen(said[1])));
        parley_hang_up(&t[1]);
        run_stage_init(&s, "rsa");
        play(&s, &t[0], 4000);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_opened(&s, 0, "server_key", "no");
        assert_opened(&s, 1, "original_session", rows[i].resumed);
        assert_true(s.noted[1].verdict.opened_by & 1u << OPENED_BY_SERVER_KEY);
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_secret_of_the_first_session_opens_those_that_take_it_up),
        CASE(what_opens_the_first_session_is_said_of_the_second),
        CASE(a_second_session_may_begin_while_the_first_one_goes_on),
        CASE(without_the_first_session_the_second_stays_shut),
        CASE(a_first_session_that_withstood_the_key_shuts_the_second),
        CASE(a_key_log_of_either_session_will_do),
        CASE(what_a_renegotiation_agreed_on_can_be_taken_up),
    };

    return RUN(cases);
}
