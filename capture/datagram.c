#include "capture/datagram.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"

enum known { MISSING = 0, CUT, RECORDED };

enum { ROOM_AT_FIRST = 2048 /* the last piece is seldom larger than an Ethernet frame */ };

static uint8_t *grown(uint8_t *old, size_t old_len, size_t len)
{
    uint8_t *bytes = alloc_resize(old, len);

    memset(bytes + old_len, 0, len - old_len);
    return bytes;
}

static void make_room(struct datagram *d, size_t end)
{
    size_t room = d->room ? d->room : ROOM_AT_FIRST;

    while (room < end)
        room *= 2;
    if (room == d->room)
        return;
    d->data = grown(d->data, d->room, room);
    d->known = grown(d->known, d->room, room);
    d->room = room;
}

static size_t wire_len(const struct ip_packet *fragment)
{
    return fragment->payload.len + fragment->cut;
}

static size_t end_of(const struct ip_packet *fragment)
{
    return fragment->fragment.offset + wire_len(fragment);
}

/* Only the last fragment may end anywhere, and none may reach beyond it. RFC 8200 section 4.5. */
static bool fits(const struct datagram *d, const struct ip_packet *fragment)
{
    size_t end = end_of(fragment);

    if (end > IP_MAX_DATAGRAM)
        return false;
    if (fragment->fragment.more)
        return wire_len(fragment) % 8 == 0 && (!d->end_known || end <= d->end);
    return d->end_known ? end == d->end : end >= d->end;
}

bool datagram_add(struct datagram *d, const struct ip_packet *fragment)
{
    struct reader r = reader_of(fragment->payload);
    size_t end = end_of(fragment);
    uint8_t byte;

    if (!fits(d, fragment))
        return false;
    make_room(d, end);
    for (size_t i = fragment->fragment.offset; i < end; i++) {
        bool recorded = reader_u8(&r, &byte);

        d->arrived += d->known[i] == MISSING;
        if (recorded && d->known[i] != RECORDED) {
            d->data[i] = byte;
            d->known[i] = RECORDED;
        } else if (d->known[i] == MISSING) {
            d->known[i] = CUT;
        }
    }
    if (fragment->fragment.offset == 0)
        d->protocol = fragment->protocol;
    d->end = end > d->end ? end : d->end;
    d->end_known |= !fragment->fragment.more;
    return true;
}

bool datagram_complete(const struct datagram *d)
{
    return d->end_known && d->arrived == d->end;
}

bool datagram_holds(const struct datagram *d, const struct ip_packet *fragment)
{
    struct reader r = reader_of(fragment->payload);
    uint8_t byte;

    if (!fits(d, fragment))
        return false;
    for (size_t i = fragment->fragment.offset; reader_u8(&r, &byte); i++) {
        if (d->known[i] != RECORDED || d->data[i] != byte)
            return false;
    }
    return true;
}

void datagram_give(const struct datagram *d, struct ip_packet *packet)
{
    size_t recorded = 0;

    while (recorded < d->end && d->known[recorded] == RECORDED)
        recorded++;
    packet->payload = bytes_of(d->data, recorded);
    packet->cut = d->end - recorded;
    packet->protocol = d->protocol;
}

size_t datagram_memory(const struct datagram *d)
{
    return 2 * d->room;
}

void datagram_clear(struct datagram *d)
{
    free(d->data);
    free(d->known);
    *d = (struct datagram){0};
}
