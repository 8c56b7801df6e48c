#include "victim/contexts.h"

#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>

#include "capture/alloc.h"
#include "capture/stream.h"
#include "victim/external_psk.h"

static const uint8_t alpn_http[] = "\x08http/1.1"; /* a list of one. RFC 7301 section 3.1 */
#define ALPN_HTTP_LEN (sizeof(alpn_http) - 1)

const char *libssl_reason(const char *otherwise)
{
    unsigned long code = ERR_peek_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

    ERR_clear_error();
    return reason ? reason : otherwise;
}

const struct backstage *context_backstage(const SSL *ssl)
{
    return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
}

/* RFC 4279 section 2; 0 makes libssl end the handshake with unknown_psk_identity. */
static unsigned give_servers_psk(SSL *ssl, const char *identity, unsigned char *out, unsigned room)
{
    const struct preshared *psk = context_backstage(ssl)->psk;

    if (strcmp(identity, psk->identity) != 0 || psk->key_len > room)
        return 0;
    memcpy(out, psk->key, psk->key_len);
    return (unsigned)psk->key_len;
}

static unsigned give_clients_psk(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                                 unsigned char *out, unsigned room)
{
    const struct preshared *psk = context_backstage(ssl)->psk;
    size_t identity_size = strlen(psk->identity) + 1;

    (void)hint;
    if (identity_size > identity_room || psk->key_len > room)
        return 0;
    memcpy(identity, psk->identity, identity_size);
    memcpy(out, psk->key, psk->key_len);
    return (unsigned)psk->key_len;
}

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                       const unsigned char *offered, unsigned offered_len, void *unused)
{
    unsigned char *chosen;

    (void)ssl;
    (void)unused;
    if (SSL_select_next_proto(&chosen, out_len, alpn_http, ALPN_HTTP_LEN, offered, offered_len) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* A ticket holds the time of its session: with a seed, that must be the simulated one. Without, it
 * is libssl's, whose clock (time) is some milliseconds behind ours (clock_gettime): a ticket from
 * the next second is too young for it, and its early data is not taken. */
static int date_ticket(SSL *ssl, void *unused)
{
    const struct timeline *t = context_backstage(ssl)->timeline;

    (void)unused;
    return !t->simulated ||
           SSL_SESSION_set_time(SSL_get_session(ssl), (long)timeline_seconds(t)) != 0;
}

/*
 * When the ticket comes back, libssl asks the machine's clock how old it is, which knows nothing of
 * a simulated time: it shall find it new. All else is what libssl does by itself.
 */
static SSL_TICKET_RETURN admit_ticket(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
                                      size_t name_len, SSL_TICKET_STATUS status, void *unused)
{
    (void)name;
    (void)name_len;
    (void)unused;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW)
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    if (context_backstage(ssl)->timeline->simulated)
        (void)SSL_SESSION_set_time(session, (long)time(NULL));
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

static void log_key(const SSL *ssl, const char *line)
{
    leak_files_key_log(context_backstage(ssl)->leaks, line);
}

void context_log_keys(SSL_CTX *ctx)
{
    SSL_CTX_set_keylog_callback(ctx, log_key);
}

/* OpenSSL's names of the allowed suites, with colons between; to be freed. */
static char *suite_names(const struct choices *choices)
{
    struct buffer names = {0};

    for (size_t i = 0; i < choices->num_allowed; i++) {
        const char *name = choices->allowed[i].openssl_name;

        if (i > 0)
            buffer_append(&names, bytes_of(":", 1));
        buffer_append(&names, bytes_of(name, strlen(name)));
    }
    buffer_append(&names, bytes_of("", 1));
    return (char *)names.at;
}

static bool set_choices(SSL_CTX *ctx, const struct choices *choices)
{
    char *names = suite_names(choices);
    bool ok = SSL_CTX_set_min_proto_version(ctx, choices->version) == 1 &&
              SSL_CTX_set_max_proto_version(ctx, choices->version) == 1;

    if (choices->version == TLS1_3_VERSION)
        ok = ok && SSL_CTX_set_ciphersuites(ctx, names) == 1;
    else
        ok = ok && SSL_CTX_set_cipher_list(ctx, names) == 1;
    free(names);
    return ok;
}

/* At level 0, what libssl still refuses is a DHE group of 512 bits, which is to be shown too. */
static int allow_anything(const SSL *ssl, const SSL_CTX *ctx, int operation, int bits, int nid,
                          void *other, void *unused)
{
    (void)ssl;
    (void)ctx;
    (void)operation;
    (void)bits;
    (void)nid;
    (void)other;
    (void)unused;
    return 1;
}

/*
 * The one group, where the user named one. A client that meets a certificate of another curve must
 * name that as well, or the server takes it for a certificate of no use. RFC 8422 section 5.1.
 */
static bool set_group(SSL_CTX *ctx, enum side side, const struct backstage *backstage)
{
    const struct choices *choices = backstage->choices;
    const EVP_PKEY *key = backstage->credentials->key;
    char curve[64] = "";
    char *names;

    if (!choices->group.name)
        return true;
    if (side == SIDE_CLIENT && choices->key_type == KEY_EC && choices->version < TLS1_3_VERSION &&
        key)
        (void)EVP_PKEY_get_group_name(key, curve, sizeof(curve), NULL);
    if (OBJ_txt2nid(curve) == choices->group.nid)
        curve[0] = '\0';
    names = alloc_format("%s%s%s", choices->group.name, curve[0] ? ":" : "", curve);

    bool ok = SSL_CTX_set1_groups_list(ctx, names) == 1;

    free(names);
    return ok;
}

static SSL_CTX *context_new(enum side side, struct backstage *backstage, struct complaint *why)
{
    SSL_CTX *ctx = SSL_CTX_new(side == SIDE_CLIENT ? TLS_client_method() : TLS_server_method());

    if (ctx) {
        SSL_CTX_set_security_level(ctx, 0);
        SSL_CTX_set_security_callback(ctx, allow_anything);
        SSL_CTX_set_app_data(ctx, backstage);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
        if (backstage->choices->resume == RESUME_ID)
            SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        if (backstage->choices->without_dhe)
            SSL_CTX_set_options(ctx, SSL_OP_ALLOW_NO_DHE_KEX);
        if (set_choices(ctx, backstage->choices) && set_group(ctx, side, backstage))
            return ctx;
    }
    (void)complaint_say(why,
                        "libssl refuses these choices: %s; keyfall-victim list names what works",
                        libssl_reason("no reason given"));
    SSL_CTX_free(ctx);
    return NULL;
}

SSL_CTX *context_client(struct backstage *backstage, struct complaint *why)
{
    SSL_CTX *ctx = context_new(SIDE_CLIENT, backstage, why);

    if (!ctx)
        return NULL;
    /* Whom one talks to is no subject here: the certificate is one's own, or a test server's. */
    SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
    (void)SSL_CTX_set_alpn_protos(ctx, alpn_http, ALPN_HTTP_LEN);
    if (backstage->choices->has_psk && backstage->choices->version == TLS1_3_VERSION)
        external_psk_of_client(ctx);
    else if (backstage->choices->has_psk)
        SSL_CTX_set_psk_client_callback(ctx, give_clients_psk);
    return ctx;
}

/* libssl takes the group, which is ours as well. */
static bool set_dh_group(SSL_CTX *ctx, EVP_PKEY *group)
{
    if (!group)
        return true;
    if (EVP_PKEY_up_ref(group) != 1)
        return false;
    if (SSL_CTX_set0_tmp_dh_pkey(ctx, group) == 1)
        return true;
    EVP_PKEY_free(group);
    return false;
}

static bool set_credentials(SSL_CTX *ctx, const struct credentials *c)
{
    return c->type == KEY_NONE ||
           SSL_CTX_use_cert_and_key(ctx, c->certificate, c->key, c->issuers, 1) == 1;
}

static bool set_ticket_key(SSL_CTX *ctx, const uint8_t *key)
{
    uint8_t copy[TICKET_KEY_SIZE]; /* the call takes no const */

    memcpy(copy, key, sizeof(copy));

    bool ok = SSL_CTX_set_tlsext_ticket_keys(ctx, copy, sizeof(copy)) == 1;

    OPENSSL_cleanse(copy, sizeof(copy));
    return ok;
}

bool context_allow_early_data(SSL_SESSION *session, const struct choices *choices)
{
    /* Early data is taken only where the protocol above is still the same one. */
    return !choices->early_data ||
           (SSL_SESSION_set_max_early_data(session, EARLY_DATA_MAX) == 1 &&
            SSL_SESSION_set1_alpn_selected(session, alpn_http + 1, ALPN_HTTP_LEN - 1) == 1);
}

/* What the server keeps of its sessions, or lets the client keep. */
static bool set_sessions(SSL_CTX *ctx, const struct backstage *backstage)
{
    static const uint8_t id_context[] = {'k', 'e', 'y', 'f', 'a', 'l', 'l'};
    bool ok = true;

    if (backstage->choices->resume == RESUME_ID) {
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_SERVER);
        ok = SSL_CTX_set_session_id_context(ctx, id_context, sizeof(id_context)) == 1;
    }
    if (backstage->withholds_tickets) {
        SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
        ok = SSL_CTX_set_num_tickets(ctx, 0) == 1;
    }
    if (backstage->choices->early_data) {
        /* Who guards against replay keeps the sessions, and issues tickets that hold none. */
        SSL_CTX_set_options(ctx, SSL_OP_NO_ANTI_REPLAY);
        ok = SSL_CTX_set_max_early_data(ctx, EARLY_DATA_MAX) == 1 &&
             SSL_CTX_set_recv_max_early_data(ctx, EARLY_DATA_MAX) == 1;
    }
    return ok;
}

SSL_CTX *context_server(struct backstage *backstage, struct complaint *why)
{
    SSL_CTX *ctx = context_new(SIDE_SERVER, backstage, why);

    if (!ctx)
        return NULL;
    SSL_CTX_set_options(ctx, SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
    if (backstage->choices->has_psk && backstage->choices->version == TLS1_3_VERSION)
        external_psk_of_server(ctx);
    else if (backstage->choices->has_psk)
        SSL_CTX_set_psk_server_callback(ctx, give_servers_psk);
    if (backstage->reuse)
        ephemeral_reuse_watch(ctx, backstage->reuse);
    if (set_sessions(ctx, backstage) && set_credentials(ctx, backstage->credentials) &&
        set_dh_group(ctx, backstage->choices->group.dh) &&
        set_ticket_key(ctx, backstage->ticket_key) &&
        SSL_CTX_set_session_ticket_cb(ctx, date_ticket, admit_ticket, NULL) == 1)
        return ctx;
    (void)complaint_say(why, "libssl refuses this key and certificate: %s; give others, or none",
                        libssl_reason("no reason given"));
    SSL_CTX_free(ctx);
    return NULL;
}
