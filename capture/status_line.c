#include "capture/status_line.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Blanks instead of an escape sequence: they erase on every terminal. */
enum { COLUMNS = 79 };

static const uint64_t NS_PER_SECOND = 1000000000;

struct status_line status_line_begin(const struct capture_options *o, uint64_t now_ns)
{
    bool alone = !o->command && strcmp(o->file, "-") != 0;
    bool wanted = alone && isatty(STDERR_FILENO);

    return (struct status_line){.begun_ns = now_ns,
                                .due_ns = wanted ? now_ns + NS_PER_SECOND : UINT64_MAX};
}

static bool takes_output(void)
{
    struct pollfd terminal = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&terminal, 1, 0) == 1 && terminal.revents == POLLOUT;
}

void status_line_show(struct status_line *s, uint64_t now_ns, const struct tally *t,
                      const char *file)
{
    char *line = tally_line(t, (now_ns - s->begun_ns) / NS_PER_SECOND, file);

    if (takes_output()) {
        (void)fprintf(stderr, "\r%*s\r%s", COLUMNS, "", line);
        s->shown = true;
    }
    s->due_ns += NS_PER_SECOND;
    if (s->due_ns <= now_ns)
        s->due_ns = now_ns + NS_PER_SECOND;
    free(line);
}

void status_line_clear(struct status_line *s)
{
    if (s->shown && takes_output())
        (void)fprintf(stderr, "\r%*s\r", COLUMNS, "");
    s->shown = false;
}
