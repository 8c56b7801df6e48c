#include "attacker/tls/compressed_certificate.h"

#include <zlib.h>

#include "attacker/tls/handshake.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/key_maker.h"
#include "tests/support/sample_handshake.h"

/* compressed_body writes the message's body around `plain`; for exact_free. */
static struct bytes compressed_body(uint16_t algorithm, size_t claimed, struct bytes plain)
{
    uint8_t deflated[8192];
    uLongf len = sizeof(deflated);
    struct writer w = {0};

    assert_int_equal(compress(deflated, &len, plain.at, plain.len), Z_OK);
    write_uint(&w, algorithm, 2);
    write_uint(&w, claimed, 3);
    write_block(&w, bytes_of(deflated, len), 3);
    return writer_take(&w);
}

static bool reads(struct bytes input, const void *context)
{
    struct compressed_certificate c;

    (void)context;
    return compressed_certificate_read(input, &c);
}

static void the_message_is_read_and_undone(void **state)
{
    struct bytes plain = bytes_of("a message that says a message that says", 39);
    struct bytes body = compressed_body(1, plain.len, plain);
    struct compressed_certificate c;
    struct buffer out = {0};

    (void)state;
    assert_true(compressed_certificate_read(body, &c));
    assert_int_equal(c.algorithm, 1);
    assert_true(compressed_certificate_can_undo(&c));
    assert_true(compressed_certificate_undo(&c, &out));
    assert_true(bytes_equal(buffer_view(&out), plain));
    refuses_every_cut(body, reads, NULL);
    refuses_a_trailing_byte(body, reads, NULL);
    buffer_clear(&out);
    exact_free(body);
}

static void it_must_be_as_long_as_it_claims(void **state)
{
    struct bytes plain = bytes_of("a message that says a message that says", 39);
    static const size_t claims[] = {
        0, 1, 38, 40, HANDSHAKE_MAX_MESSAGE, HANDSHAKE_MAX_MESSAGE + 1, 0xffffff};

    (void)state;
    for (size_t i = 0; i < sizeof(claims) / sizeof(claims[0]); i++) {
        struct bytes body = compressed_body(1, claims[i], plain);
        struct compressed_certificate c;
        struct buffer out = {0};

        assert_true(compressed_certificate_read(body, &c));
        assert_false(compressed_certificate_undo(&c, &out));
        assert_int_equal(out.len, 0);
        exact_free(body);
    }
}

static void the_ways_have_names(void **state)
{
    (void)state;
    assert_string_equal(compressed_certificate_algorithm(1), "zlib");
    assert_string_equal(compressed_certificate_algorithm(2), "brotli");
    assert_string_equal(compressed_certificate_algorithm(3), "zstd");
    assert_string_equal(compressed_certificate_algorithm(0x0a0a), "an unknown way");
}

/* saw_compressed: the server of a TLS 1.3 handshake sends this certificate, in this way. */
static bool saw_compressed(struct handshake *h, enum side from, uint16_t algorithm)
{
    const struct sample_choice choice = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};
    EVP_PKEY *key = make_curve("P-256");
    struct bytes der = make_certificate(key, "kitchen.example", NULL);
    struct writer w = {0};

    write_uint(&w, 0, 1); /* no context */
    write_open(&w, 3);
    write_block(&w, der, 3);
    write_uint(&w, 0, 2); /* no extensions */
    write_close(&w);
    struct bytes plain = writer_take(&w);
    struct bytes body = compressed_body(algorithm, plain.len, plain);
    saw_hellos(h, &choice);
    bool seen = saw(h, from, HANDSHAKE_COMPRESSED_CERTIFICATE, body);

    exact_free(body);
    exact_free(plain);
    exact_free(der);
    EVP_PKEY_free(key);
    return seen;
}

static void a_server_may_send_its_certificate_compressed(void **state)
{
    struct handshake h = {0};

    (void)state;
    assert_true(saw_compressed(&h, SIDE_SERVER, 1));
    assert_true(h.certificate.seen);
    assert_string_equal(h.certificate.key_name, "EC-prime256v1");
    assert_ptr_equal(h.certificate_message, handshake_last(&h));
    handshake_clear(&h);

    assert_true(saw_compressed(&h, SIDE_CLIENT, 1)); /* it is not the server's */
    assert_false(h.certificate.seen);
    handshake_clear(&h);
}

static void a_way_that_is_not_linked_is_noted(void **state)
{
    struct handshake h = {0};

    (void)state;
    assert_true(saw_compressed(&h, SIDE_SERVER, 2));
    assert_false(h.certificate.seen);
    assert_int_equal(h.certificate_compression, 2);
    assert_int_equal(h.trouble, TROUBLE_NONE);
    handshake_clear(&h);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_message_is_read_and_undone),
        CASE(it_must_be_as_long_as_it_claims),
        CASE(the_ways_have_names),
        CASE(a_server_may_send_its_certificate_compressed),
        CASE(a_way_that_is_not_linked_is_noted),
    };

    return RUN(cases);
}
