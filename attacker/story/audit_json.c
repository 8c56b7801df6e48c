#include "attacker/story/audit_json.h"

#include <stdlib.h>

#include "attacker/opened_by_reason.h"
#include "attacker/story/finding_text.h"
#include "attacker/story/span.h"

void audit_json_session(json_t *line, const struct session *s)
{
    const struct verdict *v = &s->verdict;
    json_t *reasons = json_object();
    char reason[OPENED_BY_REASON_SIZE];

    for (int i = 0; i < NUM_OPENED_BY; i++) {
        enum opened_by leak = (enum opened_by)i;

        if (v->opened_by & 1u << leak)
            json_object_set_new(
                reasons, opened_by_name(leak),
                json_string(opened_by_reason(&s->handshake, v->opened_by, leak, reason)));
    }
    json_object_set_new(line, "opened_by_reasons", reasons);
    json_object_set_new(
        line, "forward_secret_reason",
        json_string(opened_by_reason(&s->handshake, v->opened_by, OPENED_BY_SERVER_KEY, reason)));
}

/* --- The summary -------------------------------------------------------------------- */

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *fall(const struct fall *f)
{
    return json_pack("{s:o, s:o}", "sessions", number(f->sessions), "bytes", number(f->bytes));
}

static json_t *server(const struct server_fall *row)
{
    json_t *by = json_object();

    for (int i = 0; i < NUM_OPENED_BY; i++)
        json_object_set_new(by, opened_by_name((enum opened_by)i), fall(&row->by[i]));
    return json_pack("{s:s?, s:o, s:o, s:o, s:o}", "server", row->server, "sessions",
                     number(row->all.sessions), "bytes", number(row->all.bytes), "forward_secret",
                     fall(&row->forward_secret), "opened_by", by);
}

json_t *audit_json_servers(const struct server_falls *falls)
{
    json_t *servers = json_array();

    for (const struct server_fall *row = NULL; (row = server_falls_next(falls, row));)
        json_array_append_new(servers, server(row));
    return servers;
}

static void add_details(json_t *finding, const struct exposed *x)
{
    char key_name[2 * EXPOSURE_KEY_NAME_LEN + 1];

    if (x->kind == EXPOSURE_SERVER_VALUE || x->kind == EXPOSURE_CLIENT_VALUE) {
        json_object_set_new(finding, "side",
                            json_string(x->kind == EXPOSURE_CLIENT_VALUE ? "client" : "server"));
        json_object_set_new(finding, "group", x->group[0] ? json_string(x->group) : json_null());
    }
    if (x->kind == EXPOSURE_TICKET_KEY)
        json_object_set_new(finding, "key_name", json_string(finding_text_key_name(x, key_name)));
}

static json_t *finding(const struct exposed *x)
{
    json_t *sessions = json_array();
    char *explanation = finding_text_new(x);

    for (size_t i = 0; i < x->num_listed; i++)
        json_array_append_new(sessions, number(x->sessions[i]));

    json_t *value = json_pack("{s:s, s:s, s:o, s:o, s:f, s:f, s:f, s:s}", "kind",
                              finding_text_kind(x->kind), "server", x->server, "sessions", sessions,
                              "num_sessions", number(x->num_sessions), "first",
                              (double)x->first_ns / 1e9, "last", (double)x->last_ns / 1e9, "hours",
                              span_hours(x->last_ns - x->first_ns), "explanation", explanation);
    add_details(value, x);
    free(explanation);
    return value;
}

json_t *audit_json_findings(const struct exposure *e)
{
    json_t *findings = json_array();

    for (const struct exposed *x = NULL; (x = exposure_next(e, x));)
        json_array_append_new(findings, finding(x));
    return findings;
}
