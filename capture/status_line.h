/*
 * status_line.h - what is it doing? A line on the terminal, once a second, always the same one.
 *
 * For the person who waits. There is none when standard error is no terminal, nor when somebody
 * else writes to that terminal: the command that is recorded, or whoever reads the packets from
 * standard output.
 */
#ifndef KEYFALL_CAPTURE_STATUS_LINE_H
#define KEYFALL_CAPTURE_STATUS_LINE_H

#include "capture/capture_options.h"
#include "capture/tally.h"

struct status_line {
    uint64_t begun_ns; /* all times are on the recorder's clock */
    uint64_t due_ns;   /* when it should be shown next; UINT64_MAX: never */
    bool shown;
};

/* status_line_begin finds out whether there will be one. */
struct status_line status_line_begin(const struct capture_options *o, uint64_t now_ns);

/*
 * status_line_show writes it over the one before. `file` is the current one of several, or NULL. A
 * terminal that takes nothing at the moment (Ctrl-S) is passed over: nobody holds up the recording.
 */
void status_line_show(struct status_line *s, uint64_t now_ns, const struct tally *t,
                      const char *file);

/* status_line_clear leaves the terminal as it was, for what is to be said next. */
void status_line_clear(struct status_line *s);

#endif
