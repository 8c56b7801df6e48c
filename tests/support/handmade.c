#include "tests/support/handmade.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>

#include "attacker/tls/handshake_type.h"
#include "attacker/tls/record.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"

#define SUITE 0x002f

static const struct sealing_plan plan = {.suite = SUITE,
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

static void tell_client_hello(struct handmade *m)
{
    struct writer w = {0};

    write_uint(&w, TLS_1_2, 2);
    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT], 32));
    write_hex(&w, "00 0002 002f 02 0100");
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

static X509 *certificate(void)
{
    FILE *file = fopen("fixtures/rsa/server.crt", "r");
    X509 *x509 = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;

    assert_non_null(x509);
    (void)fclose(file);
    return x509;
}

static void tell_servers_flight(struct handmade *m, X509 *x509)
{
    struct writer w = {0};
    uint8_t *der = NULL;
    int len = i2d_X509(x509, &der);

    write_uint(&w, TLS_1_2, 2);
    write_bytes(&w, bytes_of(m->randoms[SIDE_SERVER], 32));
    write_hex(&w, "00 002f");
    write_uint(&w, m->terms.compression, 1);
    tell(m, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, &w);
    if (m->terms.odd_messages)
        tell_hex(m, SIDE_SERVER, HANDSHAKE_SUPPLEMENTAL_DATA, "000006 0000 0002 cafe");
    write_open(&w, 3);
    write_block(&w, bytes_of(der, (size_t)len), 3);
    write_close(&w);
    tell(m, SIDE_SERVER, HANDSHAKE_CERTIFICATE, &w);
    if (m->terms.odd_messages)
        tell_hex(m, SIDE_SERVER, 99, "0102030405");
    tell_hex(m, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, "");
    OPENSSL_free(der);
}

static void tell_client_key_exchange(struct handmade *m, X509 *x509)
{
    struct bytes premaster = premaster_of(TLS_1_2);
    struct bytes box = box_of(X509_get0_pubkey(x509), premaster);
    struct writer w = {0};

    write_bytes(&w, bytes_of(m->randoms[SIDE_CLIENT], 32));
    write_bytes(&w, bytes_of(m->randoms[SIDE_SERVER], 32));
    hmac_prf(m->master, sizeof(m->master), plan.prf, premaster, "master secret", writer_view(&w));
    buffer_clear(&w.out);
    write_block(&w, box, 2);
    tell(m, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, &w);
    exact_free(premaster);
    exact_free(box);
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
    X509 *x509 = certificate();

    *m = (struct handmade){.terms = *terms};
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        memset(m->randoms[side], 0xc0 + (int)side, sizeof(m->randoms[side]));
        assert_int_equal(deflateInit(&m->zlib[side], Z_BEST_COMPRESSION), Z_OK);
    }
    if (terms->sslv2)
        tell_old_client_hello(m);
    else
        tell_client_hello(m);
    tell_servers_flight(m, x509);
    tell_client_key_exchange(m, x509);
    change_keys(m, SIDE_CLIENT);
    if (terms->next_protocol)
        tell_hex(m, SIDE_CLIENT, HANDSHAKE_NEXT_PROTOCOL, "06 737064792f33 02 0000");
    tell_finished(m, SIDE_CLIENT);
    if (terms->false_start)
        handmade_say(m, SIDE_CLIENT, terms->false_start);
    change_keys(m, SIDE_SERVER);
    tell_finished(m, SIDE_SERVER);
    X509_free(x509);
}

void handmade_clear(struct handmade *m)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++)
        (void)deflateEnd(&m->zlib[side]);
    parley_clear(&m->parley);
    buffer_clear(&m->transcript);
}
