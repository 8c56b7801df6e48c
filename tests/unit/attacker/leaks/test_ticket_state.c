/* What is in a ticket: OpenSSL's, made by libssl itself; GnuTLS's and RFC 5077's, made by hand. */
#include "attacker/leaks/ticket_state.h"

#include <openssl/ssl.h>

#include "attacker/crypto/psk_schedule.h"
#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/ticket_maker.h"

static const uint8_t a_secret[48] = {0x5e, 0xc2, 0xe7};

static bool reads(struct bytes plain, struct ticket_state *out)
{
    struct bytes exact = exact_copy(plain);
    bool read = ticket_state_read(exact, out);

    exact_free(exact);
    return read;
}

/* is_read_to_its_end: each cut is refused, up to `end`; what stands behind that is padding. */
static void is_read_to_its_end(struct bytes plain, size_t end)
{
    struct ticket_state s;

    for (size_t len = 0; len < plain.len; len++) {
        bool read = reads(bytes_first(plain, len), &s);

        if (read != (len >= end))
            fail_msg("%zu of %zu bytes are %s", len, plain.len, read ? "read" : "refused");
    }
    assert_true(reads(plain, &s));
}

static struct bytes with_padding(struct bytes state)
{
    struct writer w = {0};

    write_bytes(&w, state);
    write_repeated(&w, 0, 16 - state.len % 16);
    return writer_take(&w);
}

/* --- OpenSSL ---------------------------------------------------------------------------- */

/* session_of lets libssl write a session down. */
static struct bytes session_of(int version, const char *suite_id, size_t secret_len)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    SSL *ssl = SSL_new(context);
    SSL_SESSION *session = SSL_SESSION_new();
    struct bytes id = unhex(suite_id);
    unsigned char *der = NULL;

    assert_int_equal(SSL_set_cipher_list(ssl, "ALL:@SECLEVEL=0"), 1);
    assert_int_equal(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, id.at)), 1);
    assert_int_equal(SSL_SESSION_set_protocol_version(session, version), 1);
    assert_int_equal(SSL_SESSION_set1_master_key(session, a_secret, secret_len), 1);
    int len = i2d_SSL_SESSION(session, &der);
    assert_true(len > 0);

    struct bytes copy = exact_copy(bytes_of(der, (size_t)len));
    OPENSSL_free(der);
    exact_free(id);
    SSL_SESSION_free(session);
    SSL_free(ssl);
    SSL_CTX_free(context);
    return copy;
}

static void sessions_of_openssl_are_read_in_each_version(void **state)
{
    static const struct {
        int version;
        const char *suite;
        uint16_t suite_id;
        size_t secret_len;
        bool tls13;
        const char *hash;
    } rows[] = {
        {TLS1_VERSION, "002f", 0x002f, 48, false, NULL},
        {TLS1_2_VERSION, "c02f", 0xc02f, 48, false, NULL},
        {DTLS1_2_VERSION, "c030", 0xc030, 48, false, NULL},
        {TLS1_3_VERSION, "1301", 0x1301, 32, true, "SHA256"},
        {TLS1_3_VERSION, "1302", 0x1302, 48, true, "SHA384"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes der = session_of(rows[i].version, rows[i].suite, rows[i].secret_len);
        struct bytes plain = with_padding(der);
        struct ticket_state s;

        assert_true(reads(plain, &s));
        assert_string_equal(s.format, "OpenSSL's SSL_SESSION");
        assert_int_equal(s.suite_id, rows[i].suite_id);
        assert_ptr_equal(s.suite, suite_find(rows[i].suite_id));
        assert_int_equal(s.tls13, rows[i].tls13);
        if (rows[i].hash)
            assert_string_equal(s.hash, rows[i].hash);
        assert_int_equal(s.len, rows[i].secret_len);
        assert_memory_equal(s.secret, a_secret, s.len);
        is_read_to_its_end(plain, der.len);
        exact_free(plain);
        exact_free(der);
    }
}

static void what_cannot_be_a_session_is_refused(void **state)
{
    static const char *const rows[] = {
        "30 00",
        "30 80 020101",
        "30 09 020101 02020303 0402",                 /* the suite is cut */
        "30 0d 020102 02020303 0402c02f 0400",        /* another version of it */
        "30 0f 020101 02020303 0402c02f 0400 0400",   /* no secret */
        "30 10 020101 02020303 0402c02f 0400 0401aa", /* too short a secret */
        "30 85 0000000001 00",                        /* a length of five bytes */
        "30 0e 020101 0204fffffffe 0402c02f",         /* a number that is none */
        "31 0f 020101 02020303 0402c02f 0400 0400",   /* a SET */
        "30 0f 020101 02020304 0402c02f 0400 0400",
    };
    struct ticket_state s;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes plain = unhex(rows[i]);

        assert_false(reads(plain, &s));
        assert_int_equal(s.len, 0);
        exact_free(plain);
    }
    /* A secret that does not go with the suite's hash; a suite that TLS 1.3 does not have. */
    struct bytes wrong = session_of(TLS1_3_VERSION, "1302", 32);
    assert_false(reads(wrong, &s));
    exact_free(wrong);
    wrong = session_of(TLS1_2_VERSION, "c02f", 32);
    assert_false(reads(wrong, &s));
    exact_free(wrong);
}

/* --- GnuTLS -------------------------------------------------------------------------------- */

/* write_gnutls writes a packed session; its numbers are those of GnuTLS 3.7.9. Up to TLS 1.2 there
 * is more of it behind the secret. */
static void write_gnutls(struct writer *w, uint32_t version)
{
    write_hex(w, "fae1c1e6 6b0726d8 00005460 01");
    write_open(w, 4);
    write_text(w, "credentials");
    write_close(w);
    write_open(w, 4);
    write_hex(w, "00000001 00000007 00000001 00000001");
    write_open(w, 1);
    write_repeated(w, 0x1d, 32);
    write_close(w);
    write_uint(w, version, 4);
    write_hex(w, "00000001 00000001");
    if (version < 5) {
        write_hex(w, "009f");
        write_open(w, 1);
        write_bytes(w, bytes_of(a_secret, 48));
        write_close(w);
        write_repeated(w, 0x77, 90);
    }
    write_close(w);
}

static void a_packed_session_of_gnutls_is_read(void **state)
{
    struct writer w = {0};
    struct ticket_state s;

    (void)state;
    write_gnutls(&w, 4);
    size_t end = w.out.len;
    write_repeated(&w, 0, 16);
    struct bytes plain = writer_take(&w);
    is_read_to_its_end(plain, end);
    assert_true(reads(plain, &s));
    assert_string_equal(s.format, "GnuTLS's packed session");
    assert_int_equal(s.suite_id, 0x009f);
    assert_false(s.tls13);
    assert_int_equal(s.len, 48);
    assert_memory_equal(s.secret, a_secret, 48);
    for (size_t i = 0; i < w.num_lengths; i++) {
        struct bytes lie = lying(plain, &w.lengths[i], 0xff);

        (void)reads(lie, &s); /* it stays inside */
        exact_free(lie);
    }
    exact_free(plain);
}

static void the_key_of_a_ticket_of_gnutls_follows_from_what_is_in_it(void **state)
{
    uint8_t expected[TRAFFIC_SECRET_MAX_LEN];
    struct writer w = {0};
    struct ticket_state s;

    (void)state;
    write_hex(&w, "0007 e8e8ec0a 00005460");
    write_open(&w, 1);
    write_bytes(&w, bytes_of(a_secret, 48));
    write_close(&w);
    write_open(&w, 1);
    write_hex(&w, "8150 2b21");
    write_close(&w);
    write_open(&w, 2);
    write_gnutls(&w, 5);
    write_close(&w);
    size_t end = w.out.len;
    write_repeated(&w, 0, 12 + 16);
    struct bytes plain = writer_take(&w);
    is_read_to_its_end(plain, end);
    assert_true(reads(plain, &s));
    assert_true(s.tls13);
    assert_null(s.suite);
    assert_string_equal(s.hash, "SHA384");
    assert_true(
        psk_of_ticket(expected, "SHA384", bytes_of(a_secret, 48), bytes_of("\x81\x50\x2b\x21", 4)));
    assert_int_equal(s.len, 48);
    assert_memory_equal(s.secret, expected, 48);
    exact_free(plain);
}

/* --- RFC 5077 ------------------------------------------------------------------------------ */

static void the_state_that_the_rfc_recommends_is_read(void **state)
{
    static const struct {
        const char *client; /* how it proved itself, and the time */
        bool read;
    } rows[] = {
        {"00 5f000000", true},
        {"01 000003 308201 5f000000", true},
        {"02 0002 4f4b 5f000000", true},
        {"03 5f000000", false},
        {"01 ffffff 308201 5f000000", false},
    };
    struct ticket_state s;

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct writer w = {0};

        write_hex(&w, "0301 002f 00");
        write_bytes(&w, bytes_of(a_secret, 48));
        write_hex(&w, rows[i].client);
        size_t end = w.out.len;
        write_repeated(&w, 0x0b, 11);
        struct bytes plain = writer_take(&w);

        assert_int_equal(reads(plain, &s), rows[i].read);
        if (rows[i].read) {
            assert_string_equal(s.format, "StatePlaintext of RFC 5077");
            assert_int_equal(s.suite_id, 0x002f);
            assert_memory_equal(s.secret, a_secret, 48);
            is_read_to_its_end(plain, end);
        }
        exact_free(plain);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(sessions_of_openssl_are_read_in_each_version),
        CASE(what_cannot_be_a_session_is_refused),
        CASE(a_packed_session_of_gnutls_is_read),
        CASE(the_key_of_a_ticket_of_gnutls_follows_from_what_is_in_it),
        CASE(the_state_that_the_rfc_recommends_is_read),
    };

    return RUN(cases);
}
