#include "capture/flow_table.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "capture/alloc.h"

struct four_tuple four_tuple_of(const struct endpoint *a, const struct endpoint *b)
{
    int order = memcmp(a->address, b->address, sizeof(a->address));
    bool swap = order > 0 || (order == 0 && a->port > b->port);
    const struct endpoint *ends[2] = {swap ? b : a, swap ? a : b};
    struct four_tuple key = {0};

    for (size_t i = 0; i < 2; i++) {
        memcpy(key.address[i], ends[i]->address, sizeof(key.address[i]));
        key.port[i] = ends[i]->port;
    }
    key.family = a->family;
    return key;
}

static unsigned hash_of(const struct flow_table *t, const struct four_tuple *key)
{
    return keyed_hash_of(&t->hash, bytes_of(key, sizeof(*key)));
}

void flow_table_init(struct flow_table *t)
{
    memset(t, 0, sizeof(*t));
    keyed_hash_init(&t->hash);
}

static void free_connection(struct open_connection *c)
{
    if (!c)
        return;
    half_stream_clear(&c->half[SIDE_CLIENT]);
    half_stream_clear(&c->half[SIDE_SERVER]);
    free(c);
}

void flow_table_clear(struct flow_table *t)
{
    struct flow *flow = t->flows;

    HASH_CLEAR(hh, t->flows);
    while (flow) {
        struct flow *next = flow->hh.next;

        free_connection(flow->open);
        free(flow);
        flow = next;
    }
    t->open = NULL;
    t->ended = NULL;
    t->lingering = NULL;
    t->num_open = 0;
    t->num_ended = 0;
}

struct flow *flow_table_find(const struct flow_table *t, const struct endpoint *a,
                             const struct endpoint *b)
{
    struct four_tuple key = four_tuple_of(a, b);
    unsigned hash = hash_of(t, &key);
    struct flow *found;

    HASH_FIND_BYHASHVALUE(hh, t->flows, &key, sizeof(key), hash, found);
    return found;
}

struct flow *flow_table_add(struct flow_table *t, const struct endpoint *client,
                            const struct endpoint *server)
{
    struct flow *flow = alloc_zero(sizeof(*flow));
    unsigned hash;

    flow->key = four_tuple_of(client, server);
    flow->client = *client;
    flow->open = alloc_zero(sizeof(*flow->open));
    flow->open->about.client = *client;
    flow->open->about.server = *server;
    hash = hash_of(t, &flow->key);
    HASH_ADD_BYHASHVALUE(hh, t->flows, key, sizeof(flow->key), hash, flow);
    DL_APPEND(t->open, flow);
    t->num_open++;
    return flow;
}

void flow_table_touch(struct flow_table *t, struct flow *flow)
{
    if (!flow->next)
        return; /* it is the latest already */
    DL_DELETE(t->open, flow);
    DL_APPEND(t->open, flow);
}

void flow_table_linger(struct flow_table *t, struct flow *flow, uint64_t now_ns)
{
    flow_table_stop_lingering(t, flow);
    flow->lingers = true;
    flow->ended_ns = now_ns;
    DL_APPEND2(t->lingering, flow, prev_lingering, next_lingering);
}

void flow_table_stop_lingering(struct flow_table *t, struct flow *flow)
{
    if (flow->lingers)
        DL_DELETE2(t->lingering, flow, prev_lingering, next_lingering);
    flow->lingers = false;
}

static void unlist(struct flow_table *t, struct flow *flow)
{
    flow_table_stop_lingering(t, flow);
    if (flow->open) {
        DL_DELETE(t->open, flow);
        t->num_open--;
    } else {
        DL_DELETE(t->ended, flow);
        t->num_ended--;
    }
}

void flow_table_remove(struct flow_table *t, struct flow *flow)
{
    unlist(t, flow);
    HASH_DELETE(hh, t->flows, flow);
    free_connection(flow->open);
    free(flow);
}

static struct ended_half remembered(const struct half_stream *h)
{
    return (struct ended_half){h->running, half_stream_first_sequence(h),
                               half_stream_next_sequence(h)};
}

bool flow_table_end(struct flow_table *t, struct flow *flow)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        flow->ended[side] = remembered(&flow->open->half[side]);
    flow->ended_ns = flow->open->about.end_ns;
    unlist(t, flow);
    free_connection(flow->open);
    flow->open = NULL;
    DL_APPEND(t->ended, flow);
    t->num_ended++;
    if (t->num_ended <= REASSEMBLY_MAX_ENDED)
        return false;

    bool soon = t->ended->ended_ns + REASSEMBLY_LINGER_NS > flow->ended_ns;

    flow_table_remove(t, t->ended);
    return soon;
}
