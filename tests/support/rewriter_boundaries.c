#include "tests/support/check.h"
#include "tests/support/rewriter_tcp.h"

/* The marks that belong to a segment's last byte. */
enum { LAST_MARKS = TCP_FLAG_FIN | SEGMENT_PUSH };

void change_cut(struct segments *list, size_t amount)
{
    struct segments cut = {0};

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *whole = &list->at[i];
        struct bytes left = buffer_view(&whole->payload);
        uint32_t sequence = whole->sequence;

        while (left.len > amount) {
            struct segment *piece = segments_add(&cut, whole, bytes_first(left, amount));

            piece->flags &= (uint8_t)~LAST_MARKS;
            piece->sequence = sequence;
            sequence += (uint32_t)amount;
            left = bytes_of(left.at + amount, left.len - amount);
        }
        segments_add(&cut, whole, left)->sequence = sequence;
    }
    segments_swap(list, &cut);
    segments_clear(&cut);
}

static bool continues(const struct segment *before, const struct segment *segment)
{
    return before->payload.len > 0 && endpoint_equal(&before->from, &segment->from) &&
           endpoint_equal(&before->to, &segment->to) &&
           segment->sequence == before->sequence + segment_span(before);
}

void change_merge(struct segments *list, size_t amount)
{
    struct segments merged = {0};
    struct segments answers = {0}; /* bare acknowledgements, which come behind what they are for */

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];
        struct segment *last = merged.num > 0 ? &merged.at[merged.num - 1] : NULL;

        if (last && segment->payload.len > 0 && continues(last, segment) &&
            last->payload.len + segment->payload.len <= amount) {
            buffer_append(&last->payload, buffer_view(&segment->payload));
            last->flags |= segment->flags;
            last->acknowledge = segment->acknowledge;
        } else if (last && last->payload.len > 0 && segment_span(segment) == 0) {
            segments_add(&answers, segment, (struct bytes){0});
        } else {
            segments_copy(&merged, &answers);
            segments_clear(&answers);
            segments_add(&merged, segment, buffer_view(&segment->payload));
        }
    }
    segments_copy(&merged, &answers);
    segments_clear(&answers);
    segments_swap(list, &merged);
    segments_clear(&merged);
}
