#include "attacker/tls/handshake_hellos.h"

#include "attacker/tls/sslv2_hello.h"
#include "attacker/tls/version.h"

static bool read_client_hello(const struct message *m, struct hello *out)
{
    if (m->sslv2)
        return sslv2_hello_read(m->whole, out);
    return m->torn ? hello_read_torn_client(m->body, out) : hello_read_client(m->body, out);
}

bool handshake_hellos_see_client(struct handshake *h, const struct message *m)
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

/* see_connection_ids: each side chooses what the other puts in front of its records. RFC 9146
 * section 3. */
static void see_connection_ids(struct handshake *h, const struct hello *server)
{
    struct hello client;
    struct bytes extension;

    h->connection_id = hello_extension(server, EXTENSION_CONNECTION_ID, &extension);
    if (!h->connection_id)
        return;
    h->connection_ids[SIDE_CLIENT] = hello_connection_id(extension);
    if (h->client_hello && read_client_hello(h->client_hello, &client) &&
        hello_extension(&client, EXTENSION_CONNECTION_ID, &extension))
        h->connection_ids[SIDE_SERVER] = hello_connection_id(extension);
}

bool handshake_hellos_see_server(struct handshake *h, const struct message *m)
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
    h->ticket_promised = hello_extension(&hello, EXTENSION_SESSION_TICKET, &extension);
    if (h->datagrams)
        see_connection_ids(h, &hello);
    see_psk(h, &hello);
    if (hello_extension(&hello, EXTENSION_ALPN, &extension))
        h->protocol = hello_first_protocol(extension);
    if (m->torn)
        see_unknown(h);
    return h->version < TLS_1_3 || see_key_share(h, &hello);
}

bool handshake_hellos_see_retry(struct handshake *h, const struct message *m)
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

bool handshake_hellos_see_encrypted(struct handshake *h, const struct message *m)
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
