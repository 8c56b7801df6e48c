/* What sessions have to say together, over conversations that libssl held in memory. */
#include "attacker/story/survey.h"

#include "attacker/tls/session_ticket.h"
#include "tests/support/check.h"
#include "tests/support/played.h"

static const struct parley_terms TLS12 = {.version = TLS1_2_VERSION,
                                          .suites = "ECDHE-RSA-AES128-GCM-SHA256"};

/* take plays a conversation to a thief, and adds it to the survey. */
static void take(struct survey *v, const struct parley *t, uint64_t id)
{
    struct played p;

    played_with_server_key(&p, t);
    survey_take(v, p.session, id);
    played_clear(&p);
}

/* talk_and_resume: a conversation, and another one that takes it up; both are added. */
static void talk_and_resume(struct survey *v, const struct parley_terms *terms)
{
    struct parley first;
    struct parley second;

    parley_begin(&first, terms);
    parley_hang_up(&first);
    parley_begin_again(&second, &first);
    parley_hang_up(&second);
    take(v, &first, 1);
    take(v, &second, 2);
    parley_clear(&first);
    parley_clear(&second);
}

static void sessions_are_counted_with_their_bytes(void **state)
{
    struct survey *v = survey_new();
    struct parley t;
    uint64_t sent = 0;

    (void)state;
    parley_begin(&t, &TLS12);
    parley_hang_up(&t);
    for (size_t i = 0; i < t.num_bursts; i++)
        sent += t.bursts[i].len;
    take(v, &t, 7);

    const struct server_fall *row = server_falls_next(&v->servers, NULL);
    assert_int_equal(row->all.sessions, 1);
    assert_int_equal(row->all.bytes, sent);
    assert_int_equal(row->forward_secret.bytes, sent);
    assert_int_equal(row->by[OPENED_BY_EPHEMERAL].bytes, sent);
    assert_int_equal(row->by[OPENED_BY_SERVER_KEY].sessions, 0);
    assert_int_equal(v->fallen[OPENED_BY_EPHEMERAL], 1);
    assert_int_equal(v->first_fallen[OPENED_BY_EPHEMERAL], 7);
    assert_int_equal(v->fallen[OPENED_BY_SERVER_KEY], 0);
    assert_null(exposure_next(v->exposure, NULL));
    parley_clear(&t);
    survey_free(v);
}

static void a_session_and_the_one_that_takes_it_up_are_a_chain(void **state)
{
    static const uint64_t options[] = {0, SSL_OP_NO_TICKET};

    (void)state;
    for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
        struct survey *v = survey_new();
        struct parley_terms terms = TLS12;

        terms.options = options[i];
        talk_and_resume(v, &terms);

        const struct exposed *x = exposure_next(v->exposure, NULL);
        assert_non_null(x);
        assert_int_equal(x->kind, EXPOSURE_CHAIN);
        assert_int_equal(x->num_sessions, 2);
        assert_null(exposure_next(v->exposure, x)); /* it is the same ticket, if any */
        survey_free(v);
    }
}

/* The ticket crossed sealed, so nobody can say from which session it is. */
static void a_ticket_of_tls_1_3_that_is_used_once_shows_nothing(void **state)
{
    struct survey *v = survey_new();

    (void)state;
    talk_and_resume(v, &(struct parley_terms){0});
    assert_null(exposure_next(v->exposure, NULL));
    assert_int_equal(v->fallen[OPENED_BY_SESSION_SECRET], 2);
    survey_free(v);
}

/* Two captures of one link, read one behind the other, hold each conversation twice. */
static void a_conversation_that_is_recorded_twice_uses_nothing_again(void **state)
{
    struct survey *v = survey_new();
    struct parley t;

    (void)state;
    parley_begin(&t, &TLS12);
    parley_hang_up(&t);
    take(v, &t, 1);
    take(v, &t, 2);
    assert_null(exposure_next(v->exposure, NULL));
    assert_int_equal(server_falls_next(&v->servers, NULL)->all.sessions, 2);
    parley_clear(&t);
    survey_free(v);
}

/* get_ticket: session `id` is handed a ticket of this length, which begins with the same name as
 * all the others and ends with its number. */
static void get_ticket(struct survey *v, uint8_t id, uint8_t len)
{
    static const struct message hello = {.frame = 1};
    uint8_t body[4 + 2 + 255] = {[5] = len};
    const struct message ticket = {.body = bytes_of(body, (size_t)6 + len)};
    struct session s = {.handshake = {.client_hello = &hello,
                                      .server_hello = &hello,
                                      .new_session_ticket = &ticket,
                                      .version = TLS_1_2,
                                      .client_random = {id}}};

    body[6 + len - 1] = id;
    survey_take(v, &s, id);
}

static void a_ticket_with_a_session_in_it_names_its_key(void **state)
{
    struct survey *v = survey_new();

    (void)state;
    get_ticket(v, 1, SESSION_TICKET_MIN_LEN);
    get_ticket(v, 2, SESSION_TICKET_MIN_LEN);

    const struct exposed *x = exposure_next(v->exposure, NULL);
    assert_non_null(x);
    assert_int_equal(x->kind, EXPOSURE_TICKET_KEY);
    survey_free(v);
}

/* It is the name of a session that the server keeps itself, and may begin as it likes. */
static void a_short_ticket_names_no_key(void **state)
{
    struct survey *v = survey_new();

    (void)state;
    get_ticket(v, 1, SESSION_TICKET_MIN_LEN - 1);
    get_ticket(v, 2, SESSION_TICKET_MIN_LEN - 1);
    assert_null(exposure_next(v->exposure, NULL));
    survey_free(v);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sessions_are_counted_with_their_bytes),
        CASE(a_session_and_the_one_that_takes_it_up_are_a_chain),
        CASE(a_ticket_of_tls_1_3_that_is_used_once_shows_nothing),
        CASE(a_conversation_that_is_recorded_twice_uses_nothing_again),
        CASE(a_ticket_with_a_session_in_it_names_its_key),
        CASE(a_short_ticket_names_no_key),
    };

    return RUN(cases);
}
