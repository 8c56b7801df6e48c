#include "tests/support/handmade.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "attacker/tls/handshake_type.h"
#include "attacker/tls/record.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"

/* TLS_RSA_WITH_AES_128_CBC_SHA, and the same with DH_RSA and ECDH_ECDSA: all are sealed alike. */
enum { SUITE_RSA = 0x002f, SUITE_DH = 0x0031, SUITE_ECDH = 0xc004 };

static const struct sealing_plan plan = {.suite = SUITE_RSA,
                                         .version = TLS_1_2,
                                         .way = SEALER_CBC,
                                         .cipher = "AES-128-CBC",
                                         .key_len = 16,
                                         .block_len = 16,
                                         .mac = "SHA1",
                                         .prf = "SHA256"};

/* --- Records --------------------------------------------------------------------- */

static void cross(struct handmade *m, enum side from, struct bytes record)
{
    struct parley *t = &m->parley;

    if (t->num_bursts == 0 || t->from[t->num_bursts - 1] != from) {
        assert_true(t->num_bursts < PARLEY_MAX_BURSTS);
        t->from[t->num_bursts++] = from;
    }
    buffer_append(&t->bursts[t->num_bursts - 1], record);
}

void handmade_send_as_it_is(struct handmade *m, enum side from, uint8_t type, struct bytes content)
{
    struct bytes record = sealer_seal(&m->sealers[from], type, content);

    cross(m, from, record);
    exact_free(record);
}

static void send_deflated(struct handmade *m, enum side from, uint8_t type, struct bytes content)
{
    static uint8_t deflated[65536];
    z_stream *zlib = &m->zlib[from];

    zlib->next_in = unconst(content.at);
    zlib->avail_in = (unsigned)content.len;
    zlib->next_out = deflated;
    zlib->avail_out = sizeof(deflated);
    assert_int_equal(deflate(zlib, Z_SYNC_FLUSH), Z_OK);
    handmade_send_as_it_is(m, from, type, bytes_of(deflated, sizeof(deflated) - zlib->avail_out));
}

static void send_in_clear(struct handmade *m, enum side from, uint8_t type, struct bytes content)
{
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, TLS_1_2, 2);
    write_block(&w, content, 2);
    cross(m, from, writer_view(&w));
    buffer_clear(&w.out);
}

void handmade_send(struct handmade *m, enum side from, uint8_t type, struct bytes content)
{
    if (!m->sealed[from])
        send_in_clear(m, from, type, content);
    else if (m->terms.compression == 1)
        send_deflated(m, from, type, content);
    else
        handmade_send_as_it_is(m, from, type, content);
}

void handmade_say(struct handmade *m, enum side from, const char *words)
{
    handmade_send(m, from, CONTENT_APPLICATION_DATA, bytes_of(words, strlen(words)));
}

/* --- Messages ---------------------------------------------------------------------- */

static void tell(struct handmade *m, enum side from, uint8_t type, struct writer *body)
{
    struct bytes taken = writer_take(body);
    struct bytes whole = message_of(type, taken);
    struct reader r = reader_of(whole);
    size_t most = m->terms.most_in_record ? m->terms.most_in_record : whole.len;

    buffer_append(&m->transcript, whole);
    while (!reader_done(&r)) {
        struct bytes part = bytes_first(r.left, most);

        handmade_send(m, from, CONTENT_HANDSHAKE, part);
        assert_true(reader_skip(&r, part.len));
    }
    exact_free(whole);
    exact_free(taken);
}

static void tell_hex(struct handmade *m, enum side from, uint8_t type, const char *hex)
{
    struct writer w = {0};

    write_hex(&w, hex);
    tell(m, from, type, &w);
}

static bool on_curve(const struct handmade *m)
{
    return EVP_PKEY_is_a(m->terms.fixed[SIDE_SERVER], "EC");
}

static uint16_t suite_of(const struct handmade *m)
{
    if (!m->terms.fixed[SIDE_SERVER])
        return SUITE_RSA;
    return on_curve(m) ? SUITE_ECDH : SUITE_DH;
}

static void tell_client_hello(struct handmade *m)
{
    struct writer w = {0};

    write_uint(&w, TLS_1_2, 2);
    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT], 32));
    write_hex(&w, "00 0002");
    write_uint(&w, suite_of(m), 2);
    write_hex(&w, "02 0100");
    tell(m, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, &w);
}

/* The challenge has 16 bytes: the random begins with as many zeros. */
static void tell_old_client_hello(struct handmade *m)
{
    struct writer w = {0};

    memset(m->randoms[SIDE_CLIENT], 0, 16);
    write_hex(&w, "01 0303 0009 0000 0010 00002f 000004 010080");
    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT] + 16, 16));
    buffer_append(&m->transcript, writer_view(&w));
    struct bytes hello = writer_take(&w);
    write_uint(&w, 0x8000 | hello.len, 2);
    write_bytes(&w, hello);
    cross(m, SIDE_CLIENT, writer_view(&w));
    exact_free(hello);
    buffer_clear(&w.out);
}

/* certificate_of shows the fixed key of one side; somebody else signs it. */
static struct bytes certificate_of(const struct handmade *m, enum side side)
{
    EVP_PKEY *issuer = make_rsa(1024);
    struct bytes der =
        make_certificate_by(issuer, m->terms.fixed[side], "kitchen.example", "keyAgreement");

    EVP_PKEY_free(issuer);
    return der;
}

static void tell_certificate(struct handmade *m, enum side side, struct bytes der)
{
    struct writer w = {0};

    write_open(&w, 3);
    write_block(&w, der, 3);
    write_close(&w);
    tell(m, side, HANDSHAKE_CERTIFICATE, &w);
}

static X509 *certificate(void)
{
    FILE *file = fopen("fixtures/rsa/server.crt", "r");
    X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    assert_non_null(x509);
    (void)fclose(file);
    return x509;
}

static void tell_servers_flight(struct handmade *m, struct bytes der)
{
    struct writer w = {0};

    write_uint(&w, TLS_1_2, 2);
    write_bytes(&w, bytes_of(m->randoms[SIDE_SERVER], 32));
    write_hex(&w, "00");
    write_uint(&w, suite_of(m), 2);
    write_uint(&w, m->terms.compression, 1);
    tell(m, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, &w);
    if (m->terms.odd_messages)
        tell_hex(m, SIDE_SERVER, HANDSHAKE_SUPPLEMENTAL_DATA, "000006 0000 0002 cafe");
    tell_certificate(m, SIDE_SERVER, der);
    if (m->terms.odd_messages)
        tell_hex(m, SIDE_SERVER, 99, "0102030405");
    tell_hex(m, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, "");
}

static void make_master(struct handmade *m, struct bytes premaster)
{
    struct writer w = {0};

    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT], 32));
    write_bytes(&w, bytes_of(m->randoms[SIDE_SERVER], 32));
    hmac_prf(m->master, sizeof(m->master), plan.prf, premaster, "master secret", writer_view(&w));
    buffer_clear(&w.out);
}

static void tell_box(struct handmade *m, X509 *x509)
{
    struct bytes premaster = premaster_of(TLS_1_2);
    struct bytes box = box_of(X509_get0_pubkey(x509), premaster);
    struct writer w = {0};

    make_master(m, premaster);
    write_block(&w, box, 2);
    tell(m, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, &w);
    exact_free(premaster);
    exact_free(box);
}

/* tell_public_value: what libcrypto makes of the two keys is the premaster secret; it leaves the
 * zeros in front out, as RFC 5246 section 8.1.2 wants it. */
static void tell_public_value(struct handmade *m)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(m->terms.fixed[SIDE_CLIENT], NULL);
    struct bytes value = public_value_of(m->terms.fixed[SIDE_CLIENT]);
    uint8_t z[1024];
    size_t len = sizeof(z);
    struct writer w = {0};

    assert_int_equal(EVP_PKEY_derive_init(context), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(context, m->terms.fixed[SIDE_SERVER]), 1);
    assert_int_equal(EVP_PKEY_derive(context, z, &len), 1);
    make_master(m, bytes_of(z, len));
    if (!m->terms.client_certified)
        write_block(&w, value, on_curve(m) ? 1 : 2);
    tell(m, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, &w);
    EVP_PKEY_CTX_free(context);
    exact_free(value);
}

/* agree_by_rsa and agree_by_fixed_keys: what crosses between the hellos and the changes of keys. */
static void agree_by_rsa(struct handmade *m)
{
    X509 *x509 = certificate();
    uint8_t *der = NULL;
    int len = i2d_X509(x509, &der);

    tell_servers_flight(m, bytes_of(der, (size_t)len));
    tell_box(m, x509);
    OPENSSL_free(der);
    X509_free(x509);
}

static void agree_by_fixed_keys(struct handmade *m)
{
    struct bytes der = certificate_of(m, SIDE_SERVER);

    tell_servers_flight(m, der);
    exact_free(der);
    if (m->terms.client_certified) {
        der = certificate_of(m, SIDE_CLIENT);
        tell_certificate(m, SIDE_CLIENT, der);
        exact_free(der);
    }
    tell_public_value(m);
}

static void change_keys(struct handmade *m, enum side from)
{
    struct writer w = {0};

    handmade_send(m, from, CONTENT_CHANGE_CIPHER_SPEC, bytes_of("\1", 1));
    write_bytes(&w, bytes_of(m->randoms[SIDE_SERVER], 32));
    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT], 32));
    sealer_start(&m->sealers[from], &plan, bytes_of(m->master, sizeof(m->master)), from,
                 writer_view(&w));
    buffer_clear(&w.out);
    m->sealed[from] = true;
}

static void tell_finished(struct handmade *m, enum side from)
{
    uint8_t hash[32];
    uint8_t verify_data[12];
    struct bytes told = buffer_view(&m->transcript);
    struct writer w = {0};

    assert_int_equal(EVP_Digest(told.at, told.len, hash, NULL, EVP_sha256(), NULL), 1);
    hmac_prf(verify_data, sizeof(verify_data), plan.prf, bytes_of(m->master, sizeof(m->master)),
             from == SIDE_CLIENT ? "client finished" : "server finished",
             bytes_of(hash, sizeof(hash)));
    write_bytes(&w, bytes_of(verify_data, sizeof(verify_data)));
    tell(m, from, HANDSHAKE_FINISHED, &w);
}

void handmade_begin(struct handmade *m, const struct handmade_terms *terms)
{
    *m = (struct handmade){.terms = *terms};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        memset(m->randoms[side], 0xc0 + (int)side, sizeof(m->randoms[side]));
        assert_int_equal(deflateInit(&m->zlib[side], Z_BEST_COMPRESSION), Z_OK);
    }
    if (terms->sslv2)
        tell_old_client_hello(m);
    else
        tell_client_hello(m);
    if (terms->fixed[SIDE_SERVER])
        agree_by_fixed_keys(m);
    else
        agree_by_rsa(m);
    change_keys(m, SIDE_CLIENT);
    if (terms->next_protocol)
        tell_hex(m, SIDE_CLIENT, HANDSHAKE_NEXT_PROTOCOL, "06 737064792f33 02 0000");
    tell_finished(m, SIDE_CLIENT);
    if (terms->false_start)
        handmade_say(m, SIDE_CLIENT, terms->false_start);
    change_keys(m, SIDE_SERVER);
    tell_finished(m, SIDE_SERVER);
}

void handmade_clear(struct handmade *m)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        (void)deflateEnd(&m->zlib[side]);
    parley_clear(&m->parley);
    buffer_clear(&m->transcript);
}
