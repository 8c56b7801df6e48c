#include "attacker/tls/hello_beginning.h"

#include "attacker/tls/draft.h"
#include "attacker/tls/version.h"

/* 2^14: nothing is sealed yet, so nothing is added to the content (RFC 5246 section 6.2.1). */
#define MAX_PLAIN_RECORD (1 << 14)

/* A hello's version and random alone are longer than this. */
#define MIN_HELLO RANDOM_LEN

/* A HelloRetryRequest of a draft has no random, but a version and an extension at least. */
#define MIN_RETRY_REQUEST (2 + 2 + 4)

struct beginning {
    struct record_header header;
    uint8_t type;
    uint32_t length; /* of the message */
    uint16_t version;
};

static bool read_beginning(struct bytes start, struct beginning *out)
{
    struct reader r = reader_of(start);

    return record_header_read(&r, &out->header) && out->header.type == CONTENT_HANDSHAKE &&
           out->header.length >= HANDSHAKE_HEADER_LEN + sizeof(out->version) &&
           out->header.length <= MAX_PLAIN_RECORD && reader_u8(&r, &out->type) &&
           reader_u24(&r, &out->length) && out->length <= HANDSHAKE_MAX_MESSAGE &&
           reader_u16(&r, &out->version);
}

static bool is_hello(const struct beginning *b)
{
    return (b->type == HANDSHAKE_CLIENT_HELLO || b->type == HANDSHAKE_SERVER_HELLO) &&
           b->length >= MIN_HELLO;
}

/* is_retry_request: so short a message has to be a record of its own, which it always was. */
static bool is_retry_request(const struct beginning *b)
{
    return b->type == HANDSHAKE_HELLO_RETRY_REQUEST &&
           draft_is_before(draft_of_version(b->version), DRAFT_HELLO_LIKE_TLS12) &&
           b->length >= MIN_RETRY_REQUEST && b->header.length == HANDSHAKE_HEADER_LEN + b->length;
}

/* is_version: can a hello begin with this? */
static bool is_version(uint16_t version)
{
    return (version >= SSL_3_0 && version <= TLS_1_3) || draft_of_version(version) != 0;
}

bool hello_begins(struct bytes start, uint8_t *type)
{
    struct beginning b;

    if (!read_beginning(start, &b) || b.header.version == TLCP_1_1 ||
        !(is_retry_request(&b) || (is_hello(&b) && is_version(b.version))))
        return false;
    *type = b.type;
    return true;
}

bool hello_begins_tlcp(struct bytes start, uint8_t *type)
{
    struct beginning b;

    if (!read_beginning(start, &b) || b.header.version != TLCP_1_1 || b.version != TLCP_1_1 ||
        !is_hello(&b))
        return false;
    *type = b.type;
    return true;
}
