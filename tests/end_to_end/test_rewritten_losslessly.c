/*
 * The fixtures, as another network would have carried them and another recorder written them: on
 * other links, in other packets, their TCP segments otherwise cut, ordered, repeated and numbered.
 * No byte is lost by any of it, so what is found must be the same.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_ways.h"

/* One case: one fixture, in each way of one group. */
struct trial {
    const struct specimen *specimen;
    const struct way_group *group;
};

#define NUM_TRIALS ((size_t)NUM_SPECIMENS * NUM_WAY_GROUPS)

/* difference tries one way; null when all is as it was, otherwise a sentence to be freed. */
static char *difference(const struct specimen *specimen, const struct rewriting *way,
                        const struct findings *original)
{
    size_t num_sessions = way->num_sessions > 0 ? way->num_sessions : 1;
    char *folder = scratch_new();
    char *path = alloc_format("%s/rewritten.pcap", folder);
    struct findings found;
    char *sentence = NULL;

    rewrite(way, specimen->recording, path);
    findings_take(&found, path, specimen->leak);
    if (json_array_size(found.sessions) != num_sessions)
        sentence = alloc_format("%zu sessions and not %zu\n%s", json_array_size(found.sessions),
                                num_sessions, found.complaints);
    for (size_t i = 0; i < num_sessions && !sentence; i++)
        sentence = findings_differ(original, &found, i);
    if (!sentence &&
        way->warns != (json_array_size(json_object_get(found.summary, "warnings")) > 0))
        sentence = alloc_text(way->warns ? "no warning" : "an unexpected warning");
    findings_clear(&found);
    free(path);
    scratch_free(folder);
    return sentence;
}

/* try_way tells what is different, and returns whether anything is. */
static bool try_way(const struct specimen *specimen, const struct rewriting *way,
                    const struct findings *original)
{
    char *sentence = difference(specimen, way, original);
    bool different = sentence != NULL;

    if (different)
        print_error("%s: %s\n", way->name, sentence);
    free(sentence);
    return different;
}

static void finds_the_same(void **state)
{
    const struct trial *trial = *state;
    struct findings original;
    size_t num_different = 0;

    findings_take(&original, trial->specimen->recording, trial->specimen->leak);
    assert_int_equal(json_array_size(original.sessions), 1);
    for (size_t i = 0; i < trial->group->num_ways; i += PART_STEP) {
        struct rewriting way = trial->group->ways[i];

        num_different += try_way(trial->specimen, &way, &original);
        if (trial->group->in_ipv6_too) {
            way.changes[0].apply = change_to_ipv6;
            num_different += try_way(trial->specimen, &way, &original);
        }
    }
    findings_clear(&original);
    assert_int_equal(num_different, 0);
}

int main(void)
{
    static struct trial trials[NUM_TRIALS];
    static struct CMUnitTest cases[NUM_TRIALS];
    char *names[NUM_TRIALS];

    for (size_t i = 0; i < NUM_TRIALS; i++) {
        trials[i].specimen = &specimens[i / NUM_WAY_GROUPS];
        trials[i].group = &way_groups[i % NUM_WAY_GROUPS];
        names[i] = alloc_format("%s: %s", trials[i].specimen->name, trials[i].group->name);
        cases[i] = (struct CMUnitTest){names[i], finds_the_same, NULL, NULL, &trials[i]};
    }

    int num_failed = _cmocka_run_group_tests("rewritten losslessly", cases, NUM_TRIALS, NULL, NULL);

    for (size_t i = 0; i < NUM_TRIALS; i++)
        free(names[i]);
    return num_failed;
}
