#include "capture/fragments.h"

#include <stdlib.h>

#include "capture/fragment_table.h"

struct fragments {
    struct fragment_counts *counts;
    struct fragment_table table;
};

struct fragments *fragments_new(struct fragment_counts *counts)
{
    struct fragments *f = alloc_zero(sizeof(*f));

    f->counts = counts;
    fragment_table_init(&f->table);
    return f;
}

void fragments_free(struct fragments *f)
{
    if (!f)
        return;
    fragment_table_clear(&f->table);
    free(f);
}

static void give_up_incomplete(struct fragments *f, struct held_datagram *h)
{
    f->counts->incomplete++;
    fragment_table_forget(&f->table, h);
}

/* The clock of a recording may go back a little, or far where two were put behind each other. */
static bool too_far_apart(uint64_t a_ns, uint64_t b_ns)
{
    return (a_ns > b_ns ? a_ns - b_ns : b_ns - a_ns) > FRAGMENTS_TIMEOUT_NS;
}

static void drop_timed_out(struct fragments *f, uint64_t now_ns)
{
    while (f->table.waiting && now_ns > f->table.waiting->started_ns &&
           too_far_apart(now_ns, f->table.waiting->started_ns))
        give_up_incomplete(f, f->table.waiting);
}

static void keep_within_limits(struct fragments *f)
{
    while (f->table.memory > FRAGMENTS_MAX_MEMORY ||
           f->table.num_waiting > FRAGMENTS_MAX_DATAGRAMS) {
        f->counts->given_up++;
        fragment_table_forget(&f->table, f->table.waiting);
    }
}

/* current: the datagram that the fragment belongs to; or NULL, and there is none of its key. */
static struct held_datagram *current(struct fragments *f, const struct ip_packet *fragment,
                                     uint64_t time_ns)
{
    struct held_datagram *h = fragment_table_find(&f->table, fragment);

    if (!h)
        return NULL;
    if (h->complete) {
        if (datagram_holds(&h->datagram, fragment))
            return h;
        fragment_table_forget(&f->table, h); /* the identification is used again */
        return NULL;
    }
    if (too_far_apart(time_ns, h->started_ns)) {
        give_up_incomplete(f, h);
        return NULL;
    }
    return h;
}

static void complete(struct fragments *f, struct held_datagram *h)
{
    f->counts->put_together++;
    fragment_table_complete(&f->table, h);
    if (f->table.num_complete > FRAGMENTS_MAX_COMPLETE)
        fragment_table_forget(&f->table, f->table.complete);
}

enum fragments_answer fragments_add(struct fragments *f, struct ip_packet *packet, uint64_t time_ns)
{
    f->counts->met++;
    drop_timed_out(f, time_ns);

    struct held_datagram *h = current(f, packet, time_ns);

    if (h && h->complete)
        return FRAGMENTS_WAITING; /* a second copy */
    if (!h)
        h = fragment_table_begin(&f->table, packet, time_ns);
    if (!fragment_table_put(&f->table, h, packet)) {
        if (h->datagram.room == 0) /* it was to be the first */
            fragment_table_forget(&f->table, h);
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
    f->counts->incomplete += f->table.num_waiting;
}

size_t fragments_memory(const struct fragments *f)
{
    return f->table.memory;
}
