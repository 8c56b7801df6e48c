/*
 * docs/matrix.txt says which leak opens which key exchange. Each cell of it is a case here: a run
 * of the attacker comes to the same word, and that is what "opened_by" says of the session. Beside
 * those: the picture shows the same table.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

#define MAX_ROWS    64
#define NUM_COLUMNS 8

/* Of the table for people: a label, and a word in each column. */
#define LABEL_WIDTH  25
#define COLUMN_WIDTH 7

/* The columns, in their order. Two leaks together are none of opened_by. */
static const struct {
    const char *title;
    const char *opened_by; /* this name, or NULL */
    const char *files;     /* in the fixture, when it has such a secret */
} columns[NUM_COLUMNS] = {
    {"server key", "server_key", "server.key"},
    {"ticket key", "ticket_key", "ticket.key"},
    {"ephemeral key", "ephemeral", "ephemeral-*.pem"},
    {"PSK", "psk", "psk.txt"},
    {"PSK and server key", NULL, NULL},
    {"PSK and ephemeral key", NULL, NULL},
    {"key log", "session_secret", "*"},
    {"nothing", NULL, NULL},
};

/* A line of tools/matrix.sh. */
struct row {
    char *fixture;
    size_t session;
    char *label;
    char *cells[NUM_COLUMNS];
    char *in_docs; /* the line of docs/matrix.txt */
};

struct cell {
    const struct row *row;
    size_t column;
    char *name;
};

/* has_secret: does the fixture hold a file of this kind? */
static bool has_secret(const char *fixture, const char *files)
{
    char *pattern = alloc_format("fixtures/%s/%s", fixture, files);
    glob_t found;
    bool any = glob(pattern, 0, NULL, &found) == 0;

    if (any)
        globfree(&found);
    free(pattern);
    return any;
}

/* is_named: would this leak alone open the session, as the attacker has it without any? Which
 * session of TLS 1.3 one takes up is seen only once that is open; so with the keys that do so. */
static bool is_named(const struct row *row, const char *leak)
{
    struct run_result result;
    json_t *sessions;
    size_t i;
    json_t *entry;
    bool named = false;

    bool seen = strcmp(leak, "ephemeral") == 0 && has_secret(row->fixture, "ephemeral-1.pem");
    char *first = alloc_format("--ephemeral fixtures/%s/ephemeral-1.pem", row->fixture);

    run_line(&result, "keyfall-attacker --json %s fixtures/%s/recording.pcap", seen ? first : "",
             row->fixture);
    free(first);
    sessions = run_sessions(&result, NULL);
    run_clear(&result);
    json_array_foreach(json_object_get(json_array_get(sessions, row->session - 1), "opened_by"), i,
                       entry) named |= strcmp(json_string_value(entry), leak) == 0;
    json_decref(sessions);
    return named;
}

static void the_cell_is_true(void **state)
{
    const struct cell *cell = *state;
    const struct row *row = cell->row;
    const char *word = row->cells[cell->column];
    const char *leak = columns[cell->column].opened_by;
    const char *in_docs = row->in_docs + LABEL_WIDTH + cell->column * COLUMN_WIDTH;

    if (strncmp(in_docs, word, strlen(word)) != 0)
        fail_msg("docs/matrix.txt has \"%.*s\", and a run \"%s\": see make matrix", COLUMN_WIDTH,
                 in_docs, word);
    if (!leak)
        return;

    bool opens = strcmp(word, "opens") == 0;
    bool has = has_secret(row->fixture, columns[cell->column].files);
    if (opens && !is_named(row, leak))
        fail_msg("it opens, and opened_by does not name %s", leak);
    if (!opens && has && is_named(row, leak))
        fail_msg("it does not open, and opened_by names %s", leak);
}

/* --- The tables -------------------------------------------------------------------------- */

/* take_row cuts a line at its tabs; false when it has too few. */
static bool take_row(struct row *row, char *line)
{
    row->fixture = strsep(&line, "\t");
    row->session = line ? strtoul(strsep(&line, "\t"), NULL, 10) : 0;
    row->label = strsep(&line, "\t");
    for (size_t i = 0; i < NUM_COLUMNS; i++)
        row->cells[i] = strsep(&line, "\t");
    return row->cells[NUM_COLUMNS - 1] && row->session > 0 && !line;
}

/* take_docs finds the line of a label; one of spaces when there is none. */
static char *take_docs(const char *docs, const char *label)
{
    char *padded = alloc_format("\n%-*s", LABEL_WIDTH, label);
    const char *at = strstr(docs, padded);
    size_t len = at ? strcspn(at + 1, "\n") : 0;
    char *line = alloc_format("%-*.*s", LABEL_WIDTH + NUM_COLUMNS * COLUMN_WIDTH, (int)len,
                              at ? at + 1 : "");

    free(padded);
    return line;
}

static size_t take_rows(struct row *rows, char *table, const char *docs)
{
    size_t num = 0;

    (void)strsep(&table, "\n"); /* the heads */
    for (char *line; (line = strsep(&table, "\n")) && line[0] && num < MAX_ROWS; num++) {
        if (!take_row(&rows[num], line))
            return 0;
        rows[num].in_docs = take_docs(docs, rows[num].label);
    }
    return num;
}

/* is_drawn_as: what the script makes of the table is what lies in docs. */
static void is_drawn_as(const char *script, const char *folder, const char *file)
{
    struct run_result result;
    struct buffer kept = file_read(file);
    char *table = alloc_format("%s/table", folder);

    run_line(&result, "awk -f %s %s", script, table);
    assert_status(&result, 0);
    if (!bytes_equal(buffer_view(&kept), bytes_of(result.out.at, strlen(run_out(&result)))))
        fail_msg("%s is not what a run comes to: see make matrix", file);
    run_clear(&result);
    buffer_clear(&kept);
    free(table);
}

static void the_table_in_docs_is_whole(void **state)
{
    is_drawn_as("tools/matrix_text.awk", *state, "docs/matrix.txt");
}

static void the_readme_has_it_too(void **state)
{
    struct buffer readme = file_read("README.md");
    struct buffer table = file_read("docs/matrix.txt");
    char *text = alloc_format("%.*s", (int)readme.len, (const char *)readme.at);
    char *part = alloc_format("%.*s", (int)table.len, (const char *)table.at);

    (void)state;
    assert_non_null(strstr(text, part));
    free(text);
    free(part);
    buffer_clear(&readme);
    buffer_clear(&table);
}

static void the_picture_in_docs_shows_it(void **state)
{
    is_drawn_as("tools/matrix_svg.awk", *state, "docs/matrix.svg");
}

int main(void)
{
    static struct row rows[MAX_ROWS];
    static struct cell cells[MAX_ROWS * NUM_COLUMNS];
    static struct CMUnitTest cases[MAX_ROWS * NUM_COLUMNS + 3];
    size_t num_cells = 0;
    char *folder = scratch_new();
    char *path = alloc_format("%s/table", folder);
    struct buffer docs = file_read("docs/matrix.txt");
    char *docs_text = alloc_format("%.*s", (int)docs.len, (const char *)docs.at);
    struct run_result result;

    run_line(&result, "tools/matrix.sh");
    (void)fputs(run_err(&result), stderr);
    file_write(path, bytes_of(result.out.at, strlen(run_out(&result))));

    size_t num_rows = take_rows(rows, (char *)result.out.at, docs_text);
    for (size_t row = 0; row < num_rows; row++) {
        for (size_t column = 0; column < NUM_COLUMNS; column++) {
            struct cell *cell = &cells[num_cells];

            *cell = (struct cell){&rows[row], column,
                                  alloc_format("%s / %s", rows[row].label, columns[column].title)};
            cases[num_cells++] =
                (struct CMUnitTest){cell->name, the_cell_is_true, NULL, NULL, cell};
        }
    }
    size_t num_cases = num_cells;
    cases[num_cases++] = (struct CMUnitTest){"the table in docs is whole",
                                             the_table_in_docs_is_whole, NULL, NULL, folder};
    cases[num_cases++] = (struct CMUnitTest){"the picture in docs shows it",
                                             the_picture_in_docs_shows_it, NULL, NULL, folder};
    cases[num_cases++] =
        (struct CMUnitTest){"the README has it too", the_readme_has_it_too, NULL, NULL, NULL};

    int failed = _cmocka_run_group_tests("matrix", cases, num_cases, NULL, NULL);

    for (size_t i = 0; i < num_cells; i++)
        free(cells[i].name);
    for (size_t i = 0; i < num_rows; i++)
        free(rows[i].in_docs);
    run_clear(&result);
    buffer_clear(&docs);
    free(docs_text);
    free(path);
    scratch_free(folder);
    return failed > 0 || num_rows == 0;
}
