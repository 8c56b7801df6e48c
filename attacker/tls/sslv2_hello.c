#include "attacker/tls/sslv2_hello.h"

#include "attacker/tls/handshake_type.h"
#include "attacker/tls/version.h"

/* In the first byte: the length has 15 bits, and nothing is padded. */
#define NO_PADDING 0x8000u

#define CIPHER_SPEC_LEN 3
#define SESSION_ID_LEN  16

/* RFC 5246 appendix E.2: from 16 to 32 bytes. */
#define MIN_CHALLENGE 16

/* What stands in front of the three parts whose lengths it tells. */
struct front {
    uint16_t version;
    uint16_t specs_len;
    uint16_t session_id_len;
    uint16_t challenge_len;
};

static bool read_front(struct reader *r, struct front *out)
{
    uint8_t type;

    return reader_u8(r, &type) && type == HANDSHAKE_CLIENT_HELLO && reader_u16(r, &out->version) &&
           reader_u16(r, &out->specs_len) && reader_u16(r, &out->session_id_len) &&
           reader_u16(r, &out->challenge_len) && out->version >= SSL_3_0 &&
           out->version <= TLS_1_3 && out->specs_len > 0 && out->specs_len % CIPHER_SPEC_LEN == 0 &&
           (out->session_id_len == 0 || out->session_id_len == SESSION_ID_LEN) &&
           out->challenge_len >= MIN_CHALLENGE && out->challenge_len <= RANDOM_LEN;
}

static size_t length_of(const struct front *front)
{
    const size_t front_len = SSLV2_HELLO_BEGINNING_LEN - 2;

    return front_len + front->specs_len + front->session_id_len + front->challenge_len;
}

bool sslv2_hello_begins(struct bytes start)
{
    struct reader r = reader_of(start);
    struct front front;
    uint16_t length;

    return reader_u16(&r, &length) && read_front(&r, &front) &&
           length == (NO_PADDING | length_of(&front));
}

bool sslv2_hello_next(struct reader *r, struct bytes *whole)
{
    struct reader ahead = *r;
    uint16_t length;

    if (!reader_u16(&ahead, &length) || !reader_bytes(&ahead, whole, length & (NO_PADDING - 1u)))
        return false;
    *r = ahead;
    return true;
}

bool sslv2_hello_read(struct bytes whole, struct hello *out)
{
    struct reader r = reader_of(whole);
    struct front front;
    struct hello h = {0};

    if (!read_front(&r, &front) || whole.len != length_of(&front) ||
        !reader_skip(&r, front.specs_len) ||
        !reader_bytes(&r, &h.session_id, front.session_id_len) ||
        !reader_copy(&r, h.random + RANDOM_LEN - front.challenge_len, front.challenge_len))
        return false;
    h.legacy_version = front.version;
    *out = h;
    return true;
}
