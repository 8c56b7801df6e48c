#include "attacker/story/span.h"

#include <math.h>
#include <stdio.h>

#define MILLISECOND 1000000ull
#define SECOND      (1000 * MILLISECOND)
#define MINUTE      (60 * SECOND)
#define HOUR        (60 * MINUTE)

double span_hours(uint64_t ns)
{
    return (double)ns / (double)HOUR;
}

/* say writes "1 minute (0.01 hours)". */
static void say(char out[static SPAN_TEXT_SIZE], uint64_t number, const char *unit, uint64_t ns)
{
    (void)snprintf(out, SPAN_TEXT_SIZE, "%llu %s%s (%.2f hours)", (unsigned long long)number, unit,
                   number == 1 ? "" : "s", floor(span_hours(ns) * 100) / 100);
}

char *span_text(uint64_t ns, char out[static SPAN_TEXT_SIZE])
{
    if (ns < SECOND)
        say(out, ns / MILLISECOND, "millisecond", ns);
    else if (ns < MINUTE)
        say(out, ns / SECOND, "second", ns);
    else if (ns < HOUR)
        say(out, ns / MINUTE, "minute", ns);
    else
        (void)snprintf(out, SPAN_TEXT_SIZE, "%.1f hours", floor(span_hours(ns) * 10) / 10);
    return out;
}
