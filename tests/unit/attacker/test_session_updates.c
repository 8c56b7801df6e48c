/*
 * A session whose keys change on the way: a real TLS 1.3 conversation in memory, in which both
 * sides send KeyUpdate (RFC 8446 section 4.6.3), played to a session with the key log of its
 * client.
 */
#include "tests/support/check.h"
#include "tests/support/program.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#include "attacker/session.h"

#define MAX_BURSTS 64

/* What crossed, in order; and the key log that the client wrote. */
struct recorded {
    struct buffer bursts[MAX_BURSTS];
    enum side sides[MAX_BURSTS];
    size_t num_bursts;
    struct buffer keylog;
};

static void note_key(const SSL *ssl, const char *line)
{
    struct recorded *r = SSL_get_app_data(ssl);

    buffer_append(&r->keylog, bytes_of(line, strlen(line)));
    buffer_append(&r->keylog, bytes_of("\n", 1));
}

/* carry moves what one side has written to the other, and records it; false when it was silent. */
static bool carry(struct recorded *r, enum side from, SSL *sender, SSL *receiver)
{
    uint8_t piece[16384];
    int len = BIO_read(SSL_get_wbio(sender), piece, sizeof(piece));

    if (len <= 0)
        return false;
    assert_true(r->num_bursts < MAX_BURSTS);
    r->sides[r->num_bursts] = from;
    buffer_append(&r->bursts[r->num_bursts++], bytes_of(piece, (size_t)len));
    assert_int_equal(BIO_write(SSL_get_rbio(receiver), piece, len), len);
    return true;
}

/* settle lets both read until neither has anything more to say. */
static void settle(struct recorded *r, SSL *client, SSL *server)
{
    char words[256];
    bool moved = true;

    while (moved) {
        (void)SSL_read(client, words, sizeof(words));
        (void)SSL_read(server, words, sizeof(words));
        moved = carry(r, SIDE_CLIENT, client, server);
        moved |= carry(r, SIDE_SERVER, server, client);
    }
}

static SSL *party(SSL_CTX *context, bool is_client, struct recorded *r)
{
    SSL *ssl = SSL_new(context);

    SSL_set_app_data(ssl, r);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (is_client)
        SSL_set_connect_state(ssl);
    else
        SSL_set_accept_state(ssl);
    return ssl;
}

static void say(struct recorded *r, SSL *client, SSL *server, SSL *who, const char *words)
{
    assert_int_equal(SSL_write(who, words, (int)strlen(words)), strlen(words));
    settle(r, client, server);
}

static void converse(struct recorded *r)
{
    SSL_CTX *client_side = SSL_CTX_new(TLS_client_method());
    SSL_CTX *server_side = SSL_CTX_new(TLS_server_method());

    assert_int_equal(SSL_CTX_set_min_proto_version(client_side, TLS1_3_VERSION), 1);
    assert_int_equal(
        SSL_CTX_use_certificate_file(server_side, "fixtures/rsa/server.crt", SSL_FILETYPE_PEM), 1);
    assert_int_equal(
        SSL_CTX_use_PrivateKey_file(server_side, "fixtures/rsa/server.key", SSL_FILETYPE_PEM), 1);
    SSL_CTX_set_keylog_callback(client_side, note_key);

    SSL *client = party(client_side, true, r);
    SSL *server = party(server_side, false, r);
    settle(r, client, server);
    say(r, client, server, client, "one ");
    assert_int_equal(SSL_key_update(client, SSL_KEY_UPDATE_REQUESTED), 1);
    say(r, client, server, client, "two ");
    say(r, client, server, server, "three");
    assert_int_equal(SSL_key_update(client, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    say(r, client, server, client, "four");
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(client_side);
    SSL_CTX_free(server_side);
}

static void hear(void *context, const struct session *s, enum side from, struct bytes data,
                 uint64_t time_ns)
{
    struct buffer *said = context;

    (void)s;
    (void)time_ns;
    buffer_append(&said[from], data);
}

static void play(struct recorded *r, struct session *s)
{
    for (size_t i = 0; i < r->num_bursts; i++) {
        const struct chunk chunk = {buffer_view(&r->bursts[i]), i, i + 1};

        session_bytes(s, r->sides[i], &chunk);
        buffer_clear(&r->bursts[i]);
    }
    session_close(s, r->num_bursts);
}

static void keys_that_are_updated_are_followed(void **state)
{
    struct recorded r = {0};
    struct buffer said[2] = {{0}, {0}};
    struct leaks leaks = {0};
    struct complaint why;
    char *folder = scratch_new();
    char *path = alloc_format("%s/keylog.txt", folder);
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {said, hear};

    (void)state;
    converse(&r);
    file_write(path, buffer_view(&r.keylog));
    assert_true(keylog_load(&leaks.keylog, path, &why));

    struct session *s = session_new(&connection, false, false, &leaks, &listener, NULL);
    play(&r, s);
    assert_int_equal(s->verdict.outcome, OUTCOME_DECRYPTED);
    assert_true(bytes_equal(buffer_view(&said[SIDE_CLIENT]), bytes_of("one two four", 12)));
    assert_true(bytes_equal(buffer_view(&said[SIDE_SERVER]), bytes_of("three", 5)));
    session_free(s);
    leaks_clear(&leaks);
    buffer_clear(&said[SIDE_CLIENT]);
    buffer_clear(&said[SIDE_SERVER]);
    buffer_clear(&r.keylog);
    free(path);
    scratch_free(folder);
}

int main(void)
{
    const struct CMUnitTest cases[] = {CASE(keys_that_are_updated_are_followed)};

    return RUN(cases);
}
