#include "attacker/leaks/evidence.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/alloc.h"

void evidence_add(struct evidence *e, uint64_t frame, const char *step, const char *result, ...)
{
    char text[1024];
    va_list list;

    if (e->num_steps == EVIDENCE_MAX_STEPS)
        return;
    va_start(list, result);
    (void)vsnprintf(text, sizeof(text), result, list);
    va_end(list);
    e->steps[e->num_steps++] = (struct evidence_step){frame, step, alloc_text(text)};
}

void evidence_clear(struct evidence *e)
{
    for (size_t i = 0; i < e->num_steps; i++)
        free(e->steps[i].result);
    *e = (struct evidence){0};
}

char *evidence_hex(struct bytes b, char out[static EVIDENCE_HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    enum { SHOWN = 12 };
    struct reader r = reader_of(bytes_first(b, SHOWN));
    char *at = out;
    uint8_t byte;

    for (size_t i = 0; reader_u8(&r, &byte); i++) {
        if (i > 0 && i % 2 == 0)
            *at++ = ' ';
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    memcpy(at, b.len > SHOWN ? " ..." : "", b.len > SHOWN ? 5 : 1);
    return out;
}
