/*
 * bytes.h - the only way these programs look at bytes that they did not make themselves.
 *
 * A capture is hostile: any length in it may lie. So nobody indexes into it. A reader knows where
 * its bytes end, every read asks first, and a length in the data yields a smaller reader that
 * cannot reach outside its own block.
 *
 * The promise, the same for every read below: true means taken, and the reader has moved on; false
 * means too few bytes, and nothing has changed - not the reader, not *out. A half-arrived record
 * can simply be tried again.
 *
 * Numbers are big-endian, as in every protocol here; only a pcapng file may have little-endian
 * ones. Left out on purpose: writing.
 */
#ifndef KEYFALL_CAPTURE_BYTES_H
#define KEYFALL_CAPTURE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* MUST_CHECK: an answer of false that nobody looked at is a bug. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* struct bytes is a view: borrowed, never freed, dead when its buffer is. */
struct bytes {
    const uint8_t *at;
    size_t len;
};

/* struct reader is a view that shrinks from the front. Copy it to look ahead, discard the copy. */
struct reader {
    struct bytes left;
};

/* unconst is for handing a view to a library that promises not to write, but forgot to say so in
 * its types. */
static inline void *unconst(const void *p)
{
    union {
        const void *in;
        void *out;
    } u = {p};

    return u.out;
}

/* enum progress is the answer of whoever reads from a stream whose end has not arrived yet. */
enum progress { PROGRESS_DONE, PROGRESS_NEED_MORE, PROGRESS_MALFORMED };

/* bytes_of is a view of `len` bytes at `at`. */
static inline struct bytes bytes_of(const void *at, size_t len)
{
    return (struct bytes){at, len};
}

/* bytes_equal compares content; two empty views are equal wherever they stand. */
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* bytes_first is a view of the first `len` bytes, or of all of them when there are fewer. */
static inline struct bytes bytes_first(struct bytes b, size_t len)
{
    return (struct bytes){b.at, len < b.len ? len : b.len};
}

static inline struct reader reader_of(struct bytes b)
{
    return (struct reader){b};
}

/* reader_done: nothing is left. TLS messages have no trailing bytes, so parsers end with it. */
static inline bool reader_done(const struct reader *r)
{
    return r->left.len == 0;
}

/* reader_bytes takes `n` bytes as a view into the reader's buffer. */
static inline MUST_CHECK bool reader_bytes(struct reader *r, struct bytes *out, size_t n)
{
    if (n > r->left.len)
        return false;
    *out = (struct bytes){r->left.at, n};
    if (n > 0)
        r->left = (struct bytes){r->left.at + n, r->left.len - n};
    return true;
}

/* reader_skip passes over `n` bytes. */
static inline MUST_CHECK bool reader_skip(struct reader *r, size_t n)
{
    struct bytes skipped;

    return reader_bytes(r, &skipped, n);
}

/* reader_seek moves on to the next `byte`, which is then the first of those left; false when there
 * is none. */
static inline MUST_CHECK bool reader_seek(struct reader *r, uint8_t byte)
{
    const uint8_t *found = r->left.len > 0 ? memchr(r->left.at, byte, r->left.len) : NULL;

    return found && reader_skip(r, (size_t)(found - r->left.at));
}

/* reader_skip_run passes over all of `byte` that stand next, which may be none. */
static inline void reader_skip_run(struct reader *r, uint8_t byte)
{
    size_t n = 0;

    while (n < r->left.len && r->left.at[n] == byte)
        n++;
    if (n > 0)
        r->left = (struct bytes){r->left.at + n, r->left.len - n};
}

/* reader_copy takes `n` bytes into the caller's array. */
static inline MUST_CHECK bool reader_copy(struct reader *r, uint8_t *out, size_t n)
{
    struct bytes taken;

    if (!reader_bytes(r, &taken, n))
        return false;
    if (n > 0)
        memcpy(out, taken.at, n);
    return true;
}

/* reader_uint takes a big-endian number of `width` bytes, 1 to 8. RFC 8446 section 3.3. */
static inline MUST_CHECK bool reader_uint(struct reader *r, uint64_t *out, size_t width)
{
    struct bytes taken;
    uint64_t n = 0;

    if (!reader_bytes(r, &taken, width))
        return false;
    for (size_t i = 0; i < width; i++)
        n = n << 8 | taken.at[i];
    *out = n;
    return true;
}

/* enum byte_order: which end of a number stands first. */
enum byte_order { ORDER_BIG_ENDIAN, ORDER_LITTLE_ENDIAN };

/* reader_uint_in takes a number of `width` bytes, 1 to 8, in either order. */
static inline MUST_CHECK bool reader_uint_in(struct reader *r, uint64_t *out, size_t width,
                                             enum byte_order order)
{
    struct bytes taken;
    uint64_t n = 0;

    if (order == ORDER_BIG_ENDIAN)
        return reader_uint(r, out, width);
    if (!reader_bytes(r, &taken, width))
        return false;
    for (size_t i = width; i > 0; i--)
        n = n << 8 | taken.at[i - 1];
    *out = n;
    return true;
}

static inline MUST_CHECK bool reader_u8(struct reader *r, uint8_t *out)
{
    uint64_t n;

    if (!reader_uint(r, &n, 1))
        return false;
    *out = (uint8_t)n;
    return true;
}

static inline MUST_CHECK bool reader_u16(struct reader *r, uint16_t *out)
{
    uint64_t n;

    if (!reader_uint(r, &n, 2))
        return false;
    *out = (uint16_t)n;
    return true;
}

static inline MUST_CHECK bool reader_u24(struct reader *r, uint32_t *out)
{
    uint64_t n;

    if (!reader_uint(r, &n, 3))
        return false;
    *out = (uint32_t)n;
    return true;
}

static inline MUST_CHECK bool reader_u32(struct reader *r, uint32_t *out)
{
    uint64_t n;

    if (!reader_uint(r, &n, 4))
        return false;
    *out = (uint32_t)n;
    return true;
}

/*
 * reader_block takes a vector: `width` bytes of length, then that many. A vector that is longer
 * than what is left consumes nothing: at the edge of a stream the caller reads false as "need
 * more", inside a whole message as "malformed". RFC 8446 section 3.4.
 */
static inline MUST_CHECK bool reader_block(struct reader *r, struct reader *out, size_t width)
{
    struct reader ahead = *r;
    struct bytes body;
    uint64_t len;

    if (!reader_uint(&ahead, &len, width) || !reader_bytes(&ahead, &body, (size_t)len))
        return false;
    *r = ahead;
    *out = reader_of(body);
    return true;
}

/* reader_rest takes all that is left, which may be nothing. */
static inline struct bytes reader_rest(struct reader *r)
{
    struct bytes rest = r->left;

    r->left = (struct bytes){rest.at, 0};
    return rest;
}

#endif
