/*
 * DTLS as OpenSSL had it before 0.9.8f, and as Cisco's AnyConnect still has it: version 0x0100.
 * Nothing here speaks it as a server any more, so both sides are made by hand.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "attacker/session_dtls.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"
#include "tests/support/record_sealer.h"

static const struct sealing_plan plan = {.suite = 0x002f,
                                         .version = TLS_1_1,
                                         .way = SEALER_CBC,
                                         .cipher = "AES-128-CBC",
                                         .key_len = 16,
                                         .block_len = 16,
                                         .mac = "SHA1",
                                         .prf = "MD5-SHA1"};

/* What there is of it. */
struct terms {
    bool cookie;            /* the server asks for one */
    bool cookie_not_hashed; /* and with the second ClientHello, the hash begins anew */
    bool header_of_tls10;   /* a MAC covers 3.1 as the version, and no epoch */
    size_t lost;            /* this datagram is not recorded, from 1; 0: all are */
};

struct talk {
    struct terms terms;
    struct session *session;
    struct leaks leaks;
    struct buffer transcript;
    struct buffer said[2]; /* by enum side: what the session told */
    uint8_t randoms[2][32];
    uint8_t master[48];
    struct sealer sealers[2];
    bool sealed[2];
    uint64_t sequence[2];
    uint16_t message_seq[2];
    size_t num_datagrams;
};

static void hear(void *context, const struct session *s, enum side from, struct bytes data,
                 uint64_t time_ns)
{
    struct talk *t = context;

    (void)s;
    (void)time_ns;
    buffer_append(&t->said[from], data);
}

static void pass_over(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
}

static struct bytes seal(struct talk *t, enum side from, uint8_t type, struct bytes content)
{
    struct sealer *s = &t->sealers[from];
    struct bytes record;
    struct bytes fragment;

    s->sequence = t->sequence[from] | (t->terms.header_of_tls10 ? 0 : (uint64_t)1 << 48);
    s->mac_version = t->terms.header_of_tls10 ? TLS_1_0 : 0x0100;
    record = sealer_seal(s, type, content);
    fragment = exact_copy(bytes_of(record.at + 5, record.len - 5));
    exact_free(record);
    return fragment;
}

static void cross(struct talk *t, enum side from, uint8_t type, struct bytes content)
{
    struct bytes fragment = t->sealed[from] ? seal(t, from, type, content) : exact_copy(content);
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, 0x0100, 2);
    write_uint(&w, t->sealed[from], 2);
    write_uint(&w, t->sequence[from]++, 6);
    write_block(&w, fragment, 2);
    struct bytes datagram = writer_take(&w);
    t->num_datagrams++;
    if (t->num_datagrams != t->terms.lost)
        session_dtls_datagram(t->session, from,
                              &(struct chunk){datagram, t->num_datagrams, t->num_datagrams}, 0);
    exact_free(datagram);
    exact_free(fragment);
}

/* tell sends a message; of those that are hashed, the body alone is. */
static void tell(struct talk *t, enum side from, uint8_t type, struct writer *body)
{
    struct bytes taken = writer_take(body);
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, taken.len, 3);
    write_uint(&w, t->message_seq[from]++, 2);
    write_uint(&w, 0, 3);
    write_block(&w, taken, 3);
    buffer_append(&t->transcript, taken);
    cross(t, from, CONTENT_HANDSHAKE, writer_view(&w));
    buffer_clear(&w.out);
    exact_free(taken);
}

static void tell_client_hello(struct talk *t, const char *cookie)
{
    struct writer w = {0};

    write_uint(&w, 0x0100, 2);
    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    write_hex(&w, "00");
    write_hex(&w, cookie);
    write_hex(&w, "0002 002f 01 00");
    tell(t, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, &w);
}

static void ask_for_cookie(struct talk *t)
{
    struct writer w = {0};

    write_hex(&w, "0100 04 cafecafe");
    tell(t, SIDE_SERVER, HANDSHAKE_HELLO_VERIFY_REQUEST, &w);
    if (t->terms.cookie_not_hashed)
        buffer_drop(&t->transcript, t->transcript.len);
    tell_client_hello(t, "04 cafecafe");
}

static X509 *certificate(void)
{
    FILE *file = fopen("fixtures/rsa/server.crt", "r");
    X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    assert_non_null(x509);
    (void)fclose(file);
    return x509;
}

static void tell_servers_flight(struct talk *t, X509 *x509)
{
    struct writer w = {0};
    uint8_t *der = NULL;
    int len = i2d_X509(x509, &der);

    write_uint(&w, 0x0100, 2);
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    write_hex(&w, "00 002f 00");
    tell(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, &w);
    write_open(&w, 3);
    write_block(&w, bytes_of(der, (size_t)len), 3);
    write_close(&w);
    tell(t, SIDE_SERVER, HANDSHAKE_CERTIFICATE, &w);
    tell(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, &w);
    OPENSSL_free(der);
}

/* As in SSL 3.0, no length stands in front of what is encrypted. */
static void tell_client_key_exchange(struct talk *t, X509 *x509)
{
    struct bytes premaster = premaster_of(0x0100);
    struct bytes box = box_of(X509_get0_pubkey(x509), premaster);
    struct writer w = {0};

    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    hmac_prf(t->master, sizeof(t->master), plan.prf, premaster, "master secret", writer_view(&w));
    buffer_clear(&w.out);
    write_bytes(&w, box);
    tell(t, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, &w);
    exact_free(premaster);
    exact_free(box);
}

/* change_keys: the ChangeCipherSpec has the number of a message. */
static void change_keys(struct talk *t, enum side from)
{
    struct writer w = {0};

    write_uint(&w, 1, 1);
    write_uint(&w, t->message_seq[from]++, 2);
    cross(t, from, CONTENT_CHANGE_CIPHER_SPEC, writer_view(&w));
    buffer_clear(&w.out);
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    sealer_start(&t->sealers[from], &plan, bytes_of(t->master, sizeof(t->master)), from,
                 writer_view(&w));
    buffer_clear(&w.out);
    t->sealed[from] = true;
    t->sequence[from] = 0;
}

static void tell_finished(struct talk *t, enum side from)
{
    uint8_t hash[16 + 20];
    uint8_t verify_data[12];
    struct bytes told = buffer_view(&t->transcript);
    struct writer w = {0};

    assert_int_equal(EVP_Digest(told.at, told.len, hash, NULL, EVP_md5(), NULL), 1);
    assert_int_equal(EVP_Digest(told.at, told.len, hash + 16, NULL, EVP_sha1(), NULL), 1);
    hmac_prf(verify_data, sizeof(verify_data), plan.prf, bytes_of(t->master, sizeof(t->master)),
             from == SIDE_CLIENT ? "client finished" : "server finished",
             bytes_of(hash, sizeof(hash)));
    write_bytes(&w, bytes_of(verify_data, sizeof(verify_data)));
    tell(t, from, HANDSHAKE_FINISHED, &w);
}

static void say(struct talk *t, enum side from, const char *words)
{
    cross(t, from, CONTENT_APPLICATION_DATA, bytes_of(words, strlen(words)));
}

static void converse(struct talk *t, const struct terms *terms)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {
        .context = t, .plaintext = hear, .skipped = pass_over};
    X509 *x509 = certificate();
    struct complaint why;

    *t = (struct talk){.terms = *terms};
    assert_true(private_keys_load(&t->leaks.server_keys, "fixtures/rsa/server.key", NULL, &why));
    t->session = session_new(&connection, false, false, &t->leaks, &listener, NULL);
    session_dtls_begin(t->session);
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        memset(t->randoms[side], 0xc0 + (int)side, sizeof(t->randoms[side]));
    tell_client_hello(t, "00");
    if (terms->cookie)
        ask_for_cookie(t);
    tell_servers_flight(t, x509);
    tell_client_key_exchange(t, x509);
    change_keys(t, SIDE_CLIENT);
    tell_finished(t, SIDE_CLIENT);
    change_keys(t, SIDE_SERVER);
    tell_finished(t, SIDE_SERVER);
    say(t, SIDE_CLIENT, "asked");
    say(t, SIDE_SERVER, "answered");
    session_close(t->session, t->num_datagrams);
    X509_free(x509);
}

static void clear(struct talk *t)
{
    session_free(t->session);
    leaks_clear(&t->leaks);
    buffer_clear(&t->transcript);
    buffer_clear(&t->said[SIDE_CLIENT]);
    buffer_clear(&t->said[SIDE_SERVER]);
}

static void heard(const struct talk *t, const char *client, const char *server)
{
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_CLIENT]), bytes_of(client, strlen(client))));
    assert_true(bytes_equal(buffer_view(&t->said[SIDE_SERVER]), bytes_of(server, strlen(server))));
}

static void it_opens_however_it_hashes_and_seals(void **state)
{
    static const struct terms all[] = {
        {.cookie = false},
        {.cookie = true},
        {.cookie = true, .cookie_not_hashed = true},
        {.cookie = true, .header_of_tls10 = true},
        {.header_of_tls10 = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct talk t;

        converse(&t, &all[i]);
        if (t.session->verdict.outcome != OUTCOME_DECRYPTED)
            fail_msg("%zu: %s", i, t.session->verdict.explanation);
        assert_true(t.session->finished_verified[SIDE_CLIENT]);
        assert_true(t.session->finished_verified[SIDE_SERVER]);
        assert_string_equal(handshake_version_name(&t.session->handshake), "DTLS 1.0");
        heard(&t, "asked", "answered");
        clear(&t);
    }
}

/* Which of them a ChangeCipherSpec was, must not matter to what comes behind it. */
static void what_is_said_opens_whichever_datagram_of_the_end_is_lost(void **state)
{
    (void)state;
    for (size_t lost = 6; lost <= 9; lost++) { /* both ChangeCipherSpecs and Finished */
        struct talk t;

        converse(&t, &(struct terms){.lost = lost});
        assert_int_equal(t.session->verdict.outcome, OUTCOME_PARTIAL);
        heard(&t, "asked", "answered");
        clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(it_opens_however_it_hashes_and_seals),
        CASE(what_is_said_opens_whichever_datagram_of_the_end_is_lost),
    };

    return RUN(cases);
}
