#include "tests/support/datagram_parley.h"

#include <stdlib.h>
#include <time.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

enum { USUAL_MTU = 1400 };

/* --- The wire ----------------------------------------------------------------------------- */

static enum side side_of(const struct datagram_parley *t, const BIO *bio)
{
    return SSL_get_rbio(t->sides[SIDE_CLIENT]) == bio ? SIDE_CLIENT : SIDE_SERVER;
}

static int wire_write(BIO *bio, const char *data, int len)
{
    struct datagram_parley *t = BIO_get_data(bio);

    assert_true(t->num < DATAGRAM_PARLEY_MAX);
    t->from[t->num] = side_of(t, bio);
    buffer_append(&t->datagrams[t->num++], bytes_of(data, (size_t)len));
    return len;
}

static int wire_read(BIO *bio, char *out, int room)
{
    struct datagram_parley *t = BIO_get_data(bio);
    enum side side = side_of(t, bio);
    size_t *taken = &t->taken[side];

    BIO_clear_retry_flags(bio);
    while (*taken < t->num && t->from[*taken] == side)
        ++*taken;
    if (*taken == t->num) {
        BIO_set_retry_read(bio);
        return -1;
    }

    const struct buffer *datagram = &t->datagrams[(*taken)++];

    assert_true(datagram->len <= (size_t)room);
    memcpy(out, datagram->at, datagram->len);
    return (int)datagram->len;
}

static long wire_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO *wire_new(struct datagram_parley *t)
{
    BIO *bio = BIO_new(t->wire);

    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    return bio;
}

/* settle lets both read until neither has anything more to say. */
static void settle(struct datagram_parley *t)
{
    char words[65536];
    size_t before;

    do {
        before = t->num;
        for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
            while (SSL_read(t->sides[side], words, sizeof(words)) > 0)
                ;
        }
    } while (t->num > before);
}

/* --- Two sides ------------------------------------------------------------------------------ */

static void note_key(const SSL *ssl, const char *line)
{
    struct datagram_parley *t = SSL_get_app_data(ssl);

    buffer_append(&t->keylog, bytes_of(line, strlen(line)));
    buffer_append(&t->keylog, bytes_of("\n", 1));
}

/* note_ephemeral: libssl lets go of the key as soon as it has served. */
static void note_ephemeral(int written, int version, int type, const void *data, size_t len,
                           SSL *ssl, void *parley)
{
    struct datagram_parley *t = parley;
    struct reader r = reader_of(bytes_of(data, len));
    uint8_t message;

    (void)version;
    if (written && type == SSL3_RT_HANDSHAKE && !t->ephemeral && reader_u8(&r, &message) &&
        message == SSL3_MT_SERVER_KEY_EXCHANGE)
        assert_int_equal(SSL_get_tmp_key(ssl, &t->ephemeral), 1);
}

static int make_cookie(SSL *ssl, unsigned char *cookie, unsigned *len)
{
    (void)ssl;
    memset(cookie, 0xcc, 20);
    *len = 20;
    return 1;
}

static int check_cookie(SSL *ssl, const unsigned char *cookie, unsigned len)
{
    (void)ssl;
    return len == 20 && cookie[0] == 0xcc;
}

static int trust(int ok, X509_STORE_CTX *chain)
{
    (void)ok;
    (void)chain;
    return 1;
}

static unsigned know_psk(uint8_t *psk, unsigned room)
{
    assert_true(room >= 16);
    memset(psk, 0x33, 16);
    return 16;
}

static unsigned client_psk(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                           unsigned char *psk, unsigned room)
{
    (void)ssl;
    (void)hint;
    assert_true(identity_room > 3);
    memcpy(identity, "me", 3);
    return know_psk(psk, room);
}

static unsigned server_psk(SSL *ssl, const char *identity, unsigned char *psk, unsigned room)
{
    (void)ssl;
    (void)identity;
    return know_psk(psk, room);
}

static void use_identity(SSL_CTX *c)
{
    assert_int_equal(SSL_CTX_use_certificate_file(c, "fixtures/rsa/server.crt", SSL_FILETYPE_PEM),
                     1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(c, "fixtures/rsa/server.key", SSL_FILETYPE_PEM),
                     1);
}

static void prepare_server(SSL_CTX *c, const struct datagram_terms *terms)
{
    assert_int_equal(SSL_CTX_set_session_id_context(c, (const uint8_t *)"parley", 6), 1);
    assert_int_equal(SSL_CTX_set_dh_auto(c, 1), 1);
    use_identity(c);
    if (terms->client_proves)
        SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, trust);
    if (terms->psk)
        SSL_CTX_set_psk_server_callback(c, server_psk);
    if (!terms->cookie)
        return;
    SSL_CTX_set_options(c, SSL_OP_COOKIE_EXCHANGE);
    SSL_CTX_set_cookie_generate_cb(c, make_cookie);
    SSL_CTX_set_cookie_verify_cb(c, check_cookie);
}

static SSL_CTX *context_of(enum side side, const struct datagram_terms *terms)
{
    SSL_CTX *c = SSL_CTX_new(side == SIDE_CLIENT ? DTLS_client_method() : DTLS_server_method());
    int version = terms->version ? terms->version : DTLS1_2_VERSION;

    assert_int_equal(SSL_CTX_set_min_proto_version(c, version), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(c, version), 1);
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_options(c, terms->options | SSL_OP_NO_QUERY_MTU);
    if (terms->suites)
        assert_int_equal(SSL_CTX_set_cipher_list(c, terms->suites), 1);
    if (side == SIDE_SERVER) {
        prepare_server(c, terms);
        return c;
    }
    SSL_CTX_set_keylog_callback(c, note_key);
    if (terms->client_proves)
        use_identity(c);
    if (terms->psk)
        SSL_CTX_set_psk_client_callback(c, client_psk);
    return c;
}

/* libssl takes a timer for expired when less than 15 ms are left of it. */
static unsigned patience(SSL *ssl, unsigned timer_us)
{
    const struct datagram_parley *t = SSL_get_app_data(ssl);
    const unsigned minute = 60 * 1000 * 1000;

    (void)timer_us;
    return t->impatient ? 25 * 1000 : minute;
}

static void let_timers_expire(void)
{
    static const struct timespec pause = {.tv_nsec = 12000000};

    (void)nanosleep(&pause, NULL);
}

static void meet(struct datagram_parley *t, SSL_SESSION *session)
{
    long mtu = t->terms.mtu ? t->terms.mtu : USUAL_MTU;

    t->wire = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams in memory");
    (void)BIO_meth_set_write(t->wire, wire_write);
    (void)BIO_meth_set_read(t->wire, wire_read);
    (void)BIO_meth_set_ctrl(t->wire, wire_control);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        BIO *wire = wire_new(t);

        t->sides[side] = SSL_new(t->contexts[side]);
        SSL_set_app_data(t->sides[side], t);
        SSL_set_bio(t->sides[side], wire, wire);
        SSL_set_mtu(t->sides[side], mtu);
        DTLS_set_timer_cb(t->sides[side], patience);
    }
    SSL_set_msg_callback(t->sides[SIDE_SERVER], note_ephemeral);
    SSL_set_msg_callback_arg(t->sides[SIDE_SERVER], t);
    if (session)
        assert_int_equal(SSL_set_session(t->sides[SIDE_CLIENT], session), 1);
    SSL_set_connect_state(t->sides[SIDE_CLIENT]);
    SSL_set_accept_state(t->sides[SIDE_SERVER]);
}

static void make_contexts(struct datagram_parley *t, const struct datagram_terms *terms)
{
    *t = (struct datagram_parley){.terms = *terms};
    t->contexts[SIDE_CLIENT] = context_of(SIDE_CLIENT, terms);
    t->contexts[SIDE_SERVER] = context_of(SIDE_SERVER, terms);
}

/* --- What is said --------------------------------------------------------------------------- */

void datagram_parley_begin(struct datagram_parley *t, const struct datagram_terms *terms)
{
    make_contexts(t, terms);
    meet(t, NULL);
    settle(t);
    assert_true(SSL_is_init_finished(t->sides[SIDE_CLIENT]));
}

void datagram_parley_begin_twice(struct datagram_parley *t, const struct datagram_terms *terms,
                                 long mtu)
{
    size_t before;

    make_contexts(t, terms);
    meet(t, NULL);
    t->impatient = true;
    do {
        before = t->num;
        for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
            SSL_set_mtu(t->sides[side], terms->mtu ? terms->mtu : USUAL_MTU);
            (void)SSL_do_handshake(t->sides[side]);
            SSL_set_mtu(t->sides[side], mtu);
            if (SSL_is_init_finished(t->sides[side]))
                continue;
            let_timers_expire();
            (void)DTLSv1_handle_timeout(t->sides[side]);
        }
    } while (t->num > before && !SSL_is_init_finished(t->sides[SIDE_CLIENT]));
    t->impatient = false;
    settle(t);
    assert_true(SSL_is_init_finished(t->sides[SIDE_CLIENT]));
}

void datagram_parley_begin_again(struct datagram_parley *t, const struct datagram_parley *earlier)
{
    SSL_SESSION *session = SSL_get1_session(earlier->sides[SIDE_CLIENT]);

    *t = (struct datagram_parley){.terms = earlier->terms};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        t->contexts[side] = earlier->contexts[side];
        assert_int_equal(SSL_CTX_up_ref(t->contexts[side]), 1);
    }
    meet(t, session);
    settle(t);
    assert_int_equal(SSL_session_reused(t->sides[SIDE_CLIENT]), 1);
    SSL_SESSION_free(session);
}

void datagram_parley_say(struct datagram_parley *t, enum side from, const char *words)
{
    int len = (int)strlen(words);

    assert_int_equal(SSL_write(t->sides[from], words, len), len);
    settle(t);
}

void datagram_parley_renegotiate(struct datagram_parley *t, enum side from, const char *suites)
{
    assert_int_equal(SSL_set_cipher_list(t->sides[SIDE_CLIENT], suites), 1);
    assert_int_equal(SSL_set_cipher_list(t->sides[SIDE_SERVER], suites), 1);
    assert_int_equal(SSL_renegotiate(t->sides[from]), 1);
    (void)SSL_do_handshake(t->sides[from]);
    settle(t);
}

void datagram_parley_hang_up(struct datagram_parley *t)
{
    (void)SSL_shutdown(t->sides[SIDE_CLIENT]);
    (void)SSL_shutdown(t->sides[SIDE_SERVER]);
    settle(t);
}

/* --- What is heard of it -----------------------------------------------------------------------
 */

void datagram_parley_leak(const struct datagram_parley *t, struct run_stage *s)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/keylog.txt", folder);
    struct complaint why;

    file_write(path, buffer_view(&t->keylog));
    assert_true(keylog_load(&s->leaks.keylog, path, &why));
    free(path);
    scratch_free(folder);
}

void datagram_parley_play(const struct datagram_parley *t, struct run_stage *s, size_t index,
                          uint16_t client_port)
{
    const struct endpoint client = ipv4("10.0.0.1", client_port);
    const struct endpoint server = ipv4("10.0.0.2", 4433);
    bool by_client = t->from[index] == SIDE_CLIENT;

    run_stage_datagram(s, by_client ? client : server, by_client ? server : client,
                       buffer_view(&t->datagrams[index]));
}

void datagram_parley_play_all(const struct datagram_parley *t, struct run_stage *s,
                              uint16_t client_port)
{
    for (size_t i = 0; i < t->num; i++)
        datagram_parley_play(t, s, i, client_port);
}

void datagram_parley_clear(struct datagram_parley *t)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        SSL_free(t->sides[side]);
        SSL_CTX_free(t->contexts[side]);
    }
    BIO_meth_free(t->wire);
    EVP_PKEY_free(t->ephemeral);
    for (size_t i = 0; i < t->num; i++)
        buffer_clear(&t->datagrams[i]);
    buffer_clear(&t->keylog);
}
