#include "tests/support/rewriter_loss.h"

#include "tests/support/check.h"

enum {
    CHANGE_CIPHER_SPEC = 20,
    APPLICATION_DATA = 23,
    RECORD_HEADER = 5,
    NEW_SESSION_TICKET = 4,
};

struct hole hole_of_segment(const struct segments *list, size_t number)
{
    const struct segment *segment = &list->at[number];
    struct hole hole = {.client = segment_is_from_client(list, segment)};

    for (size_t i = 0; i < number; i++) {
        if (segment_is_from_client(list, &list->at[i]) == hole.client)
            hole.start += list->at[i].payload.len;
    }
    hole.end = hole.start + segment->payload.len;
    return hole;
}

/* keep adds what lies between two places of the side's stream, of a segment that begins at
 * `first`. */
static void keep(struct segments *list, const struct segment *segment, size_t first, size_t start,
                 size_t end)
{
    size_t last = first + segment->payload.len;

    start = start > first ? start : first;
    end = end < last ? end : last;
    if (start < end)
        segments_add(list, segment, bytes_of(segment->payload.at + (start - first), end - start))
            ->sequence += (uint32_t)(start - first);
}

void segments_lose(struct segments *list, const struct hole *hole)
{
    struct segments left = {0};
    size_t said = 0;

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];

        if (segment->payload.len == 0 || segment_is_from_client(list, segment) != hole->client) {
            segments_add(&left, segment, buffer_view(&segment->payload));
            continue;
        }
        keep(&left, segment, said, 0, hole->start);
        keep(&left, segment, said, hole->end, SIZE_MAX);
        said += segment->payload.len;
    }
    segments_swap(list, &left);
    segments_clear(&left);
}

/* sequence_of is the number of the byte at this place of a side's stream. */
static uint32_t sequence_of(const struct segments *list, bool client, size_t place)
{
    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];

        if (segment->payload.len > 0 && segment_is_from_client(list, segment) == client)
            return segment->sequence + (uint32_t)place;
    }
    return 0;
}

bool hole_shows(const struct segments *list, const struct hole *hole)
{
    uint32_t start = sequence_of(list, hole->client, hole->start);
    uint32_t end = sequence_of(list, hole->client, hole->end);

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];
        bool same_side = segment_is_from_client(list, segment) == hole->client;

        if (same_side && segment->sequence + segment_span(segment) - end - 1 < UINT32_MAX / 2)
            return true;
        if (!same_side && segment->flags & TCP_FLAG_ACK &&
            segment->acknowledge - start - 1 < UINT32_MAX / 2)
            return true;
    }
    return false;
}

/* is_needed: without this record, said in the clear, there may be no keys. */
static bool is_needed(uint8_t type, struct reader body)
{
    uint8_t message;

    return type != CHANGE_CIPHER_SPEC &&
           !(reader_u8(&body, &message) && message == NEW_SESSION_TICKET);
}

struct damage damage_of(struct bytes stream, const struct hole *hole, bool tls13)
{
    struct damage damage = {0};
    struct reader r = reader_of(stream);
    bool sealed = false;
    size_t place = 0;

    while (!reader_done(&r)) {
        struct reader body = {0};
        uint8_t type = 0;

        assert_true(reader_u8(&r, &type) && reader_skip(&r, 2) && reader_block(&r, &body, 2));

        size_t end = place + RECORD_HEADER + body.left.len;
        bool touched = place < hole->end && hole->start < end;
        sealed |= type == APPLICATION_DATA;
        if (touched) {
            damage.in_handshake |= !sealed && is_needed(type, body);
            damage.sealed_records += sealed;
            damage.sealed_bytes += sealed ? body.left.len : 0;
            damage.last_end = end;
        } else if (hole->end <= place && damage.next_bytes == 0) {
            damage.next_bytes = body.left.len;
        }
        sealed |= type == CHANGE_CIPHER_SPEC && !tls13; /* there it means nothing */
        place = end;
    }
    return damage;
}
