#include "attacker/tls/compressed_certificate.h"

#include "attacker/tls/handshake.h"
#include "attacker/tls/inflater.h"

/* RFC 8879 section 7.3. */
enum { ALGORITHM_ZLIB = 1, ALGORITHM_BROTLI = 2, ALGORITHM_ZSTD = 3 };

bool compressed_certificate_read(struct bytes body, struct compressed_certificate *out)
{
    struct compressed_certificate c;
    struct reader r = reader_of(body);
    struct reader compressed;

    if (!reader_u16(&r, &c.algorithm) || !reader_u24(&r, &c.len) ||
        !reader_block(&r, &compressed, 3) || !reader_done(&r))
        return false;
    c.compressed = compressed.left;
    *out = c;
    return true;
}

bool compressed_certificate_can_undo(const struct compressed_certificate *c)
{
    return c->algorithm == ALGORITHM_ZLIB;
}

bool compressed_certificate_undo(const struct compressed_certificate *c, struct buffer *out)
{
    return c->len <= HANDSHAKE_MAX_MESSAGE && inflate_whole(out, c->compressed, c->len);
}

const char *compressed_certificate_algorithm(uint16_t algorithm)
{
    switch (algorithm) {
    case ALGORITHM_ZLIB:
        return "zlib";
    case ALGORITHM_BROTLI:
        return "brotli";
    case ALGORITHM_ZSTD:
        return "zstd";
    default:
        return "an unknown way";
    }
}
