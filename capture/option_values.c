#include "capture/option_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KIB_SHIFT = 10, MIB_SHIFT = 20, GIB_SHIFT = 30 };

/* read_digits reads a number in front of `*end`; false when there is none, or it is too big. */
static bool read_digits(uint64_t *out, const char *text, const char **end)
{
    size_t num_digits = strspn(text, "0123456789");

    errno = 0;
    *out = strtoull(text, NULL, 10);
    *end = text + num_digits;
    return num_digits > 0 && errno == 0;
}

bool option_number(uint64_t *out, const char *name, const char *text, uint64_t max,
                   struct complaint *why)
{
    const char *end;
    uint64_t n;

    if (!read_digits(&n, text, &end) || *end || n == 0 || n > max)
        return complaint_say(why, "%s: \"%s\" is not a whole number from 1 to %llu", name, text,
                             (unsigned long long)max);
    *out = n;
    return true;
}

bool option_seconds(uint64_t *out_ns, const char *name, const char *text, struct complaint *why)
{
    const double longest = 1e9;    /* 31 years; in nanoseconds it still fits into 64 bits */
    const double shortest = 0.001; /* rounded to 0, one would mean: no limit */
    char *end;
    double seconds = strtod(text, &end);

    if (strspn(text, "0123456789.") != strlen(text) || *end || !(seconds > 0 && seconds <= longest))
        return complaint_say(why, "%s: \"%s\" is not a number of seconds, such as 10 or 0.5", name,
                             text);
    if (seconds < shortest)
        return complaint_say(why, "%s: \"%s\" is too short a time; it takes %g seconds or more",
                             name, text, shortest);
    *out_ns = (uint64_t)(seconds * 1e9);
    return true;
}

/* shift_of says what a suffix multiplies by, as a power of two; false when there is no such. */
static bool shift_of(unsigned *out, const char *suffix)
{
    static const struct {
        const char *suffix;
        unsigned shift;
    } known[] = {{"", MIB_SHIFT},  {"k", KIB_SHIFT}, {"K", KIB_SHIFT}, {"m", MIB_SHIFT},
                 {"M", MIB_SHIFT}, {"g", GIB_SHIFT}, {"G", GIB_SHIFT}};

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (strcmp(known[i].suffix, suffix) == 0) {
            *out = known[i].shift;
            return true;
        }
    }
    return false;
}

bool option_size(uint64_t *out, const char *name, const char *text, uint64_t min, uint64_t max,
                 struct complaint *why)
{
    const char *suffix;
    unsigned shift;
    uint64_t n;

    if (!read_digits(&n, text, &suffix) || !shift_of(&shift, suffix) || n == 0)
        return complaint_say(why,
                             "%s: \"%s\" is not a size, such as 64k, 100M or 2G (a number "
                             "alone is in MiB)",
                             name, text);
    if (n > max >> shift || n << shift < min)
        return complaint_say(why, "%s: \"%s\" is not a size from %lluk to %lluk", name, text,
                             (unsigned long long)(min >> KIB_SHIFT),
                             (unsigned long long)(max >> KIB_SHIFT));
    *out = n << shift;
    return true;
}
