/*
 * Floods: connections that each make the attacker hold what it may. All together must stay below
 * the limit of the run, the oldest is given up first, and the summary says so.
 */
#include "tests/support/run_stage.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/sample_hello.h"

#define LIMIT ((size_t)1 << 20)

/* A record with a ClientHello, and 16 000 bytes of the next record, which never ends. */
static struct buffer half_a_handshake(void)
{
    struct writer w = {0};
    struct writer body = {0};
    struct bytes said = sample_client_hello(&body, false);
    struct bytes hello = message_of(1, said);
    struct buffer out;

    write_hex(&w, "16 0301");
    write_block(&w, hello, 2);
    write_hex(&w, "16 0303 4000");
    write_repeated(&w, 0x55, 16000);
    exact_free(hello);
    exact_free(said);
    buffer_clear(&body.out);
    out = w.out;
    return out;
}

static void a_flood_of_half_handshakes_stays_within_the_limit(void **state)
{
    struct buffer half = half_a_handshake();
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    run_limit_memory(s.run, LIMIT);
    for (uint16_t i = 0; i < 200; i++) {
        struct talk t = talk_open(&s, (uint16_t)(20000 + i));

        talk_say(&t, SIDE_CLIENT, buffer_view(&half));
    }
    /* Each holds 16 KiB at the least, so 64 of them pass 1 MiB. */
    assert_true(s.num_verdicts > 200 - 64);
    for (size_t i = 0; i < RUN_STAGE_MAX_NOTED; i++) {
        assert_int_equal(s.noted[i].client.port, 20000 + i); /* oldest first */
        assert_int_equal(s.noted[i].verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_int_equal(s.noted[i].verdict.reason, REASON_PACKETS_MISSING);
        assert_non_null(strstr(s.noted[i].verdict.explanation, "1 MiB"));
    }
    size_t early = s.num_verdicts;
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 200);
    assert_int_equal(s.summary->sessions, 200);
    assert_int_equal(s.summary->num_warnings, 1);
    assert_int_equal(strtoul(s.summary->warnings[0], NULL, 10), early);
    assert_non_null(strstr(s.summary->warnings[0], "ended early"));
    run_stage_clear(&s);
    buffer_clear(&half);
}

static void what_follows_in_an_abandoned_session_is_ignored(void **state)
{
    struct buffer half = half_a_handshake();
    struct run_stage s;

    (void)state;
    run_stage_init(&s, NULL);
    run_limit_memory(s.run, 1);

    struct talk t = talk_open(&s, 20000);
    talk_say(&t, SIDE_CLIENT, buffer_view(&half));
    assert_int_equal(s.num_verdicts, 1);
    talk_say(&t, SIDE_CLIENT, buffer_view(&half));
    talk_say(&t, SIDE_SERVER, buffer_view(&half));
    talk_close(&t);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 1);
    run_stage_clear(&s);
    buffer_clear(&half);
}

/* What goes on quietly in front of the flood is sent to the end of the queue, and lives on. */
static void silent_connections_do_not_keep_a_flood_alive(void **state)
{
    struct buffer half = half_a_handshake();
    struct run_stage s;
    struct talk quiet;

    (void)state;
    run_stage_init(&s, NULL);
    run_limit_memory(s.run, LIMIT);
    quiet = talk_open(&s, 10000);
    for (uint16_t i = 0; i < 100; i++) {
        struct talk t = talk_open(&s, (uint16_t)(20000 + i));

        talk_say(&t, SIDE_CLIENT, buffer_view(&half));
    }
    assert_true(s.num_verdicts > 100 - 64);
    talk_say(&quiet, SIDE_CLIENT, bytes_first(buffer_view(&half), 200));
    talk_close(&quiet);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 101);
    run_stage_clear(&s);
    buffer_clear(&half);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_flood_of_half_handshakes_stays_within_the_limit),
        CASE(what_follows_in_an_abandoned_session_is_ignored),
        CASE(silent_connections_do_not_keep_a_flood_alive),
    };

    return RUN(cases);
}
