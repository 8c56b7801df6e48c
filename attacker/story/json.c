/*
 * The story for scripts: NDJSON, one line a session, then the summary. The keys are the contract's.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacker/story/audit_json.h"
#include "attacker/story/escape.h"
#include "attacker/story/sink.h"
#include "attacker/tls/exchange_name.h"
#include "capture/alloc.h"

struct json {
    bool audit; /* each line says why */
};

static void *json_open(const char *argument, bool colour, struct complaint *why)
{
    (void)argument;
    (void)colour;
    (void)why;
    return alloc_zero(sizeof(struct json));
}

static void *json_open_audit(const char *argument, bool colour, struct complaint *why)
{
    struct json *json = json_open(argument, colour, why);

    json->audit = true;
    return json;
}

/* text_or_null: wire bytes as a JSON string, null when there are none. */
static json_t *text_or_null(struct bytes raw)
{
    if (raw.len == 0)
        return json_null();

    char *text = escape_new(raw);
    json_t *value = json_string(text);
    free(text);
    return value;
}

static json_t *name_or_null(const char *name)
{
    return name && name[0] ? json_string(name) : json_null();
}

static json_t *seconds(uint64_t ns)
{
    return json_real((double)ns / 1e9);
}

static json_t *address(const struct endpoint *e)
{
    char text[ENDPOINT_TEXT_SIZE];

    return json_string(endpoint_text(e, text));
}

static json_t *certificate(const struct certificate *c)
{
    if (!c->seen)
        return json_null();

    json_t *usages = json_array();
    char sha256[2 * CERTIFICATE_FINGERPRINT + 1];

    for (size_t i = 0; i < CERTIFICATE_FINGERPRINT; i++)
        (void)snprintf(sha256 + 2 * i, 3, "%02x", c->sha256[i]);
    for (size_t i = 0; i < c->num_key_usages; i++)
        json_array_append_new(usages, json_string(c->key_usages[i]));
    return json_pack("{s:o, s:o, s:s, s:o}", "subject",
                     text_or_null(bytes_of(c->subject, strlen(c->subject))), "key",
                     name_or_null(c->key_name), "sha256", sha256, "key_usage", usages);
}

static json_t *evidence(const struct evidence *e)
{
    json_t *steps = json_array();

    for (size_t i = 0; i < e->num_steps; i++) {
        const struct evidence_step *step = &e->steps[i];

        json_array_append_new(
            steps, json_pack("{s:o, s:s, s:s}", "frame",
                             step->frame ? json_integer((json_int_t)step->frame) : json_null(),
                             "step", step->step, "result", step->result));
    }
    return steps;
}

static json_t *opened_by(const struct verdict *v)
{
    json_t *leaks = json_array();

    for (int i = 0; i < NUM_OPENED_BY; i++) {
        if (v->opened_by & 1u << i)
            json_array_append_new(leaks, json_string(opened_by_name((enum opened_by)i)));
    }
    return leaks;
}

/* add_who: who spoke with whom, when, and in which terms. */
static void add_who(json_t *line, const struct session *s, uint64_t id)
{
    const struct handshake *h = &s->handshake;
    char exchange[SUITE_KEY_EXCHANGE_SIZE];
    char group[GROUP_TEXT_SIZE];
    char suite_id[8];

    (void)snprintf(suite_id, sizeof(suite_id), "0x%04x", h->suite_id);
    json_object_set_new(line, "type", json_string("session"));
    json_object_set_new(line, "id", json_integer((json_int_t)id));
    json_object_set_new(line, "inside",
                        s->carrier > 0 ? json_integer((json_int_t)s->carrier) : json_null());
    json_object_set_new(line, "client", address(&s->connection.client));
    json_object_set_new(line, "server", address(&s->connection.server));
    json_object_set_new(line, "start", seconds(s->connection.start_ns));
    json_object_set_new(line, "end", seconds(s->connection.end_ns));
    json_object_set_new(line, "transport", json_string(h->datagrams ? "udp" : "tcp"));
    json_object_set_new(line, "version", name_or_null(handshake_version_name(h)));
    json_object_set_new(line, "cipher_suite", name_or_null(h->suite ? h->suite->name : NULL));
    json_object_set_new(line, "cipher_suite_id", name_or_null(h->server_hello ? suite_id : NULL));
    json_object_set_new(line, "key_exchange", name_or_null(exchange_name(h, exchange)));
    json_object_set_new(line, "group", name_or_null(exchange_group_name(h, group)));
    json_object_set_new(line, "sni", text_or_null(h->server_name));
    json_object_set_new(line, "alpn", text_or_null(h->protocol));
    json_object_set_new(line, "resumed", json_string(session_resumed(s)));
    json_object_set_new(line, "extended_master_secret", json_boolean(h->extended_master_secret));
    json_object_set_new(line, "encrypt_then_mac", json_boolean(h->encrypt_then_mac));
    json_object_set_new(line, "certificate", certificate(&h->certificate));
}

/* add_verdict: what came of it, and why. */
static void add_verdict(json_t *line, const struct session *s)
{
    const struct verdict *v = &s->verdict;
    const struct direction *client = &s->directions[SIDE_CLIENT];
    const struct direction *server = &s->directions[SIDE_SERVER];
    uint64_t records = client->records + server->records;
    uint64_t opened = client->records_opened + server->records_opened;

    json_object_set_new(line, "outcome", json_string(verdict_outcome_name(v->outcome)));
    json_object_set_new(line, "secret_source", name_or_null(v->secret_source));
    json_object_set_new(line, "reason", name_or_null(verdict_reason_code(v->reason)));
    json_object_set_new(line, "explanation", json_string(v->explanation));
    json_object_set_new(line, "finished_verified", json_boolean(v->finished_verified));
    json_object_set_new(line, "forward_secret", json_boolean(v->forward_secret));
    json_object_set_new(line, "opened_by", opened_by(v));
    json_object_set_new(line, "evidence", evidence(&s->evidence));
    json_object_set_new(line, "client_bytes", json_integer((json_int_t)client->plain_bytes));
    json_object_set_new(line, "server_bytes", json_integer((json_int_t)server->plain_bytes));
    json_object_set_new(line, "records", json_integer((json_int_t)records));
    json_object_set_new(line, "records_decrypted", json_integer((json_int_t)opened));
    json_object_set_new(line, "records_missing", json_integer((json_int_t)s->records_missing));
    json_object_set_new(line, "bytes_missing", json_integer((json_int_t)s->bytes_missing));
}

static void print_line(json_t *line)
{
    (void)json_dumpf(line, stdout, JSON_COMPACT);
    (void)putchar('\n');
    (void)fflush(stdout);
    json_decref(line);
}

static void json_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    const struct json *json = sink;
    json_t *line = json_object();

    (void)of_session;
    add_who(line, s, id);
    add_verdict(line, s);
    if (json->audit)
        audit_json_session(line, s);
    print_line(line);
}

/* agreement_values: who sent what to whom. */
static json_t *agreement_values(const struct agreement *a)
{
    json_t *values = json_array();
    char hex[EVIDENCE_HEX_SIZE];

    for (unsigned round = 1; round < a->members; round++) {
        for (unsigned from = 1; from <= a->members; from++) {
            const struct agreement_part *value = &a->values[from - 1][round - 1];

            if (value->frame > 0)
                json_array_append_new(
                    values,
                    json_pack("{s:I, s:i, s:i, s:i, s:s}", "frame", (json_int_t)value->frame,
                              "from", (int)from, "to", (int)agreement_next(a, from), "round",
                              (int)round, "value", evidence_hex(buffer_view(&value->bytes), hex)));
        }
    }
    return values;
}

static void json_agreement(void *sink, const struct agreement *a)
{
    const struct group *group = group_find(a->group);
    json_t *line = json_object();
    char id[2 * AGREEMENT_ID_SIZE + 1];

    (void)sink;
    for (size_t i = 0; i < AGREEMENT_ID_SIZE; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", a->id[i]);
    json_object_set_new(line, "type", json_string("agreement"));
    json_object_set_new(line, "agreement", json_string(id));
    json_object_set_new(line, "peers", json_integer(a->members));
    json_object_set_new(line, "group", name_or_null(group ? group->name : NULL));
    json_object_set_new(line, "start", seconds(a->start_ns));
    json_object_set_new(line, "end", seconds(a->end_ns));
    json_object_set_new(line, "values", agreement_values(a));
    json_object_set_new(line, "outcome", json_string(verdict_outcome_name(a->outcome)));
    json_object_set_new(line, "secret_source", name_or_null(a->secret_source));
    json_object_set_new(line, "reason", name_or_null(verdict_reason_code(a->reason)));
    json_object_set_new(line, "explanation", json_string(a->explanation));
    json_object_set_new(line, "evidence", evidence(&a->evidence));
    json_object_set_new(line, "message_bytes", json_integer((json_int_t)a->message.len));
    print_line(line);
}

static bool json_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct json *json = sink;
    json_t *line = json_object();
    json_t *warnings = json_array();

    json_object_set_new(line, "type", json_string("summary"));
    json_object_set_new(line, "packets", json_integer((json_int_t)summary->packets));
    json_object_set_new(line, "tcp_connections",
                        json_integer((json_int_t)summary->tcp_connections));
    json_object_set_new(line, "sessions", json_integer((json_int_t)summary->sessions));
    for (int i = OUTCOME_DECRYPTED; i <= OUTCOME_UNDECRYPTABLE; i++)
        json_object_set_new(line, verdict_outcome_name((enum outcome)i),
                            json_integer((json_int_t)summary->outcomes[i]));
    for (size_t i = 0; i < summary->num_warnings; i++) {
        const char *text = summary->warnings[i];

        json_array_append_new(warnings, text_or_null(bytes_of(text, strlen(text))));
    }
    json_object_set_new(line, "warnings", warnings);
    if (summary->survey)
        json_object_set_new(line, "findings", audit_json_findings(summary->survey->exposure));
    if (summary->survey && json->audit)
        json_object_set_new(line, "servers", audit_json_servers(&summary->survey->servers));
    print_line(line);
    free(json);
    if (ferror(stdout))
        return complaint_say(why, "standard output: cannot be written: %s", strerror(errno));
    return true;
}

const struct sink_kind sink_json = {
    .open = json_open,
    .verdict = json_verdict,
    .agreement = json_agreement,
    .finished = json_finished,
};

const struct sink_kind sink_json_audit = {
    .open = json_open_audit,
    .verdict = json_verdict,
    .finished = json_finished,
};
