#include "capture/flow_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <utlist.h>

#include "capture/alloc.h"

static struct four_tuple key_of(const struct endpoint *a, const struct endpoint *b)
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

/* Tabulation hashing: who doesn't know the random numbers can't make two keys meet on purpose. */
static unsigned hash_of(const struct flow_table *t, const struct four_tuple *key)
{
    struct reader r = reader_of(bytes_of(key, sizeof(*key)));
    uint32_t hash = 0;
    uint8_t byte;

    for (size_t i = 0; i < FLOW_TABLE_KEY_LEN && reader_u8(&r, &byte); i++)
        hash ^= t->random[i][byte];
    return hash;
}

/* splitmix64: numbers that nobody can tell without the seed are good enough to spread keys. */
static uint32_t next_random(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return (uint32_t)(x >> 32);
}

void flow_table_init(struct flow_table *t)
{
    uint64_t seed = 0;

    memset(t, 0, sizeof(*t));
    /* Where the system has no random number to give, the table works all the same. */
    (void)!getrandom(&seed, sizeof(seed), 0);
    for (size_t i = 0; i < FLOW_TABLE_KEY_LEN; i++) {
        for (size_t byte = 0; byte < 256; byte++)
            t->random[i][byte] = next_random(&seed);
    }
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
    t->num_open = 0;
    t->num_ended = 0;
}

struct flow *flow_table_find(const struct flow_table *t, const struct endpoint *a,
                             const struct endpoint *b)
{
    struct four_tuple key = key_of(a, b);
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

    flow->key = key_of(client, server);
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

static void unlist(struct flow_table *t, struct flow *flow)
{
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

void flow_table_end(struct flow_table *t, struct flow *flow)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        flow->ended[side] = remembered(&flow->open->half[side]);
    unlist(t, flow);
    free_connection(flow->open);
    flow->open = NULL;
    DL_APPEND(t->ended, flow);
    t->num_ended++;
    if (t->num_ended > REASSEMBLY_MAX_ENDED)
        flow_table_remove(t, t->ended);
}
