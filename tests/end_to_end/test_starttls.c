/*
 * TLS behind plain talk: each preface in front of a recorded conversation, cut up and shifted in
 * several ways. Every time just the same must be found as without it.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/preface.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"
#include "tests/support/rewriter_findings.h"

#define RECORDING "fixtures/rsa/recording.pcap"
#define LEAK      "-k fixtures/rsa/server.key"

/* without_the_beginning: the connection's first `amount` segments were not recorded. */
static void without_the_beginning(struct segments *list, size_t amount)
{
    for (size_t i = 0; i < amount; i++)
        segments_remove(list, 0);
}

/* One of the segments of the preface is missing: the first with data. */
static void without_the_first_words(struct segments *list, size_t amount)
{
    (void)amount;
    segments_remove(list, 3);
}

static const struct rewriting ways[] = {
    {.name = "as it is"},
    {.name = "in segments of one byte", .changes = {{change_cut, 1}}},
    {.name = "in segments of seven bytes", .changes = {{change_cut, 7}}},
    {.name = "on odd ports", .changes = {{change_ports, 0}}},
    {.name = "one side recorded late", .changes = {{change_skew, 3}}},
    {.name = "without the SYNs", .changes = {{change_no_syn, 0}}},
    {.name = "without the beginning", .changes = {{without_the_beginning, 4}}},
    {.name = "with a hole in the preface", .changes = {{without_the_first_words, 0}}},
};

static void try_preface(void **state)
{
    const struct preface *preface = *state;
    struct findings original;
    char *folder = scratch_new();
    char *path = alloc_format("%s/r.pcap", folder);

    findings_take(&original, RECORDING, LEAK);
    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct segments list;
        struct findings found;
        char *difference;

        segments_read(&list, RECORDING);
        preface_put(&list, preface);
        rewrite_segments(&ways[i], &list, path);
        findings_take(&found, path, LEAK);
        assert_int_equal(json_array_size(found.sessions), 1);
        difference = findings_differ(&original, &found, 0);
        if (difference)
            fail_msg("%s, %s: %s", preface->name, ways[i].name, difference);
        findings_clear(&found);
        segments_clear(&list);
    }
    findings_clear(&original);
    free(path);
    scratch_free(folder);
}

int main(void)
{
    struct CMUnitTest cases[NUM_PREFACES];

    for (size_t i = 0; i < NUM_PREFACES; i++)
        cases[i] =
            (struct CMUnitTest){prefaces[i].name, try_preface, NULL, NULL, unconst(&prefaces[i])};
    return RUN(cases);
}
