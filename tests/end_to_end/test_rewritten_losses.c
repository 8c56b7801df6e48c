/*
 * The fixtures with bytes missing. What is given out then is right, and it is all that can be
 * known: each record opens that is whole, in front of the hole and behind it.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_loss.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* A recording, whole: what is in it, and what was found in it. */
struct whole {
    const struct specimen *specimen;
    struct segments segments;
    struct buffer streams[2]; /* by side: what was on the wire */
    struct findings findings;
};

static void whole_read(struct whole *whole, const struct specimen *specimen)
{
    whole->specimen = specimen;
    segments_read(&whole->segments, specimen->recording);
    whole->streams[0] = segments_stream(&whole->segments, true);
    whole->streams[1] = segments_stream(&whole->segments, false);
    findings_take(&whole->findings, specimen->recording, specimen->leak);
}

static void whole_clear(struct whole *whole)
{
    segments_clear(&whole->segments);
    buffer_clear(&whole->streams[0]);
    buffer_clear(&whole->streams[1]);
    findings_clear(&whole->findings);
}

/* holds_tls: is there enough of a packet's TCP payload for TLS to be seen? 14 bytes of Ethernet, 20
 * or 40 of IP, 20 of TCP, and 6 up to the type of the handshake message. */
static bool holds_tls(const struct whole *whole, size_t snap_length)
{
    return snap_length >= (whole->segments.at[0].from.family == 6 ? 80 : 60);
}

static const char *text_of(const json_t *session, const char *key)
{
    const char *text = json_string_value(json_object_get(session, key));

    return text ? text : "null";
}

static size_t number_of(const json_t *session, const char *key)
{
    return (size_t)json_integer_value(json_object_get(session, key));
}

static size_t common_start(struct bytes a, struct bytes b)
{
    size_t len = 0;

    while (len < a.len && len < b.len && a.at[len] == b.at[len])
        len++;
    return len;
}

static size_t common_end(struct bytes a, struct bytes b)
{
    size_t len = 0;

    while (len < a.len && len < b.len && a.at[a.len - 1 - len] == b.at[b.len - 1 - len])
        len++;
    return len;
}

/* is_rest: is `said` what is left of `all` when one stretch of it is taken out? */
static bool is_rest(struct bytes said, struct bytes all)
{
    return said.len <= all.len && common_start(said, all) + common_end(said, all) >= said.len;
}

/* is_thinned: is `said` what is left of `all` when any stretches are taken out? */
static bool is_thinned(struct bytes said, struct bytes all)
{
    size_t next = 0;

    for (size_t i = 0; i < all.len && next < said.len; i++)
        next += said.at[next] == all.at[i];
    return next == said.len;
}

/* dishonest: null when what is claimed is consistent; otherwise a sentence, to be freed. */
static char *dishonest(const struct whole *whole, const struct findings *found)
{
    const json_t *original = json_array_get(whole->findings.sessions, 0);
    const json_t *session = json_array_get(found->sessions, 0);
    const char *outcome = text_of(session, "outcome");

    if (json_array_size(found->sessions) != 1)
        return alloc_format("%zu sessions\n%s", json_array_size(found->sessions),
                            found->complaints);
    if (strcmp(outcome, "decrypted") == 0)
        return alloc_text("all is said to be open, and something is missing");
    if (json_is_null(json_object_get(session, "reason")))
        return alloc_format("%s without a reason", outcome);
    if (strcmp(outcome, "partial") == 0 && strcmp(text_of(original, "outcome"), "decrypted") != 0)
        return alloc_text("more is open than without the hole");
    if (strcmp(outcome, "partial") != 0 &&
        found->said[0][0].len + found->said[0][1].len + number_of(session, "client_bytes") > 0)
        return alloc_format("%s, and bytes are given out", outcome);
    if (number_of(session, "client_bytes") != found->said[0][0].len ||
        number_of(session, "server_bytes") != found->said[0][1].len)
        return alloc_text("other numbers of bytes than there are");
    for (size_t side = 0; side < 2; side++) {
        if (!is_thinned(buffer_view(&found->said[0][side]),
                        buffer_view(&whole->findings.said[0][side])))
            return alloc_format("wrong bytes from side %zu", side);
    }
    return NULL;
}

/* incomplete: null when all is open that the hole leaves; otherwise a sentence, to be freed. */
static char *incomplete(const struct whole *whole, const struct hole *hole,
                        const struct damage *damage, const struct findings *found)
{
    const json_t *original = json_array_get(whole->findings.sessions, 0);
    const json_t *session = json_array_get(found->sessions, 0);
    size_t here = hole->client ? 0 : 1;
    const struct buffer *said = &found->said[0][here];
    const struct buffer *all = &whole->findings.said[0][here];
    size_t opened = number_of(original, "records_decrypted") - damage->sealed_records;

    if (strcmp(text_of(original, "outcome"), "decrypted") != 0)
        return NULL;
    if (strcmp(text_of(session, "outcome"), "partial") != 0 ||
        strcmp(text_of(session, "reason"), "packets_missing") != 0)
        return alloc_format("%s, %s", text_of(session, "outcome"), text_of(session, "reason"));
    if (!bytes_equal(buffer_view(&found->said[0][1 - here]),
                     buffer_view(&whole->findings.said[0][1 - here])))
        return alloc_text("the other side suffers");
    if (!is_rest(buffer_view(said), buffer_view(all)) ||
        said->len + damage->sealed_bytes < all->len)
        return alloc_format("%zu of %zu bytes and not at least all but %zu", said->len, all->len,
                            damage->sealed_bytes);
    if (number_of(session, "records_decrypted") != opened)
        return alloc_format("%zu records open and not %zu", number_of(session, "records_decrypted"),
                            opened);
    return NULL;
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

/* judge_hole: null when the findings behind a hole are right; otherwise a sentence, to be freed. */
static char *judge_hole(const struct whole *whole, const struct hole *hole,
                        const struct findings *found)
{
    size_t side = hole->client ? 0 : 1;
    struct damage damage =
        damage_of(buffer_view(&whole->streams[side]), hole, whole->specimen->hidden_records[side]);
    char *sentence;

    if (!hole_shows(&whole->segments, hole))
        return NULL;
    if (whole->specimen->chain == CHAIN_UNPROVEN_IV ||
        (whole->specimen->chain == CHAIN_IV && damage.no_iv)) {
        damage.sealed_records += damage.next_bytes > 0;
        damage.sealed_bytes += damage.next_bytes;
    }
    sentence = dishonest(whole, found);
    if (!sentence && !damage.in_handshake)
        sentence = incomplete(whole, hole, &damage, found);
    return sentence;
}

/* check_hole tells what is wrong with the findings behind a hole, and returns how much that is. */
static size_t check_hole(const struct whole *whole, const struct hole *hole)
{
    static const struct rewriting plain = {.name = "plain"};
    struct segments segments = {0};
    struct findings found;
    char *sentence;

    segments_copy(&segments, &whole->segments);
    segments_lose(&segments, hole);
    find(whole, &plain, &segments, &found);
    sentence = judge_hole(whole, hole, &found);
    if (sentence)
        print_error("without the %s's bytes %zu to %zu: %s\n", hole->client ? "client" : "server",
                    hole->start, hole->end, sentence);

    size_t num_wrong = sentence != NULL;
    free(sentence);
    findings_clear(&found);
    segments_clear(&segments);
    return num_wrong;
}

/* --- Which bytes are missing ---------------------------------------------------------- */

static void without_any_segment(void **state)
{
    struct whole whole;
    size_t num_wrong = 0;

    whole_read(&whole, *state);
    for (size_t i = 0; i < whole.segments.num; i++) {
        struct hole hole = hole_of_segment(&whole.segments, i);

        if (hole.start < hole.end)
            num_wrong += check_hole(&whole, &hole);
    }
    whole_clear(&whole);
    assert_int_equal(num_wrong, 0);
}

static void without_any_stretch(void **state)
{
    static const size_t lengths[] = {1, 5, 20, 100, 300, 1300};
    struct whole whole;
    size_t num_wrong = 0;

    whole_read(&whole, *state);
    for (size_t side = 0; side < 2; side++) {
        for (size_t i = 0; i < COUNT(lengths); i++) {
            /* An odd step, so that the places within the records differ. */
            size_t step = (whole.streams[side].len / 14) | 1;

            for (size_t start = i; start + lengths[i] < whole.streams[side].len; start += step) {
                struct hole hole = {side == 0, start, start + lengths[i]};

                num_wrong += check_hole(&whole, &hole);
            }
        }
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
            sentence = dishonest(&whole, &found);
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
    size_t num_wrong = 0;

    whole_read(&whole, *state);
    for (size_t side = 0; side < 2; side++) {
        struct hole hole = {side == 0, 0, whole.streams[side].len};

        num_wrong += check_hole(&whole, &hole);
    }
    whole_clear(&whole);
    assert_int_equal(num_wrong, 0);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*test)(void **state);
    } tests[] = {
        {"without any segment", without_any_segment},
        {"without any stretch", without_any_stretch},
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
