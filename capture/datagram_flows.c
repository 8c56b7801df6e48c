#include "capture/datagram_flows.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "capture/flow_table.h"

struct datagram_flow {
    struct four_tuple key;
    struct connection about; /* what the listener sees */
    void *conversation;      /* what it answered when the flow was opened */
    struct datagram_flow *prev;
    struct datagram_flow *next;
    UT_hash_handle hh;
};

struct datagram_flows {
    struct datagram_listener listener;
    struct datagram_flow *flows; /* uthash: by four-tuple */
    struct datagram_flow *open;  /* list of the same, longest silent first */
    uint64_t evicted;
    struct keyed_hash hash;
};

struct datagram_flows *datagram_flows_new(const struct datagram_listener *listener)
{
    struct datagram_flows *f = alloc_zero(sizeof(*f));

    f->listener = *listener;
    keyed_hash_init(&f->hash);
    return f;
}

static void forget(struct datagram_flows *f, struct datagram_flow *flow)
{
    DL_DELETE(f->open, flow);
    HASH_DELETE(hh, f->flows, flow);
    free(flow);
}

static void close_flow(struct datagram_flows *f, struct datagram_flow *flow)
{
    f->listener.closed(flow->conversation);
    forget(f, flow);
}

void datagram_flows_finish(struct datagram_flows *f)
{
    while (f->flows)
        close_flow(f, f->open);
}

void datagram_flows_free(struct datagram_flows *f)
{
    if (!f)
        return;
    HASH_CLEAR(hh, f->flows);
    while (f->open) {
        struct datagram_flow *next = f->open->next;

        free(f->open);
        f->open = next;
    }
    free(f);
}

uint64_t datagram_flows_evicted(const struct datagram_flows *f)
{
    return f->evicted;
}

static struct datagram_flow *find(const struct datagram_flows *f, const struct four_tuple *key,
                                  unsigned hash)
{
    struct datagram_flow *found;

    HASH_FIND_BYHASHVALUE(hh, f->flows, key, sizeof(*key), hash, found);
    return found;
}

static struct datagram_flow *open_flow(struct datagram_flows *f, const struct four_tuple *key,
                                       unsigned hash, const struct datagram_arrival *d)
{
    if (HASH_CNT(hh, f->flows) >= DATAGRAM_FLOWS_MAX) {
        f->evicted++;
        close_flow(f, f->open);
    }

    struct datagram_flow *flow = alloc_zero(sizeof(*flow));

    flow->key = *key;
    flow->about.client = d->source;
    flow->about.server = d->destination;
    flow->about.start_ns = d->payload.time_ns;
    flow->about.end_ns = d->payload.time_ns;
    flow->about.first_frame = d->payload.frame;
    HASH_ADD_BYHASHVALUE(hh, f->flows, key, sizeof(flow->key), hash, flow);
    DL_APPEND(f->open, flow);
    flow->conversation = f->listener.opened(f->listener.context, &flow->about);
    return flow;
}

/* close_idle closes the flows in which nothing has come for too long. */
static void close_idle(struct datagram_flows *f, uint64_t now_ns)
{
    while (f->flows && now_ns > f->open->about.end_ns &&
           now_ns - f->open->about.end_ns > DATAGRAM_FLOWS_IDLE_NS)
        close_flow(f, f->open);
}

void datagram_flows_take(struct datagram_flows *f, const struct datagram_arrival *datagram)
{
    struct four_tuple key = four_tuple_of(&datagram->source, &datagram->destination);
    unsigned hash = keyed_hash_of(&f->hash, bytes_of(&key, sizeof(key)));

    close_idle(f, datagram->payload.time_ns);

    struct datagram_flow *flow = find(f, &key, hash);

    if (!flow)
        flow = open_flow(f, &key, hash, datagram);
    DL_DELETE(f->open, flow);
    DL_APPEND(f->open, flow);
    flow->about.end_ns = datagram->payload.time_ns;
    f->listener.datagram(flow->conversation,
                         endpoint_equal(&datagram->source, &flow->about.client) ? SIDE_CLIENT
                                                                                : SIDE_SERVER,
                         &datagram->payload, datagram->cut);
}
