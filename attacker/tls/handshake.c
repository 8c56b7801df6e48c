#include "attacker/tls/handshake.h"

#include <stdlib.h>

#include "attacker/tls/compressed_certificate.h"
#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/openssl_dtls.h"
#include "attacker/tls/sslv2_hello.h"
#include "attacker/tls/version.h"
#include "capture/alloc.h"

static bool read_client_hello(const struct message *m, struct hello *out)
{
    if (m->sslv2)
        return sslv2_hello_read(m->whole, out);
    return m->torn ? hello_read_torn_client(m->body, out) : hello_read_client(m->body, out);
}

static bool see_client_hello(struct handshake *h, const struct message *m)
{
    struct hello hello;
    struct bytes extension;

    if (!read_client_hello(m, &hello))
        return false;
    h->client_hello = m;
    h->client_version = hello.legacy_version;
    memcpy(h->client_random, hello.random, RANDOM_LEN);
    h->session_id_offered = hello.session_id;
    h->hides_hello = hello_hides_another(&hello);
    if (hello_extension(&hello, EXTENSION_SERVER_NAME, &extension))
        h->server_name = hello_server_name(extension);
    if (hello_extension(&hello, EXTENSION_SESSION_TICKET, &extension))
        h->ticket_offered = extension;
    if (!h->retry_request)
        h->early_data_offered = hello_extension(&hello, EXTENSION_EARLY_DATA, &extension);
    return true;
}

/* see_key_share: the server names the group and its own value, the client offered several.
 * RFC 8446 section 4.2.8. */
static bool see_key_share(struct handshake *h, const struct hello *server)
{
    enum extension_type type = draft_is_before(h->draft, DRAFT_KEY_SHARE_IS_51)
                                   ? EXTENSION_KEY_SHARE_OF_DRAFTS
                                   : EXTENSION_KEY_SHARE;
    struct reader r;
    struct reader value;
    struct hello client;
    struct bytes extension;
    struct bytes offered;

    if (!hello_extension(server, type, &extension))
        return true;
    r = reader_of(extension);
    if (!reader_u16(&r, &h->group) || !reader_block(&r, &value, 2) || !reader_done(&r))
        return false;
    h->server_value = value.left;
    if (h->client_hello && read_client_hello(h->client_hello, &client) &&
        hello_extension(&client, type, &offered))
        h->client_value = hello_key_share(offered, h->group);
    return true;
}

static void take_version(struct handshake *h, uint16_t version)
{
    h->draft = h->datagrams ? 0 : draft_of_version(version);
    h->version = h->draft ? TLS_1_3 : h->datagrams ? version_below(version) : version;
}

const char *handshake_version_name(const struct handshake *h)
{
    return h->datagrams ? version_name_of_datagrams(h->version) : version_name(h->version);
}

/* see_version: supported_versions goes before the field of old. Where it may be what is missing,
 * the suite tells: those of TLS 1.3 are for nothing else (RFC 8446 appendix B.4). */
static bool see_version(struct handshake *h, const struct hello *hello, bool torn)
{
    struct bytes extension;

    take_version(h, hello->legacy_version);
    if (hello_extension(hello, EXTENSION_SUPPORTED_VERSIONS, &extension)) {
        struct reader r = reader_of(extension);
        uint16_t version;

        if (!reader_u16(&r, &version) || !reader_done(&r))
            return false;
        take_version(h, version);
        return true;
    }
    if (torn && h->suite && h->suite->version_min >= TLS_1_3)
        h->version = h->suite->version_min;
    return true;
}

/* may_be_offered: a server takes up no extension that the client did not offer. */
static bool may_be_offered(const struct handshake *h, enum extension_type type)
{
    struct hello client;
    struct bytes extension;

    return !h->client_hello || h->client_hello->torn ||
           (read_client_hello(h->client_hello, &client) &&
            hello_extension(&client, type, &extension));
}

/* see_unknown notes what the two may have agreed on where nothing was recorded. */
static void see_unknown(struct handshake *h)
{
    bool cbc = h->suite && h->suite->cipher->sealing == SEALING_CBC;

    if (h->version >= TLS_1_3)
        return;
    h->extended_master_secret_unknown =
        !h->extended_master_secret && may_be_offered(h, EXTENSION_EXTENDED_MASTER_SECRET);
    h->encrypt_then_mac_unknown =
        cbc && !h->encrypt_then_mac && may_be_offered(h, EXTENSION_ENCRYPT_THEN_MAC);
}

/* see_psk: the server names the pre-shared key by its place among those that were offered. RFC 8446
 * section 4.2.11. */
static void see_psk(struct handshake *h, const struct hello *hello)
{
    struct bytes extension = {0};

    h->psk_chosen = hello_extension(hello, EXTENSION_PRE_SHARED_KEY, &extension);
    struct reader r = reader_of(extension);
    if (!reader_u16(&r, &h->psk_selected) || !reader_done(&r))
        h->psk_selected = 0;
}

static bool see_server_hello(struct handshake *h, const struct message *m)
{
    struct hello hello;
    struct bytes extension;

    if (!(m->torn ? hello_read_torn_server(m->body, &hello) : hello_read_server(m->body, &hello)))
        return false;
    h->suite_id = hello.suite;
    h->suite = suite_find(hello.suite);
    if (!see_version(h, &hello, m->torn))
        return false;
    if (hello_is_retry_request(&hello)) {
        h->retry_request = m;
        return true;
    }
    h->server_hello = m;
    memcpy(h->server_random, hello.random, RANDOM_LEN);
    h->session_id_chosen = hello.session_id;
    h->compression_method = hello.compression_method;
    h->encrypt_then_mac = hello_extension(&hello, EXTENSION_ENCRYPT_THEN_MAC, &extension);
    h->truncated_hmac = hello_extension(&hello, EXTENSION_TRUNCATED_HMAC, &extension);
    h->extended_master_secret =
        hello_extension(&hello, EXTENSION_EXTENDED_MASTER_SECRET, &extension);
    h->connection_id = h->datagrams && hello_extension(&hello, EXTENSION_CONNECTION_ID, &extension);
    see_psk(h, &hello);
    if (hello_extension(&hello, EXTENSION_ALPN, &extension))
        h->protocol = hello_first_protocol(extension);
    if (m->torn)
        see_unknown(h);
    return h->version < TLS_1_3 || see_key_share(h, &hello);
}

/* see_retry_request: in drafts that have it. Anywhere else nothing is known of such a message. */
static bool see_retry_request(struct handshake *h, const struct message *m)
{
    struct hello hello;
    struct reader r = reader_of(m->body);
    uint16_t version;

    if (m->from != SIDE_SERVER || h->server_hello || !reader_u16(&r, &version) ||
        !draft_is_before(draft_of_version(version), DRAFT_HELLO_LIKE_TLS12))
        return true;
    if (!hello_read_retry(m->body, &hello))
        return false;
    take_version(h, hello.legacy_version);
    h->retry_request = m;
    return true;
}

/* see_encrypted_extensions: a list of extensions, as in a hello. RFC 8446 section 4.3.1. */
static bool see_encrypted_extensions(struct handshake *h, const struct message *m)
{
    struct reader r = reader_of(m->body);
    struct reader extensions;
    struct hello as_hello = {0};
    struct bytes extension;

    if (!reader_block(&r, &extensions, 2) || !reader_done(&r))
        return false;
    as_hello.extensions = extensions.left;
    h->encrypted_extensions = m;
    h->early_data_accepted = hello_extension(&as_hello, EXTENSION_EARLY_DATA, &extension);
    if (hello_extension(&as_hello, EXTENSION_ALPN, &extension))
        h->protocol = hello_first_protocol(extension);
    return true;
}

/* take_certificate: `body` is that of a Certificate message, compressed or not. */
static bool take_certificate(struct handshake *h, const struct message *m, struct bytes body)
{
    struct bytes der;

    if (!certificate_first(body, h->version, &der))
        return false;
    if (m->from == SIDE_CLIENT || h->certificate.seen)
        return true;
    h->certificate_message = m;
    /* One that is no X.509 (RFC 7250 allows a bare key) is noted, and the handshake goes on. */
    (void)!(der.len > 0 && certificate_read(der, &h->certificate));
    return true;
}

static bool see_certificate(struct handshake *h, const struct message *m)
{
    return take_certificate(h, m, m->body);
}

/* see_compressed_certificate: what can't be undone here is noted, and the handshake goes on. */
static bool see_compressed_certificate(struct handshake *h, const struct message *m)
{
    struct compressed_certificate compressed;
    struct buffer body = {0};

    if (!compressed_certificate_read(m->body, &compressed))
        return false;
    if (m->from == SIDE_SERVER)
        h->certificate_compression = compressed.algorithm;
    bool taken = !compressed_certificate_can_undo(&compressed) ||
                 (compressed_certificate_undo(&compressed, &body) &&
                  take_certificate(h, m, buffer_view(&body)));
    buffer_clear(&body);
    return taken;
}

static bool see_next_protocol(struct handshake *h, const struct message *m)
{
    return hello_next_protocol(m->body, &h->protocol);
}

static bool see_server_key_exchange(struct handshake *h, const struct message *m)
{
    h->server_key_exchange = m;
    if (!h->suite)
        return true;
    if (!key_exchange_read_server(m->body, h->suite, h->version, &h->server_params))
        return false;
    h->group = h->server_params.named_curve;
    h->server_value = h->server_params.public_value;
    return true;
}

static bool see_client_key_exchange(struct handshake *h, const struct message *m)
{
    h->client_key_exchange = m;
    if (!h->suite)
        return true;
    uint16_t version = openssl_dtls_is_spoken(h) ? SSL_3_0 : h->version;
    if (!key_exchange_read_client(m->body, h->suite, version, &h->client_params))
        return false;
    h->client_value = h->client_params.public_value;
    return true;
}

static bool see_server_hello_done(struct handshake *h, const struct message *m)
{
    h->server_hello_done = m;
    return m->body.len == 0;
}

static bool see_new_session_ticket(struct handshake *h, const struct message *m)
{
    h->new_session_ticket = m;
    return true;
}

static bool see_end_of_early_data(struct handshake *h, const struct message *m)
{
    h->end_of_early_data = m;
    return m->body.len == 0;
}

static bool see_finished(struct handshake *h, const struct message *m)
{
    h->finished[m->from] = m;
    h->past_reading[m->from] = true;
    return true;
}

/* Which message means what; a type that is not here is kept for the transcript alone. */
static const struct {
    uint8_t type;
    bool (*see)(struct handshake *h, const struct message *m);
} rows[] = {
    {HANDSHAKE_CLIENT_HELLO, see_client_hello},
    {HANDSHAKE_SERVER_HELLO, see_server_hello},
    {HANDSHAKE_HELLO_RETRY_REQUEST, see_retry_request},
    {HANDSHAKE_NEW_SESSION_TICKET, see_new_session_ticket},
    {HANDSHAKE_END_OF_EARLY_DATA, see_end_of_early_data},
    {HANDSHAKE_ENCRYPTED_EXTENSIONS, see_encrypted_extensions},
    {HANDSHAKE_CERTIFICATE, see_certificate},
    {HANDSHAKE_SERVER_KEY_EXCHANGE, see_server_key_exchange},
    {HANDSHAKE_SERVER_HELLO_DONE, see_server_hello_done},
    {HANDSHAKE_CLIENT_KEY_EXCHANGE, see_client_key_exchange},
    {HANDSHAKE_FINISHED, see_finished},
    {HANDSHAKE_COMPRESSED_CERTIFICATE, see_compressed_certificate},
    {HANDSHAKE_NEXT_PROTOCOL, see_next_protocol},
};

static bool in_trouble(struct handshake *h, enum trouble trouble, uint8_t type, uint64_t frame)
{
    if (h->trouble == TROUBLE_NONE) {
        h->trouble = trouble;
        h->trouble_type = type;
        h->trouble_frame = frame;
    }
    return false;
}

/* read_header takes what stands in front of a message; over datagrams, also where its piece
 * belongs, which is the same for all whole ones. RFC 6347 section 4.2.2. */
static bool read_header(const struct handshake *h, struct reader *r, uint8_t *type, uint32_t *len)
{
    return reader_u8(r, type) && reader_u24(r, len) &&
           (!h->datagrams || reader_skip(r, DTLS_MESSAGE_HEADER_LEN - HANDSHAKE_HEADER_LEN));
}

/* keep_copy copies the message. Behind the one of DTLS's ClientHello stands its form without the
 * cookie. */
static void keep_copy(const struct handshake *h, struct message *m)
{
    bool with_cookie = h->datagrams && m->type == HANDSHAKE_CLIENT_HELLO;
    size_t len = m->whole.len;
    uint8_t *copy = alloc_zero(with_cookie ? 2 * len : len);
    struct reader r = reader_of(bytes_of(copy, len));
    uint32_t body_len;

    memcpy(copy, m->whole.at, len);
    m->whole = bytes_of(copy, len);
    if (!m->sslv2)
        (void)!read_header(h, &r, &m->type, &body_len);
    m->body = r.left;
    if (with_cookie)
        m->body = bytes_of(copy + len, hello_drop_cookie(copy + len, r.left));
}

/* file keeps a copy of the message, and takes from it what it says. */
static bool file(struct handshake *h, const struct message *seen)
{
    struct bytes whole = seen->whole;

    if (h->num_messages == HANDSHAKE_MAX_MESSAGES || whole.len > HANDSHAKE_MAX_MESSAGE ||
        whole.len > HANDSHAKE_MAX_BYTES - h->num_bytes)
        return in_trouble(h, TROUBLE_LIMIT, seen->type, seen->frame);

    if (!h->messages)
        h->messages = alloc_zero(HANDSHAKE_MAX_MESSAGES * sizeof(*h->messages));
    h->num_bytes += whole.len;
    struct message *m = &h->messages[h->num_messages++];
    *m = *seen;
    keep_copy(h, m);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].type == m->type && !rows[i].see(h, m))
            return in_trouble(h, TROUBLE_MALFORMED, m->type, m->frame);
    }
    return true;
}

bool handshake_see(struct handshake *h, enum side from, struct bytes whole, uint64_t frame,
                   uint64_t time_ns)
{
    struct message seen = {.from = from, .whole = whole, .frame = frame, .time_ns = time_ns};
    struct reader r = reader_of(whole);
    uint32_t len;

    if (!read_header(h, &r, &seen.type, &len) || r.left.len != len)
        return in_trouble(h, TROUBLE_MALFORMED, seen.type, frame);
    return file(h, &seen);
}

bool handshake_see_sslv2(struct handshake *h, struct bytes whole, uint64_t frame, uint64_t time_ns)
{
    struct message seen = {.type = HANDSHAKE_CLIENT_HELLO,
                           .from = SIDE_CLIENT,
                           .whole = whole,
                           .frame = frame,
                           .time_ns = time_ns,
                           .sslv2 = true};

    return file(h, &seen);
}

bool handshake_starts_message(struct bytes content)
{
    struct reader r = reader_of(content);
    uint32_t len = 0;

    do {
        uint8_t type;

        if (!reader_u8(&r, &type) || !reader_u24(&r, &len) || !handshake_type_is_known(type) ||
            type == HANDSHAKE_HELLO_REQUEST || len > HANDSHAKE_MAX_MESSAGE)
            return false;
    } while (reader_skip(&r, len) && !reader_done(&r));
    return true;
}

const struct message *handshake_last(const struct handshake *h)
{
    return h->num_messages > 0 ? &h->messages[h->num_messages - 1] : NULL;
}

/* is_awaited_hello: a torn one never takes the place of one that was seen. */
static bool is_awaited_hello(const struct handshake *h, enum side from, uint8_t type)
{
    if (from == SIDE_CLIENT)
        return type == HANDSHAKE_CLIENT_HELLO && (!h->client_hello || handshake_retry_is_open(h));
    return type == HANDSHAKE_SERVER_HELLO && !h->server_hello;
}

bool handshake_see_torn(struct handshake *h, enum side from, struct bytes begun, uint64_t frame,
                        uint64_t time_ns)
{
    struct message seen = {
        .from = from, .whole = begun, .frame = frame, .time_ns = time_ns, .torn = true};
    struct reader r = reader_of(begun);
    struct hello hello;
    uint32_t len;

    return read_header(h, &r, &seen.type, &len) && r.left.len < len &&
           is_awaited_hello(h, from, seen.type) &&
           (from == SIDE_CLIENT ? hello_read_torn_client(r.left, &hello)
                                : hello_read_torn_server(r.left, &hello)) &&
           file(h, &seen);
}

void handshake_start_over(struct handshake *h)
{
    bool datagrams = h->datagrams;

    handshake_clear(h);
    h->datagrams = datagrams;
}

void handshake_clear(struct handshake *h)
{
    for (size_t i = 0; i < h->num_messages; i++)
        free(unconst(h->messages[i].whole.at));
    free(h->messages);
    certificate_clear(&h->certificate);
    buffer_clear(&h->before_cookie);
    *h = (struct handshake){0};
}
