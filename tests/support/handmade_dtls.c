#include "tests/support/handmade_dtls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "attacker/session_dtls.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/premaster_box.h"

static const struct sealing_plan of_openssl = {.suite = 0x002f,
                                               .version = TLS_1_1,
                                               .way = SEALER_CBC,
                                               .cipher = "AES-128-CBC",
                                               .key_len = 16,
                                               .block_len = 16,
                                               .mac = "SHA1",
                                               .prf = "MD5-SHA1"};

/* is_standard: DTLS 1.2, and not OpenSSL's own. */
static bool is_standard(const struct handmade_dtls *t)
{
    return t->plan->version >= TLS_1_2;
}

static uint16_t version_of(const struct handmade_dtls *t)
{
    return is_standard(t) ? DTLS_1_2 : DTLS_1_0_OPENSSL;
}

static void hear(void *context, const struct session *s, enum side from, const struct chunk *said)
{
    struct handmade_dtls *t = context;

    (void)s;
    buffer_append(&t->said[from], said->data);
}

static void pass_over(void *context, const struct session *s, enum side from, uint64_t sealed_len)
{
    (void)context;
    (void)s;
    (void)from;
    (void)sealed_len;
}

static struct bytes seal(struct handmade_dtls *t, enum side from, uint8_t type,
                         struct bytes content)
{
    struct sealer *s = &t->sealers[from];
    struct bytes record;
    struct bytes fragment;

    s->sequence = t->sequence[from] | (t->terms.header_of_tls10 ? 0 : (uint64_t)1 << 48);
    s->mac_version = t->terms.header_of_tls10 ? TLS_1_0 : version_of(t);
    record = sealer_seal(s, type, content);
    fragment = exact_copy(bytes_of(record.at + 5, record.len - 5));
    exact_free(record);
    return fragment;
}

static void cross(struct handmade_dtls *t, enum side from, uint8_t type, struct bytes content)
{
    struct bytes fragment = t->sealed[from] ? seal(t, from, type, content) : exact_copy(content);
    struct bytes id = t->sealed[from] ? t->sealers[from].connection_id : (struct bytes){0};
    struct writer w = {0};

    write_uint(&w, id.len > 0 ? CONTENT_CONNECTION_ID : type, 1);
    write_uint(&w, version_of(t), 2);
    write_uint(&w, t->sealed[from], 2);
    write_uint(&w, t->sequence[from]++, 6);
    write_bytes(&w, id);
    write_block(&w, fragment, 2);
    struct bytes datagram = writer_take(&w);
    t->num_datagrams++;
    if (t->num_datagrams != t->terms.lost)
        session_dtls_datagram(t->session, from,
                              &(struct chunk){datagram, t->num_datagrams, t->num_datagrams}, 0);
    exact_free(datagram);
    exact_free(fragment);
}

/* tell sends a message; of those that are hashed, OpenSSL hashes the body alone. */
static void tell(struct handmade_dtls *t, enum side from, uint8_t type, struct writer *body)
{
    struct bytes taken = writer_take(body);
    struct writer w = {0};

    write_uint(&w, type, 1);
    write_uint(&w, taken.len, 3);
    write_uint(&w, t->message_seq[from]++, 2);
    write_uint(&w, 0, 3);
    write_block(&w, taken, 3);
    buffer_append(&t->transcript, is_standard(t) ? writer_view(&w) : taken);
    cross(t, from, CONTENT_HANDSHAKE, writer_view(&w));
    buffer_clear(&w.out);
    exact_free(taken);
}

/* write_extensions: an ID is what the other side is to carry. */
static void write_extensions(const struct handmade_dtls *t, enum side from, struct writer *w)
{
    if (!t->terms.connection_ids)
        return;
    write_open(w, 2);
    write_uint(w, EXTENSION_CONNECTION_ID, 2);
    write_open(w, 2);
    write_block(w, t->terms.ids[side_other(from)], 1);
    write_close(w);
    if (t->plan->encrypt_then_mac) {
        write_uint(w, EXTENSION_ENCRYPT_THEN_MAC, 2);
        write_uint(w, 0, 2);
    }
    write_close(w);
}

static void tell_client_hello(struct handmade_dtls *t, const char *cookie)
{
    struct writer w = {0};

    write_uint(&w, version_of(t), 2);
    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    write_hex(&w, "00");
    write_hex(&w, cookie);
    write_hex(&w, "0002");
    write_uint(&w, t->plan->suite, 2);
    write_hex(&w, "01 00");
    write_extensions(t, SIDE_CLIENT, &w);
    tell(t, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, &w);
}

static void ask_for_cookie(struct handmade_dtls *t)
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

static void tell_servers_flight(struct handmade_dtls *t, X509 *x509)
{
    struct writer w = {0};
    uint8_t *der = NULL;
    int len = i2d_X509(x509, &der);

    write_uint(&w, version_of(t), 2);
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    write_uint(&w, 0, 1);
    write_uint(&w, t->plan->suite, 2);
    write_uint(&w, 0, 1);
    write_extensions(t, SIDE_SERVER, &w);
    tell(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, &w);
    write_open(&w, 3);
    write_block(&w, bytes_of(der, (size_t)len), 3);
    write_close(&w);
    tell(t, SIDE_SERVER, HANDSHAKE_CERTIFICATE, &w);
    tell(t, SIDE_SERVER, HANDSHAKE_SERVER_HELLO_DONE, &w);
    OPENSSL_free(der);
}

/* With OpenSSL, as in SSL 3.0, no length stands in front of what is encrypted. */
static void tell_client_key_exchange(struct handmade_dtls *t, X509 *x509)
{
    struct bytes premaster = premaster_of(version_of(t));
    struct bytes box = box_of(X509_get0_pubkey(x509), premaster);
    struct writer w = {0};

    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    hmac_prf(t->master, sizeof(t->master), t->plan->prf, premaster, "master secret",
             writer_view(&w));
    buffer_clear(&w.out);
    if (is_standard(t))
        write_uint(&w, box.len, 2);
    write_bytes(&w, box);
    tell(t, SIDE_CLIENT, HANDSHAKE_CLIENT_KEY_EXCHANGE, &w);
    exact_free(premaster);
    exact_free(box);
}

/* change_keys: OpenSSL gives the ChangeCipherSpec the number of a message. */
static void change_keys(struct handmade_dtls *t, enum side from)
{
    struct writer w = {0};

    write_uint(&w, 1, 1);
    if (!is_standard(t))
        write_uint(&w, t->message_seq[from]++, 2);
    cross(t, from, CONTENT_CHANGE_CIPHER_SPEC, writer_view(&w));
    buffer_clear(&w.out);
    write_bytes(&w, bytes_of(t->randoms[SIDE_SERVER], 32));
    write_bytes(&w, bytes_of(t->randoms[SIDE_CLIENT], 32));
    sealer_start(&t->sealers[from], t->plan, bytes_of(t->master, sizeof(t->master)), from,
                 writer_view(&w));
    buffer_clear(&w.out);
    t->sealers[from].connection_id = t->terms.ids[from];
    t->sealed[from] = true;
    t->sequence[from] = 0;
}

/* hash_told: SHA-256, or before TLS 1.2 both MD5 and SHA-1. */
static struct bytes hash_told(const struct handmade_dtls *t, uint8_t out[static 36])
{
    struct bytes told = buffer_view(&t->transcript);

    if (is_standard(t)) {
        assert_int_equal(EVP_Digest(told.at, told.len, out, NULL, EVP_sha256(), NULL), 1);
        return bytes_of(out, 32);
    }
    assert_int_equal(EVP_Digest(told.at, told.len, out, NULL, EVP_md5(), NULL), 1);
    assert_int_equal(EVP_Digest(told.at, told.len, out + 16, NULL, EVP_sha1(), NULL), 1);
    return bytes_of(out, 36);
}

static void tell_finished(struct handmade_dtls *t, enum side from)
{
    uint8_t hash[36];
    uint8_t verify_data[12];
    struct writer w = {0};

    hmac_prf(verify_data, sizeof(verify_data), t->plan->prf, bytes_of(t->master, sizeof(t->master)),
             from == SIDE_CLIENT ? "client finished" : "server finished", hash_told(t, hash));
    write_bytes(&w, bytes_of(verify_data, sizeof(verify_data)));
    tell(t, from, HANDSHAKE_FINISHED, &w);
}

static void say(struct handmade_dtls *t, enum side from, const char *words)
{
    cross(t, from, CONTENT_APPLICATION_DATA, bytes_of(words, strlen(words)));
}

/* ask_in_vain: each attempt begins with message 0, in the same epoch. */
static void ask_in_vain(struct handmade_dtls *t)
{
    t->randoms[SIDE_CLIENT][0]++;
    t->message_seq[SIDE_CLIENT] = 0;
    tell_client_hello(t, "00");
    cross(t, SIDE_SERVER, CONTENT_ALERT, bytes_of("\x01\x64", 2)); /* no_renegotiation */
}

void handmade_dtls_hold(struct handmade_dtls *t, const struct handmade_dtls_terms *terms)
{
    const struct connection connection = {.syn_seen = true};
    const struct session_listener listener = {
        .context = t, .plaintext = hear, .skipped = pass_over};
    X509 *x509 = certificate();
    struct complaint why;

    *t = (struct handmade_dtls){.terms = *terms, .plan = terms->plan ? terms->plan : &of_openssl};
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
    for (size_t i = 0; i < terms->refused; i++)
        ask_in_vain(t);
    say(t, SIDE_CLIENT, "asked");
    say(t, SIDE_SERVER, "answered");
    session_close(t->session, t->num_datagrams);
    X509_free(x509);
}

void handmade_dtls_clear(struct handmade_dtls *t)
{
    session_free(t->session);
    leaks_clear(&t->leaks);
    buffer_clear(&t->transcript);
    buffer_clear(&t->said[SIDE_CLIENT]);
    buffer_clear(&t->said[SIDE_SERVER]);
}
