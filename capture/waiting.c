#include "capture/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"

enum { ROOM_AT_FIRST = 8 };

/* What `n` slots take. */
static size_t slots_len(size_t n)
{
    return n * sizeof(struct piece *);
}

/* What a piece takes from the heap, which counts in blocks of 16 and keeps 8 bytes for itself. */
static size_t memory_of(const struct piece *p)
{
    return (sizeof(*p) + p->len + 8 + 15) / 16 * 16;
}

static struct piece *piece_at(const struct waiting *w, size_t i)
{
    return w->slots[w->first + i];
}

static uint64_t piece_end(const struct piece *p)
{
    return p->offset + p->len;
}

/* place_of: the index of the first piece that reaches beyond `offset`; count when none does. */
static size_t place_of(const struct waiting *w, uint64_t offset)
{
    size_t low = 0;
    size_t high = w->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (piece_end(piece_at(w, middle)) > offset)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/*
 * make_room centres the row, in twice the room when it fills more than half of it. Either way a
 * quarter of the room is then free on each side, so that it is not soon needed again.
 */
static void make_room(struct waiting *w)
{
    size_t room = w->count <= w->room / 2 ? w->room : 2 * w->room;

    if (room < ROOM_AT_FIRST)
        room = ROOM_AT_FIRST;

    struct piece **slots = alloc_zero(slots_len(room));
    size_t first = (room - w->count) / 2;

    if (w->count > 0)
        memcpy(slots + first, w->slots + w->first, slots_len(w->count));
    free(w->slots);
    w->slots = slots;
    w->memory += slots_len(room) - slots_len(w->room);
    w->room = room;
    w->first = first;
}

/* insert puts `p` in front of the piece with this index, by moving the shorter side of the row. */
static void insert(struct waiting *w, size_t index, struct piece *p)
{
    bool forward = index < w->count / 2; /* the pieces in front make way, towards the front */

    if (forward ? w->first == 0 : w->first + w->count == w->room)
        make_room(w);

    struct piece **row = w->slots + w->first;

    if (forward) {
        memmove(row - 1, row, slots_len(index));
        w->first--;
    } else {
        memmove(row + index + 1, row + index, slots_len(w->count - index));
    }
    w->slots[w->first + index] = p;
    w->count++;
    w->memory += memory_of(p);
}

static struct piece *piece_new(uint64_t offset, struct bytes data, const struct chunk *from)
{
    struct piece *p = alloc_zero(sizeof(*p) + data.len);

    p->offset = offset;
    p->time_ns = from->time_ns;
    p->frame = from->frame;
    p->len = data.len;
    if (data.len > 0)
        memcpy(p->data, data.at, data.len);
    return p;
}

/*
 *     chunk          |---------------------------|
 *     here already        |=====|      |===|
 *     copied         |****|     |******|   |*****|
 */
void waiting_add(struct waiting *w, uint64_t offset, const struct chunk *chunk)
{
    struct reader r = reader_of(chunk->data);
    struct bytes part;

    for (size_t i = place_of(w, offset); i < w->count && !reader_done(&r); i++) {
        const struct piece *next = piece_at(w, i);
        uint64_t end = piece_end(next);

        if (next->offset > offset) {
            uint64_t free_len = next->offset - offset;

            if (!reader_bytes(&r, &part, (size_t)free_len))
                break; /* it ends in front of the next piece */
            insert(w, i, piece_new(offset, part, chunk));
            offset += free_len;
            continue; /* with the same piece, which now stands one further */
        }
        if (!reader_skip(&r, (size_t)(end - offset)))
            return; /* the rest of it is here already */
        offset = end;
    }
    if (!reader_done(&r))
        insert(w, place_of(w, offset), piece_new(offset, r.left, chunk));
}

/* differs: the bytes at the front of `r`, which stand at `offset`, are not those of the piece. */
static bool differs(const struct piece *p, uint64_t offset, struct reader r)
{
    struct reader piece = reader_of(bytes_of(p->data, p->len));
    size_t len;

    if (!reader_skip(&piece, (size_t)(offset - p->offset)))
        return false;
    len = piece.left.len < r.left.len ? piece.left.len : r.left.len;
    return !bytes_equal(bytes_first(piece.left, len), bytes_first(r.left, len));
}

bool waiting_differs(const struct waiting *w, uint64_t offset, struct bytes data)
{
    struct reader r = reader_of(data);

    for (size_t i = place_of(w, offset); i < w->count; i++) {
        const struct piece *p = piece_at(w, i);

        if (p->offset > offset) {
            if (!reader_skip(&r, (size_t)(p->offset - offset)))
                return false; /* the data ends in front of it */
            offset = p->offset;
        }
        if (differs(p, offset, r))
            return true;
    }
    return false;
}

uint64_t waiting_end(const struct waiting *w)
{
    return w->count > 0 ? piece_end(piece_at(w, w->count - 1)) : 0;
}

void waiting_mark_cut(struct waiting *w, uint64_t offset, size_t cut, const struct chunk *chunk)
{
    size_t i = place_of(w, offset);

    /* What other packets brought of the missing bytes is not missing. */
    for (; i < w->count && piece_at(w, i)->offset <= offset; i++) {
        uint64_t covered = piece_end(piece_at(w, i)) - offset;

        if (covered >= cut)
            return;
        offset += covered;
        cut -= (size_t)covered;
    }
    if (i > 0 && piece_at(w, i - 1)->len == 0 && piece_at(w, i - 1)->offset == offset) {
        struct piece *same = piece_at(w, i - 1);

        same->cut = cut > same->cut ? cut : same->cut;
        return;
    }

    struct piece *mark = piece_new(offset, bytes_of(NULL, 0), chunk);

    mark->cut = cut;
    insert(w, i, mark);
}

const struct piece *waiting_first(const struct waiting *w)
{
    return w->count > 0 ? piece_at(w, 0) : NULL;
}

struct piece *waiting_take_first(struct waiting *w)
{
    if (w->count == 0)
        return NULL;

    struct piece *p = piece_at(w, 0);

    w->first++;
    w->count--;
    w->memory -= memory_of(p);
    if (w->count == 0) {
        free(w->slots);
        *w = (struct waiting){0};
    }
    return p;
}

void waiting_clear(struct waiting *w)
{
    struct piece *p;

    while ((p = waiting_take_first(w)))
        free(p);
}
