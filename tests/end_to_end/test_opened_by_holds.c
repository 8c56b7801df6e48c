/*
 * "opened_by" never contradicts what a leak then does: each fixture, read with each kind of leak
 * that lies beside it and nothing else. The sessions that open are those that name the leak, and no
 * others.
 */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/every_fixture.h"
#include "tests/support/program.h"

#define MAX_SESSIONS 64

/* One row a kind of leak. */
static const struct {
    const char *name;    /* in opened_by */
    const char *option;  /* of the attacker */
    const char *pattern; /* of its files; each of them is one leak */
} kinds[] = {
    {"server_key", "-k", "server.key"},
    {"ticket_key", "--ticket-key", "ticket.key"},
    {"ephemeral", "--ephemeral", "ephemeral-*.pem"},
    {"ephemeral", "--ephemeral", "temporary.key"},
    {"psk", "--psk", "psk.txt"}, /* which takes what stands in the file */
    {"session_secret", "--keylog", "keylog.txt"},
};

/* names: is the leak in the list? */
static bool names(const json_t *session, const char *leak)
{
    const json_t *list = json_object_get(session, "opened_by");
    size_t i;
    json_t *entry;

    json_array_foreach(list, i, entry)
    {
        if (strcmp(json_string_value(entry), leak) == 0)
            return true;
    }
    return false;
}

/* is_open: more than early data, which has a secret of its own. What a renegotiation begins is
 * another story, too; and so is what opens with the published key of tickets that nobody gave. */
static bool is_open(const json_t *session, const char *leak)
{
    const char *outcome = json_string_value(json_object_get(session, "outcome"));
    const char *source = json_string_value(json_object_get(session, "secret_source"));

    if (source && strcmp(source, "ticket_key") == 0 && strcmp(leak, source) != 0)
        return false;
    if (strcmp(outcome, "decrypted") == 0)
        return true;
    return strcmp(outcome, "partial") == 0 &&
           json_is_true(json_object_get(session, "finished_verified"));
}

/* argument_of is the file's path, or the pre-shared key in it; the caller frees it. */
static char *argument_of(const char *fixture, const char *option, const char *file)
{
    char *path = alloc_format("fixtures/%s/%s", fixture, file);
    struct buffer content;
    char *key;

    if (strcmp(option, "--psk") != 0)
        return path;
    content = file_read(path);
    key = alloc_format("%.*s", (int)content.len, (const char *)content.at);
    key[strcspn(key, "\n")] = '\0';
    buffer_clear(&content);
    free(path);
    return key;
}

/* read_with gives the sessions; the caller frees them. */
static json_t *read_with(const char *fixture, const char *option, const char *file)
{
    char *argument = argument_of(fixture, option, file);
    struct run_result result;
    json_t *sessions;

    run_line(&result, "keyfall-attacker --json %s %s fixtures/%s/recording.pcap", option, argument,
             fixture);
    free(argument);
    sessions = run_sessions(&result, NULL);
    assert_true(json_array_size(sessions) <= MAX_SESSIONS);
    run_clear(&result);
    return sessions;
}

/* check_kind reads the fixture with one file after the other: what any of them opens is open. */
static bool check_kind(const char *fixture, size_t kind, struct dirent **files, int num_files)
{
    bool open[MAX_SESSIONS] = {false};
    bool named[MAX_SESSIONS] = {false};
    size_t num_tried = 0;
    size_t num_sessions = 0;

    for (int f = 0; f < num_files; f++) {
        if (fnmatch(kinds[kind].pattern, files[f]->d_name, 0) != 0)
            continue;

        json_t *sessions = read_with(fixture, kinds[kind].option, files[f]->d_name);
        num_tried++;
        num_sessions = json_array_size(sessions);
        for (size_t i = 0; i < num_sessions; i++) {
            open[i] |= is_open(json_array_get(sessions, i), kinds[kind].name);
            named[i] |= names(json_array_get(sessions, i), kinds[kind].name);
        }
        json_decref(sessions);
    }
    for (size_t i = 0; i < num_sessions; i++) {
        if (open[i] != named[i])
            fail_msg("%s: session %zu names %s in opened_by: %d; and opens with %s: %d", fixture,
                     i + 1, kinds[kind].name, named[i], kinds[kind].pattern, open[i]);
    }
    return num_tried > 0;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void opens_what_names_it(void **state)
{
    const char *fixture = *state;
    char *folder = alloc_format("fixtures/%s", fixture);
    struct dirent **files;
    int num_files = scandir(folder, &files, is_shown, alphasort);
    bool any = false;

    assert_true(num_files > 0);
    for (size_t kind = 0; kind < sizeof(kinds) / sizeof(*kinds); kind++)
        any |= check_kind(fixture, kind, files, num_files);
    assert_true(any);
    for (int i = 0; i < num_files; i++)
        free(files[i]);
    free((void *)files);
    free(folder);
}

int main(void)
{
    return every_fixture_run("opened_by", opens_what_names_it, PART_STEP);
}
