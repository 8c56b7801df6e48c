#include "capture/fragment_table.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

void fragment_table_init(struct fragment_table *t)
{
    memset(t, 0, sizeof(*t));
    keyed_hash_init(&t->hash);
}

void fragment_table_clear(struct fragment_table *t)
{
    struct held_datagram *h = t->all;

    HASH_CLEAR(hh, t->all);
    while (h) {
        struct held_datagram *next = h->hh.next;

        datagram_clear(&h->datagram);
        free(h);
        h = next;
    }
    t->waiting = NULL;
    t->complete = NULL;
    t->num_waiting = 0;
    t->num_complete = 0;
    t->memory = 0;
}

static struct fragment_key key_of(const struct ip_packet *fragment)
{
    struct fragment_key key = {
        .identification = fragment->fragment.identification,
        .family = fragment->family,
        .protocol = fragment->family == 4 ? fragment->protocol : 0,
    };

    memcpy(key.source, fragment->source, sizeof(key.source));
    memcpy(key.destination, fragment->destination, sizeof(key.destination));
    return key;
}

static unsigned hash_of(const struct fragment_table *t, const struct fragment_key *key)
{
    return keyed_hash_of(&t->hash, bytes_of(key, sizeof(*key)));
}

struct held_datagram *fragment_table_find(const struct fragment_table *t,
                                          const struct ip_packet *fragment)
{
    struct fragment_key key = key_of(fragment);
    unsigned hash = hash_of(t, &key);
    struct held_datagram *found;

    HASH_FIND_BYHASHVALUE(hh, t->all, &key, sizeof(key), hash, found);
    return found;
}

static size_t memory_of(const struct held_datagram *h)
{
    return sizeof(*h) + datagram_memory(&h->datagram);
}

struct held_datagram *fragment_table_begin(struct fragment_table *t,
                                           const struct ip_packet *fragment, uint64_t time_ns)
{
    struct held_datagram *h = alloc_zero(sizeof(*h));
    unsigned hash;

    h->key = key_of(fragment);
    h->started_ns = time_ns;
    hash = hash_of(t, &h->key);
    HASH_ADD_BYHASHVALUE(hh, t->all, key, sizeof(h->key), hash, h);
    DL_APPEND(t->waiting, h);
    t->num_waiting++;
    t->memory += memory_of(h);
    return h;
}

bool fragment_table_put(struct fragment_table *t, struct held_datagram *h,
                        const struct ip_packet *fragment)
{
    size_t before = memory_of(h);
    bool taken = datagram_add(&h->datagram, fragment);

    t->memory = t->memory - before + memory_of(h);
    return taken;
}

static void unlist(struct fragment_table *t, struct held_datagram *h)
{
    if (h->complete) {
        DL_DELETE(t->complete, h);
        t->num_complete--;
    } else {
        DL_DELETE(t->waiting, h);
        t->num_waiting--;
        t->memory -= memory_of(h);
    }
}

void fragment_table_complete(struct fragment_table *t, struct held_datagram *h)
{
    unlist(t, h);
    h->complete = true;
    DL_APPEND(t->complete, h);
    t->num_complete++;
}

void fragment_table_forget(struct fragment_table *t, struct held_datagram *h)
{
    unlist(t, h);
    HASH_DELETE(hh, t->all, h);
    datagram_clear(&h->datagram);
    free(h);
}
