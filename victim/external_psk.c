#include "victim/external_psk.h"

/* The session that never was; NULL when libssl refuses, and the handshake then fails for it. */
static SSL_SESSION *session_of_psk(SSL *ssl)
{
    const struct backstage *backstage = context_backstage(ssl);
    const struct preshared *psk = backstage->psk;
    uint16_t id = backstage->choices->allowed[0].id;
    const uint8_t wire_id[] = {(uint8_t)(id >> 8), (uint8_t)id};
    const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, wire_id);
    SSL_SESSION *session = SSL_SESSION_new();

    if (session && cipher && SSL_SESSION_set1_master_key(session, psk->key, psk->key_len) == 1 &&
        SSL_SESSION_set_cipher(session, cipher) == 1 &&
        SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1 &&
        context_allow_early_data(session, backstage->choices))
        return session;
    SSL_SESSION_free(session);
    return NULL;
}

static int offer(SSL *ssl, const EVP_MD *hash, const unsigned char **identity, size_t *identity_len,
                 SSL_SESSION **session)
{
    const struct preshared *psk = context_backstage(ssl)->psk;

    (void)hash; /* of the one suite, or of all that are allowed: see choices.c */
    *session = session_of_psk(ssl);
    *identity = (const unsigned char *)psk->identity;
    *identity_len = strlen(psk->identity);
    return *session != NULL;
}

/* An identity that is not ours may be a ticket: no session, and no error either. */
static int find(SSL *ssl, const unsigned char *identity, size_t identity_len, SSL_SESSION **session)
{
    const struct preshared *psk = context_backstage(ssl)->psk;

    *session = NULL;
    if (!bytes_equal(bytes_of(identity, identity_len),
                     bytes_of(psk->identity, strlen(psk->identity))))
        return 1;
    *session = session_of_psk(ssl);
    return *session != NULL;
}

void external_psk_of_client(SSL_CTX *ctx)
{
    SSL_CTX_set_psk_use_session_callback(ctx, offer);
}

void external_psk_of_server(SSL_CTX *ctx)
{
    SSL_CTX_set_psk_find_session_callback(ctx, find);
}
