#include "capture/recent.h"

#include <stdlib.h>

#include "capture/alloc.h"

/*
 * Positions count on without end; modulo RECENT_LEN they are a place in the ring. No entry goes
 * around the end of the ring: where it would, it stands at the beginning instead.
 */
struct recent {
    uint64_t head; /* the position behind the latest entry */
    uint8_t ring[RECENT_LEN];
};

/* What stands in front of the bytes of an entry. */
struct entry {
    uint64_t before; /* position of the stream's entry before */
    uint64_t offset;
    size_t len;
};

struct recent *recent_new(void)
{
    struct recent *r = alloc_resize(NULL, sizeof(*r)); /* nobody reads what nobody wrote */

    r->head = 2 * RECENT_LEN; /* so that position 0 is one that was overwritten long ago */
    return r;
}

void recent_free(struct recent *r)
{
    free(r);
}

static uint64_t end_of(const struct entry *e)
{
    return e->offset + e->len;
}

static uint8_t *place_in(struct recent *r, uint64_t position)
{
    return &r->ring[position % RECENT_LEN];
}

/* entry_at reads the entry at this position; false when it was overwritten. */
static bool entry_at(const struct recent *r, uint64_t position, struct entry *e,
                     struct reader *data)
{
    if (r->head - position > RECENT_LEN)
        return false;

    struct reader ring = reader_of(bytes_of(r->ring, RECENT_LEN));

    if (!reader_skip(&ring, (size_t)(position % RECENT_LEN)) ||
        !reader_copy(&ring, (uint8_t *)e, sizeof(*e)))
        return false;
    *data = reader_of(bytes_first(ring.left, e->len));
    return true;
}

/* extend adds `data` to the entry at this position; false when something else is behind either. */
static bool extend(struct recent *r, uint64_t position, uint64_t offset, struct bytes data)
{
    struct entry e;
    struct reader kept;

    if (!entry_at(r, position, &e, &kept) || end_of(&e) != offset ||
        position + sizeof(e) + e.len != r->head || e.len + data.len > RECENT_MAX_ENTRY ||
        r->head % RECENT_LEN == 0 || data.len > RECENT_LEN - r->head % RECENT_LEN)
        return false;
    memcpy(place_in(r, r->head), data.at, data.len);
    r->head += data.len;
    e.len += data.len;
    memcpy(place_in(r, position), &e, sizeof(e));
    return true;
}

void recent_add(struct recent *r, uint64_t *latest, uint64_t offset, struct bytes data)
{
    if (extend(r, *latest, offset, data))
        return;

    size_t left_out = data.len > RECENT_MAX_ENTRY ? data.len - RECENT_MAX_ENTRY : 0;
    struct reader kept = reader_of(data);

    if (!reader_skip(&kept, left_out) || reader_done(&kept))
        return;

    struct entry e = {*latest, offset + left_out, kept.left.len};
    size_t room = RECENT_LEN - (size_t)(r->head % RECENT_LEN);

    if (room < sizeof(e) + e.len)
        r->head += room;
    *latest = r->head;
    memcpy(place_in(r, r->head), &e, sizeof(e));
    r->head += sizeof(e);
    memcpy(place_in(r, r->head), kept.left.at, kept.left.len);
    r->head += e.len;
}

/* same_where_both: two runs of bytes of one stream agree wherever they overlap. */
static bool same_where_both(uint64_t a_offset, struct reader a, uint64_t b_offset, struct reader b)
{
    size_t len;

    if (a_offset < b_offset && !reader_skip(&a, (size_t)(b_offset - a_offset)))
        return true;
    if (b_offset < a_offset && !reader_skip(&b, (size_t)(a_offset - b_offset)))
        return true;
    len = a.left.len < b.left.len ? a.left.len : b.left.len;
    return bytes_equal(bytes_first(a.left, len), bytes_first(b.left, len));
}

bool recent_differs(const struct recent *r, uint64_t latest, uint64_t offset, struct bytes data)
{
    uint64_t position = latest;
    struct entry e;
    struct reader kept;

    for (size_t step = 0; step < RECENT_MAX_STEPS; step++) {
        if (!entry_at(r, position, &e, &kept) || end_of(&e) <= offset)
            return false;
        if (!same_where_both(e.offset, kept, offset, reader_of(data)))
            return true;
        position = e.before;
    }
    return false;
}
