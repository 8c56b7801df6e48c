#include "attacker/tls/handshake.h"

#include <stdlib.h>

#include "attacker/tls/compressed_certificate.h"
#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/handshake_hellos.h"
#include "attacker/tls/openssl_dtls.h"
#include "attacker/tls/version.h"
#include "capture/alloc.h"

const char *handshake_version_name(const struct handshake *h)
{
    return h->datagrams ? version_name_of_datagrams(h->version) : version_name(h->version);
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
    {HANDSHAKE_CLIENT_HELLO, handshake_hellos_see_client},
    {HANDSHAKE_SERVER_HELLO, handshake_hellos_see_server},
    {HANDSHAKE_HELLO_RETRY_REQUEST, handshake_hellos_see_retry},
    {HANDSHAKE_NEW_SESSION_TICKET, see_new_session_ticket},
    {HANDSHAKE_END_OF_EARLY_DATA, see_end_of_early_data},
    {HANDSHAKE_ENCRYPTED_EXTENSIONS, handshake_hellos_see_encrypted},
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
