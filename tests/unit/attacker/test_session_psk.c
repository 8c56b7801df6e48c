/* Real conversations with a pre-shared key: which of those that were given is it? */
#include "attacker/session.h"

#include <string.h>

#include "tests/support/check.h"
#include "tests/support/datagram_parley.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

#define RIGHT "alice:3333333333333333"
#define ANY   "3333333333333333"

static const char WHICH[] = "Which of the pre-shared keys that fit is it?";

static unsigned client_key(SSL *ssl, const char *hint, char *identity, unsigned room,
                           unsigned char *psk, unsigned psk_room)
{
    (void)ssl;
    (void)hint;
    assert_true(room > 5 && psk_room >= 8);
    memcpy(identity, "alice", 6);
    memset(psk, 0x33, 8);
    return 8;
}

static unsigned server_key(SSL *ssl, const char *identity, unsigned char *psk, unsigned room)
{
    (void)ssl;
    assert_string_equal(identity, "alice");
    assert_true(room >= 8);
    memset(psk, 0x33, 8);
    return 8;
}

static void know_key(SSL_CTX *context, enum side side)
{
    if (side == SIDE_CLIENT)
        SSL_CTX_set_psk_client_callback(context, client_key);
    else
        SSL_CTX_set_psk_server_callback(context, server_key);
}

static void talk(struct parley *t, const struct parley_terms *terms)
{
    parley_begin_touched(t, terms, know_key);
    parley_say(t, SIDE_CLIENT, bytes_of("ping", 4));
    parley_say(t, SIDE_SERVER, bytes_of("pong", 4));
    parley_hang_up(t);
}

static const struct parley_terms plain = {.version = TLS1_2_VERSION,
                                          .suites = "PSK-AES128-GCM-SHA256"};

static void it_opens_each_version_and_way_of_sealing(void **state)
{
    static const struct parley_terms terms[] = {
        {.version = TLS1_VERSION, .suites = "PSK-AES128-CBC-SHA:@SECLEVEL=0"},
        {.version = TLS1_1_VERSION, .suites = "PSK-AES256-CBC-SHA:@SECLEVEL=0"},
        {.version = TLS1_2_VERSION, .suites = "PSK-AES256-CBC-SHA384"},
        {.version = TLS1_2_VERSION, .suites = "PSK-AES256-GCM-SHA384"},
        {.version = TLS1_2_VERSION, .suites = "PSK-CHACHA20-POLY1305"},
        {.version = TLS1_2_VERSION, .suites = "PSK-NULL-SHA256:@SECLEVEL=0"},
        {.version = TLS1_2_VERSION,
         .suites = "PSK-AES128-CBC-SHA256",
         .options = SSL_OP_NO_EXTENDED_MASTER_SECRET},
        {.version = TLS1_2_VERSION,
         .suites = "PSK-AES128-CBC-SHA256",
         .options = SSL_OP_NO_ENCRYPT_THEN_MAC},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
        struct played p;
        struct parley t;

        talk(&t, &terms[i]);
        played_with_psks(&p, &t, RIGHT);
        played_is_open(&p, "ping", "pong");
        assert_string_equal(p.session->verdict.secret_source, "psk");
        played_clear(&p);
        parley_clear(&t);
    }
}

static void the_right_one_opens_wherever_it_stands(void **state)
{
    static const struct {
        const char *psks;
        const char *number; /* NULL: no other was tried */
    } rows[] = {
        {RIGHT, NULL},
        {ANY, NULL},
        {"bob:00 " RIGHT, NULL},
        {"00 " ANY " 11", "number 2 of 3"},
        {"00 11 " ANY, "number 3 of 3"},
        {ANY " 11 00", "number 1 of 3"},
        {"alice:00 alice:11 " RIGHT, "number 3 of 3"},
        {ANY " alice:00", "number 2 of 2"}, /* what is given for the identity comes first */
        {"00 bob:11 " RIGHT, "number 1 of 2"},
    };
    struct parley t;

    (void)state;
    talk(&t, &plain);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct played p;

        played_with_psks(&p, &t, rows[i].psks);
        played_is_open(&p, "ping", "pong");
        if (rows[i].number)
            says(result_of(&p.session->evidence, WHICH), rows[i].number);
        played_clear(&p);
    }
    parley_clear(&t);
}

static void a_wrong_one_is_told_from_one_of_another_identity(void **state)
{
    static const struct {
        const char *psks;
        const char *says;
    } rows[] = {
        {"alice:00", "was given for the identity of this session, \"alice\", but it is another"},
        {"alice:00 alice:11 22", "no record verifies with the keys that it makes."},
        {"00 11", "goes by the identity \"alice\", and none that was given is that one"},
        {"bob:3333333333333333", "goes by the identity \"alice\", and none was given for that"},
    };
    struct parley t;

    (void)state;
    talk(&t, &plain);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct played p;

        played_with_psks(&p, &t, rows[i].psks);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_int_equal(p.session->verdict.reason, REASON_KEY_MISMATCH);
        assert_null(p.session->verdict.secret_source);
        says(p.session->verdict.explanation, rows[i].says);
        assert_int_equal(p.said[SIDE_CLIENT].len + p.said[SIDE_SERVER].len, 0);
        played_clear(&p);
    }
    parley_clear(&t);
}

static void a_resumption_names_no_identity(void **state)
{
    struct played p;
    struct parley first;
    struct parley again;

    (void)state;
    talk(&first, &plain);
    parley_begin_again(&again, &first);
    played_with_psks(&p, &again, RIGHT);
    /* The key has no part in it: the secret is that of the first session. */
    assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
    assert_int_equal(p.session->found.answers[LEAK_PSK], ANSWER_NOT_GIVEN);
    played_clear(&p);
    parley_clear(&again);
    parley_clear(&first);
}

static void the_right_one_is_found_over_datagrams_too(void **state)
{
    static const struct datagram_terms terms = {.suites = "PSK-AES128-CBC-SHA", .psk = true};
    static const char *const right = "33333333333333333333333333333333";
    struct datagram_parley t;
    struct run_stage s;
    struct complaint why;

    (void)state;
    datagram_parley_begin(&t, &terms);
    datagram_parley_say(&t, SIDE_CLIENT, "ping");
    datagram_parley_hang_up(&t);
    run_stage_init(&s, NULL);
    assert_true(psks_add(&s.leaks.psks, "00", &why));
    assert_true(psks_add(&s.leaks.psks, right, &why));
    datagram_parley_play_all(&t, &s, 40000);
    run_stage_finish(&s);
    assert_int_equal(s.noted[0].verdict.outcome, OUTCOME_DECRYPTED);
    assert_string_equal(s.noted[0].verdict.secret_source, "psk");
    assert_true(bytes_equal(buffer_view(&s.said[SIDE_CLIENT]), bytes_of("ping", 4)));
    run_stage_clear(&s);
    datagram_parley_clear(&t);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_opens_each_version_and_way_of_sealing),
        CASE(the_right_one_opens_wherever_it_stands),
        CASE(a_wrong_one_is_told_from_one_of_another_identity),
        CASE(a_resumption_names_no_identity),
        CASE(the_right_one_is_found_over_datagrams_too),
    };

    return RUN(cases);
}
