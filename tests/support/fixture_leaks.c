#include "tests/support/fixture_leaks.h"

#include <glob.h>

#include "attacker/crypto/providers.h"
#include "tests/support/check.h"
#include "tests/support/program.h"

/* each_file calls `take` with every file of this name that a fixture has. */
static void each_file(struct fixture_leaks *out, const char *pattern,
                      void (*take)(struct fixture_leaks *out, const char *path))
{
    glob_t found;

    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        take(out, found.gl_pathv[i]);
    globfree(&found);
}

static void take_server_key(struct fixture_leaks *out, const char *path)
{
    struct complaint why;

    assert_true(private_keys_load(&out->leaks.server_keys, path, NULL, &why));
}

static void take_ephemeral(struct fixture_leaks *out, const char *path)
{
    struct complaint why;

    assert_true(private_keys_load(&out->leaks.ephemerals, path, NULL, &why));
}

static void take_ticket_key(struct fixture_leaks *out, const char *path)
{
    struct complaint why;

    assert_true(ticket_keys_load(&out->leaks.ticket_keys, path, &why));
}

static void take_lines(struct fixture_leaks *out, const char *path)
{
    struct buffer text = file_read(path);

    buffer_append(&out->lines, buffer_view(&text));
    buffer_clear(&text);
}

void fixture_leaks_load(struct fixture_leaks *out)
{
    *out = (struct fixture_leaks){0};
    each_file(out, "fixtures/*/server.key", take_server_key);
    each_file(out, "fixtures/*/ephemeral-*.pem", take_ephemeral);
    each_file(out, "fixtures/*/ticket.key", take_ticket_key);
    each_file(out, "fixtures/*/keylog.txt", take_lines);
    keylog_add_embedded(&out->leaks.keylog, buffer_view(&out->lines));
}

const struct fixture_leaks *fixture_leaks_all(void)
{
    static struct fixture_leaks all;
    static struct providers providers;

    if (all.lines.len == 0) {
        providers_load(&providers);
        fixture_leaks_load(&all);
    }
    return &all;
}
