/* The ticket that opens what the client has said in front of it: real conversations of libssl, to a
 * thief who has the key of their tickets. */
#include "attacker/session_ticket_ahead.h"

#include "tests/support/check.h"
#include "tests/support/datagram_parley.h"
#include "tests/support/played.h"

#define CLIENT_SAID "what the client says"
#define SERVER_SAID "and the server"

static const char *const suites[] = {"AES128-SHA", "DHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA",
                                     "ECDHE-RSA-AES128-GCM-SHA256"};

static void talk(struct parley *t)
{
    parley_say(t, SIDE_CLIENT, bytes_of(CLIENT_SAID, strlen(CLIENT_SAID)));
    parley_say(t, SIDE_SERVER, bytes_of(SERVER_SAID, strlen(SERVER_SAID)));
    parley_hang_up(t);
}

static void is_open(const struct session *s)
{
    if (s->verdict.outcome != OUTCOME_DECRYPTED)
        fail_msg("%s", s->verdict.explanation);
    assert_string_equal(s->verdict.secret_source, "ticket_key");
    assert_true(s->finished_verified[SIDE_CLIENT] && s->finished_verified[SIDE_SERVER]);
}

static void give_group(SSL_CTX *context, enum side side)
{
    (void)side;
    assert_int_equal(SSL_CTX_set_dh_auto(context, 1), 1);
}

static void a_ticket_opens_the_session_that_got_it_and_the_one_that_uses_it(void **state)
{
    (void)state;
    for (int version = TLS1_VERSION; version <= TLS1_2_VERSION; version++) {
        for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
            const struct parley_terms terms = {.version = version, .suites = suites[i]};
            struct parley first;
            struct parley second;
            struct played p;

            if (version < TLS1_2_VERSION && strstr(suites[i], "GCM"))
                continue;
            parley_begin_touched(&first, &terms, give_group);
            talk(&first);
            played_with_ticket_key(&p, &first);
            is_open(p.session);
            played_is_open(&p, CLIENT_SAID, SERVER_SAID);
            played_clear(&p);

            parley_begin_again(&second, &first);
            talk(&second);
            played_with_ticket_key(&p, &second); /* without the first one */
            is_open(p.session);
            played_is_open(&p, CLIENT_SAID, SERVER_SAID);
            played_clear(&p);
            parley_clear(&second);
            parley_clear(&first);
        }
    }
}

/* --- However it is delivered ------------------------------------------------------------ */

/* A session that is played by hand. */
struct by_hand {
    struct leaks leaks;
    struct session *session;
    size_t heard[2];
    uint64_t frame;
};

static void count(void *context, const struct session *s, enum side from, const struct chunk *said)
{
    struct by_hand *b = context;

    (void)s;
    b->heard[from] += said->data.len;
}

static void no_skip(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
    fail_msg("nothing is missing here");
}

static void open_by_hand(struct by_hand *b, const struct parley *t)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {.context = b, .plaintext = count, .skipped = no_skip};

    *b = (struct by_hand){0};
    played_leak_ticket_key(t, &b->leaks);
    b->session = session_new(&connection, false, false, &b->leaks, &listener, NULL);
}

static void hand(struct by_hand *b, enum side from, struct bytes bytes)
{
    struct bytes exact = exact_copy(bytes);

    b->frame++;
    session_bytes(b->session, from, &(struct chunk){exact, b->frame, b->frame});
    exact_free(exact);
}

static void close_by_hand(struct by_hand *b)
{
    session_free(b->session);
    leaks_clear(&b->leaks);
}

static void it_may_come_byte_by_byte(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[3]};
    struct parley t;
    struct by_hand b;

    (void)state;
    parley_begin(&t, &terms);
    talk(&t);
    open_by_hand(&b, &t);
    for (size_t i = 0; i < t.num_bursts; i++) {
        struct reader r = reader_of(buffer_view(&t.bursts[i]));
        struct bytes one;

        while (reader_bytes(&r, &one, 1))
            hand(&b, t.from[i], one);
    }
    /* It waits for nothing that has come: all is told before the end. */
    assert_int_equal(b.heard[SIDE_CLIENT], strlen(CLIENT_SAID));
    assert_int_equal(b.heard[SIDE_SERVER], strlen(SERVER_SAID));
    session_close(b.session, 1);
    is_open(b.session);
    close_by_hand(&b);
    parley_clear(&t);
}

static void either_side_may_be_delivered_first(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[3]};
    struct parley t;

    (void)state;
    parley_begin(&t, &terms);
    talk(&t);
    for (enum side first = SIDE_CLIENT; first <= SIDE_SERVER; first++) {
        struct by_hand b;

        open_by_hand(&b, &t);
        for (int round = 0; round < 2; round++) {
            enum side from = round == 0 ? first : side_other(first);

            for (size_t i = 0; i < t.num_bursts; i++) {
                if (t.from[i] == from)
                    hand(&b, from, buffer_view(&t.bursts[i]));
            }
        }
        session_close(b.session, 1);
        is_open(b.session);
        close_by_hand(&b);
    }
    parley_clear(&t);
}

/* With the client's certificate in it, a ticket is too long for records of 512 bytes. */
static void make_small_records(SSL_CTX *context, enum side side)
{
    parley_client_proves(context, side);
    assert_int_equal(SSL_CTX_set_max_send_fragment(context, 512), 1);
}

static void it_may_go_on_in_the_next_record(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[3]};
    struct parley t;
    struct played p;

    (void)state;
    parley_begin_touched(&t, &terms, make_small_records);
    talk(&t);
    played_with_ticket_key(&p, &t);
    assert_true(p.session->handshake.new_session_ticket->body.len > 600);
    is_open(p.session);
    played_is_open(&p, CLIENT_SAID, SERVER_SAID);
    played_clear(&p);
    parley_clear(&t);
}

/* --- What does not come ------------------------------------------------------------------- */

/* ticket_burst is the burst with the ticket: the server's second. */
static size_t ticket_burst(const struct parley *t)
{
    size_t seen = 0;

    for (size_t i = 0; i < t->num_bursts; i++) {
        if (t->from[i] == SIDE_SERVER && ++seen == 2)
            return i;
    }
    fail_msg("the server did not say so much");
    return 0;
}

static void a_hole_in_its_place_is_not_waited_at(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[3]};
    struct parley t;
    struct by_hand b;

    (void)state;
    parley_begin(&t, &terms);
    talk(&t);
    open_by_hand(&b, &t);
    for (size_t i = 0; i < t.num_bursts; i++) {
        if (i == ticket_burst(&t))
            session_gap(b.session, SIDE_SERVER, &(struct gap){.missing = t.bursts[i].len});
        else
            hand(&b, t.from[i], buffer_view(&t.bursts[i]));
    }
    assert_true(b.session->directions[SIDE_CLIENT].records >= 3);
    session_close(b.session, 1);
    assert_int_equal(b.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(b.session->verdict.reason, REASON_NO_KEY);
    assert_null(b.session->verdict.secret_source);
    close_by_hand(&b);
    parley_clear(&t);
}

/* The recording of the server's side ends in front of it, and the client has much to say. */
static void it_is_not_waited_for_without_end(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[3]};
    struct buffer words = {0};
    struct parley t;
    struct by_hand b;

    (void)state;
    for (size_t i = 0; i < 16; i++)
        buffer_append(&words, bytes_of((const uint8_t[16384]){0}, 16384));
    parley_begin(&t, &terms);
    parley_say(&t, SIDE_CLIENT, buffer_view(&words));
    parley_say(&t, SIDE_CLIENT, buffer_view(&words));
    open_by_hand(&b, &t);
    for (size_t i = 0; i < t.num_bursts; i++) {
        if (t.from[i] == SIDE_CLIENT || i < ticket_burst(&t))
            hand(&b, t.from[i], buffer_view(&t.bursts[i]));
        assert_true(record_stream_waiting(&b.session->directions[SIDE_CLIENT].stream) <=
                    SESSION_TICKET_MAX_WAITING + 16384 + 1024);
    }
    session_close(b.session, 1);
    assert_false(b.session->waited_too_long);
    assert_int_equal(b.session->verdict.reason, REASON_NO_KEY);
    close_by_hand(&b);
    parley_clear(&t);
    buffer_clear(&words);
}

static void where_another_leak_knows_nobody_asks_for_it(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION, .suites = suites[0]};
    struct parley t;
    struct played p;

    (void)state;
    parley_begin(&t, &terms);
    talk(&t);
    played_with_server_key(&p, &t);
    played_is_open(&p, CLIENT_SAID, SERVER_SAID);
    assert_string_equal(p.session->verdict.secret_source, "server_key");
    for (size_t i = 0; i < p.session->evidence.num_steps; i++)
        assert_null(strstr(p.session->evidence.steps[i].step, "ticket"));
    played_clear(&p);
    parley_clear(&t);
}

/* --- Over datagrams ------------------------------------------------------------------------ */

static void hold(struct datagram_parley *t)
{
    datagram_parley_say(t, SIDE_CLIENT, CLIENT_SAID);
    datagram_parley_say(t, SIDE_SERVER, SERVER_SAID);
    datagram_parley_hang_up(t);
}

static void leak(const struct datagram_parley *t, struct run_stage *s)
{
    uint8_t key[TICKET_KEY_FILE_MAX];

    assert_int_equal(
        SSL_CTX_get_tlsext_ticket_keys(t->contexts[SIDE_SERVER], key, (int)sizeof(key)), 1);
    assert_true(ticket_keys_add(&s->leaks.ticket_keys, bytes_of(key, sizeof(key))));
}

static void so_it_is_over_datagrams(void **state)
{
    static const struct datagram_terms terms[] = {
        {.suites = "ECDHE-RSA-AES128-GCM-SHA256"},
        {.suites = "DHE-RSA-AES128-SHA", .mtu = 300, .cookie = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct datagram_parley first;
        struct datagram_parley second;
        struct run_stage s;

        datagram_parley_begin(&first, &terms[i]);
        hold(&first);
        datagram_parley_begin_again(&second, &first);
        hold(&second);
        run_stage_init(&s, NULL);
        leak(&first, &s);
        datagram_parley_play_all(&second, &s, 4001); /* the one that takes it up comes first */
        datagram_parley_play_all(&first, &s, 4000);
        run_stage_finish(&s);
        assert_int_equal(s.num_verdicts, 2);
        for (size_t j = 0; j < 2; j++) {
            if (s.noted[j].verdict.outcome != OUTCOME_DECRYPTED)
                fail_msg("%s", s.noted[j].verdict.explanation);
            assert_string_equal(s.noted[j].verdict.secret_source, "ticket_key");
            assert_true(s.noted[j].verdict.finished_verified);
        }
        run_stage_clear(&s);
        datagram_parley_clear(&second);
        datagram_parley_clear(&first);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_ticket_opens_the_session_that_got_it_and_the_one_that_uses_it),
        CASE(it_may_come_byte_by_byte),
        CASE(either_side_may_be_delivered_first),
        CASE(it_may_go_on_in_the_next_record),
        CASE(a_hole_in_its_place_is_not_waited_at),
        CASE(it_is_not_waited_for_without_end),
        CASE(where_another_leak_knows_nobody_asks_for_it),
        CASE(so_it_is_over_datagrams),
    };

    return RUN(cases);
}
