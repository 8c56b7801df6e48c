#include "attacker/story/exposure.h"

#include <stdio.h>

#include "tests/support/check.h"

#define SECOND 1000000000ull

static struct bytes named(const char *text)
{
    return bytes_of(text, strlen(text));
}

static struct exposure_use use_of(uint64_t session, uint64_t seconds)
{
    return (struct exposure_use){session, seconds * SECOND, "kitchen.example", "x25519"};
}

static void see(struct exposure *e, const char *value, uint64_t session, uint64_t seconds)
{
    const struct exposure_use use = use_of(session, seconds);

    exposure_see_value(e, EXPOSURE_SERVER_VALUE, named(value), &use);
}

/* only is the one thing that was seen again. */
static const struct exposed *only(const struct exposure *e)
{
    const struct exposed *x = exposure_next(e, NULL);

    assert_non_null(x);
    assert_null(exposure_next(e, x));
    return x;
}

static void what_is_seen_once_is_nothing(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    see(e, "a", 1, 10);
    see(e, "a", 1, 11); /* the same session */
    see(e, "b", 2, 20);
    see(e, "", 3, 30);
    see(e, "", 4, 40);
    assert_null(exposure_next(e, NULL));
    assert_null(exposure_longest(e, EXPOSURE_SERVER_VALUE));
    exposure_free(e);
}

static void a_value_that_comes_back_is_told_with_its_sessions_and_times(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    see(e, "a", 1, 50);
    see(e, "b", 2, 60);
    see(e, "a", 3, 70);
    see(e, "a", 3, 71);
    see(e, "a", 5, 40); /* sessions need not come in the order of their times */

    const struct exposed *x = only(e);
    assert_int_equal(x->kind, EXPOSURE_SERVER_VALUE);
    assert_int_equal(x->first_ns, 40 * SECOND);
    assert_int_equal(x->last_ns, 71 * SECOND);
    assert_int_equal(x->num_sessions, 3);
    assert_int_equal(x->num_listed, 3);
    assert_int_equal(x->sessions[0], 1);
    assert_int_equal(x->sessions[1], 3);
    assert_int_equal(x->sessions[2], 5);
    assert_string_equal(x->server, "kitchen.example");
    assert_string_equal(x->group, "x25519");
    assert_false(x->several_servers);
    exposure_free(e);
}

static void a_value_of_the_client_is_not_one_of_the_server(void **state)
{
    struct exposure *e = exposure_new();
    const struct exposure_use second = use_of(2, 20);
    const struct exposure_use third = use_of(3, 30);

    (void)state;
    see(e, "a", 1, 10);
    exposure_see_value(e, EXPOSURE_CLIENT_VALUE, named("a"), &second);
    assert_null(exposure_next(e, NULL));
    exposure_see_value(e, EXPOSURE_CLIENT_VALUE, named("a"), &third);
    assert_int_equal(only(e)->kind, EXPOSURE_CLIENT_VALUE);
    exposure_free(e);
}

static void one_value_of_two_servers_is_told_so(void **state)
{
    struct exposure *e = exposure_new();
    struct exposure_use use = use_of(2, 20);

    (void)state;
    see(e, "a", 1, 10);
    use.server = "cellar.example";
    exposure_see_value(e, EXPOSURE_SERVER_VALUE, named("a"), &use);
    assert_true(only(e)->several_servers);
    assert_string_equal(only(e)->server, "cellar.example");
    exposure_free(e);
}

static void sessions_beyond_the_list_are_counted(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    for (uint64_t id = 1; id <= EXPOSURE_MAX_LISTED + 5; id++)
        see(e, "a", id, id);
    assert_int_equal(only(e)->num_sessions, EXPOSURE_MAX_LISTED + 5);
    assert_int_equal(only(e)->num_listed, EXPOSURE_MAX_LISTED);
    assert_int_equal(only(e)->sessions[EXPOSURE_MAX_LISTED - 1], EXPOSURE_MAX_LISTED);
    exposure_free(e);
}

static void the_oldest_trace_is_forgotten_first(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    exposure_limit(e, 2, 10);
    see(e, "a", 1, 10);
    see(e, "b", 2, 20);
    see(e, "c", 3, 30);
    assert_int_equal(exposure_forgotten(e), 1);
    see(e, "b", 4, 40);
    see(e, "a", 5, 50);
    assert_int_equal(only(e)->sessions[0], 2);
    assert_int_equal(exposure_forgotten(e), 1);
    exposure_free(e);
}

static void the_oldest_finding_is_forgotten_first(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    exposure_limit(e, 10, 1);
    see(e, "a", 1, 10);
    see(e, "a", 2, 20);
    see(e, "b", 3, 30);
    see(e, "b", 4, 40);
    assert_int_equal(only(e)->sessions[0], 3);
    assert_int_equal(exposure_forgotten(e), 1);
    exposure_free(e);
}

static void what_came_back_stays_in_a_flood_of_what_does_not(void **state)
{
    struct exposure *e = exposure_new();
    char value[16];

    (void)state;
    exposure_limit(e, 16, 16);
    see(e, "a", 1, 10);
    see(e, "a", 2, 20);
    for (uint64_t i = 0; i < 1000; i++) {
        (void)snprintf(value, sizeof(value), "v%llu", (unsigned long long)i);
        see(e, value, i + 3, 30);
    }
    see(e, "a", 2000, 40);
    assert_int_equal(only(e)->num_sessions, 3);
    assert_int_equal(exposure_forgotten(e), 1000 - 16);
    exposure_free(e);
}

static void a_ticket_key_is_told_when_two_tickets_name_it(void **state)
{
    static const char *const tickets[] = {"0123456789abcdef one", "0123456789abcdef two"};
    struct exposure *e = exposure_new();
    const struct exposure_use first = use_of(1, 10);
    const struct exposure_use second = use_of(2, 20);
    const struct exposure_use third = use_of(3, 3610);

    (void)state;
    exposure_see_ticket(e, named(tickets[0]), &first);
    exposure_see_ticket(e, named(tickets[0]), &second); /* it may as well begin at random */
    assert_null(exposure_next(e, NULL));
    exposure_see_ticket(e, named(tickets[1]), &third);
    assert_int_equal(only(e)->kind, EXPOSURE_TICKET_KEY);
    assert_int_equal(only(e)->num_sessions, 3);
    assert_int_equal(only(e)->last_ns - only(e)->first_ns, 3600 * SECOND);
    assert_memory_equal(only(e)->key_name, tickets[0], EXPOSURE_KEY_NAME_LEN);
    exposure_free(e);
}

static void two_tickets_of_one_session_count_when_another_session_has_one(void **state)
{
    struct exposure *e = exposure_new();
    const struct exposure_use first = use_of(1, 10);
    const struct exposure_use second = use_of(2, 20);

    (void)state;
    exposure_see_ticket(e, named("0123456789abcdef one"), &first);
    exposure_see_ticket(e, named("0123456789abcdef two"), &first);
    assert_null(exposure_next(e, NULL));
    exposure_see_ticket(e, named("0123456789abcdef one"), &second);
    assert_int_equal(only(e)->num_sessions, 2);
    exposure_free(e);
}

static void a_ticket_that_is_too_short_names_no_key(void **state)
{
    struct exposure *e = exposure_new();
    const struct exposure_use first = use_of(1, 10);
    const struct exposure_use second = use_of(2, 20);

    (void)state;
    exposure_see_ticket(e, named("0123456789abcdef"), &first);
    exposure_see_ticket(e, named("0123456789abcdef"), &second);
    assert_null(exposure_next(e, NULL));
    exposure_free(e);
}

/* chain: session `id` takes up `from` and can be taken up as `next`; "" is nothing. */
static void chain(struct exposure *e, uint64_t id, const char *from, const char *session_id,
                  const char *ticket)
{
    const struct exposure_use use = use_of(id, id * 10);
    const struct bytes next[] = {named(session_id), named(ticket)};

    exposure_see_chain(e, named(from), next, 2, &use);
}

static void a_chain_goes_on_through_its_tickets(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    chain(e, 1, "", "id", "ticket 1");
    chain(e, 2, "ticket 1", "", "ticket 2");
    chain(e, 3, "", "other", "");
    chain(e, 4, "ticket 2", "", "");
    chain(e, 5, "id", "", "");
    assert_int_equal(only(e)->kind, EXPOSURE_CHAIN);
    assert_int_equal(only(e)->num_sessions, 4);
    assert_int_equal(only(e)->last_ns - only(e)->first_ns, 40 * SECOND);
    exposure_free(e);
}

static void a_chain_of_which_the_beginning_is_missing_is_one_all_the_same(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    chain(e, 1, "ticket", "", "");
    chain(e, 2, "", "", "");
    chain(e, 3, "ticket", "", "");
    assert_int_equal(only(e)->num_sessions, 2);
    assert_int_equal(only(e)->sessions[1], 3);
    exposure_free(e);
}

static void names_of_sessions_are_forgotten_as_traces_are(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    exposure_limit(e, 2, 10);
    chain(e, 1, "", "a", "");
    chain(e, 2, "", "b", "");
    chain(e, 3, "", "c", "");
    assert_int_equal(exposure_forgotten(e), 2); /* the name, and the trace of the chain */
    chain(e, 4, "a", "", "");
    assert_null(exposure_next(e, NULL));
    exposure_free(e);
}

static void the_longest_of_each_kind_is_found(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    see(e, "a", 1, 10);
    see(e, "b", 2, 20);
    see(e, "a", 3, 30);
    see(e, "b", 4, 50);
    chain(e, 5, "", "id", "");
    chain(e, 9, "id", "", "");
    assert_int_equal(exposure_longest(e, EXPOSURE_SERVER_VALUE)->sessions[0], 2);
    assert_int_equal(exposure_longest(e, EXPOSURE_CHAIN)->sessions[0], 5);
    assert_null(exposure_longest(e, EXPOSURE_TICKET_KEY));
    exposure_free(e);
}

static void a_conversation_that_is_recorded_twice_is_one(void **state)
{
    struct exposure *e = exposure_new();

    (void)state;
    assert_true(exposure_is_new(e, named("randoms")));
    assert_true(exposure_is_new(e, named("others")));
    assert_false(exposure_is_new(e, named("randoms")));
    assert_null(exposure_next(e, NULL));
    exposure_free(e);
    exposure_free(NULL);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_is_seen_once_is_nothing),
        CASE(a_value_that_comes_back_is_told_with_its_sessions_and_times),
        CASE(a_value_of_the_client_is_not_one_of_the_server),
        CASE(one_value_of_two_servers_is_told_so),
        CASE(sessions_beyond_the_list_are_counted),
        CASE(the_oldest_trace_is_forgotten_first),
        CASE(the_oldest_finding_is_forgotten_first),
        CASE(what_came_back_stays_in_a_flood_of_what_does_not),
        CASE(a_ticket_key_is_told_when_two_tickets_name_it),
        CASE(two_tickets_of_one_session_count_when_another_session_has_one),
        CASE(a_ticket_that_is_too_short_names_no_key),
        CASE(a_chain_goes_on_through_its_tickets),
        CASE(a_chain_of_which_the_beginning_is_missing_is_one_all_the_same),
        CASE(names_of_sessions_are_forgotten_as_traces_are),
        CASE(the_longest_of_each_kind_is_found),
        CASE(a_conversation_that_is_recorded_twice_is_one),
    };

    return RUN(cases);
}
