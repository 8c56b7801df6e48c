/*
 * Several handshakes on one connection: real ones in memory, of which all but the first are sealed
 * with the keys of the one before.
 */
#include "attacker/tls/record.h"
#include "tests/support/check.h"
#include "tests/support/handmade.h"
#include "tests/support/message_writer.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

#define ANEW "Do the two shake hands anew on this connection?"

/* Full handshakes, and whoever likes may ask for another one. */
#define FULL (SSL_OP_NO_TICKET | SSL_OP_ALLOW_CLIENT_RENEGOTIATION)

static void keep_no_session(SSL_CTX *context, enum side side)
{
    (void)side;
    (void)SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
}

static void keep_no_session_and_prove(SSL_CTX *context, enum side side)
{
    keep_no_session(context, side);
    parley_client_proves(context, side);
}

static void begin(struct parley *t, int version, const char *suite, uint64_t options)
{
    const struct parley_terms terms = {version, suite, options};

    parley_begin_touched(t, &terms, keep_no_session);
}

static void say(struct parley *t, enum side from, const char *words)
{
    parley_say(t, from, bytes_of(words, strlen(words)));
}

static size_t steps_that_ask(const struct session *s, const char *step)
{
    size_t n = 0;

    for (size_t i = 0; i < s->evidence.num_steps; i++)
        n += strcmp(s->evidence.steps[i].step, step) == 0;
    return n;
}

static void either_side_may_ask_for_another_handshake(void **state)
{
    static const struct {
        int version;
        const char *first;
        const char *second;
        uint64_t options;
    } rows[] = {
        {TLS1_2_VERSION, "AES128-GCM-SHA256", "AES256-SHA256", 0},
        {TLS1_2_VERSION, "AES256-SHA", "AES128-GCM-SHA256", 0},
        {TLS1_2_VERSION, "AES128-SHA", "AES128-CCM8",
         SSL_OP_NO_EXTENDED_MASTER_SECRET | SSL_OP_NO_ENCRYPT_THEN_MAC},
        {TLS1_1_VERSION, "AES128-SHA", "AES256-SHA", 0},
        {TLS1_VERSION, "AES256-SHA", "AES128-SHA", SSL_OP_NO_ENCRYPT_THEN_MAC},
        {TLS1_2_VERSION, "NULL-SHA256", "AES256-GCM-SHA384", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (enum side who = SIDE_CLIENT; who <= SIDE_SERVER; who++) {
            struct parley t;
            struct played p;

            begin(&t, rows[i].version, rows[i].first, rows[i].options | FULL);
            say(&t, SIDE_CLIENT, "one ");
            say(&t, SIDE_SERVER, "eins ");
            parley_renegotiate(&t, who, rows[i].second);
            say(&t, SIDE_CLIENT, "two");
            say(&t, SIDE_SERVER, "zwei");
            parley_hang_up(&t);
            played_with_server_key(&p, &t);
            played_is_open(&p, "one two", "eins zwei");
            assert_int_equal(steps_that_ask(p.session, ANEW), 1);
            played_clear(&p);
            parley_clear(&t);
        }
    }
}

static void a_session_is_told_by_its_first_handshake(void **state)
{
    struct parley t;
    struct played p;

    (void)state;
    begin(&t, TLS1_2_VERSION, "AES128-GCM-SHA256", FULL);
    parley_renegotiate(&t, SIDE_SERVER, "AES256-SHA");
    say(&t, SIDE_CLIENT, "in between");
    parley_renegotiate(&t, SIDE_CLIENT, "AES128-SHA256");
    parley_renegotiate(&t, SIDE_SERVER, "AES256-GCM-SHA384");
    say(&t, SIDE_SERVER, "at last");
    played_with_server_key(&p, &t);
    played_is_open(&p, "in between", "at last");
    assert_int_equal(p.session->handshake.suite_id, 0x009c);
    assert_int_equal(steps_that_ask(p.session, ANEW), 3);
    assert_int_equal(steps_that_ask(p.session, "Is the client's Finished what these keys make of "
                                               "the handshake?"),
                     4);
    played_clear(&p);
    parley_clear(&t);
}

static void the_certificate_of_a_client_may_be_asked_for_in_secret(void **state)
{
    const struct parley_terms terms = {TLS1_2_VERSION, "AES128-SHA", FULL};
    struct parley t;
    struct played p;

    (void)state;
    parley_begin_touched(&t, &terms, keep_no_session_and_prove);
    parley_renegotiate(&t, SIDE_SERVER, "AES256-SHA256");
    say(&t, SIDE_CLIENT, "it is me");
    played_with_server_key(&p, &t);
    played_is_open(&p, "it is me", "");
    played_clear(&p);
    parley_clear(&t);
}

static void what_a_renegotiation_shuts_was_open_before(void **state)
{
    const struct verdict *v;
    struct parley t;
    struct played p;

    (void)state;
    begin(&t, TLS1_2_VERSION, "AES128-GCM-SHA256", FULL);
    say(&t, SIDE_CLIENT, "open");
    parley_renegotiate(&t, SIDE_SERVER, "AES128-SHA");
    say(&t, SIDE_SERVER, "open too");
    parley_renegotiate(&t, SIDE_SERVER, "ECDHE-RSA-AES128-GCM-SHA256");
    say(&t, SIDE_CLIENT, "shut");
    played_with_server_key(&p, &t);
    v = &p.session->verdict;
    assert_int_equal(v->outcome, OUTCOME_PARTIAL);
    assert_int_equal(v->reason, REASON_FORWARD_SECRET);
    says(v->explanation, "Open up to renegotiation 2, and shut from there on.");
    says(v->explanation, "ephemeral Diffie-Hellman");
    assert_string_equal(v->secret_source, "server_key");
    assert_true(v->finished_verified);
    assert_false(v->forward_secret);
    assert_int_equal(p.session->handshake.suite_id, 0x009c);
    assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), bytes_of("open", 4)));
    assert_true(bytes_equal(buffer_view(&p.said[SIDE_SERVER]), bytes_of("open too", 8)));
    played_clear(&p);

    played_with_keylog(&p, &t);
    played_is_open(&p, "openshut", "open too");
    played_clear(&p);
    parley_clear(&t);
}

/* Without SSL_OP_ALLOW_CLIENT_RENEGOTIATION the server answers with a warning, and the client that
 * goes on all the same is understood. */
static void a_renegotiation_that_is_refused_changes_nothing(void **state)
{
    struct parley t;
    struct played p;

    (void)state;
    begin(&t, TLS1_2_VERSION, "AES128-GCM-SHA256", SSL_OP_NO_TICKET);
    say(&t, SIDE_SERVER, "open");
    parley_renegotiate(&t, SIDE_CLIENT, "AES128-SHA");
    played_with_server_key(&p, &t);
    played_is_open(&p, "", "open");
    assert_int_equal(steps_that_ask(p.session, ANEW), 1);
    assert_non_null(p.session->handshake.finished[SIDE_SERVER]);
    played_clear(&p);
    parley_clear(&t);
}

static void a_recording_may_end_anywhere_in_a_renegotiation(void **state)
{
    struct parley t;
    struct played p;
    struct played whole;

    (void)state;
    begin(&t, TLS1_2_VERSION, "AES128-GCM-SHA256", FULL);
    parley_renegotiate(&t, SIDE_CLIENT, "AES128-SHA");
    say(&t, SIDE_CLIENT, "said");
    for (size_t cut = 3; cut < t.num_bursts; cut++) {
        struct parley front = t;

        front.num_bursts = cut;
        played_with_server_key(&p, &front);
        assert_int_not_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_int_equal(p.session->handshake.suite_id, 0x009c);
        played_clear(&p);
    }
    played_with_server_key(&whole, &t);
    played_is_open(&whole, "said", "");
    played_clear(&whole);
    parley_clear(&t);
}

/* Of the packets around a Finished, the client's may be recorded first; `first` and each fourth
 * behind it change places with the next. */
static void plays_swapped(size_t first, enum side from, size_t times)
{
    size_t num_swapped = 0;
    struct parley t;
    struct played p;

    begin(&t, TLS1_2_VERSION, "AES128-GCM-SHA256", FULL);
    parley_renegotiate(&t, SIDE_CLIENT, "AES128-SHA");
    parley_renegotiate(&t, SIDE_CLIENT, "AES256-SHA");
    say(&t, SIDE_CLIENT, "said");
    for (size_t i = first; i + 1 < t.num_bursts; i += 4) {
        struct parley other = t;

        assert_int_equal(t.from[i], from);
        assert_int_equal(t.from[i + 1], side_other(from));
        other.bursts[i] = t.bursts[i + 1];
        other.bursts[i + 1] = t.bursts[i];
        other.from[i] = side_other(from);
        other.from[i + 1] = from;
        played_with_server_key(&p, &other);
        played_is_open(&p, "said", "");
        played_clear(&p);
        num_swapped++;
    }
    assert_int_equal(num_swapped, times);
    parley_clear(&t);
}

/* Each handshake has two bursts of either side. */
static void one_side_may_be_recorded_a_little_ahead(void **state)
{
    (void)state;
    plays_swapped(3, SIDE_SERVER, 3); /* a ClientHello in front of the Finished before */
    plays_swapped(0, SIDE_CLIENT, 3); /* a ServerHello in front of the ClientHello */
    plays_swapped(2, SIDE_CLIENT, 3); /* the server's Finished in front of the client's */
}

/* --- By hand -------------------------------------------------------------------------- */

/* tell_sealed sends a handshake message, `hex` being its body, with the keys in use. */
static void tell_sealed(struct handmade *m, enum side from, uint8_t type, const char *hex)
{
    struct bytes body = unhex(hex);
    struct bytes whole = message_of(type, body);

    handmade_send(m, from, CONTENT_HANDSHAKE, whole);
    exact_free(whole);
    exact_free(body);
}

/* Each of its bytes is this one. */
#define RANDOM "abababababababababababababababababababababababababababababababab"

/* finish_too_soon: the two shake hands anew, and nobody changes keys in front of the Finished. */
static void finish_too_soon(const char *server_hello)
{
    struct handmade m;
    struct played p;

    handmade_begin(&m, &(struct handmade_terms){0});
    handmade_say(&m, SIDE_CLIENT, "said");
    tell_sealed(&m, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO,
                "0303" RANDOM "20" RANDOM "0004 fafa 002f 0100");
    tell_sealed(&m, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, server_hello);
    tell_sealed(&m, SIDE_SERVER, HANDSHAKE_FINISHED, "000102030405060708090a0b");
    tell_sealed(&m, SIDE_CLIENT, HANDSHAKE_FINISHED, "000102030405060708090a0b");
    played_with_server_key(&p, &m.parley);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_PARTIAL);
    assert_true(bytes_equal(buffer_view(&p.said[SIDE_CLIENT]), bytes_of("said", 4)));
    played_clear(&p);
    handmade_clear(&m);
}

static void a_finished_under_the_keys_before_proves_nothing(void **state)
{
    (void)state;
    finish_too_soon("0303" RANDOM "20" RANDOM "002f 00");
}

static void a_finished_of_an_unknown_suite_proves_nothing(void **state)
{
    (void)state;
    finish_too_soon("0303" RANDOM "20" RANDOM "fafa 00");
    finish_too_soon("0303" RANDOM "20" RANDOM "fafa 00 0006 002b 0002 0304");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(either_side_may_ask_for_another_handshake),
        CASE(a_session_is_told_by_its_first_handshake),
        CASE(the_certificate_of_a_client_may_be_asked_for_in_secret),
        CASE(what_a_renegotiation_shuts_was_open_before),
        CASE(a_renegotiation_that_is_refused_changes_nothing),
        CASE(one_side_may_be_recorded_a_little_ahead),
        CASE(a_recording_may_end_anywhere_in_a_renegotiation),
        CASE(a_finished_under_the_keys_before_proves_nothing),
        CASE(a_finished_of_an_unknown_suite_proves_nothing),
    };

    return RUN(cases);
}
