#include "attacker/story/server_falls.h"

#include "tests/support/check.h"

#define KEY       (1u << OPENED_BY_SERVER_KEY)
#define EPHEMERAL (1u << OPENED_BY_EPHEMERAL)

static void each_server_has_a_line_of_its_own(void **state)
{
    struct server_falls falls;

    (void)state;
    server_falls_init(&falls, 10);
    server_falls_add(&falls, "kitchen.example", 100, KEY, false);
    server_falls_add(&falls, "cellar.example", 200, EPHEMERAL, true);
    server_falls_add(&falls, "kitchen.example", 300, EPHEMERAL, true);

    const struct server_fall *kitchen = server_falls_next(&falls, NULL);
    assert_string_equal(kitchen->server, "kitchen.example");
    assert_int_equal(kitchen->all.sessions, 2);
    assert_int_equal(kitchen->all.bytes, 400);
    assert_int_equal(kitchen->forward_secret.sessions, 1);
    assert_int_equal(kitchen->forward_secret.bytes, 300);
    assert_int_equal(kitchen->by[OPENED_BY_SERVER_KEY].sessions, 1);
    assert_int_equal(kitchen->by[OPENED_BY_SERVER_KEY].bytes, 100);
    assert_int_equal(kitchen->by[OPENED_BY_EPHEMERAL].bytes, 300);
    assert_int_equal(kitchen->by[OPENED_BY_PSK].sessions, 0);

    const struct server_fall *cellar = server_falls_next(&falls, kitchen);
    assert_string_equal(cellar->server, "cellar.example");
    assert_int_equal(cellar->all.bytes, 200);
    assert_null(server_falls_next(&falls, cellar));
    server_falls_clear(&falls);
}

static void those_beyond_the_limit_are_counted_together(void **state)
{
    struct server_falls falls;

    (void)state;
    server_falls_init(&falls, 1);
    server_falls_add(&falls, "a", 1, KEY, false);
    server_falls_add(&falls, "b", 20, KEY, false);
    server_falls_add(&falls, "c", 300, 0, true);
    server_falls_add(&falls, "a", 4000, 0, true);

    const struct server_fall *first = server_falls_next(&falls, NULL);
    assert_string_equal(first->server, "a");
    assert_int_equal(first->all.bytes, 4001);

    const struct server_fall *others = server_falls_next(&falls, first);
    assert_null(others->server);
    assert_int_equal(others->all.sessions, 2);
    assert_int_equal(others->all.bytes, 320);
    assert_int_equal(others->by[OPENED_BY_SERVER_KEY].bytes, 20);
    assert_null(server_falls_next(&falls, others));
    server_falls_clear(&falls);
}

static void without_sessions_there_is_no_server(void **state)
{
    struct server_falls falls;

    (void)state;
    server_falls_init(&falls, 1);
    assert_null(server_falls_next(&falls, NULL));
    server_falls_clear(&falls);
    server_falls_clear(&falls); /* what is cleared may be cleared again */
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(each_server_has_a_line_of_its_own),
        CASE(those_beyond_the_limit_are_counted_together),
        CASE(without_sessions_there_is_no_server),
    };

    return RUN(cases);
}
