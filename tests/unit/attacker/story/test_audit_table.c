/* The end of an audit keeps to its columns, whatever it has to show. */
#include "attacker/story/audit_table.h"

#include <string.h>

#include "attacker/story/layout.h"
#include "tests/support/check.h"
#include "tests/support/printed.h"

/* print gives the sheet of a survey, which is freed. */
static struct sheet print(struct survey *v)
{
    struct sheet sheet = {0};

    sheet_begin(&sheet);
    audit_table_print(sheet.out, false, v);
    sheet_end(&sheet);
    survey_free(v);
    assert_true(widest_line(sheet.text) <= LAYOUT_WIDTH);
    return sheet;
}

static void assert_shows(const struct sheet *sheet, const char *part)
{
    if (!strstr(sheet->text, part))
        fail_msg("'%s' is not in:\n%s", part, sheet->text);
}

static void sessions_and_bytes_stand_in_columns(void **state)
{
    struct survey *v = survey_new();

    (void)state;
    server_falls_add(&v->servers, "kitchen.example", 12345, 1u << OPENED_BY_SERVER_KEY, false);
    server_falls_add(&v->servers, "kitchen.example", 55, 1u << OPENED_BY_PSK, true);

    struct sheet sheet = print(v);
    assert_shows(&sheet,
                 "\n"
                 "                   all   server   ticket   ephem-      psk  session  "
                 "quantum\n"
                 "                            key      key     eral            secret "
                 "computer\n"
                 "kitchen.example\n"
                 "   sessions          2        1        0        0        1        0        "
                 "0\n"
                 "   bytes       12.4 kB  12.3 kB        0        0       55        0        "
                 "0\n");
    assert_null(strstr(sheet.text, "together")); /* there is one server alone */
    assert_shows(&sheet, "IMC 2016");
    sheet_free(&sheet);
}

static void the_largest_numbers_keep_their_columns(void **state)
{
    static const uint64_t sizes[] = {0,       9999,    10000,         99949,        99951,
                                     999949,  999951,  1000000000,    999950000000, 1ull << 50,
                                     1 << 30, 1 << 20, UINT64_MAX / 2};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct survey *v = survey_new();

        v->servers.others = (struct server_fall){.all = {sizes[i], sizes[i]}};
        for (size_t leak = 0; leak < NUM_OPENED_BY; leak++)
            v->servers.others.by[leak] = v->servers.others.all;

        struct sheet sheet = print(v);
        sheet_free(&sheet);
    }
}

static void a_long_name_is_cut(void **state)
{
    struct survey *v = survey_new();
    char name[300];

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    server_falls_add(&v->servers, name, 1, 0, true);
    name[LAYOUT_WIDTH] = '\0'; /* fits just so */
    server_falls_add(&v->servers, name, 1, 0, true);

    struct sheet sheet = print(v);
    assert_shows(&sheet, "xxx...\n");
    assert_shows(&sheet, "xxxxxx\n");
    assert_shows(&sheet, "(all together)\n   sessions          2");
    sheet_free(&sheet);
}

static void servers_beyond_the_limit_share_a_row(void **state)
{
    struct survey *v = survey_new();

    (void)state;
    v->servers.room = 1;
    server_falls_add(&v->servers, "a", 1, 0, true);
    server_falls_add(&v->servers, "b", 1, 0, true);
    server_falls_add(&v->servers, "c", 1, 0, true);

    struct sheet sheet = print(v);
    assert_shows(&sheet, "(the other servers)\n   sessions          2");
    assert_shows(&sheet, "(all together)\n   sessions          3");
    sheet_free(&sheet);
}

static void the_longest_windows_are_told(void **state)
{
    struct survey *v = survey_new();
    const struct exposure_use first = {1, 0, "kitchen.example", "x25519"};
    const struct exposure_use second = {2, 7200000000000, "kitchen.example", "x25519"};

    (void)state;
    exposure_see_value(v->exposure, EXPOSURE_SERVER_VALUE, bytes_of("a", 1), &first);
    exposure_see_value(v->exposure, EXPOSURE_SERVER_VALUE, bytes_of("a", 1), &second);

    struct sheet sheet = print(v);
    assert_shows(&sheet, "server ephemeral  kitchen.example used the same ephemeral key");
    assert_shows(&sheet, "at least 2.0 hours");
    assert_shows(&sheet, "client ephemeral  none was used in more than one session");
    assert_shows(&sheet, "ticket key name   none was seen");
    assert_shows(&sheet, "resumption chain  no session");
    sheet_free(&sheet);
}

static void without_a_session_there_is_no_table(void **state)
{
    (void)state;
    struct sheet sheet = print(survey_new());
    assert_null(strstr(sheet.text, "sessions   "));
    sheet_free(&sheet);
    survey_free(NULL);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sessions_and_bytes_stand_in_columns),
        CASE(the_largest_numbers_keep_their_columns),
        CASE(a_long_name_is_cut),
        CASE(servers_beyond_the_limit_share_a_row),
        CASE(the_longest_windows_are_told),
        CASE(without_a_session_there_is_no_table),
    };

    return RUN(cases);
}
