#include "capture/tally.h"

#include <stdlib.h>
#include <string.h>

#include "capture/alloc.h"

/*
 * A terminal is 80 columns wide, some go to the next line as soon as the last one is used, and two
 * more are for the ^C that it shows when that is typed.
 */
enum { LINE_COLUMNS = 77 };

char *tally_report(const struct tally *t)
{
    uint64_t seen = t->written + t->dropped;
    char *by_kernel = alloc_format("%llu packets seen, %llu written, %llu dropped by the kernel",
                                   (unsigned long long)seen, (unsigned long long)t->written,
                                   (unsigned long long)t->dropped);

    if (t->missed == 0)
        return by_kernel;

    char *by_both =
        alloc_format("%s, %llu by the interface", by_kernel, (unsigned long long)t->missed);

    free(by_kernel);
    return by_both;
}

bool tally_is_complete(const struct tally *t)
{
    return t->dropped == 0 && t->missed == 0;
}

/* A size for people: three digits or four, and a unit. free() it. */
static char *size_text(uint64_t len)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double size = (double)len / 1024;
    size_t unit = 0;

    for (; size >= 1000 && unit + 1 < sizeof(units) / sizeof(*units); unit++)
        size /= 1024;
    return alloc_format("%.1f %s", size, units[unit]);
}

char *tally_line(const struct tally *t, uint64_t seconds, const char *file)
{
    const char *slash = file ? strrchr(file, '/') : NULL;
    uint64_t lost = t->dropped + t->missed;
    char *size = size_text(t->len);
    char *line = alloc_format(
        "%llu packets, %s, %llu dropped, %02llu:%02llu:%02llu%s%s", (unsigned long long)t->written,
        size, (unsigned long long)lost, (unsigned long long)(seconds / 3600),
        (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60),
        file ? ", " : "", slash ? slash + 1 : (file ? file : ""));

    if (strlen(line) > LINE_COLUMNS)
        line[LINE_COLUMNS] = '\0';
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
    free(size);
    return line;
}
