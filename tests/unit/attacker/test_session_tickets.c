/* Sessions of TLS 1.3 that take up an earlier one of the recording, by its ticket. */
#include "attacker/session_tickets.h"

#include "tests/support/check.h"
#include "tests/support/parley.h"
#include "tests/support/program.h"
#include "tests/support/run_stage.h"

static const char EARLY[] = "early ";
static const char LATE[] = "late";

static const struct parley_again alone = {.alone = true};
static const struct parley_again mixed = {0};
static const struct parley_again early = {.early = EARLY};
static const struct parley_again early_alone = {.early = EARLY, .alone = true};
static const struct parley_again ignored = {.early = EARLY, .ignored = true};
static const struct parley_again retried = {.early = EARLY, .retry = true};
static const struct parley_again forgotten = {.early = EARLY, .forgotten = true};

static void sha_256(SSL_CTX *context, enum side side)
{
    parley_early_allowed(context, side);
    assert_int_equal(SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"), 1);
}

/* hold has a first session, and `num` - 1 that take up the one before each. */
static void hold(struct parley *t, size_t num, const struct parley_again *how)
{
    for (size_t i = 0; i < num; i++) {
        if (i == 0)
            parley_begin_touched(&t[i], &(struct parley_terms){0}, parley_early_allowed);
        else
            parley_begin_again_early(&t[i], &t[i - 1], how);
        parley_say(&t[i], SIDE_CLIENT, bytes_of(LATE, strlen(LATE)));
        parley_hang_up(&t[i]);
    }
}

static void let_go(struct parley *t, size_t num)
{
    for (size_t i = 0; i < num; i++)
        parley_clear(&t[i]);
}

/* leak_ephemeral leaks the key that the server has made for this session. */
static void leak_ephemeral(struct run_stage *s, const struct parley *t)
{
    EVP_PKEY *key = NULL;

    assert_int_equal(SSL_get_tmp_key(t->sides[SIDE_SERVER], &key), 1);
    private_keys_add(&s->leaks.ephemerals, key);
}

static void play(struct run_stage *s, const struct parley *t, uint16_t port)
{
    struct talk talk = talk_open(s, port);

    for (size_t i = 0; i < t->num_bursts; i++)
        talk_say(&talk, t->from[i], buffer_view(&t->bursts[i]));
    talk_close(&talk);
}

static const struct verdict *assert_opened(const struct run_stage *s, size_t i, const char *source)
{
    const struct verdict *v = &s->noted[i].verdict;

    if (v->outcome != OUTCOME_DECRYPTED)
        fail_msg("session %zu: %s", i + 1, v->explanation);
    assert_string_equal(v->secret_source, source);
    assert_string_equal(s->noted[i].resumed, i == 0 ? "no" : "psk");
    assert_true(v->finished_verified);
    return v;
}

static void assert_shut(const struct run_stage *s, size_t i, enum outcome outcome,
                        enum reason reason)
{
    const struct verdict *v = &s->noted[i].verdict;

    if (v->outcome != outcome || v->reason != reason)
        fail_msg("session %zu: %s", i + 1, v->explanation);
}

static void the_ticket_of_an_open_session_opens_those_that_take_it_up(void **state)
{
    static const struct parley_again *const ways[] = {&alone, &early_alone};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct parley t[3];
        struct run_stage s;

        hold(t, 3, ways[i]);
        run_stage_init(&s, NULL);
        leak_ephemeral(&s, &t[0]);
        for (uint16_t n = 0; n < 3; n++)
            play(&s, &t[n], (uint16_t)(4000 + n));
        run_stage_finish(&s);
        (void)assert_opened(&s, 0, "ephemeral");
        for (size_t n = 1; n < 3; n++) {
            const struct verdict *v = assert_opened(&s, n, "original_session");

            assert_true(v->opened_by & 1u << OPENED_BY_EPHEMERAL); /* that of the first */
            assert_int_equal(s.noted[n].plain_bytes[SIDE_CLIENT],
                             strlen(LATE) + (ways[i]->early ? strlen(EARLY) : 0));
        }
        run_stage_clear(&s);
        let_go(t, 3);
    }
}

static void an_exchange_on_top_leaves_the_early_data_open_alone(void **state)
{
    static const struct parley_again *const ways[] = {&early, &ignored, &retried, &forgotten};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct parley t[2];
        struct run_stage s;

        hold(t, 2, ways[i]);
        run_stage_init(&s, NULL);
        leak_ephemeral(&s, &t[0]);
        play(&s, &t[0], 4000);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_shut(&s, 1, OUTCOME_PARTIAL, REASON_FORWARD_SECRET);
        assert_string_equal(s.noted[1].verdict.secret_source, "original_session");
        assert_int_equal(s.noted[1].plain_bytes[SIDE_CLIENT], strlen(EARLY));
        assert_int_equal(s.noted[1].plain_bytes[SIDE_SERVER], 0);
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

static void without_early_data_the_exchange_on_top_withstands(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    hold(t, 2, &mixed);
    run_stage_init(&s, NULL);
    leak_ephemeral(&s, &t[0]);
    play(&s, &t[0], 4000);
    play(&s, &t[1], 4001);
    run_stage_finish(&s);
    assert_shut(&s, 1, OUTCOME_PROTECTED, REASON_FORWARD_SECRET);
    run_stage_clear(&s);
    let_go(t, 2);
}

/* The ticket's key, and the key of the exchange: all that there is. */
static void both_keys_open_it_whole_and_the_one_behind_it(void **state)
{
    static const struct parley_again *const ways[] = {&mixed, &early, &ignored, &retried};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct parley t[3];
        struct run_stage s;

        hold(t, 3, ways[i]);
        run_stage_init(&s, "rsa"); /* the server's key is of no use, and in nobody's way */
        for (uint16_t n = 0; n < 3; n++)
            leak_ephemeral(&s, &t[n]);
        for (uint16_t n = 0; n < 3; n++)
            play(&s, &t[n], (uint16_t)(4000 + n));
        run_stage_finish(&s);
        (void)assert_opened(&s, 0, "ephemeral");
        (void)assert_opened(&s, 1, "original_session");
        (void)assert_opened(&s, 2, "original_session");
        run_stage_clear(&s);
        let_go(t, 3);
    }
}

static void the_hash_of_the_suite_is_that_of_the_ticket(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    parley_begin_touched(&t[0], &(struct parley_terms){0}, sha_256);
    parley_hang_up(&t[0]);
    parley_begin_again_early(&t[1], &t[0], &early_alone);
    parley_hang_up(&t[1]);
    run_stage_init(&s, NULL);
    leak_ephemeral(&s, &t[0]);
    play(&s, &t[0], 4000);
    play(&s, &t[1], 4001);
    run_stage_finish(&s);
    (void)assert_opened(&s, 1, "original_session");
    run_stage_clear(&s);
    let_go(t, 2);
}

static void without_the_first_session_the_second_stays_shut(void **state)
{
    static const struct {
        const struct parley_again *how;
        enum reason reason;
    } rows[] = {{&alone, REASON_ORIGINAL_SESSION_MISSING},
                {&early_alone, REASON_ORIGINAL_SESSION_MISSING},
                {&mixed, REASON_PSK_NEEDED},
                {&early, REASON_PSK_NEEDED}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct parley t[2];
        struct run_stage s;

        hold(t, 2, rows[i].how);
        run_stage_init(&s, "rsa");
        if (!rows[i].how->alone)
            leak_ephemeral(&s, &t[1]);
        play(&s, &t[1], 4001);
        run_stage_finish(&s);
        assert_shut(&s, 0, OUTCOME_UNDECRYPTABLE, rows[i].reason);
        assert_says(s.noted[0].verdict.explanation, "a ticket");
        run_stage_clear(&s);
        let_go(t, 2);
    }
}

/* Its ticket could not be read, so whether it is that one can't be told. */
static void a_first_session_that_stayed_shut_is_not_called_missing(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    hold(t, 2, &alone);
    run_stage_init(&s, "rsa");
    play(&s, &t[0], 4000);
    play(&s, &t[1], 4001);
    run_stage_finish(&s);
    assert_shut(&s, 1, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED);
    assert_says(s.noted[1].verdict.explanation, "which stayed shut");
    run_stage_clear(&s);
    let_go(t, 2);
}

/* From traffic secrets no ticket's key follows. */
static void the_key_log_of_the_first_session_does_not_open_the_second(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    hold(t, 2, &alone);
    run_stage_init(&s, NULL);
    parley_leak(&t[0], &s.leaks);
    play(&s, &t[0], 4000);
    play(&s, &t[1], 4001);
    run_stage_finish(&s);
    (void)assert_opened(&s, 0, "keylog");
    assert_shut(&s, 1, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED);
    assert_says(s.noted[1].verdict.explanation, "no ticket's key follows");
    run_stage_clear(&s);
    let_go(t, 2);
}

/* The binder is the end of the first record, and it is what proves the key. */
static void a_key_that_the_binder_does_not_prove_is_not_used(void **state)
{
    struct parley t[2];
    struct run_stage s;

    (void)state;
    hold(t, 2, &alone);
    run_stage_init(&s, NULL);
    leak_ephemeral(&s, &t[0]);
    t[1].bursts[0].at[t[1].bursts[0].len - 1] ^= 1;
    play(&s, &t[0], 4000);
    play(&s, &t[1], 4001);
    run_stage_finish(&s);
    assert_shut(&s, 1, OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING);
    assert_int_equal(s.noted[1].plain_bytes[SIDE_CLIENT], 0);
    run_stage_clear(&s);
    let_go(t, 2);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_ticket_of_an_open_session_opens_those_that_take_it_up),
        CASE(an_exchange_on_top_leaves_the_early_data_open_alone),
        CASE(without_early_data_the_exchange_on_top_withstands),
        CASE(both_keys_open_it_whole_and_the_one_behind_it),
        CASE(the_hash_of_the_suite_is_that_of_the_ticket),
        CASE(without_the_first_session_the_second_stays_shut),
        CASE(a_first_session_that_stayed_shut_is_not_called_missing),
        CASE(the_key_log_of_the_first_session_does_not_open_the_second),
        CASE(a_key_that_the_binder_does_not_prove_is_not_used),
    };

    return RUN(cases);
}
