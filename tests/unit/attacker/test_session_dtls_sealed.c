/*
 * Several handshakes over datagrams, each in epochs of its own, as libssl holds them.
 */
#include "tests/support/check.h"
#include "tests/support/datagram_parley.h"

#define SERVER_KEY     "rsa" /* fixtures/rsa/server.key */
#define SAID_BY_CLIENT "is anybody there?"
#define SAID_BY_SERVER "somebody is"
#define PORT           50000

static void speak(struct datagram_parley *t)
{
    datagram_parley_say(t, SIDE_CLIENT, SAID_BY_CLIENT);
    datagram_parley_say(t, SIDE_SERVER, SAID_BY_SERVER);
}

/* expect_open: there is one session, all of it open and proven, and this is what the two said. */
static void expect_open(struct run_stage *s, const char *client, const char *server)
{
    const struct verdict *v = &s->noted[0].verdict;

    run_stage_finish(s);
    assert_int_equal(s->num_verdicts, 1);
    if (v->outcome != OUTCOME_DECRYPTED || !v->finished_verified)
        fail_msg("%s", v->explanation);

    struct bytes by_client = buffer_view(&s->said[SIDE_CLIENT]);
    struct bytes by_server = buffer_view(&s->said[SIDE_SERVER]);

    assert_true(bytes_equal(by_client, bytes_of(client, strlen(client))));
    assert_true(bytes_equal(by_server, bytes_of(server, strlen(server))));
    run_stage_clear(s);
}

static void expect_whole(struct run_stage *s)
{
    expect_open(s, SAID_BY_CLIENT, SAID_BY_SERVER);
}

static void the_two_may_shake_hands_anew(void **state)
{
    static const struct datagram_terms terms = {.suites = "AES128-GCM-SHA256",
                                                .options = SSL_OP_ALLOW_CLIENT_RENEGOTIATION};

    (void)state;
    for (enum side wants = SIDE_CLIENT; wants <= SIDE_SERVER; wants++) {
        struct datagram_parley t;
        struct run_stage s;

        datagram_parley_begin(&t, &terms);
        speak(&t);
        datagram_parley_renegotiate(&t, wants, "AES256-SHA");
        speak(&t);
        datagram_parley_renegotiate(&t, wants, "AES128-CCM");
        speak(&t);
        datagram_parley_hang_up(&t);
        run_stage_init(&s, SERVER_KEY);
        datagram_parley_play_all(&t, &s, PORT);
        expect_open(&s, SAID_BY_CLIENT SAID_BY_CLIENT SAID_BY_CLIENT,
                    SAID_BY_SERVER SAID_BY_SERVER SAID_BY_SERVER);
        datagram_parley_clear(&t);
    }
}

/* renegotiated is a conversation with a second handshake in it; *again is where that begins. */
static void renegotiated(struct datagram_parley *t, size_t *again)
{
    static const struct datagram_terms terms = {
        .suites = "AES128-GCM-SHA256", .mtu = 500, .options = SSL_OP_ALLOW_CLIENT_RENEGOTIATION};

    datagram_parley_begin(t, &terms);
    datagram_parley_say(t, SIDE_CLIENT, SAID_BY_CLIENT);
    *again = t->num;
    datagram_parley_renegotiate(t, SIDE_CLIENT, "AES256-SHA");
    datagram_parley_say(t, SIDE_SERVER, SAID_BY_SERVER);
    datagram_parley_hang_up(t);
}

static void in_a_second_handshake_any_two_neighbours_may_change_places(void **state)
{
    struct datagram_parley t;
    size_t again;

    (void)state;
    renegotiated(&t, &again);
    for (size_t late = again; late + 1 < t.num; late++) {
        struct run_stage s;

        run_stage_init(&s, SERVER_KEY);
        for (size_t i = 0; i < t.num; i++)
            datagram_parley_play(&t, &s, i == late ? late + 1 : i == late + 1 ? late : i, PORT);
        expect_whole(&s);
    }
    datagram_parley_clear(&t);
}

static void in_a_second_handshake_each_datagram_may_come_again(void **state)
{
    struct datagram_parley t;
    size_t again;

    (void)state;
    renegotiated(&t, &again);
    for (size_t twice = 0; twice < t.num; twice++) {
        for (size_t behind = twice; behind < t.num; behind++) {
            struct run_stage s;

            run_stage_init(&s, SERVER_KEY);
            for (size_t i = 0; i < t.num; i++) {
                datagram_parley_play(&t, &s, i, PORT);
                if (i == behind)
                    datagram_parley_play(&t, &s, twice, PORT);
            }
            expect_whole(&s);
        }
    }
    datagram_parley_clear(&t);
}

/* What the client said under the first keys opens in any case. */
static void in_a_second_handshake_each_datagram_may_be_lost(void **state)
{
    struct datagram_parley t;
    size_t again;

    (void)state;
    renegotiated(&t, &again);
    for (size_t lost = again; lost + 2 < t.num; lost++) {
        struct run_stage s;

        run_stage_init(&s, SERVER_KEY);
        for (size_t i = 0; i < t.num; i++) {
            if (i != lost)
                datagram_parley_play(&t, &s, i, PORT);
        }
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 1);
        if (s.noted[0].verdict.outcome != OUTCOME_PARTIAL)
            fail_msg("without datagram %zu: %s", lost, s.noted[0].verdict.explanation);
        assert_true(s.said[SIDE_CLIENT].len == strlen(SAID_BY_CLIENT));
        run_stage_clear(&s);
    }
    datagram_parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_two_may_shake_hands_anew),
        CASE(in_a_second_handshake_any_two_neighbours_may_change_places),
        CASE(in_a_second_handshake_each_datagram_may_come_again),
        CASE(in_a_second_handshake_each_datagram_may_be_lost),
    };

    return RUN(cases);
}
