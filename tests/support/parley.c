#include "tests/support/parley.h"

#include <stdlib.h>

#include "tests/support/check.h"
#include "tests/support/program.h"

static void note_key(const SSL *ssl, const char *line)
{
    struct parley *t = SSL_get_app_data(ssl);

    buffer_append(&t->keylog, bytes_of(line, strlen(line)));
    buffer_append(&t->keylog, bytes_of("\n", 1));
}

/* carry moves what one side has written to the other, and records it; false when it was silent. */
static bool carry(struct parley *t, enum side from)
{
    uint8_t piece[65536];
    int len = BIO_read(SSL_get_wbio(t->sides[from]), piece, sizeof(piece));

    if (len <= 0)
        return false;
    assert_true(t->num_bursts < PARLEY_MAX_BURSTS);
    t->from[t->num_bursts] = from;
    buffer_append(&t->bursts[t->num_bursts++], bytes_of(piece, (size_t)len));
    assert_int_equal(BIO_write(SSL_get_rbio(t->sides[side_other(from)]), piece, len), len);
    return true;
}

/* settle lets both read until neither has anything more to say. */
static void settle(struct parley *t)
{
    char words[65536];
    bool moved = true;

    while (moved) {
        for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
            while (SSL_read(t->sides[side], words, sizeof(words)) > 0)
                ;
        }
        moved = carry(t, SIDE_CLIENT);
        moved |= carry(t, SIDE_SERVER);
    }
}

/* Whoever proves something, has the one certificate that there is. */
static void use_identity(SSL_CTX *c)
{
    assert_int_equal(SSL_CTX_use_certificate_file(c, "fixtures/rsa/server.crt", SSL_FILETYPE_PEM),
                     1);
    assert_int_equal(SSL_CTX_use_PrivateKey_file(c, "fixtures/rsa/server.key", SSL_FILETYPE_PEM),
                     1);
}

static int trust(int ok, X509_STORE_CTX *chain)
{
    (void)ok;
    (void)chain;
    return 1;
}

static SSL_CTX *context_of(enum side side, const struct parley_terms *terms)
{
    SSL_CTX *c = SSL_CTX_new(side == SIDE_CLIENT ? TLS_client_method() : TLS_server_method());
    int version = terms->version ? terms->version : TLS1_3_VERSION;

    assert_int_equal(SSL_CTX_set_min_proto_version(c, version), 1);
    assert_int_equal(SSL_CTX_set_max_proto_version(c, version), 1);
    SSL_CTX_set_security_level(c, 0);
    SSL_CTX_set_options(c, terms->options);
    if (terms->suites)
        assert_int_equal(SSL_CTX_set_cipher_list(c, terms->suites), 1);
    if (side == SIDE_CLIENT) {
        SSL_CTX_set_keylog_callback(c, note_key);
        return c;
    }
    assert_int_equal(SSL_CTX_set_session_id_context(c, (const uint8_t *)"parley", 6), 1);
    use_identity(c);
    return c;
}

/* face: the contexts are made. `session` is to be taken up, or NULL. */
static void face(struct parley *t, SSL_SESSION *session)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        t->sides[side] = SSL_new(t->contexts[side]);
        SSL_set_app_data(t->sides[side], t);
        SSL_set_bio(t->sides[side], BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    }
    if (session)
        assert_int_equal(SSL_set_session(t->sides[SIDE_CLIENT], session), 1);
    SSL_set_connect_state(t->sides[SIDE_CLIENT]);
    SSL_set_accept_state(t->sides[SIDE_SERVER]);
}

static void shake_hands(struct parley *t, SSL_SESSION *session)
{
    face(t, session);
    settle(t);
    assert_true(SSL_is_init_finished(t->sides[SIDE_CLIENT]));
}

static void touch_nothing(SSL_CTX *context, enum side side)
{
    (void)context;
    (void)side;
}

void parley_begin(struct parley *t, const struct parley_terms *terms)
{
    parley_begin_touched(t, terms, touch_nothing);
}

void parley_begin_touched(struct parley *t, const struct parley_terms *terms,
                          void (*touch)(SSL_CTX *context, enum side side))
{
    *t = (struct parley){0};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        t->contexts[side] = context_of(side, terms);
        touch(t->contexts[side], side);
    }
    shake_hands(t, NULL);
}

void parley_client_proves(SSL_CTX *context, enum side side)
{
    use_identity(context);
    if (side == SIDE_CLIENT)
        return;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, trust);
    assert_int_equal(SSL_CTX_set_session_id_context(context, (const uint8_t *)"parley", 6), 1);
}

/* The client offers its first group's share alone, and the server wants the second. */
void parley_begin_with_retry(struct parley *t)
{
    const struct parley_terms terms = {0};

    *t = (struct parley){0};
    t->contexts[SIDE_CLIENT] = context_of(SIDE_CLIENT, &terms);
    t->contexts[SIDE_SERVER] = context_of(SIDE_SERVER, &terms);
    assert_int_equal(SSL_CTX_set1_groups_list(t->contexts[SIDE_CLIENT], unconst("P-256:P-384")), 1);
    assert_int_equal(SSL_CTX_set1_groups_list(t->contexts[SIDE_SERVER], unconst("P-384")), 1);
    shake_hands(t, NULL);
}

/* share takes over the contexts of `earlier`. */
static void share(struct parley *t, const struct parley *earlier)
{
    *t = (struct parley){0};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        t->contexts[side] = earlier->contexts[side];
        assert_int_equal(SSL_CTX_up_ref(t->contexts[side]), 1);
    }
}

void parley_begin_again(struct parley *t, const struct parley *earlier)
{
    SSL_SESSION *session = SSL_get1_session(earlier->sides[SIDE_CLIENT]);

    share(t, earlier);
    shake_hands(t, session);
    assert_int_equal(SSL_session_reused(t->sides[SIDE_CLIENT]), 1);
    SSL_SESSION_free(session);
}

void parley_early_allowed(SSL_CTX *context, enum side side)
{
    (void)side;
    assert_int_equal(SSL_CTX_set_max_early_data(context, 1 << 20), 1);
    assert_int_equal(SSL_CTX_set_recv_max_early_data(context, 1 << 20), 1);
    SSL_CTX_set_options(context, SSL_OP_ALLOW_NO_DHE_KEX | SSL_OP_NO_ANTI_REPLAY);
}

/* read_early lets the server read what there is of early data; true when there will be no more. */
static bool read_early(struct parley *t)
{
    char words[16384];
    size_t len;
    int answer;

    do {
        answer = SSL_read_early_data(t->sides[SIDE_SERVER], words, sizeof(words), &len);
    } while (answer == SSL_READ_EARLY_DATA_SUCCESS);
    return answer == SSL_READ_EARLY_DATA_FINISH;
}

/* shake_early goes on until both have finished, some rounds later. */
static void shake_early(struct parley *t, bool ignored)
{
    bool over = ignored;

    for (int round = 0; round < 8; round++) {
        (void)carry(t, SIDE_CLIENT);
        over = over || read_early(t);
        if (over)
            (void)SSL_do_handshake(t->sides[SIDE_SERVER]);
        (void)carry(t, SIDE_SERVER);
        (void)SSL_do_handshake(t->sides[SIDE_CLIENT]);
    }
}

void parley_begin_again_early(struct parley *t, const struct parley *earlier,
                              const struct parley_again *how)
{
    SSL_SESSION *session = SSL_get1_session(earlier->sides[SIDE_CLIENT]);
    bool refused = how->ignored || how->retry || how->forgotten;
    uint8_t key[80] = {0}; /* of tickets: another one */
    size_t written;

    share(t, earlier);
    face(t, session);
    SSL_SESSION_free(session);
    if (how->retry || how->alone) {
        assert_int_equal(SSL_set1_groups_list(t->sides[SIDE_CLIENT],
                                              unconst(how->alone ? "P-256" : "P-256:P-384")),
                         1);
        assert_int_equal(SSL_set1_groups_list(t->sides[SIDE_SERVER], unconst("P-384")), 1);
    }
    if (how->forgotten)
        assert_int_equal(SSL_CTX_set_tlsext_ticket_keys(t->contexts[SIDE_SERVER], key, sizeof(key)),
                         1);
    if (how->early) {
        assert_int_equal(
            SSL_write_early_data(t->sides[SIDE_CLIENT], how->early, strlen(how->early), &written),
            1);
        shake_early(t, how->ignored);
    }
    settle(t);
    assert_true(SSL_is_init_finished(t->sides[SIDE_CLIENT]));
    assert_int_equal(SSL_session_reused(t->sides[SIDE_CLIENT]), how->forgotten ? 0 : 1);
    if (how->early)
        assert_int_equal(SSL_get_early_data_status(t->sides[SIDE_CLIENT]),
                         refused ? SSL_EARLY_DATA_REJECTED : SSL_EARLY_DATA_ACCEPTED);
}

void parley_say(struct parley *t, enum side from, struct bytes words)
{
    assert_int_equal(SSL_write(t->sides[from], words.at, (int)words.len), words.len);
    settle(t);
}

void parley_update(struct parley *t, enum side from, int kind)
{
    assert_int_equal(SSL_key_update(t->sides[from], kind), 1);
}

void parley_renegotiate(struct parley *t, enum side from, const char *suites)
{
    assert_int_equal(SSL_set_cipher_list(t->sides[SIDE_CLIENT], suites), 1);
    assert_int_equal(SSL_set_cipher_list(t->sides[SIDE_SERVER], suites), 1);
    assert_int_equal(SSL_renegotiate(t->sides[from]), 1);
    (void)SSL_do_handshake(t->sides[from]);
    settle(t);
}

void parley_carry(struct parley *t)
{
    settle(t);
}

void parley_hang_up(struct parley *t)
{
    (void)SSL_shutdown(t->sides[SIDE_CLIENT]);
    (void)SSL_shutdown(t->sides[SIDE_SERVER]);
    settle(t);
}

void parley_leak(const struct parley *t, struct leaks *leaks)
{
    char *folder = scratch_new();
    char *path = alloc_format("%s/keylog.txt", folder);
    struct complaint why;

    file_write(path, buffer_view(&t->keylog));
    assert_true(keylog_load(&leaks->keylog, path, &why));
    free(path);
    scratch_free(folder);
}

void parley_clear(struct parley *t)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        SSL_free(t->sides[side]);
        SSL_CTX_free(t->contexts[side]);
    }
    for (size_t i = 0; i < t->num_bursts; i++)
        buffer_clear(&t->bursts[i]);
    buffer_clear(&t->keylog);
}
