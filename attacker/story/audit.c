/*
 * The audit for people: session by session, which leak would open it and why; then what that comes
 * to, server by server.
 */
#include <errno.h>
#include <stdlib.h>

#include "attacker/opened_by_reason.h"
#include "attacker/story/audit_table.h"
#include "attacker/story/layout.h"
#include "attacker/story/sink.h"
#include "attacker/story/terms.h"
#include "capture/alloc.h"

struct audit {
    FILE *out;
    bool colour;
    bool behind; /* another output tells the story of each session first */
};

static void *audit_open(const char *argument, bool colour, struct complaint *why)
{
    struct audit *a = alloc_zero(sizeof(*a));

    (void)argument;
    (void)why;
    *a = (struct audit){stdout, colour, false};
    return a;
}

static void *audit_open_behind(const char *argument, bool colour, struct complaint *why)
{
    struct audit *a = audit_open(argument, colour, why);

    a->behind = true;
    return a;
}

/* --- A session ------------------------------------------------------------------------ */

static bool is_named(const struct verdict *v, enum opened_by leak)
{
    return v->opened_by & 1u << leak;
}

static void print_reason(const struct audit *a, const struct session *s, enum opened_by leak)
{
    const struct verdict *v = &s->verdict;
    char reason[OPENED_BY_REASON_SIZE];
    /* Neither named nor known to be of no use: then it can't be told. */
    const char *answer = is_named(v, leak) ? "yes" : v->forward_secret ? "no" : "?";

    (void)fprintf(a->out, "   %-18s", opened_by_name(leak));
    layout_colour(a->out, a->colour, is_named(v, leak) ? LAYOUT_MAGENTA : LAYOUT_CYAN);
    (void)fprintf(a->out, "%-5s", answer);
    layout_reset(a->out, a->colour);
    layout_wrap(a->out, 3 + 18 + 5, opened_by_reason(&s->handshake, v->opened_by, leak, reason));
}

/* print_open: what the recording holds, or what everybody knows, may open a session without any
 * leak. */
static void print_open(const struct audit *a, const struct verdict *v)
{
    if (!v->secret_source)
        return;
    (void)fprintf(a->out, "   open already  ");
    layout_wrap(a->out, 17, v->explanation);
}

/* heading_of: where the two had a secret before, and nothing besides, the server's key is of no use
 * to a thief, and yet nobody would call that forward secrecy. */
static const char *heading_of(const struct verdict *v)
{
    if (is_named(v, OPENED_BY_SERVER_KEY))
        return "Which leak would open it (it is not forward secret)";
    if (v->forward_secret && !is_named(v, OPENED_BY_PSK))
        return "Which leak would open it (it is forward secret)";
    return "Which leak would open it";
}

static void audit_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    const struct audit *a = sink;

    (void)of_session;
    if (!a->behind) {
        terms_print_title(a->out, a->colour, s, id);
        terms_print(a->out, s);
        print_open(a, &s->verdict);
    }
    layout_heading(a->out, a->colour, heading_of(&s->verdict));
    print_reason(a, s, OPENED_BY_SERVER_KEY);
    for (int i = OPENED_BY_SERVER_KEY + 1; i < NUM_OPENED_BY; i++) {
        if (is_named(&s->verdict, (enum opened_by)i))
            print_reason(a, s, (enum opened_by)i);
    }
    (void)fputc('\n', a->out);
    (void)fflush(a->out);
}

/* add_leaks puts the names into a list for one line; "-" for none. */
static char *leaks_new(const struct verdict *v)
{
    char *list = alloc_text("");

    for (int i = 0; i < NUM_OPENED_BY; i++) {
        if (!is_named(v, (enum opened_by)i))
            continue;

        char *longer =
            alloc_format("%s%s%s", list, list[0] ? "," : "", opened_by_name((enum opened_by)i));
        free(list);
        list = longer;
    }
    if (!list[0]) {
        free(list);
        return alloc_text("-");
    }
    return list;
}

static void audit_verdict_brief(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    const struct audit *a = sink;
    const struct verdict *v = &s->verdict;
    char client[ENDPOINT_TEXT_SIZE];
    char server[ENDPOINT_TEXT_SIZE];
    char *leaks = leaks_new(v);

    (void)of_session;
    (void)fprintf(a->out, "%llu %s %s %s %s %s\n", (unsigned long long)id,
                  v->forward_secret                   ? "forward_secret"
                  : is_named(v, OPENED_BY_SERVER_KEY) ? "not_forward_secret"
                                                      : "unknown",
                  leaks, endpoint_text(&s->connection.client, client),
                  endpoint_text(&s->connection.server, server),
                  s->handshake.suite ? s->handshake.suite->name : "-");
    (void)fflush(a->out);
    free(leaks);
}

/* --- The end ---------------------------------------------------------------------------- */

static void print_counts(const struct audit *a, const struct run_summary *summary)
{
    (void)fprintf(a->out, "%llu session%s in %llu packets\n", (unsigned long long)summary->sessions,
                  summary->sessions == 1 ? "" : "s", (unsigned long long)summary->packets);
    for (size_t i = 0; i < summary->num_warnings; i++) {
        (void)fputs("Note: ", a->out);
        layout_wrap(a->out, 6, summary->warnings[i]);
    }
}

static bool audit_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct audit *a = sink;

    if (summary->survey && !a->behind)
        print_counts(a, summary);
    if (summary->survey)
        audit_table_print(a->out, a->colour, summary->survey);

    bool written = fflush(a->out) == 0 && !ferror(a->out);
    if (!written)
        (void)complaint_say(why, "standard output: cannot be written: %s", strerror(errno));
    free(a);
    return written;
}

const struct sink_kind sink_audit = {
    .open = audit_open,
    .verdict = audit_verdict,
    .finished = audit_finished,
};

const struct sink_kind sink_audit_behind = {
    .open = audit_open_behind,
    .verdict = audit_verdict,
    .finished = audit_finished,
};

const struct sink_kind sink_audit_brief = {
    .open = audit_open_behind,
    .verdict = audit_verdict_brief,
    .finished = audit_finished,
};
