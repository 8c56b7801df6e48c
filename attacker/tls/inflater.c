#include "attacker/tls/inflater.h"

#include <stdlib.h>
#include <zlib.h>

/* "about 7 KB plus a window of 32 KB": zlib's zconf.h on what inflate needs. */
#define ZLIB_MEMORY ((size_t)40 * 1024)

struct inflater {
    z_stream zlib;
    bool lost;
    uint8_t plain[INFLATER_MAX_PLAIN + 1]; /* one more, to see what is too long */
};

struct inflater *inflater_new(void)
{
    struct inflater *i = alloc_zero(sizeof(*i));

    i->lost = inflateInit(&i->zlib) != Z_OK;
    return i;
}

/* put_input: the lengths of records and messages fit zlib's counters. */
static void put_input(z_stream *zlib, struct bytes compressed)
{
    zlib->next_in = unconst(compressed.at);
    zlib->avail_in = (unsigned)compressed.len;
}

bool inflater_next(struct inflater *i, struct bytes *plain, struct bytes compressed)
{
    int result;

    if (i->lost)
        return false;
    if (compressed.len == 0) { /* nothing has become nothing */
        *plain = compressed;
        return true;
    }
    put_input(&i->zlib, compressed);
    i->zlib.next_out = i->plain;
    i->zlib.avail_out = sizeof(i->plain);
    result = inflate(&i->zlib, Z_SYNC_FLUSH);
    i->lost = (result != Z_OK && result != Z_STREAM_END) || i->zlib.avail_in > 0 ||
              i->zlib.avail_out == 0;
    *plain = bytes_of(i->plain, sizeof(i->plain) - i->zlib.avail_out);
    return !i->lost;
}

void inflater_lose(struct inflater *i)
{
    i->lost = true;
}

size_t inflater_memory(const struct inflater *i)
{
    return i ? sizeof(*i) + ZLIB_MEMORY : 0;
}

void inflater_free(struct inflater *i)
{
    if (!i)
        return;
    (void)inflateEnd(&i->zlib);
    free(i);
}

bool inflate_whole(struct buffer *out, struct bytes compressed, size_t len)
{
    z_stream zlib = {0};
    uint8_t *plain = alloc_zero(len + 1);
    bool whole = false;

    if (inflateInit(&zlib) == Z_OK) {
        put_input(&zlib, compressed);
        zlib.next_out = plain;
        zlib.avail_out = (unsigned)len + 1;
        whole =
            inflate(&zlib, Z_FINISH) == Z_STREAM_END && zlib.avail_in == 0 && zlib.total_out == len;
    }
    if (whole)
        buffer_append(out, bytes_of(plain, len));
    (void)inflateEnd(&zlib);
    free(plain);
    return whole;
}
