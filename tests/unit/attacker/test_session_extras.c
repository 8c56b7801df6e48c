/*
 * What real stacks add to a handshake: certificates of clients, other protocols, small records,
 * padding, new keys. Each conversation is held by libssl in memory, and has to open to its end.
 */
#include "tests/support/check.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

static void say(struct parley *t, enum side from, const char *words)
{
    parley_say(t, from, bytes_of(words, strlen(words)));
}

/* converse holds a conversation on these terms, and plays it with the key log. */
static void converse(struct parley *t, struct played *p, const struct parley_terms *terms,
                     void (*touch)(SSL_CTX *context, enum side side))
{
    parley_begin_touched(t, terms, touch);
    say(t, SIDE_CLIENT, "asked");
    say(t, SIDE_SERVER, "answered");
    parley_hang_up(t);
    played_with_keylog(p, t);
    played_is_open(p, "asked", "answered");
}

static void done(struct parley *t, struct played *p)
{
    played_clear(p);
    parley_clear(t);
}

static void the_certificate_of_a_client_is_not_taken_for_the_servers(void **state)
{
    static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};

    (void)state;
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        const struct parley_terms terms = {.version = versions[i]};
        const struct handshake *h;
        struct parley t;
        struct played p;

        converse(&t, &p, &terms, parley_client_proves);
        h = &p.session->handshake;
        assert_true(h->certificate.seen);
        assert_int_equal(h->certificate_message->from, SIDE_SERVER);
        done(&t, &p);
    }
}

static int advertise(SSL *ssl, const unsigned char **out, unsigned *len, void *context)
{
    (void)ssl;
    (void)context;
    *out = (const unsigned char *)"\6spdy/3\10http/1.1";
    *len = 16;
    return SSL_TLSEXT_ERR_OK;
}

static int choose(SSL *ssl, unsigned char **out, unsigned char *out_len, const unsigned char *in,
                  unsigned in_len, void *context)
{
    (void)context;
    (void)ssl;
    (void)in_len;
    *out = unconst(in + 1);
    *out_len = in[0];
    return SSL_TLSEXT_ERR_OK;
}

static void ask_for_next_protocol(SSL_CTX *context, enum side side)
{
    if (side == SIDE_SERVER)
        SSL_CTX_set_next_protos_advertised_cb(context, advertise, NULL);
    else
        SSL_CTX_set_next_proto_select_cb(context, choose, NULL);
}

static void the_next_protocol_is_the_one_that_the_client_named(void **state)
{
    const struct parley_terms terms = {.version = TLS1_2_VERSION};
    struct parley t;
    struct played p;

    (void)state;
    converse(&t, &p, &terms, ask_for_next_protocol);
    assert_true(bytes_equal(p.session->handshake.protocol, bytes_of("spdy/3", 6)));
    done(&t, &p);
}

static int staple(SSL *ssl, void *context)
{
    uint8_t *response = OPENSSL_zalloc(5);

    (void)context;
    SSL_set_tlsext_status_ocsp_resp(ssl, response, 5);
    return SSL_TLSEXT_ERR_OK;
}

static int take_staple(SSL *ssl, void *context)
{
    (void)ssl;
    (void)context;
    return 1;
}

static void ask_for_much(SSL_CTX *context, enum side side)
{
    int (*status)(SSL *, void *) = side == SIDE_SERVER ? staple : take_staple;

    (void)SSL_CTX_set_tlsext_status_cb(context, status);
    if (side == SIDE_SERVER)
        return;
    (void)SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    assert_int_equal(
        SSL_CTX_set_tlsext_max_fragment_length(context, TLSEXT_max_fragment_length_512), 1);
}

/* With CBC in TLS 1.0, libssl puts an empty record in front of each one that says something. */
static void certificate_status_and_small_fragments_are_passed_over(void **state)
{
    static const struct parley_terms rows[] = {
        {TLS1_VERSION, "AES128-SHA", 0},
        {TLS1_2_VERSION, "AES256-GCM-SHA384", 0},
        {TLS1_3_VERSION, NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct parley t;
        struct played p;

        converse(&t, &p, &rows[i], ask_for_much);
        done(&t, &p);
    }
}

static void pad(SSL_CTX *context, enum side side)
{
    assert_int_equal(SSL_CTX_set_block_padding(context, side == SIDE_SERVER ? 512 : 16384), 1);
}

static void padding_is_taken_off(void **state)
{
    const struct parley_terms terms = {0};
    struct parley t;
    struct played p;

    (void)state;
    converse(&t, &p, &terms, pad);
    done(&t, &p);
}

static void prove_later(SSL_CTX *context, enum side side)
{
    parley_client_proves(context, side);
    if (side == SIDE_CLIENT)
        SSL_CTX_set_post_handshake_auth(context, 1);
    else
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_POST_HANDSHAKE,
                           SSL_CTX_get_verify_callback(context));
}

/* RFC 8446 section 4.6.2: the client's Certificate, CertificateVerify and a Finished come behind
 * its first one. */
static void a_client_may_be_asked_who_it_is_behind_the_handshake(void **state)
{
    struct parley t;
    struct played p;

    (void)state;
    parley_begin_touched(&t, &(struct parley_terms){0}, prove_later);
    say(&t, SIDE_CLIENT, "let me in");
    assert_int_equal(SSL_verify_client_post_handshake(t.sides[SIDE_SERVER]), 1);
    assert_int_equal(SSL_do_handshake(t.sides[SIDE_SERVER]), 1);
    say(&t, SIDE_SERVER, "who are you");
    assert_non_null(SSL_get0_peer_certificate(t.sides[SIDE_SERVER]));
    parley_update(&t, SIDE_SERVER, SSL_KEY_UPDATE_REQUESTED);
    say(&t, SIDE_SERVER, "?");
    say(&t, SIDE_CLIENT, " again");
    parley_hang_up(&t);
    played_with_keylog(&p, &t);
    played_is_open(&p, "let me in again", "who are you?");
    done(&t, &p);
}

static void a_retry_and_many_new_keys_are_followed(void **state)
{
    struct parley t;
    struct played p;

    (void)state;
    parley_begin_with_retry(&t);
    for (int i = 0; i < 5; i++) {
        parley_update(&t, SIDE_CLIENT, SSL_KEY_UPDATE_NOT_REQUESTED);
        say(&t, SIDE_CLIENT, "c");
        parley_update(&t, SIDE_SERVER,
                      i % 2 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED);
        say(&t, SIDE_SERVER, "s");
    }
    parley_hang_up(&t);
    played_with_keylog(&p, &t);
    played_is_open(&p, "ccccc", "sssss");
    assert_non_null(p.session->handshake.retry_request);
    done(&t, &p);
}

/* Two extensions of ClientHello that carry nothing here but a sign that they are there. */
static int add_hidden_hello(SSL *ssl, unsigned type, unsigned kind, const unsigned char **out,
                            size_t *len, X509 *x509, size_t index, int *alert, void *context)
{
    (void)ssl;
    (void)type;
    (void)kind;
    (void)x509;
    (void)index;
    (void)alert;
    (void)context;
    *out = (const unsigned char *)"\0\0\1\0\1\7\0\2xx\0\4yyyy"; /* RFC 9849 section 5 */
    *len = 16;
    return 1;
}

static void hide_hello(SSL_CTX *context, enum side side)
{
    if (side == SIDE_CLIENT)
        assert_int_equal(SSL_CTX_add_custom_ext(context, 0xfe0d, SSL_EXT_CLIENT_HELLO,
                                                add_hidden_hello, NULL, NULL, NULL, NULL),
                         1);
}

static void a_hidden_hello_is_told_of_once(void **state)
{
    static const char step[] = "Is this ClientHello the one that counts?";
    size_t times = 0;
    struct parley t;
    struct played p;

    (void)state;
    converse(&t, &p, &(struct parley_terms){0}, hide_hello);
    for (size_t i = 0; i < p.session->evidence.num_steps; i++)
        times += strcmp(p.session->evidence.steps[i].step, step) == 0;
    assert_int_equal(times, 1);
    says(result_of(&p.session->evidence, step), "GREASE");
    says(result_of(&p.session->evidence, step), "the outer one");
    done(&t, &p);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_certificate_of_a_client_is_not_taken_for_the_servers),
        CASE(the_next_protocol_is_the_one_that_the_client_named),
        CASE(certificate_status_and_small_fragments_are_passed_over),
        CASE(padding_is_taken_off),
        CASE(a_client_may_be_asked_who_it_is_behind_the_handshake),
        CASE(a_retry_and_many_new_keys_are_followed),
        CASE(a_hidden_hello_is_told_of_once),
    };

    return RUN(cases);
}
