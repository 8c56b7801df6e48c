#include "attacker/run_summary.h"

#include <stdlib.h>

#include "capture/alloc.h"

void run_summary_warn(struct run_summary *s, const char *text)
{
    s->warnings = alloc_resize(s->warnings, (s->num_warnings + 1) * sizeof(char *));
    s->warnings[s->num_warnings++] = alloc_text(text);
}

void run_summary_warn_of(struct run_summary *s, uint64_t count, const char *what)
{
    if (count == 0)
        return;

    char *text = alloc_format("%llu %s", (unsigned long long)count, what);
    run_summary_warn(s, text);
    free(text);
}

void run_summary_capture(struct run_summary *s, const char *path, uint64_t first_frame,
                         uint64_t num_packets)
{
    s->captures = alloc_resize(s->captures, (s->num_captures + 1) * sizeof(*s->captures));
    s->captures[s->num_captures++] = (struct run_capture){path, first_frame, num_packets};
}

void run_summary_clear(struct run_summary *s)
{
    for (size_t i = 0; i < s->num_warnings; i++)
        free(s->warnings[i]);
    free(s->warnings);
    free(s->captures);
    *s = (struct run_summary){0};
}
