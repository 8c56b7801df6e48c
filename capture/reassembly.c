#include "capture/reassembly.h"

#include <stdlib.h>
#include <utlist.h>

#include "capture/alloc.h"
#include "capture/belonging.h"
#include "capture/flow_table.h"
#include "capture/stray.h"

struct reassembly {
    struct stream_listener listener;
    struct reassembly_counts counts;
    struct arrivals *arrivals;
    struct datagram_flows *datagrams; /* NULL: nobody wants them */
    struct flow_table table;
    struct recent *recent;
    struct open_connection *waiting; /* list of those in which something waits, longest first */
    size_t waiting_memory;           /* of all of them together */
    struct stray stray;              /* the latest segment that fits no connection */
};

struct reassembly *reassembly_new(const struct stream_listener *listener,
                                  const struct reassembly_options *options)
{
    struct reassembly *r = alloc_zero(sizeof(*r));

    r->listener = *listener;
    r->arrivals = arrivals_new(&r->counts.arrivals, options->verify_checksums);
    flow_table_init(&r->table);
    r->recent = recent_new();
    return r;
}

void reassembly_free(struct reassembly *r)
{
    if (!r)
        return;
    flow_table_clear(&r->table);
    arrivals_free(r->arrivals);
    datagram_flows_free(r->datagrams);
    recent_free(r->recent);
    stray_clear(&r->stray);
    free(r);
}

void reassembly_hear_datagrams(struct reassembly *r, const struct datagram_listener *listener)
{
    r->datagrams = datagram_flows_new(listener);
    arrivals_want_datagrams(r->arrivals, r->datagrams);
}

const struct reassembly_counts *reassembly_counts(const struct reassembly *r)
{
    return &r->counts;
}

/* --- What waits, in all connections together ------------------------------------------------ */

/* account brings the sum and the list up to date after something happened to this connection. */
static void account(struct reassembly *r, struct open_connection *c)
{
    size_t now = c->half[SIDE_CLIENT].early.memory + c->half[SIDE_SERVER].early.memory;

    if (now == c->waiting_memory)
        return;
    if (c->waiting_memory == 0)
        DL_APPEND2(r->waiting, c, prev_waiting, next_waiting);
    else if (now == 0)
        DL_DELETE2(r->waiting, c, prev_waiting, next_waiting);
    r->waiting_memory = r->waiting_memory - c->waiting_memory + now;
    c->waiting_memory = now;
}

static void keep_within_limit(struct reassembly *r)
{
    while (r->waiting_memory > REASSEMBLY_MAX_WAITING_IN_ALL) {
        struct open_connection *oldest = r->waiting;

        r->counts.flushed_in_all++;
        half_stream_flush(&oldest->half[SIDE_CLIENT]);
        half_stream_flush(&oldest->half[SIDE_SERVER]);
        account(r, oldest);
    }
}

/* --- Opening and closing -------------------------------------------------------------------- */

static void close_connection(struct reassembly *r, struct open_connection *c)
{
    half_stream_end(&c->half[SIDE_CLIENT]);
    half_stream_end(&c->half[SIDE_SERVER]);
    account(r, c);
    r->listener.closed(c->conversation);
}

static void end_flow(struct reassembly *r, struct flow *flow)
{
    close_connection(r, flow->open);
    r->counts.forgotten += flow_table_end(&r->table, flow);
}

/* end_lingering ends the connections that were reset, and have been quiet for long enough. */
static void end_lingering(struct reassembly *r, uint64_t now_ns)
{
    struct flow *flow;

    while ((flow = r->table.lingering) && now_ns > flow->ended_ns &&
           now_ns - flow->ended_ns > REASSEMBLY_LINGER_NS)
        end_flow(r, flow);
}

void reassembly_idle(struct reassembly *r)
{
    while (r->table.lingering)
        end_flow(r, r->table.lingering);
}

static void evict_longest_silent(struct reassembly *r)
{
    struct flow *flow = r->table.open;

    if (r->table.lingering) {
        end_flow(r, r->table.lingering);
        return;
    }
    r->counts.evicted++;
    close_connection(r, flow->open);
    flow_table_remove(&r->table, flow); /* not ended: what still comes of it is to be read */
}

/* The client is who sent the SYN; where it is not in the recording, ports have to tell. */
static bool sent_by_client(const struct arrival *a)
{
    if (a->segment.flags & TCP_FLAG_SYN)
        return !(a->segment.flags & TCP_FLAG_ACK);
    return a->source.port >= a->destination.port;
}

static struct flow *open_connection(struct reassembly *r, const struct arrival *a)
{
    bool by_client = sent_by_client(a);
    const struct endpoint *client = by_client ? &a->source : &a->destination;
    const struct endpoint *server = by_client ? &a->destination : &a->source;

    if (r->table.num_open >= REASSEMBLY_MAX_CONNECTIONS)
        evict_longest_silent(r);

    struct flow *flow = flow_table_add(&r->table, client, server);
    struct open_connection *c = flow->open;

    c->about.start_ns = a->time_ns;
    c->about.end_ns = a->time_ns;
    c->about.first_frame = a->frame;
    c->about.syn_seen = a->segment.flags & TCP_FLAG_SYN;
    r->counts.connections++;
    c->conversation = r->listener.opened(r->listener.context, &c->about);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        half_stream_init(&c->half[side], (struct outlet){&r->listener, &r->counts, r->recent,
                                                         c->conversation, side});
    return flow;
}

/* --- A segment arrives: RFC 9293 section 3.10.7 --------------------------------------------- */

static void take_syn(struct open_connection *c, enum side from, const struct tcp_segment *s)
{
    struct half_stream *mine = &c->half[from];
    struct half_stream *theirs = &c->half[side_other(from)];
    bool other_number = mine->running && half_stream_first_sequence(mine) != s->sequence + 1;

    c->about.syn_seen = true;
    if (other_number) {
        /* Only where nothing was said yet. What the other side answered was for the old number. */
        half_stream_init(mine, mine->out);
        if (!(s->flags & TCP_FLAG_ACK))
            half_stream_init(theirs, theirs->out);
    }
    half_stream_start(mine, s->sequence + 1);
    if (s->flags & TCP_FLAG_ACK)
        half_stream_start(theirs, s->acknowledge);
}

/* A SYN-ACK that was not recorded: the acknowledgement that answers it says what was in it. */
static void start_from_handshake_ack(struct open_connection *c, enum side from,
                                     const struct tcp_segment *s)
{
    const struct half_stream *mine = &c->half[from];
    struct half_stream *theirs = &c->half[side_other(from)];

    if (c->about.syn_seen && from == SIDE_CLIENT && mine->running && !theirs->running &&
        s->sequence == half_stream_first_sequence(mine) && !half_stream_used(theirs))
        half_stream_start(theirs, s->acknowledge);
}

/* settle_in_time: once enough was recorded of it, each direction begins where it seems to. */
static void settle_in_time(struct open_connection *c, uint64_t now_ns)
{
    uint64_t start_ns = c->about.start_ns;

    if (c->segments < REASSEMBLY_SETTLED)
        c->segments++;
    if (c->segments < REASSEMBLY_SETTLED &&
        (now_ns < start_ns || now_ns - start_ns < REASSEMBLY_LINGER_NS))
        return;
    half_stream_settle(&c->half[SIDE_CLIENT]);
    half_stream_settle(&c->half[SIDE_SERVER]);
}

/* take_segment feeds both directions; true when the connection has ended with it. */
static bool take_segment(struct open_connection *c, enum side from, const struct arrival *a)
{
    const struct tcp_segment *s = &a->segment;
    struct half_stream *mine = &c->half[from];
    struct half_stream *theirs = &c->half[side_other(from)];
    uint32_t start = s->sequence;

    if (s->flags & TCP_FLAG_SYN) {
        take_syn(c, from, s);
        start++; /* the SYN has a number of its own */
    }
    if (s->flags & TCP_FLAG_ACK) {
        start_from_handshake_ack(c, from, s);
        half_stream_acknowledged(theirs, s->acknowledge);
    }
    if (tcp_carries_payload(s))
        half_stream_take(mine, start, &(struct chunk){s->payload, a->time_ns, a->frame}, s->cut);
    if (s->flags & TCP_FLAG_FIN)
        half_stream_fin(mine, start + (uint32_t)(s->payload.len + s->cut), a->frame);
    settle_in_time(c, a->time_ns);
    return half_stream_complete(mine) && half_stream_complete(theirs);
}

/*
 * take_reset: where nothing was said yet, the connection has ended (true). Otherwise it lingers:
 * what was on its way still comes, and if the reset was forged the conversation goes on.
 */
static bool take_reset(struct reassembly *r, struct flow *flow, enum side from,
                       const struct arrival *a)
{
    const struct half_stream *mine = &flow->open->half[from];
    const struct half_stream *theirs = &flow->open->half[side_other(from)];

    if (!belonging_reset(flow->open, from, &a->segment))
        return false;
    if (!half_stream_used(mine) && !half_stream_used(theirs))
        return true;
    flow->reset_by = from;
    flow_table_linger(&r->table, flow, a->time_ns);
    return false;
}

/* after_reset: a side that has reset says nothing new; if it does, somebody else sent the reset. */
static void after_reset(struct reassembly *r, struct flow *flow, enum side from, bool new_bytes,
                        uint64_t now_ns)
{
    if (new_bytes && from == flow->reset_by)
        flow_table_stop_lingering(&r->table, flow);
    else
        flow_table_linger(&r->table, flow, now_ns);
}

/* ended_unsettled: both sides have ended it, and what began it may still be recorded. */
static bool ended_unsettled(const struct open_connection *c)
{
    const struct half_stream *client = &c->half[SIDE_CLIENT];
    const struct half_stream *server = &c->half[SIDE_SERVER];

    return client->has_fin && server->has_fin && (!client->running || !server->running);
}

static enum side side_of(const struct flow *flow, const struct arrival *a)
{
    return endpoint_equal(&a->source, &flow->client) ? SIDE_CLIENT : SIDE_SERVER;
}

/* give_up_stray counts and forgets the segment that nothing has continued. */
static void give_up_stray(struct reassembly *r)
{
    r->counts.outside += r->stray.kept;
    stray_clear(&r->stray);
}

/*
 * successor: a segment came that belongs nowhere. If it continues another one like it, the same two
 * have begun a new connection with that one; otherwise it is kept, and NULL returned.
 */
static struct flow *successor(struct reassembly *r, struct flow *flow, const struct arrival *a)
{
    const struct arrival *first = &r->stray.arrival;

    if (stray_goes_on(&r->stray, a)) {
        close_connection(r, flow->open);
        flow_table_remove(&r->table, flow);
        flow = open_connection(r, first);
        take_segment(flow->open, side_of(flow, first), first);
        account(r, flow->open);
        stray_clear(&r->stray);
        return flow;
    }
    if (tcp_carries_payload(&a->segment) && !(a->segment.flags & TCP_FLAG_RST)) {
        give_up_stray(r);
        stray_keep(&r->stray, a);
    }
    return NULL;
}

/* current_flow is the open connection that a segment belongs to, opened if need be; or NULL. */
static struct flow *current_flow(struct reassembly *r, const struct arrival *a)
{
    const struct tcp_segment *s = &a->segment;
    bool opens = !(s->flags & TCP_FLAG_RST) && (s->flags & TCP_FLAG_SYN || tcp_carries_payload(s));
    struct flow *flow = flow_table_find(&r->table, &a->source, &a->destination);

    if (flow) {
        enum side from = side_of(flow, a);
        bool syn = s->flags & TCP_FLAG_SYN;

        if (flow->open && !syn && belonging_nowhere(flow->open, from, s))
            return successor(r, flow, a);
        if (flow->open && (!syn || belonging_syn(flow->open, from, s)))
            return flow;
        if (!flow->open && (!opens || belonging_to_ended(flow, from, a)))
            return NULL;
        if (flow->open)
            close_connection(r, flow->open);
        flow_table_remove(&r->table, flow);
    }
    return opens ? open_connection(r, a) : NULL;
}

static void take_arrival(struct reassembly *r, const struct arrival *a)
{
    end_lingering(r, a->time_ns);

    struct flow *flow = current_flow(r, a);

    if (!flow)
        return;

    struct open_connection *c = flow->open;
    enum side from = side_of(flow, a);

    flow_table_touch(&r->table, flow);
    c->about.end_ns = a->time_ns;

    uint64_t before = c->half[from].next;
    bool ended =
        a->segment.flags & TCP_FLAG_RST ? take_reset(r, flow, from, a) : take_segment(c, from, a);

    account(r, c);
    if (ended)
        end_flow(r, flow);
    else if (flow->lingers && tcp_carries_payload(&a->segment))
        after_reset(r, flow, from, c->half[from].next > before, a->time_ns);
    else if (ended_unsettled(c))
        flow_table_linger(&r->table, flow, a->time_ns);
    keep_within_limit(r);
}

/* --- The recording -------------------------------------------------------------------------- */

void reassembly_packet(struct reassembly *r, const struct packet *packet)
{
    struct arrival arrival;

    r->counts.packets++;
    if (arrivals_read(r->arrivals, &arrival, packet))
        take_arrival(r, &arrival);
}

void reassembly_finish(struct reassembly *r)
{
    struct flow *flow = r->table.flows;

    arrivals_finish(r->arrivals);
    give_up_stray(r);
    if (r->datagrams) {
        datagram_flows_finish(r->datagrams);
        r->counts.flows_evicted = datagram_flows_evicted(r->datagrams);
    }
    while (flow) {
        struct flow *next = flow->hh.next;

        if (flow->open) {
            close_connection(r, flow->open);
            flow_table_remove(&r->table, flow);
        }
        flow = next;
    }
}
