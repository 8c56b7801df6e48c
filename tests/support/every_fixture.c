#include "tests/support/every_fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/check.h"

#define MAX_FIXTURES 200

/* is_fixture: fixtures/groups holds what conversations were made in, and none itself. */
static int is_fixture(const struct dirent *entry)
{
    return !strchr(entry->d_name, '.') && strcmp(entry->d_name, "groups") != 0;
}

static int list(struct dirent ***entries)
{
    return scandir("fixtures", entries, is_fixture, alphasort);
}

static void list_free(struct dirent **entries, int num_entries)
{
    for (int i = 0; i < num_entries; i++)
        free(entries[i]);
    free((void *)entries);
}

int every_fixture_run(const char *group, void (*test)(void **state), size_t step)
{
    struct dirent **entries;
    int num_entries = list(&entries);
    static struct CMUnitTest cases[MAX_FIXTURES];
    size_t num_cases = 0;

    if (num_entries <= 0 || num_entries > MAX_FIXTURES) {
        (void)fputs("no fixtures here, or too many: run this from the project's folder\n", stderr);
        return 1;
    }
    for (int i = 0; i < num_entries; i += (int)step)
        cases[num_cases++] =
            (struct CMUnitTest){entries[i]->d_name, test, NULL, NULL, entries[i]->d_name};

    int failed = _cmocka_run_group_tests(group, cases, num_cases, NULL, NULL);

    list_free(entries, num_entries);
    return failed;
}

void every_fixture(void (*check)(const char *fixture))
{
    struct dirent **entries;
    int num_entries = list(&entries);

    assert_true(num_entries > 0);
    for (int i = 0; i < num_entries; i++)
        check(entries[i]->d_name);
    list_free(entries, num_entries);
}
