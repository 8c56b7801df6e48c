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
    s->taken = 0;
    s->marks_passed = 0;
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

enum progress record_stream_next(struct record_stream *s, struct record *out,
                                 struct record_mark *mark)
{
    struct reader r = reader_of(buffer_view(&s->held));
    enum progress progress;

    if (!reader_skip(&r, s->taken))
        return PROGRESS_NEED_MORE;
    progress = record_next(&r, out);
    if (progress == PROGRESS_NEED_MORE)
        return progress;
    s->taken = s->held.len - r.left.len;
    while (s->marks[s->marks_passed].end < s->taken)
        s->marks_passed++;
    *mark = s->marks[s->marks_passed];
    if (mark->end == s->taken && progress == PROGRESS_DONE)
        s->marks_passed++;
    return progress;
}

size_t record_stream_waiting(const struct record_stream *s)
{
    return s->held.len - s->taken;
}

void record_stream_clear(struct record_stream *s)
{
    buffer_clear(&s->held);
    free(s->marks);
    *s = (struct record_stream){0};
}
