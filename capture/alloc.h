/*
 * alloc.h - memory, or the end of the run.
 *
 * Nothing here returns NULL: hostile input cannot ask for more than a named limit allows, so
 * running out of memory is the machine's trouble and not a case that each caller should have an
 * opinion on. The run ends in one place, with a sentence and status 2.
 */
#ifndef KEYFALL_CAPTURE_ALLOC_H
#define KEYFALL_CAPTURE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

#include "capture/bytes.h"

/* alloc_zero returns `len` zeroed bytes, to be freed with free(). */
void *alloc_zero(size_t len) __attribute__((returns_nonnull, malloc));

/* alloc_resize is realloc that cannot fail; `len` is in bytes and not 0. */
void *alloc_resize(void *old, size_t len) __attribute__((returns_nonnull));

/* alloc_text returns a copy of `text`, to be freed with free(). */
char *alloc_text(const char *text) __attribute__((returns_nonnull));

/* alloc_format returns printf's text, to be freed with free(). */
char *alloc_format(const char *format, ...) __attribute__((returns_nonnull, format(printf, 1, 2)));

/* alloc_checked returns `p`, which a library has allocated: so NULL is the end of the run as well.
 */
void *alloc_checked(void *p) __attribute__((returns_nonnull));

/*
 * struct buffer is bytes that grow at the end. Zero is an empty buffer; the caller keeps `len`
 * below a named limit wherever input decides how much is appended.
 */
struct buffer {
    uint8_t *at;
    size_t len;
    size_t room;
};

/* buffer_append copies `more` to the end; views into the buffer die. */
void buffer_append(struct buffer *b, struct bytes more);

/* buffer_drop removes the first `n` bytes, n at most b->len; views into the buffer die. */
void buffer_drop(struct buffer *b, size_t n);

/* buffer_view is a view of the content, dead at the next append, drop or clear. */
struct bytes buffer_view(const struct buffer *b);

/* buffer_clear frees the memory and leaves an empty buffer. */
void buffer_clear(struct buffer *b);

#endif
