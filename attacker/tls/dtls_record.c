#include "attacker/tls/dtls_record.h"

#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"

/* 001 and five bits that say what follows. RFC 9147 section 4. */
enum { UNIFIED_MASK = 0xe0, UNIFIED_BITS = 0x20 };

static bool is_version(uint16_t version)
{
    return version == DTLS_1_0 || version == DTLS_1_2 || version == DTLS_1_0_OPENSSL;
}

/* read_header takes the type and what stands between it and the length. */
static bool read_header(struct reader *r, struct dtls_record *d)
{
    return reader_u8(r, &d->record.type) && reader_u16(r, &d->record.version) &&
           reader_u16(r, &d->epoch) && reader_uint(r, &d->sequence, 6);
}

enum dtls_answer dtls_record_next(struct reader *datagram, struct dtls_record *out)
{
    struct reader r = *datagram;
    struct dtls_record d = {0};
    uint16_t length;
    uint8_t first = 0;
    struct reader ahead = r;

    if (reader_u8(&ahead, &first) && (first & UNIFIED_MASK) == UNIFIED_BITS)
        return DTLS_UNIFIED;
    if (!read_header(&r, &d) || !is_version(d.record.version) ||
        d.record.type < CONTENT_CHANGE_CIPHER_SPEC || d.record.type > CONTENT_CONNECTION_ID)
        return DTLS_NONE;
    if (d.record.type == CONTENT_CONNECTION_ID)
        return DTLS_CONNECTION_ID;
    if (!reader_u16(&r, &length) || length > RECORD_MAX_FRAGMENT)
        return DTLS_NONE;
    d.record.header = bytes_first(datagram->left, datagram->left.len - r.left.len);
    if (!reader_bytes(&r, &d.record.fragment, length))
        return DTLS_CUT;
    *datagram = r;
    *out = d;
    return DTLS_RECORD;
}

bool dtls_record_with_id(struct reader *datagram, struct dtls_record *out, size_t id_len)
{
    struct reader r = *datagram;
    struct dtls_record d = {0};
    uint16_t length;

    if (!read_header(&r, &d) || d.record.type != CONTENT_CONNECTION_ID ||
        !is_version(d.record.version) || !reader_bytes(&r, &d.record.connection_id, id_len) ||
        !reader_u16(&r, &length) || length > RECORD_MAX_FRAGMENT)
        return false;
    d.record.header = bytes_first(datagram->left, datagram->left.len - r.left.len);
    if (!reader_bytes(&r, &d.record.fragment, length))
        return false;
    *datagram = r;
    *out = d;
    return true;
}

bool dtls_record_with_some_id(struct reader *datagram, struct dtls_record *out)
{
    for (size_t len = 1; len <= CONNECTION_ID_MAX_LEN; len++) {
        struct reader ahead = *datagram;

        if (dtls_record_with_id(&ahead, out, len) && reader_done(&ahead)) {
            *datagram = ahead;
            return true;
        }
    }
    return false;
}

bool dtls_record_is_hello(struct bytes datagram, uint8_t *type, struct bytes *random)
{
    struct reader r = reader_of(datagram);
    struct dtls_record d;
    struct dtls_fragment fragment;
    uint16_t version;

    if (dtls_record_next(&r, &d) != DTLS_RECORD || d.epoch != 0 ||
        d.record.type != CONTENT_HANDSHAKE)
        return false;
    r = reader_of(d.record.fragment);
    if (!dtls_fragment_next(&r, &fragment) || fragment.offset != 0 ||
        (fragment.type != HANDSHAKE_CLIENT_HELLO && fragment.type != HANDSHAKE_SERVER_HELLO))
        return false;
    r = reader_of(fragment.body);
    if (!reader_u16(&r, &version) || !is_version(version) || !reader_bytes(&r, random, RANDOM_LEN))
        return false;
    *type = fragment.type;
    return true;
}

size_t dtls_record_count_sealed(struct bytes datagram)
{
    struct reader r = reader_of(datagram);
    struct dtls_record d;
    size_t num = 0;

    while (!reader_done(&r)) {
        if (dtls_record_next(&r, &d) != DTLS_RECORD || d.epoch == 0 ||
            d.record.version == DTLS_1_0_OPENSSL) /* other things begin like that, too */
            return 0;
        num++;
    }
    return num;
}
