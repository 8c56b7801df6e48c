#include "attacker/tls/record_stream.h"

#include <stdlib.h>

/* forget_taken moves what is still needed to the front. */
static void forget_taken(struct record_stream *s)
{
    if (s->taken == 0)
        return;
    buffer_drop(&s->held, s->taken);
    s->num_marks -= s->marks_passed;
    memmove(s->marks, s->marks + s->marks_passed, s->num_marks * sizeof(*s->marks));
    for (size_t i = 0; i < s->num_marks; i++)
        s->marks[i].end -= s->taken;
    s->num_holes -= s->holes_passed;
    if (s->holes_passed > 0)
        memmove(s->holes, s->holes + s->holes_passed, s->num_holes * sizeof(*s->holes));
    for (size_t i = 0; i < s->num_holes; i++)
        s->holes[i].at -= s->taken;
    s->taken = 0;
    s->marks_passed = 0;
    s->holes_passed = 0;
}

void record_stream_append(struct record_stream *s, const struct chunk *chunk)
{
    forget_taken(s);
    buffer_append(&s->held, chunk->data);
    if (s->num_marks == s->room_for_marks) {
        s->room_for_marks = 2 * s->room_for_marks + 4;
        s->marks = alloc_resize(s->marks, s->room_for_marks * sizeof(*s->marks));
    }
    s->marks[s->num_marks++] = (struct record_mark){s->held.len, chunk->frame, chunk->time_ns};
}

void record_stream_append_hole(struct record_stream *s, uint64_t missing)
{
    if (record_stream_at_hole(s) && s->holes[s->num_holes - 1].at == s->held.len) {
        s->holes[s->num_holes - 1].missing += missing;
        return;
    }
    if (s->num_holes == s->room_for_holes) {
        s->room_for_holes = 2 * s->room_for_holes + 1;
        s->holes = alloc_resize(s->holes, s->room_for_holes * sizeof(*s->holes));
    }
    s->holes[s->num_holes++] = (struct record_hole){s->held.len, missing};
}

struct bytes record_stream_left(const struct record_stream *s)
{
    size_t end = record_stream_at_hole(s) ? s->holes[s->holes_passed].at : s->held.len;
    struct reader r = reader_of(bytes_first(buffer_view(&s->held), end));

    return reader_skip(&r, s->taken) ? r.left : (struct bytes){0};
}

void record_stream_take(struct record_stream *s, size_t len, struct record_mark *mark)
{
    s->taken += len;
    while (s->marks[s->marks_passed].end < s->taken)
        s->marks_passed++;
    *mark = s->marks[s->marks_passed];
    if (mark->end == s->taken)
        s->marks_passed++;
}

bool record_stream_at_hole(const struct record_stream *s)
{
    return s->num_holes > s->holes_passed;
}

uint64_t record_stream_cross(struct record_stream *s)
{
    uint64_t missing = s->holes[s->holes_passed].missing;
    size_t left = record_stream_left(s).len;
    struct record_mark mark;

    if (left > 0)
        record_stream_take(s, left, &mark);
    s->holes_passed++;
    if (s->holes_passed == s->num_holes)
        s->holes_passed = s->num_holes = 0;
    return missing;
}

enum progress record_stream_next(struct record_stream *s, struct record *out,
                                 struct record_mark *mark)
{
    struct bytes left = record_stream_left(s);
    struct reader r = reader_of(left);
    enum progress progress = record_next(&r, out);

    switch (progress) {
    case PROGRESS_NEED_MORE:
        break;
    case PROGRESS_MALFORMED:
        *mark = s->marks[s->marks_passed];
        break;
    case PROGRESS_DONE:
        record_stream_take(s, left.len - r.left.len, mark);
        break;
    }
    return progress;
}

size_t record_stream_waiting(const struct record_stream *s)
{
    return s->held.len - s->taken;
}

size_t record_stream_memory(const struct record_stream *s)
{
    return s->held.room + s->room_for_marks * sizeof(*s->marks) +
           s->room_for_holes * sizeof(*s->holes);
}

void record_stream_clear(struct record_stream *s)
{
    buffer_clear(&s->held);
    free(s->marks);
    free(s->holes);
    *s = (struct record_stream){0};
}
