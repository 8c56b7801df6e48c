/*
 * tshark and the attacker on the same rewritten recordings, with the same leak: they find the same
 * bytes. Where tshark does not, the table below says so and why, and the attacker must be right all
 * the same. Skipped where there is no tshark.
 */
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter_findings.h"
#include "tests/support/rewriter_tshark.h"
#include "tests/support/rewriter_ways.h"

/* The fixtures that tshark can open, and how it is given the leak. */
static const struct {
    size_t specimen;
    const char *options;
} openings[] = {
    {0, "-o 'uat:rsa_keys:\"fixtures/rsa/server.key\",\"\"'"},
    {2, "-o 'uat:rsa_keys:\"fixtures/rsa-bearssl-tls10/server.key\",\"\"'"},
    {6, "-o tls.keylog_file:fixtures/ecdhe-aes256-cbc-sha384/keylog.txt"},
    {7, "-o 'uat:rsa_keys:\"fixtures/rsa-botan-ccm/server.key\",\"\"'"},
    {9, "-o tls.keylog_file:fixtures/ecdhe-chacha20/keylog.txt"},
    {10, "-o tls.keylog_file:fixtures/tls13/keylog.txt"},
};
#define NUM_OPENINGS (sizeof(openings) / sizeof(openings[0]))

/* Out of step: a message of one side stands in front of that of the other side which it answers.
 * The bytes are all there, and each side's can be put in order; but tshark makes keys of what it
 * has seen up to a frame, also when it is told to reassemble out of order. */
static const char out_of_step[] = "tshark 4.0 loses keys when the two sides are out of step";

static const struct {
    const char *way;
    const char *why;
} beyond_tshark[] = {
    {"shuffled by 4", out_of_step},
    {"shuffled by 16", out_of_step},
    {"turned around by 3", out_of_step},
    {"100 bytes, turned around by 8", out_of_step},
    {"20 bytes, shuffled by 30", out_of_step},
    {"the client late by 1", out_of_step},
    {"the client late by 4", out_of_step},
    {"wrapping in the handshake, cut and shuffled", out_of_step},
    {"HTTP and noise, shuffled", out_of_step},
};

static const char *why_beyond(const char *way)
{
    for (size_t i = 0; i < sizeof(beyond_tshark) / sizeof(beyond_tshark[0]); i++) {
        if (strcmp(way, beyond_tshark[i].way) == 0)
            return beyond_tshark[i].why;
    }
    return NULL;
}

/* agrees: does tshark find these bytes? Whom it calls the first is whoever's bytes it could open
 * first: in TLS 1.3 that may be the server, who sends tickets. */
static bool agrees(const struct findings *found, const char *recording, const char *options)
{
    struct buffer said[2];
    bool agreed;

    tshark_follow(said, recording, options);
    agreed = findings_say(found, said);
    buffer_clear(&said[0]);
    buffer_clear(&said[1]);
    return agreed;
}

/* compare tells who disagrees, and returns whether anybody does. The attacker must find in any case
 * what it finds in the recording as it was. */
static bool compare(const struct rewriting *way)
{
    /* Any choice would do that gives each fixture its share, and stays when others are added. */
    size_t opening = strlen(way->name) % NUM_OPENINGS;
    const struct specimen *specimen = &specimens[openings[opening].specimen];
    char *folder = scratch_new();
    char *path = alloc_format("%s/rewritten.pcap", folder);
    struct findings original;
    struct findings found;
    const char *why = why_beyond(way->name);
    const char *who = NULL;

    rewrite(way, specimen->recording, path);
    findings_take(&original, specimen->recording, specimen->leak);
    findings_take(&found, path, specimen->leak);
    assert_true(found.said[0][0].len > 0 && found.said[0][1].len > 0);
    if (!findings_say(&found, original.said[0]))
        who = "the attacker";
    else if (!why_beyond(way->name) && !agrees(&found, path, openings[opening].options))
        who = "tshark";
    if (why)
        print_message("%s: the attacker alone: %s\n", way->name, why);
    if (who)
        print_error("%s, %s: %s finds other bytes\n", way->name, specimen->name, who);
    findings_clear(&original);
    findings_clear(&found);
    free(path);
    scratch_free(folder);
    return who != NULL;
}

static void finds_what_tshark_finds(void **state)
{
    const struct way_group *group = *state;
    size_t num_different = 0;

    if (!is_installed("tshark"))
        skip();
    for (size_t i = 0; i < group->num_ways; i++)
        num_different += compare(&group->ways[i]);
    assert_int_equal(num_different, 0);
}

int main(void)
{
    struct CMUnitTest cases[NUM_WAY_GROUPS];

    for (size_t i = 0; i < NUM_WAY_GROUPS; i++)
        cases[i] = (struct CMUnitTest){way_groups[i].name, finds_what_tshark_finds, NULL, NULL,
                                       unconst(&way_groups[i])};
    return _cmocka_run_group_tests("against tshark", cases, NUM_WAY_GROUPS, NULL, NULL);
}
