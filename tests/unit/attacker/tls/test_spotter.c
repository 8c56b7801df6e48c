/* Where does TLS begin? The same answer however the stream is cut, and none where there is none. */
#include "attacker/tls/spotter.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"
#include "tests/support/check.h"

#define HELLO        "16 0301 00ab 01 0000a7 0303"
#define ANSWER       "16 0303 0059 02 000055 0303"
#define SEALED       "17 0303 0004 aabbccdd"
#define SEALED_BEGUN "17 0303 0020 aabb"

struct answer {
    enum spotted spotted;
    uint64_t offset;
};

/* listen_to feeds `stream` in pieces that end at `cut`, and then after each `step` bytes. */
static struct answer listen_to(struct bytes stream, size_t cut, size_t step, bool lost,
                               bool answering)
{
    struct spotter s = {.beginning_lost = lost};
    struct reader r = reader_of(stream);
    struct spotter_place place = {0};
    enum spotted spotted = SPOTTED_NOTHING;
    struct bytes piece = bytes_first(stream, cut);
    uint64_t frame = 0;

    while (piece.len > 0 && spotted == SPOTTED_NOTHING) {
        struct bytes exact = exact_copy(piece);

        frame++;
        spotted = spotter_feed(&s, &place, &(struct chunk){exact, 1000 * frame, frame}, answering);
        if (spotted != SPOTTED_NOTHING) {
            assert_int_equal(place.rest.frame, frame);
            assert_int_equal(place.early.data.len + place.rest.data.len,
                             stream.len - r.left.len + piece.len - place.offset);
            if (place.early.data.len > 0) {
                assert_int_equal(place.early.frame, frame - 1);
                assert_int_equal(place.early.time_ns, 1000 * (frame - 1));
                assert_memory_equal(place.early.data.at, stream.at + place.offset,
                                    place.early.data.len);
            }
        }
        exact_free(exact);
        assert_true(reader_skip(&r, piece.len));
        piece = bytes_first(r.left, step);
    }
    return (struct answer){spotted, spotted == SPOTTED_NOTHING ? 0 : place.offset};
}

/* expect fails unless the answer is the same for every cut. */
static void expect(const char *hex, bool lost, bool answering, enum spotted spotted,
                   uint64_t offset)
{
    struct bytes stream = unhex(hex);

    for (size_t cut = 1; cut <= stream.len; cut++) {
        size_t steps[] = {stream.len, 1, 3, 7};

        for (size_t i = 0; i < 4; i++) {
            struct answer a = listen_to(stream, cut, steps[i], lost, answering);

            if (a.spotted != spotted || a.offset != (spotted == SPOTTED_NOTHING ? 0 : offset))
                fail_msg("%s, cut at %zu, then after each %zu: %d at %llu", hex, cut, steps[i],
                         (int)a.spotted, (unsigned long long)a.offset);
        }
    }
    exact_free(stream);
}

static void a_hello_is_found_wherever_it_stands(void **state)
{
    (void)state;
    expect(HELLO, false, false, SPOTTED_CLIENT_HELLO, 0);
    expect(ANSWER, false, false, SPOTTED_SERVER_HELLO, 0);
    expect("53" ANSWER, false, true, SPOTTED_SERVER_HELLO, 1);
    expect("2b 4f4b 0d0a" HELLO "0102", false, false, SPOTTED_CLIENT_HELLO, 5);
    expect("16 16 1603 160301" HELLO, false, false, SPOTTED_CLIENT_HELLO, 7);
    expect("03 0303 16" HELLO, false, false, SPOTTED_CLIENT_HELLO, 4);
    expect("00" HELLO, true, true, SPOTTED_CLIENT_HELLO, 1);
    expect("53 16 0301 0059 02 000055 7f12", false, true, SPOTTED_SERVER_HELLO, 1);
}

static void a_hello_that_goes_on_in_the_next_record_is_found(void **state)
{
    (void)state;
    expect("0d0a 16 0301 0006 01 0000a7 0303 16 0301 0006", false, false, SPOTTED_CLIENT_HELLO, 2);
    expect("0d0a 16 0304 4000 02 020000 0304", false, false, SPOTTED_SERVER_HELLO, 2);
    /* In the smallest records only at the very beginning, where six bytes have to do. */
    expect("16 0301 0001 01 16 0301 0001 00", false, false, SPOTTED_CLIENT_HELLO, 0);
    expect("0d 16 0301 0001 01 16 0301 0001 00", false, false, SPOTTED_NOTHING, 0);
}

static void the_retry_of_a_draft_is_found(void **state)
{
    (void)state;
    expect("06 0000 0e 16 0301 0010 06 00000c 7f12 0008", false, false, SPOTTED_SERVER_HELLO, 4);
    expect("53 16 0301 0012 06 00000e 7f15 1301", false, true, SPOTTED_SERVER_HELLO, 1);
    expect("16 0301 0010 06 00000c 7f12", false, true, SPOTTED_SERVER_HELLO, 0);
}

static void what_only_resembles_a_hello_is_none(void **state)
{
    static const char *const streams[] = {
        "00 16 0301 0010 06 00000c 7f16", /* a draft that has no such message any more */
        "00 16 0301 0010 06 00000c 0304",
        "00 16 0303 0059 06 000055 0303",
        "00 16 0301 000f 06 00000c 7f12", /* not one record */
        "00 16 0301 0014 06 00000c 7f12",
        "00 16 0301 0008 06 000004 7f12", /* without any extension */
        "00 17 0301 00ab 01 0000a7 0303", /* application data */
        "00 16 0201 00ab 01 0000a7 0303", /* version 2 */
        "00 16 0305 00ab 01 0000a7 0303", /* version 3.5 */
        "00 16 0301 0005 01 0000a7 0303", /* a record that ends within */
        "00 16 0301 4001 01 0000a7 0303", /* a record that is too long */
        "00 16 0301 00ab 03 0000a7 0303", /* another message */
        "00 16 0301 00ab 00 0000a7 0303",
        "00 16 0301 00ab 01 00001f 0303", /* too short for one */
        "00 16 0301 00ab 01 020001 0303", /* too long */
        "00 16 0301 00ab 01 0000a7 0203",
        "00 16 0301 00ab 01 0000a7 0305",
        "00 16 0301 00ab 01 0000a7 03", /* cut */
        "16 0301 0200",                 /* cut at the very beginning */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++)
        expect(streams[i], false, true, SPOTTED_NOTHING, 0);
}

static void an_alert_counts_when_the_other_side_speaks_tls(void **state)
{
    (void)state;
    expect("15 0301 0002 02 28", false, true, SPOTTED_ALERT, 0);
    expect("350d0a 15 0303 0002 02 46", false, true, SPOTTED_ALERT, 3);
    expect("15 0301 0002 02 28", false, false, SPOTTED_NOTHING, 0);
    expect("15 0301 0002 01 00", false, true, SPOTTED_NOTHING, 0); /* a warning */
    expect("15 0301 0002 02 ff", false, true, SPOTTED_NOTHING, 0); /* unknown */
    expect("15 0301 0003 02 28 00", false, true, SPOTTED_NOTHING, 0);
    expect("15 0301 0002 02", false, true, SPOTTED_NOTHING, 0);
}

static void the_middle_is_found_by_two_records(void **state)
{
    (void)state;
    expect("aabbcc" SEALED SEALED_BEGUN, true, false, SPOTTED_MIDDLE, 12);
    expect("aabbcc" SEALED SEALED_BEGUN, false, true, SPOTTED_NOTHING, 0);
    expect("aa 14 0303 0001 01 16 0303 0028 0000000000ff", true, false, SPOTTED_MIDDLE, 7);
    expect("aa" SEALED "00" SEALED_BEGUN, true, false, SPOTTED_NOTHING, 0); /* not where it ends */
    expect("aa" SEALED "17 0301 0020 aabb", true, false, SPOTTED_NOTHING, 0); /* another version */
    expect("aa 17 0303 0000 17 0303 0020 aa", true, false, SPOTTED_NOTHING, 0); /* empty */
    expect("aa 17 0303 4801 bb", true, false, SPOTTED_NOTHING, 0);
}

/* A record may seem to begin within another one: that must not hide the true ones. */
static void false_headers_do_not_hide_the_middle(void **state)
{
    (void)state;
    expect("aabbcc 17 0303 0010 17030307ff 17030301ff 1703030000 00" SEALED_BEGUN, true, false,
           SPOTTED_MIDDLE, 24);
}

/* More of them than are kept at a time: those that led nowhere make room. */
static void headers_that_led_nowhere_are_forgotten(void **state)
{
#define NOWHERE "17 0303 0001 ff 00"
    (void)state;
    expect("aa" NOWHERE NOWHERE NOWHERE NOWHERE NOWHERE NOWHERE SEALED SEALED_BEGUN, true, false,
           SPOTTED_MIDDLE, 1 + 6 * 7 + 9);
#undef NOWHERE
}

static void one_record_counts_that_begins_behind_the_hole_and_ends_with_a_piece(void **state)
{
    static const struct {
        const char *stream;
        size_t cut;
        enum spotted spotted;
        uint64_t offset;
    } cases[] = {
        {SEALED, 9, SPOTTED_MIDDLE, 0},
        {SEALED, 7, SPOTTED_MIDDLE, 9}, /* its beginning is gone */
        {SEALED "aa", 9, SPOTTED_MIDDLE, 0},
        {SEALED "aa", 10, SPOTTED_NOTHING, 0},
        {"aa" SEALED, 10, SPOTTED_NOTHING, 0},
        {"17 0303 0000", 5, SPOTTED_NOTHING, 0},
        {"15 0303 0004 aabbccdd", 9, SPOTTED_MIDDLE, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes stream = unhex(cases[i].stream);
        struct answer a = listen_to(stream, cases[i].cut, stream.len, true, false);

        assert_int_equal(a.spotted, cases[i].spotted);
        assert_int_equal(a.offset, cases[i].offset);
        a = listen_to(stream, cases[i].cut, stream.len, false, false);
        assert_int_equal(a.spotted, SPOTTED_NOTHING);
        exact_free(stream);
    }
}

static enum spotted feed_hex(struct spotter *s, struct spotter_place *place, const char *hex)
{
    struct bytes piece = unhex(hex);
    enum spotted spotted = spotter_feed(s, place, &(struct chunk){piece, 1, 1}, false);

    exact_free(piece);
    return spotted;
}

static void a_hole_begins_the_search_for_a_middle(void **state)
{
    struct spotter s = {0};
    struct spotter_place place;

    (void)state;
    assert_int_equal(feed_hex(&s, &place, SEALED SEALED), SPOTTED_NOTHING);
    spotter_skip(&s, 100);
    assert_int_equal(feed_hex(&s, &place, "aa" SEALED), SPOTTED_NOTHING);
    assert_int_equal(feed_hex(&s, &place, SEALED_BEGUN), SPOTTED_MIDDLE);
    assert_int_equal(place.offset, 18 + 100 + 10);
}

static void a_record_that_spans_a_hole_leads_to_the_next(void **state)
{
    struct spotter s = {.beginning_lost = true};
    struct spotter_place place;

    (void)state;
    assert_int_equal(feed_hex(&s, &place, "aa 17 0303 0020 bbbb"), SPOTTED_NOTHING);
    spotter_skip(&s, 28);
    assert_int_equal(feed_hex(&s, &place, "bbbb" SEALED_BEGUN), SPOTTED_MIDDLE);
    assert_int_equal(place.offset, 1 + 5 + 32);
}

static void bytes_on_both_sides_of_a_hole_make_no_hello(void **state)
{
    struct spotter s = {0};
    struct spotter_place place;

    (void)state;
    assert_int_equal(feed_hex(&s, &place, "0d0a 16 0301 00ab 01"), SPOTTED_NOTHING);
    spotter_skip(&s, 1);
    assert_int_equal(feed_hex(&s, &place, "0000a7 0303 00"), SPOTTED_NOTHING);
}

static void the_watch_goes_on_behind_what_was_found(void **state)
{
    struct spotter s = {0};
    struct spotter_place place;

    (void)state;
    assert_int_equal(feed_hex(&s, &place, "0d0a" HELLO), SPOTTED_CLIENT_HELLO);
    assert_int_equal(feed_hex(&s, &place, "0102"), SPOTTED_NOTHING);
    assert_int_equal(feed_hex(&s, &place, "00" ANSWER), SPOTTED_SERVER_HELLO);
    assert_int_equal(place.offset, 13 + 2 + 1);
}

/* What stands in front of the place, the hole included, is told. */
static void the_steps_in_front_are_counted(void **state)
{
    static const struct {
        const char *said;
        unsigned steps;
    } cases[] = {
        {"aa" SEALED SEALED_BEGUN, 1},
        {SEALED SEALED_BEGUN, 2},
        {SEALED, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct spotter s = {0};
        struct spotter_place place;

        spotter_skip(&s, 10);
        assert_int_equal(feed_hex(&s, &place, cases[i].said), SPOTTED_MIDDLE);
        assert_int_equal(place.steps, cases[i].steps);
    }
}

/* look_on_from feeds the stream cut once, and goes on behind each find; the answer is how many. */
static size_t look_on_from(struct bytes stream, size_t cut, uint64_t *offsets, size_t room)
{
    struct spotter s = {.beginning_lost = true};
    struct bytes pieces[] = {bytes_first(stream, cut), bytes_of(stream.at + cut, stream.len - cut)};
    size_t num = 0;

    for (size_t i = 0; i < 2; i++) {
        struct spotter_place place;
        enum spotted spotted =
            spotter_feed(&s, &place, &(struct chunk){pieces[i], 1, i + 1}, false);

        while (spotted != SPOTTED_NOTHING) {
            assert_true(num < room);
            offsets[num++] = place.offset;
            assert_true(place.early.data.len == 0 || *place.early.data.at == 0x16);
            spotted = spotter_look_on(&s, &place, false);
        }
    }
    assert_int_equal(s.offset, stream.len);
    return num;
}

static void behind_what_was_found_more_is_found_in_the_same_piece(void **state)
{
    struct bytes stream = unhex("2e" HELLO "0102" HELLO ANSWER "03");

    (void)state;
    for (size_t cut = 1; cut < stream.len; cut++) {
        uint64_t offsets[4] = {0};

        assert_int_equal(look_on_from(stream, cut, offsets, 4), 3);
        assert_int_equal(offsets[0], 1);
        assert_int_equal(offsets[1], 1 + 11 + 2);
        assert_int_equal(offsets[2], 1 + 11 + 2 + 11);
    }
    exact_free(stream);
}

/* last_follows cuts the stream once: does the last hello in it follow on the one before? */
static bool last_follows(struct bytes stream, size_t cut)
{
    struct spotter s = {.beginning_lost = true};
    struct bytes pieces[] = {bytes_first(stream, cut), bytes_of(stream.at + cut, stream.len - cut)};
    struct spotter_place last = {0};
    size_t num = 0;

    for (size_t i = 0; i < 2; i++) {
        struct spotter_place place;
        enum spotted spotted =
            spotter_feed(&s, &place, &(struct chunk){pieces[i], 1, i + 1}, false);

        while (spotted != SPOTTED_NOTHING) {
            last = place;
            num += spotted == SPOTTED_SERVER_HELLO ? 1 : 0;
            spotted = spotter_look_on(&s, &place, false);
        }
    }
    assert_int_equal(num, 2);
    return last.follows_hello;
}

static void a_hello_follows_on_another_when_nothing_but_records_is_between(void **state)
{
#define WHOLE_ANSWER                                                                               \
    "16 0303 002a 02 000026 0303 cfcfcfcf cfcfcfcf cfcfcfcf cfcfcfcf cfcfcfcf "                    \
    "cfcfcfcf cfcfcfcf cfcfcfcf cfcfcfcf"
    static const struct {
        const char *said;
        bool follows;
    } cases[] = {
        {WHOLE_ANSWER ANSWER, true},
        {"2e" WHOLE_ANSWER ANSWER, true},
        {WHOLE_ANSWER "14 0303 0001 01" ANSWER, true},
        {WHOLE_ANSWER "2e" ANSWER, false},
        {WHOLE_ANSWER "14 0303 0001 01 2e" ANSWER, false},
        {ANSWER "2e" ANSWER, false}, /* within the record that the first began */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes stream = unhex(cases[i].said);

        for (size_t cut = 1; cut < stream.len; cut++)
            assert_int_equal(last_follows(stream, cut), cases[i].follows);
        exact_free(stream);
    }
#undef WHOLE_ANSWER
}

static uint64_t misled_by(const char *hex, const char *behind_hole)
{
    struct spotter s = {0};
    struct spotter_place place;

    assert_int_equal(feed_hex(&s, &place, hex), SPOTTED_NOTHING);
    if (behind_hole) {
        spotter_skip(&s, 20);
        (void)feed_hex(&s, &place, behind_hole);
    }
    return spotter_misled(&s);
}

static void headers_that_led_nowhere_are_counted(void **state)
{
#define MORE "ffffffff ffffffff ffffffff"
    (void)state;
    assert_int_equal(misled_by("aa" MORE MORE, NULL), 0);
    assert_int_equal(misled_by("aa 17 0303 0001 ff" MORE, NULL), 1);
    assert_int_equal(misled_by("aa 17 0303 0001 ff", NULL), 0); /* not known yet */
    assert_int_equal(misled_by("aa 17 0303 0100 ff" MORE, NULL), 0);
    assert_int_equal(misled_by("aa 17 0303 0001 ff 17 0301 0001 ff" MORE, NULL), 2);
    assert_int_equal(misled_by("aa 17 0303 0001 ff 17 0303 0001 ff", "ff" MORE),
                     0);                                                 /* in the hole */
    assert_int_equal(misled_by("aa 17 0303 0016 ffff", SEALED MORE), 0); /* behind it */
    assert_int_equal(misled_by("aa 17 0303 0017 ffff", MORE MORE), 1);
    /* More at a time than there are in TLS. */
    assert_int_equal(
        misled_by("17 0303 0100 17 0303 0200 17 0303 0300 17 0303 0400 17 0303 0500", NULL), 1);
#undef MORE
}

static void bytes_of_one_kind_are_no_tls(void **state)
{
    static const uint8_t kinds[] = {0x00, 0x03, 0x14, 0x16, 0x17, 0xff};
    size_t len = 100000;
    uint8_t *bytes = test_malloc(len);

    (void)state;
    for (size_t i = 0; i < sizeof(kinds); i++) {
        memset(bytes, kinds[i], len);
        struct answer a = listen_to(bytes_of(bytes, len), 1000, 1448, true, true);

        assert_int_equal(a.spotted, SPOTTED_NOTHING);
    }
    test_free(bytes);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_hello_is_found_wherever_it_stands),
        CASE(a_hello_that_goes_on_in_the_next_record_is_found),
        CASE(the_retry_of_a_draft_is_found),
        CASE(what_only_resembles_a_hello_is_none),
        CASE(an_alert_counts_when_the_other_side_speaks_tls),
        CASE(the_middle_is_found_by_two_records),
        CASE(false_headers_do_not_hide_the_middle),
        CASE(headers_that_led_nowhere_are_forgotten),
        CASE(one_record_counts_that_begins_behind_the_hole_and_ends_with_a_piece),
        CASE(a_hole_begins_the_search_for_a_middle),
        CASE(a_record_that_spans_a_hole_leads_to_the_next),
        CASE(bytes_on_both_sides_of_a_hole_make_no_hello),
        CASE(the_watch_goes_on_behind_what_was_found),
        CASE(the_steps_in_front_are_counted),
        CASE(behind_what_was_found_more_is_found_in_the_same_piece),
        CASE(a_hello_follows_on_another_when_nothing_but_records_is_between),
        CASE(headers_that_led_nowhere_are_counted),
        CASE(bytes_of_one_kind_are_no_tls),
    };

    return RUN(cases);
}
