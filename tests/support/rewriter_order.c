#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/rewriter_tcp.h"

/* --- Order -------------------------------------------------------------------------- */

static void swap_segments(struct segments *list, size_t a, size_t b)
{
    struct segment kept = list->at[a];

    list->at[a] = list->at[b];
    list->at[b] = kept;
}

/* data_after is the first segment with data at `number` or behind it; list->num without one. */
static size_t data_after(const struct segments *list, size_t number)
{
    while (number < list->num && list->at[number].payload.len == 0)
        number++;
    return number;
}

/* take_window fills in the numbers of up to `room` segments with data, from *number on. */
static size_t take_window(const struct segments *list, size_t *number, size_t *window, size_t room)
{
    size_t num = 0;

    while (num < room && (*number = data_after(list, *number)) < list->num)
        window[num++] = (*number)++;
    return num;
}

void change_shuffle(struct segments *list, size_t amount)
{
    unsigned short dice[3] = {7, 7, 7};
    size_t *window = alloc_zero(amount * sizeof(*window));
    size_t number = 0;
    size_t num;

    while ((num = take_window(list, &number, window, amount)) > 0) {
        for (size_t i = 0; i + 1 < num; i++)
            swap_segments(list, window[i], window[i + (size_t)nrand48(dice) % (num - i)]);
    }
    free(window);
    segments_retime(list);
}

void change_reverse(struct segments *list, size_t amount)
{
    size_t *window = alloc_zero(amount * sizeof(*window));
    size_t number = 0;
    size_t num;

    while ((num = take_window(list, &number, window, amount)) > 0) {
        for (size_t i = 0; i < num / 2; i++)
            swap_segments(list, window[i], window[num - 1 - i]);
    }
    free(window);
    segments_retime(list);
}

void change_skew(struct segments *list, size_t amount)
{
    struct segments skewed = {0};
    struct segments waiting = {0};

    segments_add(&skewed, &list->at[0], buffer_view(&list->at[0].payload));
    for (size_t i = 1; i < list->num; i++) {
        const struct segment *segment = &list->at[i];
        bool late = segment_is_from_client(list, segment);

        segments_add(late ? &waiting : &skewed, segment, buffer_view(&segment->payload));
        if (waiting.num > amount) {
            segments_add(&skewed, &waiting.at[0], buffer_view(&waiting.at[0].payload));
            segments_remove(&waiting, 0);
        }
    }
    segments_copy(&skewed, &waiting);
    segments_clear(&waiting);
    segments_swap(list, &skewed);
    segments_clear(&skewed);
    segments_retime(list);
}

/* --- Copies ------------------------------------------------------------------------- */

static void add_copy(struct segments *list, const struct segment *segment)
{
    segments_add(list, segment, buffer_view(&segment->payload));
}

void change_double(struct segments *list, size_t amount)
{
    struct segments doubled = {0};

    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        add_copy(&doubled, &list->at[i]);
        add_copy(&doubled, &list->at[i]);
    }
    segments_swap(list, &doubled);
    segments_clear(&doubled);
}

void change_repeat_late(struct segments *list, size_t amount)
{
    struct segments repeated = {0};

    for (size_t i = 0; i < list->num; i++) {
        add_copy(&repeated, &list->at[i]);
        if (i >= amount && list->at[i - amount].payload.len > 0)
            add_copy(&repeated, &list->at[i - amount]);
    }
    segments_swap(list, &repeated);
    segments_clear(&repeated);
    segments_retime(list);
}

/* before gives the last segment with data of the same side in front of this one, if it ends where
 * this one begins. */
static const struct segment *before(const struct segments *list, size_t number)
{
    const struct segment *segment = &list->at[number];

    for (size_t i = number; i > 0; i--) {
        const struct segment *other = &list->at[i - 1];

        if (other->payload.len > 0 && endpoint_equal(&other->from, &segment->from))
            return other->sequence + other->payload.len == segment->sequence ? other : NULL;
    }
    return NULL;
}

void change_repeat_otherwise(struct segments *list, size_t amount)
{
    struct segments repeated = {0};

    (void)amount;
    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];
        const struct segment *previous = segment->payload.len > 0 ? before(list, i) : NULL;

        add_copy(&repeated, segment);
        if (previous) {
            size_t middle = previous->payload.len / 2;
            struct segment *again = segments_add(
                &repeated, segment,
                bytes_of(previous->payload.at + middle, previous->payload.len - middle));

            again->sequence = previous->sequence + (uint32_t)middle;
            again->flags &= (uint8_t)~TCP_FLAG_FIN;
            buffer_append(&again->payload,
                          bytes_first(buffer_view(&segment->payload), segment->payload.len / 2));
        }
    }
    segments_swap(list, &repeated);
    segments_clear(&repeated);
}

/* overlap puts the last bytes of each segment in front of the next one, each xored with `damage`.
 */
static void overlap(struct segments *list, size_t amount, uint8_t damage)
{
    struct segments overlapped = {0};

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];
        const struct segment *previous = segment->payload.len > 0 ? before(list, i) : NULL;
        size_t len = previous && previous->payload.len < amount ? previous->payload.len : amount;

        if (!previous) {
            add_copy(&overlapped, segment);
            continue;
        }
        struct segment *longer =
            segments_add(&overlapped, segment,
                         bytes_of(previous->payload.at + previous->payload.len - len, len));
        for (size_t k = 0; k < len; k++)
            longer->payload.at[k] ^= damage;
        longer->sequence -= (uint32_t)len;
        buffer_append(&longer->payload, buffer_view(&segment->payload));
    }
    segments_swap(list, &overlapped);
    segments_clear(&overlapped);
}

void change_overlap(struct segments *list, size_t amount)
{
    overlap(list, amount, 0);
}

void change_overlap_differently(struct segments *list, size_t amount)
{
    overlap(list, amount, 0xff);
}

void change_keep_alive(struct segments *list, size_t amount)
{
    static const uint8_t nothing = 0;
    struct segments kept = {0};

    for (size_t i = 0; i < list->num; i++) {
        const struct segment *segment = &list->at[i];

        add_copy(&kept, segment);
        if (segment->payload.len == 0 || segment->flags & TCP_FLAG_FIN)
            continue;

        struct segment answer = *segment;
        struct segment *alive = segments_add(&kept, segment, bytes_of(&nothing, amount));
        alive->sequence += (uint32_t)segment->payload.len - 1;
        answer.from = segment->to;
        answer.to = segment->from;
        answer.sequence = segment->acknowledge;
        answer.acknowledge = segment->sequence + (uint32_t)segment->payload.len;
        answer.flags = TCP_FLAG_ACK;
        segments_add(&kept, &answer, (struct bytes){0});
    }
    segments_swap(list, &kept);
    segments_clear(&kept);
}
