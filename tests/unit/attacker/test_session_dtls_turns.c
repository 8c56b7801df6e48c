/*
 * What DTLS can turn into, as libssl speaks it.
 */
#include "tests/support/check.h"
#include "tests/support/datagram_parley.h"

#define SERVER_KEY     "rsa" /* fixtures/rsa/server.key */
#define SAID_BY_CLIENT "is anybody there?"
#define SAID_BY_SERVER "somebody is"
#define PORT           50000

static const struct datagram_terms every_kind[] = {
    {.suites = "AES128-SHA"},
    {.suites = "AES256-SHA256"},
    {.suites = "AES128-GCM-SHA256"},
    {.suites = "AES256-GCM-SHA384"},
    {.suites = "AES128-CCM"},
    {.suites = "AES256-CCM8"},
    {.suites = "CAMELLIA128-SHA256"},
    {.suites = "NULL-SHA256:@SECLEVEL=0"},
    {.version = DTLS1_VERSION, .suites = "AES128-SHA"},
    {.version = DTLS1_VERSION, .suites = "AES256-SHA"},
    {.suites = "AES128-SHA", .options = SSL_OP_NO_ENCRYPT_THEN_MAC},
    {.suites = "AES128-SHA", .options = SSL_OP_NO_EXTENDED_MASTER_SECRET},
    {.suites = "AES128-GCM-SHA256", .options = SSL_OP_NO_EXTENDED_MASTER_SECRET},
    {.suites = "AES128-GCM-SHA256", .options = SSL_OP_NO_TICKET},
    {.suites = "AES128-GCM-SHA256", .cookie = true},
    {.suites = "AES128-GCM-SHA256", .mtu = 256},
    {.suites = "AES128-GCM-SHA256", .mtu = 256, .cookie = true, .client_proves = true},
    {.version = DTLS1_VERSION, .suites = "AES128-SHA", .mtu = 300, .client_proves = true},
};
#define NUM_KINDS (sizeof(every_kind) / sizeof(every_kind[0]))

/* What only a key log opens. */
static const struct datagram_terms withstanding[] = {
    {.suites = "ECDHE-RSA-AES128-GCM-SHA256"},
    {.suites = "ECDHE-RSA-CHACHA20-POLY1305"},
    {.suites = "ECDHE-RSA-AES256-SHA384"},
    {.suites = "DHE-RSA-AES128-GCM-SHA256"},
    {.suites = "DHE-RSA-AES256-CCM8", .mtu = 256},
    {.suites = "DHE-RSA-CHACHA20-POLY1305", .client_proves = true},
    {.version = DTLS1_VERSION, .suites = "ECDHE-RSA-AES128-SHA"},
    {.version = DTLS1_VERSION, .suites = "DHE-RSA-AES256-SHA", .cookie = true},
};
#define NUM_WITHSTANDING (sizeof(withstanding) / sizeof(withstanding[0]))

static void speak(struct datagram_parley *t)
{
    datagram_parley_say(t, SIDE_CLIENT, SAID_BY_CLIENT);
    datagram_parley_say(t, SIDE_SERVER, SAID_BY_SERVER);
}

static void parley_whole(struct datagram_parley *t, const struct datagram_terms *terms)
{
    datagram_parley_begin(t, terms);
    speak(t);
    datagram_parley_hang_up(t);
}

static void expect_said(const struct run_stage *s, const char *client, const char *server)
{
    struct bytes by_client = buffer_view(&s->said[SIDE_CLIENT]);
    struct bytes by_server = buffer_view(&s->said[SIDE_SERVER]);

    assert_true(bytes_equal(by_client, bytes_of(client, strlen(client))));
    assert_true(bytes_equal(by_server, bytes_of(server, strlen(server))));
}

/* expect_open: this verdict says that all is open, and proven. */
static void expect_open(const struct run_stage *s, size_t index)
{
    const struct verdict *v = &s->noted[index].verdict;

    assert_true(index < s->num_verdicts);
    if (v->outcome != OUTCOME_DECRYPTED || !v->finished_verified)
        fail_msg("%s", v->explanation);
}

static void expect_whole(struct run_stage *s)
{
    run_stage_finish(s);
    assert_int_equal(s->num_verdicts, 1);
    expect_open(s, 0);
    expect_said(s, SAID_BY_CLIENT, SAID_BY_SERVER);
    run_stage_clear(s);
}

static void whatever_rsa_transports_opens_with_the_servers_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_KINDS; i++) {
        struct datagram_parley t;
        struct run_stage s;

        parley_whole(&t, &every_kind[i]);
        run_stage_init(&s, SERVER_KEY);
        datagram_parley_play_all(&t, &s, PORT);
        expect_whole(&s);
        datagram_parley_clear(&t);
    }
}

static void whatever_withstands_the_servers_key_opens_with_a_key_log(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_WITHSTANDING; i++) {
        struct datagram_parley t;
        struct run_stage s;

        parley_whole(&t, &withstanding[i]);
        run_stage_init(&s, SERVER_KEY);
        datagram_parley_play_all(&t, &s, PORT);
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 1);
        assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_PROTECTED);
        expect_said(&s, "", "");
        run_stage_clear(&s);
        run_stage_init(&s, NULL);
        datagram_parley_leak(&t, &s);
        datagram_parley_play_all(&t, &s, PORT);
        expect_whole(&s);
        datagram_parley_clear(&t);
    }
}

static void a_pre_shared_key_is_asked_for(void **state)
{
    static const struct datagram_terms terms = {.suites = "PSK-AES128-CBC-SHA", .psk = true};
    struct datagram_parley t;
    struct run_stage s;

    (void)state;
    parley_whole(&t, &terms);
    run_stage_init(&s, SERVER_KEY);
    datagram_parley_play_all(&t, &s, PORT);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 1);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(s.noted[0].verdict.reason, REASON_PSK_NEEDED);
    run_stage_clear(&s);
    datagram_parley_clear(&t);
}

/* The kinds from here on have cookies, small datagrams, and certificates of the client's. */
#define FIRST_LONG_KIND (NUM_KINDS - 4)

static void a_flight_may_be_sent_again_in_other_pieces(void **state)
{
    static const long mtus[] = {256, 470, 1400};

    (void)state;
    for (size_t i = FIRST_LONG_KIND; i < NUM_KINDS; i++) {
        for (size_t m = 0; m < 3; m++) {
            struct datagram_parley t;
            struct run_stage s;

            datagram_parley_begin_twice(&t, &every_kind[i], mtus[m]);
            speak(&t);
            datagram_parley_hang_up(&t);
            run_stage_init(&s, SERVER_KEY);
            datagram_parley_play_all(&t, &s, PORT);
            expect_whole(&s);
            datagram_parley_clear(&t);
        }
    }
}

/* The two conversations go by different ports, and the first one has not ended in between. */
static void a_session_is_taken_up_from_another_port(void **state)
{
    static const uint64_t ways[] = {0, SSL_OP_NO_TICKET};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const struct datagram_terms terms = {.suites = "AES128-GCM-SHA256", .options = ways[i]};
        struct datagram_parley first;
        struct datagram_parley second;
        struct run_stage s;

        parley_whole(&first, &terms);
        datagram_parley_begin_again(&second, &first);
        speak(&second);
        run_stage_init(&s, SERVER_KEY);
        datagram_parley_play_all(&first, &s, PORT);
        datagram_parley_play_all(&second, &s, PORT + 1);
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 2);
        expect_open(&s, 0);
        expect_open(&s, 1);
        expect_said(&s, SAID_BY_CLIENT SAID_BY_CLIENT, SAID_BY_SERVER SAID_BY_SERVER);
        run_stage_clear(&s);
        datagram_parley_clear(&second);
        datagram_parley_clear(&first);
    }
}

/* The terms of a conversation in which each record of the client's and of the server's opens
 * whatever else is missing, once both hellos and the ClientKeyExchange are there. */
static const struct datagram_terms losable = {
    .suites = "AES128-SHA", .mtu = 300, .options = SSL_OP_NO_EXTENDED_MASTER_SECRET};

/* Whatever the loss, nothing is made up, and it is told. */
static void each_datagram_may_be_lost(void **state)
{
    struct datagram_parley t;
    size_t num_partial = 0;

    (void)state;
    parley_whole(&t, &losable);
    for (size_t lost = 0; lost < t.num; lost++) {
        struct run_stage s;

        run_stage_init(&s, SERVER_KEY);
        for (size_t i = 0; i < t.num; i++) {
            if (i != lost)
                datagram_parley_play(&t, &s, i, PORT);
        }
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 1);

        const struct verdict *v = &s.noted[0].verdict;
        bool at_the_end = lost + 2 >= t.num; /* that there was one more, nothing tells */

        if (!at_the_end)
            assert_int_not_equal(v->outcome, OUTCOME_DECRYPTED);
        if (v->outcome == OUTCOME_PARTIAL) {
            assert_int_equal(v->reason, REASON_PACKETS_MISSING);
            num_partial++;
        }
        run_stage_clear(&s);
    }
    assert_true(num_partial >= t.num / 2);
    datagram_parley_clear(&t);
}

/* A key log grows while the recording goes on: what comes behind its line opens. */
static void secrets_may_come_behind_the_handshake(void **state)
{
    static const struct datagram_terms terms = {.suites = "ECDHE-RSA-AES128-GCM-SHA256"};
    struct datagram_parley t;
    struct run_stage s;
    size_t told;

    (void)state;
    datagram_parley_begin(&t, &terms);
    told = t.num;
    speak(&t);
    run_stage_init(&s, NULL);
    for (size_t i = 0; i < t.num; i++) {
        if (i == told)
            keylog_add_embedded(&s.leaks.keylog, buffer_view(&t.keylog));
        datagram_parley_play(&t, &s, i, PORT);
    }
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 1);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_PARTIAL);
    expect_said(&s, SAID_BY_CLIENT, SAID_BY_SERVER);
    run_stage_clear(&s);
    datagram_parley_clear(&t);
}

/* A network that translates addresses may give the client another port. Without a connection ID
 * nothing says that what comes from there belongs to the conversation before. */
static void behind_a_new_port_is_the_middle_of_another_conversation(void **state)
{
    static const struct datagram_terms terms = {.suites = "AES128-GCM-SHA256"};
    struct datagram_parley t;
    struct run_stage s;
    size_t moved;

    (void)state;
    datagram_parley_begin(&t, &terms);
    speak(&t);
    moved = t.num;
    speak(&t);
    speak(&t);
    run_stage_init(&s, SERVER_KEY);
    for (size_t i = 0; i < t.num; i++)
        datagram_parley_play(&t, &s, i, i < moved ? PORT : PORT + 1);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 2);
    expect_open(&s, 0);
    expect_said(&s, SAID_BY_CLIENT, SAID_BY_SERVER);
    assert_int_equal(s.noted[1].verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(s.noted[1].verdict.reason, REASON_HANDSHAKE_MISSING);
    run_stage_clear(&s);
    datagram_parley_clear(&t);
}

/* The recording begins in the middle of a conversation, and then the client begins another one from
 * the same port. */
static void behind_the_middle_of_one_the_next_opens(void **state)
{
    static const struct datagram_terms terms = {.suites = "AES128-GCM-SHA256"};
    struct datagram_parley first;
    struct datagram_parley second;
    struct run_stage s;
    size_t from;

    (void)state;
    datagram_parley_begin(&first, &terms);
    from = first.num;
    speak(&first);
    speak(&first);
    parley_whole(&second, &terms);
    run_stage_init(&s, SERVER_KEY);
    for (size_t i = from; i < first.num; i++)
        datagram_parley_play(&first, &s, i, PORT);
    datagram_parley_play_all(&second, &s, PORT);
    run_stage_finish(&s);
    assert_int_equal(s.num_verdicts, 2);
    assert_int_equal(s.noted[0].verdict.reason, REASON_HANDSHAKE_MISSING);
    expect_open(&s, 1);
    expect_said(&s, SAID_BY_CLIENT, SAID_BY_SERVER);
    run_stage_clear(&s);
    datagram_parley_clear(&first);
    datagram_parley_clear(&second);
}

/* The control experiment: what the server's key leaves shut, the key that never crossed opens. */
static void the_ephemeral_key_opens_what_the_key_of_the_server_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_WITHSTANDING; i++) {
        struct datagram_parley t;
        struct run_stage s;

        parley_whole(&t, &withstanding[i]);
        run_stage_init(&s, SERVER_KEY);
        private_keys_add(&s.leaks.ephemerals, t.ephemeral);
        t.ephemeral = NULL; /* the leaks have it now */
        datagram_parley_play_all(&t, &s, PORT);
        expect_whole(&s);
        datagram_parley_clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(whatever_rsa_transports_opens_with_the_servers_key),
        CASE(whatever_withstands_the_servers_key_opens_with_a_key_log),
        CASE(a_pre_shared_key_is_asked_for),
        CASE(a_flight_may_be_sent_again_in_other_pieces),
        CASE(a_session_is_taken_up_from_another_port),
        CASE(each_datagram_may_be_lost),
        CASE(the_ephemeral_key_opens_what_the_key_of_the_server_does_not),
        CASE(secrets_may_come_behind_the_handshake),
        CASE(behind_a_new_port_is_the_middle_of_another_conversation),
        CASE(behind_the_middle_of_one_the_next_opens),
    };

    return RUN(cases);
}
