#include "tests/support/printed.h"

#include <stdlib.h>

#include "tests/support/check.h"

void sheet_begin(struct sheet *s)
{
    *s = (struct sheet){0};
    s->out = open_memstream(&s->text, &s->len);
    assert_non_null(s->out);
}

void sheet_end(struct sheet *s)
{
    assert_int_equal(fclose(s->out), 0);
    s->out = NULL;
}

void sheet_free(struct sheet *s)
{
    free(s->text);
    *s = (struct sheet){0};
}

size_t widest_line(const char *text)
{
    size_t widest = 0;
    size_t width = 0;

    for (; *text; text++) {
        bool continued = ((unsigned char)*text & 0xc0) == 0x80;

        width = *text == '\n' ? 0 : width + !continued;
        widest = width > widest ? width : widest;
    }
    return widest;
}

size_t num_lines(const char *text)
{
    size_t lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}
