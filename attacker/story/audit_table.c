#include "attacker/story/audit_table.h"

#include <stdlib.h>

#include "attacker/story/escape.h"
#include "attacker/story/finding_text.h"
#include "attacker/story/layout.h"

/* Columns of a number: "12.3 MB" and two blanks. */
#define NUMBER_WIDTH 9

/* In front of the numbers: "   sessions". */
#define ROW_WIDTH 13

#define NUMBER_SIZE 32

/* number_text: from `short_from` on, what matters is about how much it is. */
static char *number_text(uint64_t n, uint64_t short_from, const char *unit,
                         char out[static NUMBER_SIZE])
{
    static const char *const prefixes[] = {"k", "M", "G", "T", "P", "E"};
    double shown = (double)n / 1000;
    size_t prefix = 0;

    if (n < short_from) {
        (void)snprintf(out, NUMBER_SIZE, "%llu", (unsigned long long)n);
        return out;
    }
    while (shown >= 999.5) {
        shown /= 1000;
        prefix++;
    }
    (void)snprintf(out, NUMBER_SIZE, "%.*f %s%s", shown < 99.95 ? 1 : 0, shown, prefixes[prefix],
                   unit);
    return out;
}

static char *bytes_text(uint64_t bytes, char out[static NUMBER_SIZE])
{
    return number_text(bytes, 10000, "B", out);
}

static char *count_text(uint64_t count, char out[static NUMBER_SIZE])
{
    return number_text(count, 1000000, "", out);
}

static void print_head(FILE *out, bool colour)
{
    static const char *const lines[][1 + NUM_OPENED_BY] = {
        {"all", "server", "ticket", "ephem-", "psk", "session", "quantum"},
        {"", "key", "key", "eral", "", "secret", "computer"},
    };

    layout_colour(out, colour, LAYOUT_FAINT);
    for (size_t line = 0; line < 2; line++) {
        (void)fprintf(out, "%-*s", ROW_WIDTH, "");
        for (size_t i = 0; i < 1 + NUM_OPENED_BY; i++)
            (void)fprintf(out, "%*s", NUMBER_WIDTH, lines[line][i]);
        (void)fputc('\n', out);
    }
    layout_reset(out, colour);
}

/* print_name prints as much of it as a line holds. */
static void print_name(FILE *out, bool colour, const char *name)
{
    struct reader r = reader_of(bytes_of(name, strlen(name)));
    struct bytes character;

    layout_colour(out, colour, LAYOUT_STRONG);
    for (size_t column = 0; escape_next_character(&r, &character); column++) {
        if (column == LAYOUT_WIDTH - 3 && r.left.len > 2) {
            (void)fputs("...", out);
            break;
        }
        (void)fwrite(character.at, 1, character.len, out);
    }
    layout_reset(out, colour);
    (void)fputc('\n', out);
}

static void print_sessions(FILE *out, const struct server_fall *row)
{
    char number[NUMBER_SIZE];

    (void)fprintf(out, "%-*s", ROW_WIDTH, "   sessions");
    (void)fprintf(out, "%*s", NUMBER_WIDTH, count_text(row->all.sessions, number));
    for (size_t i = 0; i < NUM_OPENED_BY; i++)
        (void)fprintf(out, "%*s", NUMBER_WIDTH, count_text(row->by[i].sessions, number));
    (void)fputc('\n', out);
}

static void print_bytes(FILE *out, const struct server_fall *row)
{
    char number[NUMBER_SIZE];

    (void)fprintf(out, "%-*s", ROW_WIDTH, "   bytes");
    (void)fprintf(out, "%*s", NUMBER_WIDTH, bytes_text(row->all.bytes, number));
    for (size_t i = 0; i < NUM_OPENED_BY; i++)
        (void)fprintf(out, "%*s", NUMBER_WIDTH, bytes_text(row->by[i].bytes, number));
    (void)fputc('\n', out);
}

static void print_row(FILE *out, bool colour, const char *name, const struct server_fall *row)
{
    print_name(out, colour, name);
    print_sessions(out, row);
    print_bytes(out, row);
}

static void add(struct fall *sum, const struct fall *more)
{
    sum->sessions += more->sessions;
    sum->bytes += more->bytes;
}

static void add_row(struct server_fall *sum, const struct server_fall *row)
{
    add(&sum->all, &row->all);
    for (size_t i = 0; i < NUM_OPENED_BY; i++)
        add(&sum->by[i], &row->by[i]);
}

static void print_servers(FILE *out, bool colour, const struct server_falls *falls)
{
    struct server_fall sum = {0};
    size_t num = 0;

    if (!server_falls_next(falls, NULL))
        return;
    print_head(out, colour);
    for (const struct server_fall *row = NULL; (row = server_falls_next(falls, row)); num++) {
        print_row(out, colour, row->server ? row->server : "(the other servers)", row);
        add_row(&sum, row);
    }
    if (num > 1)
        print_row(out, colour, "(all together)", &sum);
}

static void print_longest(FILE *out, const char *what, const char *none,
                          const struct exposed *longest)
{
    char *text = longest ? finding_text_new(longest) : NULL;

    (void)fprintf(out, "   %-18s", what);
    layout_wrap(out, 3 + 18, text ? text : none);
    free(text);
}

static void print_windows(FILE *out, bool colour, const struct exposure *e)
{
    static const struct {
        enum exposure_kind kind;
        const char *what;
        const char *none;
    } rows[] = {
        {EXPOSURE_SERVER_VALUE, "server ephemeral", "none was used in more than one session"},
        {EXPOSURE_CLIENT_VALUE, "client ephemeral", "none was used in more than one session"},
        {EXPOSURE_TICKET_KEY, "ticket key name", "none was seen on more than one ticket"},
        {EXPOSURE_CHAIN, "resumption chain",
         "no session was seen to go on from another (in TLS 1.3, tickets are handed out sealed)"},
    };

    layout_heading(out, colour, "How long one secret stayed in use (the longest of each kind)");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        print_longest(out, rows[i].what, rows[i].none, exposure_longest(e, rows[i].kind));
    (void)fputs("   ", out);
    layout_wrap(out, 3,
                "(For comparison: 38 % of the top sites could be opened within a day, whatever "
                "their suite. Springall et al., \"Measuring the Security Harm of TLS Crypto "
                "Shortcuts\", IMC 2016.)");
}

void audit_table_print(FILE *out, bool colour, const struct survey *v)
{
    layout_heading(out, colour, "How much of the recording falls with which leak");
    print_servers(out, colour, &v->servers);
    print_windows(out, colour, v->exposure);
}
