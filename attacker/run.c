#include "attacker/run.h"

#include <assert.h>
#include <stdlib.h>

#include "attacker/interrupt.h"
#include "attacker/tls/record.h"
#include "capture/alloc.h"
#include "capture/reassembly.h"

/* One whole record and the header of the next: what it takes to tell TLS from other bytes where the
 * beginning of a connection was not recorded. */
#define MAX_UNDECIDED (RECORD_MAX_FRAGMENT + 2 * RECORD_HEADER_LEN)

/* A record header and the type of the handshake message behind it. */
#define HELLO_PREFIX_LEN (RECORD_HEADER_LEN + 1)

/* 2048 verdicts, of some 12 KiB each, wait at the most for that of an earlier connection. One that
 * stays open for longer, or never says anything, then lines up again at the end: ids would be in
 * perfect order only with all of a recording in memory. */
#define RUN_MAX_WAITING 2048

/* What arrived before it was clear whether this is TLS; handed on as it came. */
struct early {
    enum side side;
    uint64_t frame;
    uint64_t time_ns;
    struct buffer data;
};

enum state {
    STATE_UNDECIDED,
    STATE_TLS,
    STATE_OTHER, /* not TLS: no longer in the queue */
    STATE_ENDED, /* has a verdict, which waits for those of earlier connections */
};

/* A connection, from its first packet until its verdict has left. */
struct conversation {
    struct run *run;
    struct conversation *before; /* in order of the first packet */
    struct conversation *behind;
    const struct connection *connection;
    enum state state;
    bool beginning_lost;
    struct early *early;
    size_t num_early;
    struct buffer start[2]; /* the first bytes of each direction, by enum side */
    struct session *session;
};

struct run {
    const struct leaks *leaks;
    struct sinks *sinks;
    struct reassembly *reassembly;
    struct conversation *first; /* the queue in which verdicts leave */
    struct conversation *last;
    size_t num_waiting; /* conversations in the queue that have ended */
    uint64_t packets;
    struct run_summary summary;
};

/* --- The queue ------------------------------------------------------------------ */

static void forget_early(struct conversation *c)
{
    for (size_t i = 0; i < c->num_early; i++)
        buffer_clear(&c->early[i].data);
    free(c->early);
    c->early = NULL;
    c->num_early = 0;
    buffer_clear(&c->start[SIDE_CLIENT]);
    buffer_clear(&c->start[SIDE_SERVER]);
}

static void join_queue(struct run *r, struct conversation *c)
{
    c->before = r->last;
    c->behind = NULL;
    if (r->last)
        r->last->behind = c;
    else
        r->first = c;
    r->last = c;
}

static void leave_queue(struct run *r, struct conversation *c)
{
    if (c->before)
        c->before->behind = c->behind;
    else
        r->first = c->behind;
    if (c->behind)
        c->behind->before = c->before;
    else
        r->last = c->before;
}

static void give_verdict(struct run *r, struct session *s)
{
    r->summary.sessions++;
    r->summary.outcomes[s->verdict.outcome]++;
    sinks_verdict(r->sinks, s->attachment, s, r->summary.sessions);
}

/* let_go hands out the verdicts that no earlier connection can get in front of any more. */
static void let_go(struct run *r)
{
    while (r->first && r->first->state == STATE_ENDED) {
        struct conversation *c = r->first;

        assert(!c->before);
        give_verdict(r, c->session);
        session_free(c->session);
        leave_queue(r, c);
        free(c);
        r->num_waiting--;
    }
}

/* keep_within_limit sends the first in the queue to its end, as long as too many wait behind it. */
static void keep_within_limit(struct run *r)
{
    while (r->num_waiting > RUN_MAX_WAITING) {
        struct conversation *c = r->first;

        leave_queue(r, c);
        join_queue(r, c);
        let_go(r);
    }
}

/* not_tls: nobody need wait for this one; it is freed when its connection closes. */
static void not_tls(struct conversation *c)
{
    c->state = STATE_OTHER;
    forget_early(c);
    leave_queue(c->run, c);
    let_go(c->run);
}

/* --- Is it TLS? -------------------------------------------------------------------- */

static void on_plaintext(void *context, const struct session *s, enum side from, struct bytes data,
                         uint64_t time_ns)
{
    sinks_plaintext(context, s->attachment, from, data, time_ns);
}

static void begin_session(struct conversation *c, bool swapped, bool from_the_middle)
{
    struct run *r = c->run;
    const struct session_listener listener = {r->sinks, on_plaintext};

    c->state = STATE_TLS;
    c->session = session_new(c->connection, swapped, from_the_middle, r->leaks, &listener, NULL);
    c->session->attachment = sinks_session_opened(r->sinks, c->session);
    for (size_t i = 0; i < c->num_early; i++) {
        const struct early *early = &c->early[i];
        const struct chunk chunk = {buffer_view(&early->data), early->time_ns, early->frame};

        session_bytes(c->session, early->side, &chunk);
    }
    forget_early(c);
}

/* decide looks at what one side has said so far. */
static void decide(struct conversation *c, enum side side)
{
    struct bytes start = buffer_view(&c->start[side]);
    uint8_t type;

    if (start.len < HELLO_PREFIX_LEN)
        return;
    if (record_looks_like_hello(start, &type)) {
        enum side sender = type == HANDSHAKE_CLIENT_HELLO ? SIDE_CLIENT : SIDE_SERVER;

        begin_session(c, sender != side, false);
    } else if (!c->beginning_lost || start.len > MAX_UNDECIDED) {
        not_tls(c);
    } else if (record_looks_like_middle(start)) {
        begin_session(c, false, true);
    }
}

static void keep_early(struct conversation *c, enum side side, const struct chunk *chunk)
{
    struct early *early;

    c->early = alloc_resize(c->early, (c->num_early + 1) * sizeof(*c->early));
    early = &c->early[c->num_early++];
    *early = (struct early){side, chunk->frame, chunk->time_ns, {0}};
    buffer_append(&early->data, chunk->data);
    buffer_append(&c->start[side], chunk->data);
}

/* --- What the reassembly tells ------------------------------------------------------ */

static void *on_opened(void *context, const struct connection *connection)
{
    struct run *r = context;
    struct conversation *c = alloc_zero(sizeof(*c));

    c->run = r;
    c->connection = connection;
    c->beginning_lost = !connection->syn_seen;
    join_queue(r, c);
    return c;
}

static void on_bytes(void *conversation, enum side side, const struct chunk *chunk)
{
    struct conversation *c = conversation;

    if (c->state == STATE_TLS) {
        session_bytes(c->session, side, chunk);
    } else if (c->state == STATE_UNDECIDED) {
        keep_early(c, side, chunk);
        decide(c, side);
    }
}

static void on_gap(void *conversation, enum side side, const struct gap *gap)
{
    struct conversation *c = conversation;

    if (c->state == STATE_TLS)
        session_gap(c->session, side, gap);
    else
        c->beginning_lost = true;
}

static void on_closed(void *conversation)
{
    struct conversation *c = conversation;
    struct run *r = c->run;

    if (c->state == STATE_TLS) {
        session_close(c->session, c->connection->end_ns);
        c->state = STATE_ENDED;
        r->num_waiting++;
        let_go(r);
        keep_within_limit(r);
        return;
    }
    if (c->state == STATE_UNDECIDED)
        not_tls(c);
    free(c);
}

/* --- The run ------------------------------------------------------------------------- */

struct run *run_new(const struct leaks *leaks, struct sinks *sinks)
{
    struct run *r = alloc_zero(sizeof(*r));
    const struct stream_listener listener = {r, on_opened, on_bytes, on_gap, on_closed};

    r->leaks = leaks;
    r->sinks = sinks;
    r->reassembly = reassembly_new(&listener, &(struct reassembly_options){0});
    return r;
}

bool run_read(struct run *r, const char *path, bool *read, struct complaint *why)
{
    struct capture_file *file = capture_file_open(path, r->packets + 1, why);
    struct packet packet;
    enum capture_step step;
    uint64_t before = r->packets;

    *read = false;
    if (!file)
        return false;
    bool to_the_end = strcmp(path, "-") == 0; /* see interrupt.h */
    do {
        step =
            to_the_end || !interrupt_came() ? capture_file_next(file, &packet, why) : CAPTURE_END;
        if (step == CAPTURE_PACKET) {
            r->packets++;
            reassembly_packet(r->reassembly, &packet);
        }
    } while (step == CAPTURE_PACKET);
    capture_file_close(file);
    *read = step == CAPTURE_END || r->packets > before;
    return step == CAPTURE_END;
}

void run_warn(struct run *r, const char *text)
{
    struct run_summary *s = &r->summary;

    s->warnings = alloc_resize(s->warnings, (s->num_warnings + 1) * sizeof(char *));
    s->warnings[s->num_warnings++] = alloc_text(text);
}

/* warn_of_count puts one of the reassembly's counts into a sentence, if there is anything to say.
 */
static void warn_of_count(struct run *r, uint64_t count, const char *what)
{
    if (count == 0)
        return;

    char *text = alloc_format("%llu %s", (unsigned long long)count, what);
    run_warn(r, text);
    free(text);
}

const struct run_summary *run_finish(struct run *r)
{
    reassembly_finish(r->reassembly);

    const struct reassembly_counts *counts = reassembly_counts(r->reassembly);
    r->summary.packets = r->packets;
    r->summary.tcp_connections = counts->connections;
    warn_of_count(r, counts->arrivals.malformed, "packets have headers that contradict themselves");
    warn_of_count(r, counts->arrivals.fragments.incomplete,
                  "IP datagrams were left out: some of their fragments are not in the recording");
    warn_of_count(r, counts->gaps, "holes in the recording: packets were lost when it was made");
    warn_of_count(r, counts->buffers_flushed,
                  "times a hole was given up because too much data waited behind it");
    warn_of_count(r, counts->evicted,
                  "connections were closed early because too many were open at once");
    return &r->summary;
}

void run_free(struct run *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->summary.num_warnings; i++)
        free(r->summary.warnings[i]);
    free(r->summary.warnings);
    reassembly_free(r->reassembly);
    free(r);
}
