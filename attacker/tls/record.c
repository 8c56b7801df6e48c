#include "attacker/tls/record.h"

#include "attacker/tls/handshake_type.h"
#include "attacker/tls/version.h"

static bool read_header(struct reader *r, struct record_header *h)
{
    return reader_u8(r, &h->type) && reader_u16(r, &h->version) && reader_u16(r, &h->length);
}

static bool is_version(uint16_t version)
{
    return (version >= SSL_3_0 && version <= TLS_1_3) || version == TLCP_1_1;
}

static bool plausible(const struct record_header *h)
{
    return h->type >= CONTENT_CHANGE_CIPHER_SPEC && h->type <= CONTENT_HEARTBEAT &&
           is_version(h->version) && h->length <= RECORD_MAX_FRAGMENT;
}

bool record_header_read(struct reader *r, struct record_header *out)
{
    struct reader ahead = *r;
    struct record_header h;

    if (!read_header(&ahead, &h) || !plausible(&h))
        return false;
    *r = ahead;
    *out = h;
    return true;
}

enum progress record_next(struct reader *r, struct record *out)
{
    struct reader ahead = *r;
    struct record_header h;
    struct record record;

    if (!read_header(&ahead, &h))
        return PROGRESS_NEED_MORE;
    if (!plausible(&h))
        return PROGRESS_MALFORMED;
    record.type = h.type;
    record.version = h.version;
    record.header = bytes_first(r->left, RECORD_HEADER_LEN);
    if (!reader_bytes(&ahead, &record.fragment, h.length))
        return PROGRESS_NEED_MORE;
    *r = ahead;
    *out = record;
    return PROGRESS_DONE;
}

size_t record_missing(struct bytes begun)
{
    struct reader r = reader_of(begun);
    struct record_header h;

    if (!read_header(&r, &h))
        return RECORD_HEADER_LEN - begun.len;
    return h.length > r.left.len ? h.length - r.left.len : 0;
}

static bool is_hello(uint8_t message)
{
    return message == HANDSHAKE_CLIENT_HELLO || message == HANDSHAKE_SERVER_HELLO ||
           message == HANDSHAKE_HELLO_RETRY_REQUEST;
}

bool record_looks_like_hello(struct bytes start, uint8_t *type)
{
    struct reader r = reader_of(start);
    struct record_header h;
    uint8_t message;

    if (!record_header_read(&r, &h) || h.type != CONTENT_HANDSHAKE || !reader_u8(&r, &message))
        return false;
    if (!is_hello(message))
        return false;
    *type = message;
    return true;
}
