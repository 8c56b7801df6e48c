#include "attacker/run.h"

#include <stdlib.h>

#include "attacker/conversation.h"
#include "attacker/datagram_watch.h"
#include "attacker/interrupt.h"
#include "attacker/nested.h"
#include "attacker/queue.h"
#include "attacker/recording_faults.h"
#include "attacker/run_summary.h"
#include "attacker/session_dtls.h"
#include "capture/alloc.h"
#include "capture/reassembly.h"

/* 2048 verdicts, of some 12 KiB each, wait at the most for that of an earlier connection. One that
 * stays open for longer, or never says anything, then lines up again at the end: ids would be in
 * perfect order only with all of a recording in memory. */
#define RUN_MAX_WAITING 2048

/* 16 KiB without any TLS, and verdicts do not wait for that connection any more: plain talk in
 * front of STARTTLS or behind CONNECT is shorter. If TLS is found later, it takes its place then.
 */
#define RUN_PATIENCE 16384

struct run {
    struct leaks *leaks;
    struct sinks *sinks;
    struct reassembly *reassembly;
    struct queue queue;          /* of verdicts */
    struct resumable *resumable; /* of this recording, lent to the leaks */
    struct survey *survey;
    struct agreements agreements;
    size_t num_waiting;  /* conversations in the queue that have ended */
    size_t memory;       /* what all conversations hold, in bytes */
    size_t memory_limit; /* RUN_MAX_MEMORY, see run_limit_memory */
    uint64_t abandoned;  /* conversations that were ended because of it */
    uint64_t limited;    /* conversations in which the search behind a hole came to a limit */
    uint64_t packets;
    bool live; /* packets come from where they may be recorded just now */
    struct run_summary summary;
};

/* --- Verdicts leave ------------------------------------------------------------- */

/* count_memory keeps the sum up to date after something has happened to `c`. */
static void count_memory(struct run *r, struct conversation *c)
{
    size_t now = conversation_memory(c);

    r->memory += now - c->memory; /* modulo 2^64, so it may become less, too */
    c->memory = now;
}

/* let_one_go hands out the verdict of `c`; a connection that still goes on is of no more interest.
 */
static void let_one_go(struct run *r, struct conversation *c)
{
    r->summary.sessions++;
    r->summary.outcomes[c->session->verdict.outcome]++;
    r->limited += c->session->search_limited;
    survey_take(r->survey, c->session, r->summary.sessions);
    conversation_tell(c, r->summary.sessions);
    count_memory(r, c);
    queue_leave(&r->queue, c);
    r->num_waiting--;
    if (c->closed)
        conversation_free(c);
}

/* let_go hands out the verdicts that no earlier connection can get in front of any more. */
static void let_go(struct run *r)
{
    while (r->queue.first && r->queue.first->state == CONVERSATION_ENDED)
        let_one_go(r, r->queue.first);
}

/* on_idle: a second has passed in front of the screen, and more packets are to come. */
static void on_idle(void *run)
{
    struct run *r = run;
    struct conversation *next;

    reassembly_idle(r->reassembly);
    for (struct conversation *c = r->queue.first; c && r->num_waiting > 0; c = next) {
        next = c->behind;
        if (c->state == CONVERSATION_ENDED)
            let_one_go(r, c);
    }
}

/* line_up_again sends the first in the queue to its end. */
static void line_up_again(struct run *r)
{
    struct conversation *c = r->queue.first;

    queue_leave(&r->queue, c);
    queue_join(&r->queue, c);
    let_go(r);
}

/* keep_within_limits: too many must not wait behind the first in the queue, and all together must
 * not hold too much. */
static void keep_within_limits(struct run *r)
{
    while (r->num_waiting > RUN_MAX_WAITING)
        line_up_again(r);
    while (r->memory > r->memory_limit) {
        struct conversation *oldest = r->queue.first;

        if (oldest->state != CONVERSATION_TLS) {
            line_up_again(r);
            continue;
        }
        r->abandoned++;
        conversation_abandon(oldest, r->memory_limit);
        r->num_waiting++;
        let_go(r);
    }
}

/* --- What the reassembly tells ------------------------------------------------------ */

static void *on_opened(void *context, const struct connection *connection)
{
    struct run *r = context;
    struct conversation *c = conversation_new(connection, r->leaks, r->sinks);

    c->owner = r;
    c->agreements = &r->agreements;
    queue_join(&r->queue, c);
    return c;
}

/* line_up_late: TLS was found in `c`, for whose verdict nobody has waited so far. */
static void line_up_late(struct conversation *c)
{
    struct run *r = c->owner;

    if (c->state == CONVERSATION_TLS && !c->queued)
        queue_join_in_order(&r->queue, c);
}

/* after_news: something was said in `c`, and so perhaps in what it carries. */
static void after_news(struct conversation *c)
{
    struct run *r = c->owner;

    line_up_late(c);
    if (c->state == CONVERSATION_WATCHED && c->queued && conversation_watched(c) > RUN_PATIENCE) {
        queue_leave(&r->queue, c);
        let_go(r);
    }
    count_memory(r, c);
    if (c->carried)
        after_news(c->carried);
    if (c->carrier && !c->queued && nested_is_over(c)) {
        conversation_free(c);
        return;
    }
    if (r->memory > r->memory_limit)
        keep_within_limits(r);
}

/* look_for_secrets: whoever records and logs keys at once may have logged those of this connection
 * a moment ago. */
static void look_for_secrets(const struct conversation *c)
{
    struct run *r = c->owner;

    if (r->live && !conversation_knows_secret(c))
        keylog_look_again(&r->leaks->keylog);
}

static void on_bytes(void *conversation, enum side side, const struct chunk *chunk)
{
    look_for_secrets(conversation);
    conversation_bytes(conversation, side, chunk);
    after_news(conversation);
}

static void on_gap(void *conversation, enum side side, const struct gap *gap)
{
    conversation_gap(conversation, side, gap);
    after_news(conversation);
}

/* close_one: nothing more will be said in `c`, nor in what it carries. */
static void close_one(struct conversation *c)
{
    struct run *r = c->owner;
    bool had_ended = c->state == CONVERSATION_ENDED;

    conversation_close(c);
    if (c->state == CONVERSATION_ENDED && !had_ended)
        r->num_waiting++;
    count_memory(r, c);
    if (c->carried) {
        line_up_late(c->carried); /* it may have been found just now */
        close_one(c->carried);
    }
    if (c->queued && c->state != CONVERSATION_ENDED)
        queue_leave(&r->queue, c);
    if (!c->queued)
        conversation_free(c);
}

static void on_closed(void *conversation)
{
    struct run *r = ((struct conversation *)conversation)->owner;

    close_one(conversation);
    let_go(r);
    keep_within_limits(r);
}

/* --- What is told of datagrams ---------------------------------------------------------- */

/* Only where DTLS is found does a conversation line up: most flows are a question and an answer in
 * another protocol. */
static void *on_flow_opened(void *context, const struct connection *flow)
{
    struct run *r = context;
    struct datagram_watch *w = alloc_zero(sizeof(*w));

    *w = (struct datagram_watch){.owner = r, .flow = flow, .leaks = r->leaks, .sinks = r->sinks};
    return w;
}

static void on_datagram(void *watch, enum side side, const struct chunk *payload, size_t cut)
{
    struct datagram_watch *w = watch;
    enum datagram_news news = datagram_watch_look(w, side, payload->data);

    if (news == DATAGRAM_NOTHING)
        return;
    if (news == DATAGRAM_BEGINS) {
        if (w->found)
            on_closed(w->found);
        datagram_watch_begin(w, side, payload);
        w->found->owner = w->owner;
    }
    w->talk.end_ns = payload->time_ns;
    look_for_secrets(w->found);
    if (w->found->state == CONVERSATION_TLS)
        session_dtls_datagram(w->found->session, side, payload, cut);
    after_news(w->found);
}

static void on_flow_closed(void *watch)
{
    struct datagram_watch *w = watch;

    if (w->found)
        on_closed(w->found);
    free(w);
}

/* --- The run ------------------------------------------------------------------------- */

struct run *run_new(struct leaks *leaks, struct sinks *sinks,
                    const struct reassembly_options *options)
{
    struct run *r = alloc_zero(sizeof(*r));
    const struct stream_listener listener = {r, on_opened, on_bytes, on_gap, on_closed};
    const struct datagram_listener flows = {r, on_flow_opened, on_datagram, on_flow_closed};

    r->leaks = leaks;
    r->resumable = resumable_new();
    leaks->resumable = r->resumable;
    r->survey = survey_new();
    r->summary.survey = r->survey;
    r->sinks = sinks;
    r->memory_limit = RUN_MAX_MEMORY;
    r->reassembly = reassembly_new(&listener, options);
    reassembly_hear_datagrams(r->reassembly, &flows);
    return r;
}

void run_limit_memory(struct run *r, size_t bytes)
{
    r->memory_limit = bytes;
}

void run_packet(struct run *r, const struct packet *packet)
{
    r->packets++;
    reassembly_packet(r->reassembly, packet);
}

/* read_file takes all that is in a file; answers how many packets were of use. *whole: there was
 * nothing to complain of. */
static uint64_t read_file(struct run *r, struct capture_file *file, bool to_the_end, bool *whole,
                          void (*complain)(const char *text))
{
    struct complaint why;
    struct packet packet;
    uint64_t num_used = 0;
    enum capture_step step;

    do {
        step =
            to_the_end || !interrupt_came() ? capture_file_next(file, &packet, &why) : CAPTURE_END;
        switch (step) {
        case CAPTURE_PACKET:
            num_used++;
            reassembly_packet(r->reassembly, &packet);
            break;
        case CAPTURE_SECRETS:
            keylog_add_embedded(&r->leaks->keylog, capture_file_secrets(file));
            break;
        case CAPTURE_COMPLAINT:
        case CAPTURE_DAMAGED:
            complain(why.text);
            run_warn(r, why.text);
            *whole = false;
            break;
        case CAPTURE_END:
            break;
        }
    } while (step != CAPTURE_END);
    r->packets += capture_file_num_packets(file);
    return num_used;
}

bool run_read(struct run *r, const char *path, void (*complain)(const char *text))
{
    struct complaint why;
    uint64_t first_frame = r->packets + 1;
    struct capture_file *file = capture_file_open(path, first_frame, &why);
    bool to_the_end = strcmp(path, "-") == 0; /* see interrupt.h */
    bool whole = true;

    if (!file) {
        complain(why.text);
        run_warn(r, why.text);
        return false;
    }

    r->live = !embedded_searchable(path);
    capture_file_on_idle(file, on_idle, r);

    uint64_t num_used = read_file(r, file, to_the_end, &whole, complain);

    run_summary_capture(&r->summary, path, first_frame, r->packets + 1 - first_frame);
    capture_file_close(file);
    return whole || num_used > 0;
}

void run_warn(struct run *r, const char *text)
{
    run_summary_warn(&r->summary, text);
}

static void on_fault(void *run, const char *sentence)
{
    run_warn(run, sentence);
}

const struct run_summary *run_finish(struct run *r)
{
    struct run_summary *s = &r->summary;

    s->num_told = s->num_warnings;
    reassembly_finish(r->reassembly);
    agreements_tell(&r->agreements, r->leaks, r->sinks, s);

    const struct reassembly_counts *counts = reassembly_counts(r->reassembly);
    s->packets = r->packets;
    s->tcp_connections = counts->connections;
    recording_faults_tell(counts, on_fault, r);
    run_summary_warn_of(s, r->leaks->keylog.num_left_out,
                        "secrets that the recording holds were left out: more are not kept");
    run_summary_warn_of(s, resumable_forgotten(r->resumable),
                        "sessions that could be taken up again were forgotten: more are not kept");
    run_summary_warn_of(
        s, exposure_forgotten(r->survey->exposure),
        "public values and tickets were forgotten: more are not kept, and one that came "
        "again much later was not noticed");
    run_summary_warn_of(s, r->agreements.left_out,
                        "messages of agreements were left out: more are not kept");
    run_summary_warn_of(s, r->abandoned,
                        "sessions were ended early because all together held too much memory");
    run_summary_warn_of(
        s, r->limited,
        "sessions were not searched to the end behind a hole: there may be more to open");
    return s;
}

void run_free(struct run *r)
{
    if (!r)
        return;
    run_summary_clear(&r->summary);
    reassembly_free(r->reassembly);
    agreements_clear(&r->agreements);
    r->leaks->resumable = NULL;
    resumable_free(r->resumable);
    survey_free(r->survey);
    free(r);
}
