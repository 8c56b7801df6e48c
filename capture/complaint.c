#include "capture/complaint.h"

#include <stdarg.h>
#include <stdio.h>

bool complaint_say(struct complaint *why, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(why->text, sizeof(why->text), format, list);
    va_end(list);
    for (char *c = why->text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    }
    return false;
}
