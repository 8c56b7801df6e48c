/*
 * The fixtures with bytes missing. What is given out then is right, and it is all that can be
 * known: each record opens that is whole, in front of the hole and behind it.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_several.h"
#include "tests/support/rewriter_whole.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* holds_tls: is there enough of a packet's TCP payload for TLS to be seen? 14 bytes of Ethernet, 20
 * or 40 of IP, 20 of TCP, and 6 up to the type of the handshake message. */
static bool holds_tls(const struct whole *whole, size_t snap_length)
{
    return snap_length >= (whole->segments.at[0].from.family == 6 ? 80 : 60);
}

/* find rewrites and attacks. */
static void find(const struct whole *whole, const struct rewriting *how, struct segments *segments,
                 struct findings *found)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/lost.pcap", folder);

    rewrite_segments(how, segments, path);
    findings_take(found, path, whole->specimen->leak);
    free(path);
    scratch_free(folder);
}

/* Holes that are judged together; each is one of a conversation that has no other. */
struct holes {
    const struct whole *whole;
    struct several several;
    struct hole at[SEVERAL_MAX];
    size_t num_wrong;
};

/* judge_holes tells what is wrong with the findings behind each. */
static void judge_holes(struct holes *holes)
{
    size_t num = holes->several.num;
    struct findings found[SEVERAL_MAX];

    if (num == 0)
        return;
    several_find(&holes->several, holes->whole->specimen->leak, found);
    for (size_t i = 0; i < num; i++) {
        const struct hole *hole = &holes->at[i];
        char *sentence = whole_misjudged(holes->whole, hole, &found[i]);

        if (sentence)
            print_error("without the %s's bytes %zu to %zu: %s\n",
                        hole->client ? "client" : "server", hole->start, hole->end, sentence);
        holes->num_wrong += sentence != NULL;
        free(sentence);
        findings_clear(&found[i]);
    }
}

static void add_hole(struct holes *holes, const struct hole *hole)
{
    struct segments segments = {0};

    segments_copy(&segments, &holes->whole->segments);
    segments_lose(&segments, hole);
    holes->at[holes->several.num] = *hole;
    several_add(&holes->several, &segments);
    segments_clear(&segments);
    if (holes->several.num == SEVERAL_MAX)
        judge_holes(holes);
}

/* --- Which bytes are missing ---------------------------------------------------------- */

static void without_any_segment(void **state)
{
    struct whole whole;
    struct holes holes = {.whole = &whole};

    whole_read(&whole, *state);
    for (size_t i = 0; i < whole.segments.num; i += PART_STEP) {
        struct hole hole = hole_of_segment(&whole.segments, i);

        if (hole.start < hole.end)
            add_hole(&holes, &hole);
    }
    judge_holes(&holes);
    whole_clear(&whole);
    assert_int_equal(holes.num_wrong, 0);
}

static void without_any_stretch(void **state)
{
    static const size_t lengths[] = {1, 5, 20, 100, 300, 1300};
    struct whole whole;
    struct holes holes = {.whole = &whole};

    whole_read(&whole, *state);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < COUNT(lengths); i++) {
            /* An odd step, so that the places within the records differ. */
            size_t step = (whole.streams[side].len / 14 * PART_STEP) | 1;

            for (size_t start = i; start + lengths[i] < whole.streams[side].len; start += step) {
                struct hole hole = {side == 0, start, start + lengths[i]};

                add_hole(&holes, &hole);
            }
        }
    }
    judge_holes(&holes);
    whole_clear(&whole);
    assert_int_equal(holes.num_wrong, 0);
}

static void without_many_segments(void **state)
{
    struct whole whole;
    struct several several = {0};
    struct findings found[SEVERAL_MAX];
    size_t num_damaged[SEVERAL_MAX];
    size_t num_wrong = 0;

    whole_read(&whole, *state);
    for (unsigned short seed = 1; seed <= 12; seed += PART_STEP) {
        unsigned short dice[3] = {seed, seed, seed};
        struct segments segments = {0};

        segments_copy(&segments, &whole.segments);
        num_damaged[several.num] = whole_lose_some(&whole, &segments, dice);
        several_add(&several, &segments);
        segments_clear(&segments);
    }

    size_t num = several.num;
    several_find(&several, whole.specimen->leak, found);
    for (size_t i = 0; i < num; i++) {
        char *sentence =
            num_damaged[i] > 0 ? whole_lacking(&whole, num_damaged[i], &found[i]) : NULL;

        if (sentence)
            print_error("losses number %zu: %s\n", i, sentence);
        num_wrong += sentence != NULL;
        free(sentence);
        findings_clear(&found[i]);
    }
    whole_clear(&whole);
    assert_int_equal(num_wrong, 0);
}

static void with_packets_cut(void **state)
{
    static const struct rewriting ways[] = {
        {"cut to 60 bytes", .snap_length = 60},
        {"cut to 96 bytes", .snap_length = 96},
        {"cut to 200 bytes", .snap_length = 200},
        {"merged and cut to 1000 bytes", .changes = {{change_merge, 65000}}, .snap_length = 1000},
        {"cut to 96 bytes, in small segments", .changes = {{change_cut, 50}}, .snap_length = 96},
    };
    struct whole whole;
    size_t num_wrong = 0;

    whole_read(&whole, *state);
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct segments segments = {0};
        struct findings found;

        segments_copy(&segments, &whole.segments);
        find(&whole, &ways[i], &segments, &found);

        char *sentence = NULL;
        if (holds_tls(&whole, ways[i].snap_length))
            sentence = whole_dishonest(&whole, &found);
        else if (json_array_size(found.sessions) > 0)
            sentence = alloc_text("a session, seen in nothing");
        if (sentence) {
            print_error("%s: %s\n", ways[i].name, sentence);
            num_wrong++;
        }
        free(sentence);
        findings_clear(&found);
        segments_clear(&segments);
    }
    whole_clear(&whole);
    assert_int_equal(num_wrong, 0);
}

static void one_side_alone(void **state)
{
    struct whole whole;
    struct holes holes = {.whole = &whole};

    whole_read(&whole, *state);
    for (size_t side = 0; side < 2; side++) {
        struct hole hole = {side == 0, 0, whole.streams[side].len};

        add_hole(&holes, &hole);
    }
    judge_holes(&holes);
    whole_clear(&whole);
    assert_int_equal(holes.num_wrong, 0);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*test)(void **state);
    } tests[] = {
        {"without any segment", without_any_segment},
        {"without any stretch", without_any_stretch},
        {"without many segments", without_many_segments},
        {"with packets cut", with_packets_cut},
        {"one side alone", one_side_alone},
    };
    struct CMUnitTest cases[COUNT(tests) * NUM_SPECIMENS];
    char *names[COUNT(cases)];

    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct specimen *specimen = &specimens[i % NUM_SPECIMENS];

        names[i] = alloc_format("%s: %s", specimen->name, tests[i / NUM_SPECIMENS].name);
        cases[i] = (struct CMUnitTest){names[i], tests[i / NUM_SPECIMENS].test, NULL, NULL,
                                       unconst(specimen)};
    }

    int num_failed = _cmocka_run_group_tests("losses", cases, COUNT(cases), NULL, NULL);

    for (size_t i = 0; i < COUNT(cases); i++)
        free(names[i]);
    return num_failed;
}
