/*
 * One line a session, for -q.
 */
#include <errno.h>
#include <stdio.h>

#include "attacker/story/sink.h"

static void *brief_open(const char *argument, bool colour, struct complaint *why)
{
    (void)argument;
    (void)colour;
    (void)why;
    return stdout;
}

static void brief_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    const struct verdict *v = &s->verdict;
    const char *code = verdict_reason_code(v->reason);
    char client[ENDPOINT_TEXT_SIZE];
    char server[ENDPOINT_TEXT_SIZE];

    (void)of_session;
    (void)fprintf(sink, "%llu %s %s %s %s %s\n", (unsigned long long)id,
                  verdict_outcome_name(v->outcome), code ? code : v->secret_source,
                  endpoint_text(&s->connection.client, client),
                  endpoint_text(&s->connection.server, server),
                  s->handshake.suite ? s->handshake.suite->name : "-");
    (void)fflush(sink);
}

static void brief_agreement(void *sink, const struct agreement *a)
{
    const char *code = verdict_reason_code(a->reason);

    (void)fprintf(sink, "- %s %s agreement of %u members\n", verdict_outcome_name(a->outcome),
                  code ? code : a->secret_source, a->members);
    (void)fflush(sink);
}

static bool brief_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    (void)summary;
    if (fflush(sink) != 0 || ferror((FILE *)sink))
        return complaint_say(why, "standard output: cannot be written: %s", strerror(errno));
    return true;
}

const struct sink_kind sink_brief = {
    .open = brief_open,
    .verdict = brief_verdict,
    .agreement = brief_agreement,
    .finished = brief_finished,
};
