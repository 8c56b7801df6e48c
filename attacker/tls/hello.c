#include "attacker/tls/hello.h"

#include "attacker/tls/draft.h"

#define MAX_SESSION_ID_LEN 32

bool hello_read_client(struct bytes body, struct hello *out)
{
    struct reader r = reader_of(body);
    struct reader session_id;
    struct reader suites;
    struct reader compression;
    struct reader extensions = {0};
    struct hello h = {0};

    if (!reader_u16(&r, &h.legacy_version) || !reader_copy(&r, h.random, RANDOM_LEN) ||
        !reader_block(&r, &session_id, 1) || !reader_block(&r, &suites, 2) ||
        !reader_block(&r, &compression, 1))
        return false;
    if (!reader_done(&r) && !reader_block(&r, &extensions, 2)) /* optional: RFC 5246 7.4.1.2 */
        return false;
    if (!reader_done(&r) || session_id.left.len > MAX_SESSION_ID_LEN || suites.left.len < 2 ||
        suites.left.len % 2 != 0 || reader_done(&compression))
        return false;
    h.session_id = session_id.left;
    h.suites = suites.left;
    h.compression = compression.left;
    h.extensions = extensions.left;
    *out = h;
    return true;
}

/* is_short: up to draft 21 a ServerHello of TLS 1.3 says so in its first field, and has neither a
 * session ID nor a compression method. */
static bool is_short(const struct hello *server)
{
    return draft_of_version(server->legacy_version) != 0;
}

/* read_session_id takes it from a ServerHello, empty where there is none. */
static bool read_session_id(struct reader *r, struct hello *h)
{
    struct reader id = {0};

    if (!is_short(h) && !reader_block(r, &id, 1))
        return false;
    h->session_id = id.left;
    return id.left.len <= MAX_SESSION_ID_LEN;
}

bool hello_read_server(struct bytes body, struct hello *out)
{
    struct reader r = reader_of(body);
    struct reader extensions = {0};
    struct hello h = {0};

    if (!reader_u16(&r, &h.legacy_version) || !reader_copy(&r, h.random, RANDOM_LEN) ||
        !read_session_id(&r, &h) || !reader_u16(&r, &h.suite) ||
        !(is_short(&h) || reader_u8(&r, &h.compression_method)))
        return false;
    if (!reader_done(&r) && !reader_block(&r, &extensions, 2)) /* optional: RFC 5246 7.4.1.3 */
        return false;
    if (!reader_done(&r))
        return false;
    h.extensions = extensions.left;
    *out = h;
    return true;
}

bool hello_read_retry(struct bytes body, struct hello *out)
{
    struct reader r = reader_of(body);
    struct reader extensions;
    struct hello h = {0};

    if (!reader_u16(&r, &h.legacy_version))
        return false;
    if (!draft_is_before(draft_of_version(h.legacy_version), DRAFT_RETRY_NAMES_SUITE) &&
        !reader_u16(&r, &h.suite))
        return false;
    if (!reader_block(&r, &extensions, 2) || !reader_done(&r))
        return false;
    h.extensions = extensions.left;
    *out = h;
    return true;
}

size_t hello_drop_cookie(uint8_t *out, struct bytes body)
{
    struct reader r = reader_of(body);
    struct reader skipped;
    struct bytes front = body;

    if (reader_skip(&r, 2 + RANDOM_LEN) && reader_block(&r, &skipped, 1))
        front = bytes_first(body, body.len - r.left.len);
    else
        r = (struct reader){0};
    if (!reader_block(&r, &skipped, 1))
        r = (struct reader){0};
    memcpy(out, front.at, front.len);
    if (!reader_done(&r))
        memcpy(out + front.len, r.left.at, r.left.len);
    return front.len + r.left.len;
}

/* take_block takes a vector that is whole; where it is not, nothing that follows is there. */
static struct bytes take_block(struct reader *r, size_t width)
{
    struct reader block = {0};

    if (!reader_block(r, &block, width))
        *r = (struct reader){0};
    return block.left;
}

/* take_torn_extensions takes those in front of the hole; the last one may be cut. */
static struct bytes take_torn_extensions(struct reader *r)
{
    uint16_t len = 0;

    if (!reader_u16(r, &len))
        *r = (struct reader){0};
    return bytes_first(r->left, len);
}

bool hello_read_torn_client(struct bytes front, struct hello *out)
{
    struct reader r = reader_of(front);
    struct hello h = {0};

    if (!reader_u16(&r, &h.legacy_version) || !reader_copy(&r, h.random, RANDOM_LEN))
        return false;
    h.session_id = take_block(&r, 1);
    h.suites = take_block(&r, 2);
    h.compression = take_block(&r, 1);
    h.extensions = take_torn_extensions(&r);
    if (h.session_id.len > MAX_SESSION_ID_LEN)
        return false;
    *out = h;
    return true;
}

bool hello_read_torn_server(struct bytes front, struct hello *out)
{
    struct reader r = reader_of(front);
    struct hello h = {0};

    if (!reader_u16(&r, &h.legacy_version) || !reader_copy(&r, h.random, RANDOM_LEN) ||
        !read_session_id(&r, &h) || !reader_u16(&r, &h.suite))
        return false;
    if (is_short(&h) || reader_u8(&r, &h.compression_method))
        h.extensions = take_torn_extensions(&r);
    *out = h;
    return true;
}

bool hello_extension(const struct hello *hello, enum extension_type type, struct bytes *out)
{
    struct reader r = reader_of(hello->extensions);
    struct reader content;
    uint16_t found;

    while (reader_u16(&r, &found) && reader_block(&r, &content, 2)) {
        if (found == type) {
            *out = content.left;
            return true;
        }
    }
    return false;
}

bool hello_is_retry_request(const struct hello *hello)
{
    /* SHA-256 of "HelloRetryRequest": RFC 8446 section 4.1.3. */
    static const uint8_t retry[RANDOM_LEN] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
                                              0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
                                              0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
                                              0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

    return memcmp(hello->random, retry, RANDOM_LEN) == 0;
}

bool hello_hides_another(const struct hello *hello)
{
    struct bytes extension = {0};
    struct reader r;
    uint8_t type;

    if (!hello_extension(hello, EXTENSION_ENCRYPTED_HELLO, &extension))
        return false;
    r = reader_of(extension);
    return reader_u8(&r, &type) && type == 0; /* 1 stands in the hidden one itself */
}

bool hello_next_protocol(struct bytes body, struct bytes *protocol)
{
    struct reader r = reader_of(body);
    struct reader name;
    struct reader padding;

    if (!reader_block(&r, &name, 1) || !reader_block(&r, &padding, 1) || !reader_done(&r))
        return false;
    *protocol = name.left;
    return true;
}

struct bytes hello_server_name(struct bytes extension)
{
    struct reader r = reader_of(extension);
    struct reader list;
    struct reader host;
    uint8_t type;

    if (!reader_block(&r, &list, 2) || !reader_u8(&list, &type) || type != 0 ||
        !reader_block(&list, &host, 2))
        return (struct bytes){0};
    return host.left;
}

struct bytes hello_first_protocol(struct bytes extension)
{
    struct reader r = reader_of(extension);
    struct reader list;
    struct reader protocol;

    if (!reader_block(&r, &list, 2) || !reader_block(&list, &protocol, 1))
        return (struct bytes){0};
    return protocol.left;
}

struct bytes hello_connection_id(struct bytes extension)
{
    struct reader r = reader_of(extension);
    struct reader id;

    if (!reader_block(&r, &id, 1) || !reader_done(&r))
        return (struct bytes){0};
    return id.left;
}

struct bytes hello_key_share(struct bytes extension, uint16_t group)
{
    struct reader r = reader_of(extension);
    struct reader shares;
    struct reader share;
    uint16_t offered;

    if (!reader_block(&r, &shares, 2))
        return (struct bytes){0};
    while (reader_u16(&shares, &offered) && reader_block(&shares, &share, 2)) {
        if (offered == group)
            return share.left;
    }
    return (struct bytes){0};
}
