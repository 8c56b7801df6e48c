#include "tests/support/check.h"

#include "capture/fragment_table.h"

static const struct ip_packet FRAGMENT = {
    .family = 4,
    .source = {10, 0, 0, 1},
    .destination = {10, 0, 0, 2},
    .protocol = 6,
    .payload = {(const uint8_t *)"01234567", 8},
    .fragment = {.identification = 7, .more = true},
};

static void what_is_begun_is_found_by_its_key(void **state)
{
    struct fragment_table t;
    struct ip_packet other = FRAGMENT;

    (void)state;
    fragment_table_init(&t);
    assert_null(fragment_table_find(&t, &FRAGMENT));

    struct held_datagram *h = fragment_table_begin(&t, &FRAGMENT, 99);

    assert_int_equal(h->started_ns, 99);
    other.fragment.offset = 8; /* of no matter */
    assert_ptr_equal(fragment_table_find(&t, &other), h);
    other.fragment.identification++;
    assert_null(fragment_table_find(&t, &other));
    fragment_table_forget(&t, h);
    assert_null(fragment_table_find(&t, &FRAGMENT));
    fragment_table_clear(&t);
}

static void the_protocol_is_in_the_key_of_ipv4_only(void **state)
{
    struct fragment_table t;
    struct ip_packet v4 = FRAGMENT;
    struct ip_packet v6 = FRAGMENT;

    (void)state;
    fragment_table_init(&t);
    v6.family = 6;
    (void)fragment_table_begin(&t, &v4, 0);

    struct held_datagram *h = fragment_table_begin(&t, &v6, 0);

    v4.protocol = 17;
    v6.protocol = 17;
    assert_null(fragment_table_find(&t, &v4));
    assert_ptr_equal(fragment_table_find(&t, &v6), h);
    fragment_table_clear(&t);
}

static void memory_is_that_of_those_that_wait(void **state)
{
    struct fragment_table t;

    (void)state;
    fragment_table_init(&t);

    struct held_datagram *h = fragment_table_begin(&t, &FRAGMENT, 0);
    size_t empty = t.memory;

    assert_true(empty >= sizeof(*h));
    assert_true(fragment_table_put(&t, h, &FRAGMENT));
    assert_int_equal(t.memory, empty + datagram_memory(&h->datagram));
    assert_true(t.memory > empty);
    assert_int_equal(t.num_waiting, 1);
    fragment_table_complete(&t, h);
    assert_int_equal(t.memory, 0);
    assert_int_equal(t.num_waiting, 0);
    assert_int_equal(t.num_complete, 1);
    assert_ptr_equal(fragment_table_find(&t, &FRAGMENT), h);
    fragment_table_forget(&t, h);
    assert_int_equal(t.num_complete, 0);
    fragment_table_clear(&t);
}

static void both_lists_have_the_oldest_first(void **state)
{
    struct fragment_table t;
    struct held_datagram *held[4];
    struct ip_packet fragment = FRAGMENT;

    (void)state;
    fragment_table_init(&t);
    for (size_t i = 0; i < 4; i++) {
        fragment.fragment.identification = (uint32_t)i;
        held[i] = fragment_table_begin(&t, &fragment, i);
    }
    fragment_table_complete(&t, held[2]);
    fragment_table_complete(&t, held[0]);
    assert_ptr_equal(t.waiting, held[1]);
    assert_ptr_equal(t.complete, held[2]);
    fragment_table_forget(&t, held[1]);
    assert_ptr_equal(t.waiting, held[3]);
    fragment_table_forget(&t, held[2]);
    assert_ptr_equal(t.complete, held[0]);
    fragment_table_clear(&t);
    assert_null(t.waiting);
    assert_null(t.complete);
    assert_int_equal(t.memory, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_is_begun_is_found_by_its_key),
        CASE(the_protocol_is_in_the_key_of_ipv4_only),
        CASE(memory_is_that_of_those_that_wait),
        CASE(both_lists_have_the_oldest_first),
    };

    return RUN(cases);
}
