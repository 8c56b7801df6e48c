#include "tests/support/check.h"

#include "capture/alloc.h"
#include "capture/datagram.h"

/* add hands in `text` as the part that begins at `offset`, with `cut` more bytes not recorded. */
static bool add(struct datagram *d, size_t offset, const char *text, size_t cut, bool more)
{
    struct bytes part = exact_copy(bytes_of(text, strlen(text)));
    struct ip_packet fragment = {
        .protocol = offset == 0 ? 6 : 99,
        .payload = part,
        .cut = cut,
        .fragment = {.offset = offset, .more = more},
    };
    bool taken = datagram_add(d, &fragment);

    exact_free(part);
    return taken;
}

static void assert_gives(struct datagram *d, const char *text, size_t cut)
{
    struct ip_packet packet = {.protocol = 99};

    assert_true(datagram_complete(d));
    datagram_give(d, &packet);
    assert_true(bytes_equal(packet.payload, bytes_of(text, strlen(text))));
    assert_int_equal(packet.cut, cut);
    assert_int_equal(packet.protocol, 6);
    datagram_clear(d);
    assert_int_equal(datagram_memory(d), 0);
}

static void parts_come_in_any_order(void **state)
{
    static const struct {
        size_t offset;
        const char *text;
        bool more;
    } parts[3] = {{0, "01234567", true}, {8, "89abcdef", true}, {16, "end", false}};
    static const int orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                     {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct datagram d = {0};

        for (size_t j = 0; j < 3; j++) {
            assert_false(datagram_complete(&d));
            assert_true(add(&d, parts[orders[i][j]].offset, parts[orders[i][j]].text, 0,
                            parts[orders[i][j]].more));
        }
        assert_gives(&d, "0123456789abcdefend", 0);
    }
}

static void parts_come_twice(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_true(add(&d, 8, "end", 0, false));
    assert_true(add(&d, 8, "end", 0, false));
    assert_false(datagram_complete(&d));
    assert_true(add(&d, 0, "01234567", 0, true));
    assert_true(add(&d, 0, "01234567", 0, true));
    assert_gives(&d, "01234567end", 0);
}

static void of_two_copies_the_first_wins(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_true(add(&d, 8, "bbbbbbbb", 0, true));
    assert_true(add(&d, 0, "aaaaaaaaAAAAAAAAaaaaaaaa", 0, true)); /* around it */
    assert_true(add(&d, 16, "CCCCCCCCcc", 0, false));             /* over its end */
    assert_gives(&d, "aaaaaaaabbbbbbbbaaaaaaaacc", 0);
}

static void what_was_cut_off_is_a_hole(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_true(add(&d, 0, "01234", 3, true));
    assert_true(add(&d, 8, "89abcdef", 0, false));
    assert_gives(&d, "01234", 11);
}

static void what_another_copy_holds_is_not_cut_off(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_true(add(&d, 0, "01234", 3, true));
    assert_true(add(&d, 0, "0123xxx", 1, true));
    assert_true(add(&d, 0, "", 8, true));
    assert_true(add(&d, 8, "", 4, false));
    assert_gives(&d, "01234xx", 5);
}

static void parts_that_contradict_each_other_are_refused(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_false(add(&d, 0, "1234567", 0, true)); /* only the last may end anywhere */
    assert_int_equal(datagram_memory(&d), 0);
    assert_true(add(&d, 8, "89abcdef", 0, true));
    assert_false(add(&d, 8, "89abcde", 0, false)); /* an end in front of what is there */
    assert_true(add(&d, 16, "end", 0, false));
    assert_false(add(&d, 16, "ends", 0, false)); /* another end */
    assert_false(add(&d, 16, "01234567", 0, true));
    assert_true(add(&d, 0, "01234567", 0, true));
    assert_gives(&d, "0123456789abcdefend", 0);
}

static void none_is_larger_than_a_length_can_say(void **state)
{
    struct datagram d = {0};

    (void)state;
    assert_true(add(&d, 65528, "1234567", 0, false));
    datagram_clear(&d);
    assert_false(add(&d, 65528, "12345678", 0, false));
    assert_false(add(&d, 65528, "", 8, true));
    datagram_clear(&d);
}

static void a_copy_of_what_is_there_is_recognised(void **state)
{
    struct datagram d = {0};
    struct ip_packet copy = {.payload = bytes_of("34567", 5), .fragment = {.more = true}};

    (void)state;
    assert_true(add(&d, 0, "0123456701234567", 0, true));
    assert_true(add(&d, 16, "end", 2, false));
    copy.payload = bytes_of("01234567", 8);
    assert_true(datagram_holds(&d, &copy));
    copy.fragment.offset = 8;
    assert_true(datagram_holds(&d, &copy));
    copy.payload = bytes_of("01234568", 8);
    assert_false(datagram_holds(&d, &copy)); /* another byte */
    copy.fragment = (struct ip_fragment){.offset = 16, .more = false};
    copy.payload = bytes_of("end", 3);
    assert_false(datagram_holds(&d, &copy)); /* another end */
    copy.cut = 2;
    assert_true(datagram_holds(&d, &copy));
    copy.payload = bytes_of("endif", 5);
    copy.cut = 0;
    assert_false(datagram_holds(&d, &copy)); /* it knows more */
    datagram_clear(&d);
}

/* 65528 bytes in 8191 pieces, from the last to the first; ten times, within the test's patience. */
static void many_small_parts_are_no_trouble(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        struct datagram d = {0};
        struct ip_packet packet = {0};

        for (size_t offset = 65528; offset > 0; offset -= 8)
            assert_true(add(&d, offset - 8, "abcdefgh", 0, offset < 65528));
        assert_true(datagram_complete(&d));
        datagram_give(&d, &packet);
        assert_int_equal(packet.payload.len, 65528);
        datagram_clear(&d);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(parts_come_in_any_order),
        CASE(parts_come_twice),
        CASE(of_two_copies_the_first_wins),
        CASE(what_was_cut_off_is_a_hole),
        CASE(what_another_copy_holds_is_not_cut_off),
        CASE(parts_that_contradict_each_other_are_refused),
        CASE(none_is_larger_than_a_length_can_say),
        CASE(a_copy_of_what_is_there_is_recognised),
        CASE(many_small_parts_are_no_trouble),
    };

    return RUN(cases);
}
