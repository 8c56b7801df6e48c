/*
 * Every fixture, against every leak that its expected.json names.
 *
 *     {"teaches": "...", "runs": [{"options": ["-k", "server.key"], "status": 0,
 *                                  "sessions": [{"outcome": "decrypted", ...}],
 *                                  "said": true}]}
 *
 * A session line must have every key that "sessions" gives, with that value; "said": the extracted
 * streams are what message.txt holds, byte for byte.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/every_fixture.h"
#include "tests/support/program.h"

/* arguments joins the options of a run; file names are those of the fixture's folder. */
static char *arguments(const char *fixture, const json_t *options)
{
    char *joined = alloc_text("");
    size_t i;
    json_t *option;

    json_array_foreach(options, i, option)
    {
        const char *word = json_string_value(option);
        char *longer = word[0] == '-' ? alloc_format("%s %s", joined, word)
                                      : alloc_format("%s fixtures/%s/%s", joined, fixture, word);

        free(joined);
        joined = longer;
    }
    return joined;
}

static void check_session(const json_t *expected, const json_t *session)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)unconst(expected), key, value)
    {
        if (!json_equal(value, json_object_get(session, key))) {
            char *line = json_dumps(session, JSON_INDENT(2));

            fail_msg("%s is not as expected in:\n%.4000s", key, line);
        }
    }
}

/* append_stream adds what one side of a session said, as it was extracted. */
static void append_stream(struct buffer *said, const char *folder, size_t id, const char *side)
{
    char *path = alloc_format("%s/session-%zu-%s.bin", folder, id, side);
    struct buffer stream = file_read(path);

    buffer_append(said, buffer_view(&stream));
    buffer_clear(&stream);
    free(path);
}

/* check_said: what the sessions said, client and server in turn, is message.txt to the byte. */
static void check_said(const char *fixture, const char *folder, size_t num_sessions)
{
    char *path = alloc_format("fixtures/%s/message.txt", fixture);
    struct buffer message = file_read(path);
    struct buffer said = {0};

    for (size_t id = 1; id <= num_sessions; id++) {
        append_stream(&said, folder, id, "client");
        append_stream(&said, folder, id, "server");
    }
    assert_true(message.len > 0);
    assert_true(bytes_equal(buffer_view(&said), buffer_view(&message)));
    buffer_clear(&message);
    buffer_clear(&said);
    free(path);
}

static void check_run(const char *fixture, const json_t *run)
{
    const json_t *expected = json_object_get(run, "sessions");
    char *options = arguments(fixture, json_object_get(run, "options"));
    char *folder = scratch_new();
    struct run_result result;
    json_t *sessions;

    run_line(&result, "keyfall-attacker --json --extract %s%s fixtures/%s/recording.pcap", folder,
             options, fixture);
    assert_status(&result, (int)json_integer_value(json_object_get(run, "status")));
    sessions = run_sessions(&result, NULL);
    assert_int_equal(json_array_size(sessions), json_array_size(expected));
    for (size_t i = 0; i < json_array_size(expected); i++)
        check_session(json_array_get(expected, i), json_array_get(sessions, i));
    if (json_is_true(json_object_get(run, "said")))
        check_said(fixture, folder, json_array_size(sessions));
    json_decref(sessions);
    run_clear(&result);
    scratch_free(folder);
    free(options);
}

static void is_as_expected(void **state)
{
    const char *fixture = *state;
    char *path = alloc_format("fixtures/%s/expected.json", fixture);
    json_error_t error;
    json_t *expected = json_load_file(path, 0, &error);
    const json_t *runs;
    size_t i;
    json_t *run;

    if (!expected)
        fail_msg("%s: %s", path, error.text);
    assert_true(json_string_length(json_object_get(expected, "teaches")) > 20);
    runs = json_object_get(expected, "runs");
    assert_true(json_array_size(runs) > 0);
    json_array_foreach(runs, i, run)
    {
        check_run(fixture, run);
    }
    json_decref(expected);
    free(path);
}

int main(void)
{
    return every_fixture_run("fixtures", is_as_expected, 1);
}
