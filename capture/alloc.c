#include "capture/alloc.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void *alloc_checked(void *p)
{
    if (p)
        return p;
    (void)fputs("keyfall: out of memory; close other programs or read fewer captures at once\n",
                stderr);
    exit(2);
}

void *alloc_zero(size_t len)
{
    return alloc_checked(calloc(1, len > 0 ? len : 1));
}

void *alloc_resize(void *old, size_t len)
{
    assert(len > 0);
    return alloc_checked(realloc(old, len));
}

char *alloc_text(const char *text)
{
    return alloc_checked(strdup(text));
}

char *alloc_format(const char *format, ...)
{
    char *text = NULL;
    va_list list;

    va_start(list, format);
    int len = vasprintf(&text, format, list);
    va_end(list);
    return alloc_checked(len < 0 ? NULL : text);
}

void buffer_append(struct buffer *b, struct bytes more)
{
    if (more.len == 0)
        return;
    if (more.len > b->room - b->len) {
        size_t doubled = 2 * b->room;
        size_t needed = b->len + more.len;

        b->room = doubled > needed ? doubled : needed;
        b->at = alloc_resize(b->at, b->room);
    }
    memcpy(b->at + b->len, more.at, more.len);
    b->len += more.len;
}

void buffer_drop(struct buffer *b, size_t n)
{
    assert(n <= b->len);
    if (n == 0)
        return;
    memmove(b->at, b->at + n, b->len - n);
    b->len -= n;
}

struct bytes buffer_view(const struct buffer *b)
{
    return (struct bytes){b->at, b->len};
}

void buffer_clear(struct buffer *b)
{
    free(b->at);
    *b = (struct buffer){0};
}
