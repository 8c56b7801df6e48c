/*
 * TLS 1.3 with the key of the tickets: real conversations of libssl, of which the thief has not
 * even recorded the first.
 */
#include "tests/support/check.h"
#include "tests/support/played.h"

#define EARLY "early "
#define LATE  "late"

static void hold(struct parley *first, struct parley *second, const struct parley_again *how)
{
    parley_begin_touched(first, &(struct parley_terms){0}, parley_early_allowed);
    parley_say(first, SIDE_CLIENT, bytes_of(LATE, strlen(LATE)));
    parley_hang_up(first);
    parley_begin_again_early(second, first, how);
    parley_say(second, SIDE_CLIENT, bytes_of(LATE, strlen(LATE)));
    parley_hang_up(second);
}

static bool would_open(const struct played *p)
{
    return (p->session->verdict.opened_by & 1u << OPENED_BY_TICKET_KEY) != 0;
}

static void is(const struct played *p, enum outcome outcome, enum reason reason, const char *source)
{
    const struct verdict *v = &p->session->verdict;

    if (v->outcome != outcome || v->reason != reason)
        fail_msg("%s", v->explanation);
    assert_int_equal(v->secret_source != NULL, source != NULL);
    if (source)
        assert_string_equal(v->secret_source, source);
    assert_int_equal(would_open(p), outcome == OUTCOME_DECRYPTED);
}

static void a_ticket_alone_opens_what_it_begins(void **state)
{
    static const struct parley_again ways[] = {
        {.alone = true},
        {.alone = true, .early = EARLY},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct parley first;
        struct parley second;
        struct played p;

        hold(&first, &second, &ways[i]);
        played_with_ticket_key(&p, &second);
        is(&p, OUTCOME_DECRYPTED, REASON_NONE, "ticket_key");
        played_is_open(&p, ways[i].early ? EARLY LATE : LATE, "");
        played_clear(&p);
        parley_clear(&second);
        parley_clear(&first);
    }
}

static void an_exchange_on_top_leaves_it_the_early_data(void **state)
{
    static const struct {
        struct parley_again how;
        enum outcome outcome;
    } rows[] = {
        {{0}, OUTCOME_PROTECTED},
        {{.early = EARLY}, OUTCOME_PARTIAL},
        {{.early = EARLY, .ignored = true}, OUTCOME_PARTIAL},
        {{.early = EARLY, .retry = true}, OUTCOME_PARTIAL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool partly = rows[i].outcome == OUTCOME_PARTIAL;
        struct parley first;
        struct parley second;
        struct played p;

        hold(&first, &second, &rows[i].how);
        played_with_ticket_key(&p, &second);
        is(&p, rows[i].outcome, REASON_FORWARD_SECRET, partly ? "ticket_key" : NULL);
        assert_int_equal(p.said[SIDE_CLIENT].len, partly ? strlen(EARLY) : 0);
        assert_int_equal(p.said[SIDE_SERVER].len, 0);
        played_clear(&p);
        parley_clear(&second);
        parley_clear(&first);
    }
}

/* In TLS 1.3 a ticket is handed over sealed, and is for the next session. */
static void the_first_session_stays_shut(void **state)
{
    struct parley first;
    struct parley second;
    struct played p;

    (void)state;
    hold(&first, &second, &(struct parley_again){.alone = true});
    played_with_ticket_key(&p, &first);
    is(&p, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, NULL);
    played_clear(&p);
    parley_clear(&second);
    parley_clear(&first);
}

/* A server that guards against replay keeps the session, and its ticket is no more than a name. */
static void guard_against_replay(SSL_CTX *context, enum side side)
{
    parley_early_allowed(context, side);
    (void)SSL_CTX_clear_options(context, SSL_OP_NO_ANTI_REPLAY);
}

static void a_name_that_the_server_has_given_opens_nothing(void **state)
{
    struct parley first;
    struct parley second;
    struct played p;

    (void)state;
    parley_begin_touched(&first, &(struct parley_terms){0}, guard_against_replay);
    parley_say(&first, SIDE_CLIENT, bytes_of(LATE, strlen(LATE)));
    parley_hang_up(&first);
    parley_begin_again_early(&second, &first, &(struct parley_again){.alone = true});
    played_with_ticket_key(&p, &second);
    is(&p, OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING, NULL);
    played_clear(&p);
    parley_clear(&second);
    parley_clear(&first);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_ticket_alone_opens_what_it_begins),
        CASE(an_exchange_on_top_leaves_it_the_early_data),
        CASE(the_first_session_stays_shut),
        CASE(a_name_that_the_server_has_given_opens_nothing),
    };

    return RUN(cases);
}
