#include "attacker/leaks/remembered.h"

#include <stdio.h>

#include "tests/support/check.h"

struct thing {
    int number;
    int *num_cleared;
};

static void clear_thing(void *value)
{
    const struct thing *thing = value;

    (*thing->num_cleared)++;
}

static struct remembered_key key(const char *name)
{
    return remembered_key_of(1, bytes_of(name, strlen(name)));
}

static void add(struct remembered *r, const char *name, int number, int *num_cleared)
{
    const struct remembered_key k = key(name);
    struct thing *thing = remembered_add(r, &k);

    *thing = (struct thing){number, num_cleared};
}

/* number_of is that of a name, -1 when it is not there. */
static int number_of(const struct remembered *r, const char *name)
{
    const struct remembered_key k = key(name);
    const struct thing *thing = remembered_find(r, &k);

    return thing ? thing->number : -1;
}

/* in_order tells the numbers, from the oldest on. */
static void in_order(const struct remembered *r, const char *expected)
{
    char text[64] = "";
    size_t len = 0;

    for (const struct thing *t = NULL; (t = remembered_next(r, t));)
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%d ", t->number);
    assert_string_equal(text, expected);
}

static void what_was_added_is_found_by_its_name(void **state)
{
    struct remembered *r = remembered_new(10, sizeof(struct thing), NULL);

    (void)state;
    in_order(r, "");
    add(r, "a", 1, NULL);
    add(r, "b", 2, NULL);
    assert_int_equal(number_of(r, "a"), 1);
    assert_int_equal(number_of(r, "b"), 2);
    assert_int_equal(number_of(r, "c"), -1);
    in_order(r, "1 2 ");
    remembered_free(r);
    remembered_free(NULL);
}

static void names_of_two_kinds_are_two(void **state)
{
    const struct remembered_key one = remembered_key_of(1, bytes_of("a", 1));
    const struct remembered_key other = remembered_key_of(2, bytes_of("a", 1));
    const struct remembered_key again = remembered_key_of(1, bytes_of("a", 1));

    (void)state;
    assert_false(remembered_key_equal(&one, &other));
    assert_true(remembered_key_equal(&one, &again));
}

static void the_oldest_goes_first(void **state)
{
    struct remembered *r = remembered_new(2, sizeof(struct thing), clear_thing);
    int num_cleared = 0;

    (void)state;
    add(r, "a", 1, &num_cleared);
    add(r, "b", 2, &num_cleared);
    assert_int_equal(remembered_forgotten(r), 0);
    add(r, "c", 3, &num_cleared);
    assert_int_equal(number_of(r, "a"), -1);
    assert_int_equal(remembered_forgotten(r), 1);
    assert_int_equal(num_cleared, 1);
    in_order(r, "2 3 ");
    remembered_free(r);
    assert_int_equal(num_cleared, 3);
}

static void what_is_dropped_leaves_the_others_in_order(void **state)
{
    static const char *const orders[][2] = {
        {"a", "2 3 "}, {"b", "1 3 "}, {"c", "1 2 "}, {"d", "1 2 3 "}};

    (void)state;
    for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
        struct remembered *r = remembered_new(10, sizeof(struct thing), clear_thing);
        const struct remembered_key dropped = key(orders[i][0]);
        int num_cleared = 0;

        add(r, "a", 1, &num_cleared);
        add(r, "b", 2, &num_cleared);
        add(r, "c", 3, &num_cleared);
        remembered_drop(r, &dropped);
        assert_int_equal(number_of(r, orders[i][0]), -1);
        in_order(r, orders[i][1]);
        assert_int_equal(remembered_forgotten(r), 0);
        remembered_free(r);
        assert_int_equal(num_cleared, 3);
    }
}

static void room_for_nothing_keeps_the_latest(void **state)
{
    struct remembered *r = remembered_new(10, sizeof(struct thing), NULL);

    (void)state;
    remembered_limit(r, 0);
    add(r, "a", 1, NULL);
    add(r, "b", 2, NULL);
    in_order(r, "2 ");
    remembered_free(r);
}

static void a_flood_stays_within_the_limit(void **state)
{
    struct remembered *r = remembered_new(100, sizeof(struct thing), NULL);
    size_t num = 0;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        char name[16];

        (void)snprintf(name, sizeof(name), "%d", i);
        add(r, name, i, NULL);
    }
    for (const void *t = NULL; (t = remembered_next(r, t));)
        num++;
    assert_int_equal(num, 100);
    assert_int_equal(remembered_forgotten(r), 9900);
    assert_int_equal(number_of(r, "9900"), 9900);
    assert_int_equal(number_of(r, "9899"), -1);
    remembered_free(r);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_was_added_is_found_by_its_name),
        CASE(names_of_two_kinds_are_two),
        CASE(the_oldest_goes_first),
        CASE(what_is_dropped_leaves_the_others_in_order),
        CASE(room_for_nothing_keeps_the_latest),
        CASE(a_flood_stays_within_the_limit),
    };

    return RUN(cases);
}
