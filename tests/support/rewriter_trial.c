#include "tests/support/rewriter_trial.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

/* difference tries one rewriting; null when all is as it was, otherwise a sentence to be freed. */
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
        sentence =
            alloc_format("%zu sessions and not %zu", json_array_size(found.sessions), num_sessions);
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

void try_all(const struct specimen *specimen, const struct rewriting *ways, size_t num_ways)
{
    struct findings original;
    size_t num_different = 0;

    findings_take(&original, specimen->recording, specimen->leak);
    assert_int_equal(json_array_size(original.sessions), 1);
    for (size_t i = 0; i < num_ways; i++) {
        char *sentence = difference(specimen, &ways[i], &original);

        if (sentence) {
            print_error("%s: %s\n", ways[i].name, sentence);
            num_different++;
        }
        free(sentence);
    }
    findings_clear(&original);
    if (num_different > 0)
        fail_msg("%zu of %zu rewritings", num_different, num_ways);
}

int run_trials(const char *group, void (*try)(void **state))
{
    struct CMUnitTest cases[NUM_SPECIMENS];

    for (size_t i = 0; i < NUM_SPECIMENS; i++)
        cases[i] = (struct CMUnitTest){specimens[i].name, try, NULL, NULL, unconst(&specimens[i])};
    return _cmocka_run_group_tests(group, cases, NUM_SPECIMENS, NULL, NULL);
}
