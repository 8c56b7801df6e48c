#include "tests/support/check.h"

#include "capture/fragments.h"

#define SECOND ((uint64_t)1000000000)

static struct ip_packet part(uint32_t identification, size_t offset, const char *text, bool more)
{
    return (struct ip_packet){
        .family = 4,
        .source = {10, 0, 0, 1},
        .destination = {10, 0, 0, 2},
        .protocol = 6,
        .payload = bytes_of(text, strlen(text)),
        .fragment = {identification, offset, more},
    };
}

static enum fragments_answer add(struct fragments *f, struct ip_packet packet, uint64_t time_ns)
{
    return fragments_add(f, &packet, time_ns);
}

/* assert_completes: this last fragment makes a datagram of just this text. */
static void assert_completes(struct fragments *f, struct ip_packet packet, uint64_t time_ns,
                             const char *text)
{
    assert_int_equal(fragments_add(f, &packet, time_ns), FRAGMENTS_COMPLETE);
    assert_true(bytes_equal(packet.payload, bytes_of(text, strlen(text))));
    assert_int_equal(packet.cut, 0);
}

static void datagrams_are_kept_apart(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);
    struct ip_packet others[5];

    (void)state;
    for (size_t i = 0; i < 5; i++)
        others[i] = part(1, 0, "otherone", true);
    others[0].fragment.identification = 2;
    others[1].source[3] = 3;
    others[2].destination[3] = 3;
    others[3].protocol = 17;
    others[4].family = 6;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(add(f, others[i], 0), FRAGMENTS_WAITING);
    assert_int_equal(add(f, part(1, 0, "01234567", true), 0), FRAGMENTS_WAITING);
    assert_completes(f, part(1, 8, "end", false), 0, "01234567end");
    assert_int_equal(counts.met, 7);
    assert_int_equal(counts.put_together, 1);
    fragments_finish(f);
    assert_int_equal(counts.incomplete, 5);
    fragments_free(f);
}

/* Only the first fragment of an IPv6 datagram says what it carries; that is what is given out. */
static void in_ipv6_the_first_fragment_says_what_is_inside(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);
    struct ip_packet first = part(1, 0, "01234567", true);
    struct ip_packet last = part(1, 8, "end", false);

    (void)state;
    first.family = 6;
    last.family = 6;
    last.protocol = 17;
    assert_int_equal(add(f, first, 0), FRAGMENTS_WAITING);
    assert_int_equal(fragments_add(f, &last, 0), FRAGMENTS_COMPLETE);
    assert_int_equal(last.protocol, 6);
    fragments_free(f);
}

static void a_second_copy_of_all_is_no_new_datagram(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    assert_int_equal(add(f, part(1, 0, "01234567", true), 0), FRAGMENTS_WAITING);
    assert_completes(f, part(1, 8, "end", false), 0, "01234567end");
    assert_int_equal(add(f, part(1, 0, "01234567", true), 1), FRAGMENTS_WAITING);
    assert_int_equal(add(f, part(1, 8, "end", false), 1), FRAGMENTS_WAITING);
    fragments_finish(f);
    assert_int_equal(counts.put_together, 1);
    assert_int_equal(counts.incomplete, 0);
    fragments_free(f);
}

/* complete_many makes that many datagrams of one text, with identifications from `first` on. */
static void complete_many(struct fragments *f, uint32_t first, uint32_t many)
{
    for (uint32_t i = first; i < first + many; i++) {
        assert_int_equal(add(f, part(i, 0, "01234567", true), 0), FRAGMENTS_WAITING);
        assert_completes(f, part(i, 8, "end", false), 0, "01234567end");
    }
}

static void only_the_latest_complete_ones_are_remembered(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    complete_many(f, 0, FRAGMENTS_MAX_COMPLETE);
    assert_int_equal(add(f, part(0, 8, "end", false), 0), FRAGMENTS_WAITING); /* known */
    complete_many(f, 1000, 1);
    complete_many(f, 0, 1); /* forgotten, so these make it anew */
    assert_int_equal(counts.put_together, FRAGMENTS_MAX_COMPLETE + 2);
    assert_int_equal(fragments_memory(f), 0);
    fragments_free(f);
}

static void an_identification_may_be_used_again(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    assert_int_equal(add(f, part(1, 0, "01234567", true), 0), FRAGMENTS_WAITING);
    assert_completes(f, part(1, 8, "end", false), 0, "01234567end");
    assert_int_equal(add(f, part(1, 0, "abcdefgh", true), 1), FRAGMENTS_WAITING);
    assert_completes(f, part(1, 8, "END", false), 1, "abcdefghEND");
    assert_int_equal(counts.put_together, 2);
    fragments_free(f);
}

static void what_was_recorded_far_apart_does_not_mix(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    assert_int_equal(add(f, part(1, 0, "01234567", true), 100 * SECOND), FRAGMENTS_WAITING);
    assert_completes(f, part(1, 8, "60 s", false), 160 * SECOND, "0123456760 s");
    assert_int_equal(add(f, part(2, 0, "01234567", true), 200 * SECOND), FRAGMENTS_WAITING);
    assert_int_equal(add(f, part(2, 8, "late", false), 260 * SECOND + 1), FRAGMENTS_WAITING);
    assert_int_equal(counts.incomplete, 1);
    assert_completes(f, part(2, 0, "abcdefgh", true), 261 * SECOND, "abcdefghlate");
    fragments_free(f);
}

static void a_clock_that_goes_back_is_far_apart_too(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    assert_int_equal(add(f, part(1, 0, "01234567", true), 100 * SECOND), FRAGMENTS_WAITING);
    assert_int_equal(add(f, part(1, 8, "end", false), 39 * SECOND), FRAGMENTS_WAITING);
    assert_int_equal(counts.incomplete, 1);
    assert_int_equal(add(f, part(2, 0, "01234567", true), 100 * SECOND), FRAGMENTS_WAITING);
    assert_completes(f, part(2, 8, "end", false), 99 * SECOND, "01234567end");
    fragments_free(f);
}

static void others_time_out_with_the_clock(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(add(f, part(i, 0, "01234567", true), i * SECOND), FRAGMENTS_WAITING);
    assert_int_equal(counts.incomplete, 1000 - 61);
    assert_int_equal(counts.given_up, 0);
    fragments_finish(f);
    assert_int_equal(counts.incomplete, 1000);
    fragments_free(f);
}

static void what_contradicts_itself_leaves_nothing_behind(void **state)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);

    (void)state;
    assert_int_equal(add(f, part(1, 0, "0123456", true), 0), FRAGMENTS_MALFORMED);
    assert_int_equal(fragments_memory(f), 0);
    assert_int_equal(add(f, part(1, 0, "01234567", true), 0), FRAGMENTS_WAITING);
    assert_int_equal(add(f, part(1, 8, "0123456", true), 0), FRAGMENTS_MALFORMED);
    assert_completes(f, part(1, 8, "end", false), 0, "01234567end");
    fragments_finish(f);
    assert_int_equal(counts.incomplete, 0);
    fragments_free(f);
}

/* The oldest go, the latest can still be completed, and the memory stays within its limit. */
static void flood(struct ip_packet packet, uint32_t many, size_t at_least)
{
    struct fragment_counts counts = {0};
    struct fragments *f = fragments_new(&counts);
    struct ip_packet last = packet;

    for (uint32_t i = 0; i < many; i++) {
        packet.fragment.identification = i;
        assert_int_equal(add(f, packet, 0), FRAGMENTS_WAITING);
        if (fragments_memory(f) > FRAGMENTS_MAX_MEMORY)
            fail_msg("%zu bytes after %u fragments", fragments_memory(f), i);
    }
    assert_in_range(many - counts.given_up, at_least, FRAGMENTS_MAX_DATAGRAMS);
    last.fragment =
        (struct ip_fragment){many - 1, packet.fragment.offset + packet.payload.len, false};
    last.payload = bytes_of("end", 3);
    assert_int_equal(add(f, last, 0),
                     packet.fragment.offset == 0 ? FRAGMENTS_COMPLETE : FRAGMENTS_WAITING);
    fragments_free(f);
}

static void a_flood_of_first_fragments_stays_within_the_limits(void **state)
{
    (void)state;
    flood(part(0, 0, "01234567", true), 1000000, FRAGMENTS_MAX_DATAGRAMS);
}

static void a_flood_of_far_fragments_stays_within_the_limits(void **state)
{
    (void)state;
    flood(part(0, 65520 - 8, "01234567", true), 50000, 200);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(datagrams_are_kept_apart),
        CASE(in_ipv6_the_first_fragment_says_what_is_inside),
        CASE(a_second_copy_of_all_is_no_new_datagram),
        CASE(only_the_latest_complete_ones_are_remembered),
        CASE(an_identification_may_be_used_again),
        CASE(what_was_recorded_far_apart_does_not_mix),
        CASE(a_clock_that_goes_back_is_far_apart_too),
        CASE(others_time_out_with_the_clock),
        CASE(what_contradicts_itself_leaves_nothing_behind),
        CASE(a_flood_of_first_fragments_stays_within_the_limits),
        CASE(a_flood_of_far_fragments_stays_within_the_limits),
    };

    return RUN(cases);
}
