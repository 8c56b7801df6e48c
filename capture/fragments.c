#include "capture/fragments.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "capture/datagram.h"
#include "capture/keyed_hash.h"

/* What the fragments of one datagram have in common. Compared as bytes: it has no padding. */
struct key {
    uint8_t source[16];
    uint8_t destination[16];
    uint32_t identification;
    uint16_t family;
    uint16_t protocol; /* of IPv4; in IPv6 only the first fragment says it, so it is 0 here */
};

struct held {
    struct key key;
    struct datagram datagram;
    uint64_t started_ns;
    bool complete;
    struct held *prev; /* in the list of waiting or of complete ones */
    struct held *next;
    UT_hash_handle hh;
};

struct fragments {
    struct fragment_counts *counts;
    struct keyed_hash hash;
    struct held *table;    /* uthash, by key */
    struct held *waiting;  /* list, oldest first */
    struct held *complete; /* list, oldest first */
    size_t num_waiting;
    size_t num_complete;
    size_t memory; /* of those that wait */
};

struct fragments *fragments_new(struct fragment_counts *counts)
{
    struct fragments *f = alloc_zero(sizeof(*f));

    f->counts = counts;
    keyed_hash_init(&f->hash);
    return f;
}

static struct key key_of(const struct ip_packet *packet)
{
    struct key key = {
        .identification = packet->fragment.identification,
        .family = packet->family,
        .protocol = packet->family == 4 ? packet->protocol : 0,
    };

    memcpy(key.source, packet->source, sizeof(key.source));
    memcpy(key.destination, packet->destination, sizeof(key.destination));
    return key;
}

static unsigned hash_of(const struct fragments *f, const struct key *key)
{
    return keyed_hash_of(&f->hash, bytes_of(key, sizeof(*key)));
}

static struct held *find(const struct fragments *f, const struct key *key)
{
    struct held *found;

    HASH_FIND_BYHASHVALUE(hh, f->table, key, sizeof(*key), hash_of(f, key), found);
    return found;
}

static size_t memory_of(const struct held *h)
{
    return sizeof(*h) + datagram_memory(&h->datagram);
}

static struct held *begin(struct fragments *f, const struct key *key, uint64_t time_ns)
{
    struct held *h = alloc_zero(sizeof(*h));

    h->key = *key;
    h->started_ns = time_ns;
    HASH_ADD_BYHASHVALUE(hh, f->table, key, sizeof(*key), hash_of(f, key), h);
    DL_APPEND(f->waiting, h);
    f->num_waiting++;
    f->memory += memory_of(h);
    return h;
}

static void unlist(struct fragments *f, struct held *h)
{
    if (h->complete) {
        DL_DELETE(f->complete, h);
        f->num_complete--;
    } else {
        DL_DELETE(f->waiting, h);
        f->num_waiting--;
        f->memory -= memory_of(h);
    }
}

static void forget(struct fragments *f, struct held *h)
{
    unlist(f, h);
    HASH_DELETE(hh, f->table, h);
    datagram_clear(&h->datagram);
    free(h);
}

static void give_up_incomplete(struct fragments *f, struct held *h)
{
    f->counts->incomplete++;
    forget(f, h);
}

/* The clock of a recording may go back a little, or far where two were put behind each other. */
static bool too_far_apart(uint64_t a_ns, uint64_t b_ns)
{
    return (a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns) > FRAGMENTS_TIMEOUT_NS;
}

static void drop_timed_out(struct fragments *f, uint64_t now_ns)
{
    while (f->waiting && now_ns > f->waiting->started_ns &&
           too_far_apart(now_ns, f->waiting->started_ns))
        give_up_incomplete(f, f->waiting);
}

static void keep_within_limits(struct fragments *f)
{
    while (f->memory > FRAGMENTS_MAX_MEMORY || f->num_waiting > FRAGMENTS_MAX_DATAGRAMS) {
        f->counts->given_up++;
        forget(f, f->waiting);
    }
}

static void complete(struct fragments *f, struct held *h)
{
    unlist(f, h);
    h->complete = true;
    DL_APPEND(f->complete, h);
    f->num_complete++;
    f->counts->put_together++;
    if (f->num_complete > FRAGMENTS_MAX_COMPLETE)
        forget(f, f->complete);
}

/* current: the datagram of this key that the fragment belongs to; or NULL, and there is none. */
static struct held *current(struct fragments *f, const struct key *key,
                            const struct ip_packet *packet, uint64_t time_ns)
{
    struct held *h = find(f, key);

    if (!h)
        return NULL;
    if (h->complete && datagram_holds(&h->datagram, packet))
        return h;
    if (h->complete) { /* the identification is used again */
        forget(f, h);
        return NULL;
    }
    if (too_far_apart(time_ns, h->started_ns)) {
        give_up_incomplete(f, h);
        return NULL;
    }
    return h;
}

enum fragments_answer fragments_add(struct fragments *f, struct ip_packet *packet, uint64_t time_ns)
{
    const struct key key = key_of(packet);

    f->counts->met++;
    drop_timed_out(f, time_ns);

    struct held *h = current(f, &key, packet, time_ns);

    if (h && h->complete)
        return FRAGMENTS_WAITING; /* a second copy */
    if (!h)
        h = begin(f, &key, time_ns);
    f->memory -= memory_of(h);

    bool taken = datagram_add(&h->datagram, packet);

    f->memory += memory_of(h);
    if (!taken) {
        if (h->datagram.room == 0) /* it was to be the first */
            forget(f, h);
        return FRAGMENTS_MALFORMED;
    }
    if (datagram_complete(&h->datagram)) {
        datagram_give(&h->datagram, packet);
        complete(f, h);
        return FRAGMENTS_COMPLETE;
    }
    keep_within_limits(f);
    return FRAGMENTS_WAITING;
}

void fragments_finish(struct fragments *f)
{
    f->counts->incomplete += f->num_waiting;
}

size_t fragments_memory(const struct fragments *f)
{
    return f->memory;
}

void fragments_free(struct fragments *f)
{
    struct held *h = f ? f->table : NULL;

    if (!f)
        return;
    HASH_CLEAR(hh, f->table);
    while (h) {
        struct held *next = h->hh.next;

        datagram_clear(&h->datagram);
        free(h);
        h = next;
    }
    free(f);
}
