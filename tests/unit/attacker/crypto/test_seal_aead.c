#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/seal_check.h"
#include "tests/support/vectors.h"

/* Every kind of AEAD suite that libcrypto computes. */
static const struct sealing_plan plans[] = {
    {0x009c, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false, false,
     0, 0},
    {0x009d, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-256-GCM", 32, 0, 16, NULL, "SHA384", false, false,
     0, 0},
    {0xc09c, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-128-CCM", 16, 0, 16, NULL, "SHA256", false, false,
     0, 0},
    {0xc09d, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-256-CCM", 32, 0, 16, NULL, "SHA256", false, false,
     0, 0},
    {0xc0a0, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-128-CCM", 16, 0, 8, NULL, "SHA256", false, false,
     0, 0},
    {0xc0a1, TLS_1_2, SEALER_EXPLICIT_NONCE, "AES-256-CCM", 32, 0, 8, NULL, "SHA256", false, false,
     0, 0},
    {0xc050, TLS_1_2, SEALER_EXPLICIT_NONCE, "ARIA-128-GCM", 16, 0, 16, NULL, "SHA256", false,
     false, 0, 0},
    {0xc051, TLS_1_2, SEALER_EXPLICIT_NONCE, "ARIA-256-GCM", 32, 0, 16, NULL, "SHA384", false,
     false, 0, 0},
    {0xcca8, TLS_1_2, SEALER_XOR_NONCE, "ChaCha20-Poly1305", 32, 0, 16, NULL, "SHA256", false,
     false, 0, 0},
    {0x1301, TLS_1_3, SEALER_XOR_NONCE, "AES-128-GCM", 16, 0, 16, NULL, "SHA256", false, false, 0,
     0},
    {0x1302, TLS_1_3, SEALER_XOR_NONCE, "AES-256-GCM", 32, 0, 16, NULL, "SHA384", false, false, 0,
     0},
    {0x1303, TLS_1_3, SEALER_XOR_NONCE, "ChaCha20-Poly1305", 32, 0, 16, NULL, "SHA256", false,
     false, 0, 0},
    {0x1304, TLS_1_3, SEALER_XOR_NONCE, "AES-128-CCM", 16, 0, 16, NULL, "SHA256", false, false, 0,
     0},
    {0x1305, TLS_1_3, SEALER_XOR_NONCE, "AES-128-CCM", 16, 0, 8, NULL, "SHA256", false, false, 0,
     0},
};
#define NUM_PLANS (sizeof(plans) / sizeof(plans[0]))

static struct bytes repeated(uint8_t byte, size_t len)
{
    struct writer w = {0};

    write_repeated(&w, byte, len);
    return writer_take(&w);
}

static void records_of_every_suite_open_in_their_order(void **state)
{
    static const size_t lengths[] = {1, 0, 15, 16, 17, 1000, 1 << 14};

    (void)state;
    for (size_t i = 0; i < 2 * NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i / 2], i % 2 ? SIDE_SERVER : SIDE_CLIENT);
        for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
            struct bytes content = repeated((uint8_t)('a' + k), lengths[k]);
            struct bytes record = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);

            opens(p.seal, record, CONTENT_APPLICATION_DATA, content);
            exact_free(record);
            exact_free(content);
        }
        seal_pair_end(&p);
    }
}

static void one_flipped_bit_anywhere_is_refused(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_CLIENT);
        for (int k = 0; k < 2; k++) {
            struct bytes record = sealer_seal(&p.sealer, CONTENT_HANDSHAKE, content);

            refuses_any_change(p.seal, record, CONTENT_HANDSHAKE, content);
            exact_free(record);
        }
        seal_pair_end(&p);
    }
}

static void a_record_out_of_its_order_is_refused(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair p;

        seal_pair_start(&p, &plans[i], SIDE_SERVER);
        struct bytes first = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        struct bytes second = sealer_seal(&p.sealer, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, second);
        opens(p.seal, first, CONTENT_APPLICATION_DATA, content);
        refuses(p.seal, first);
        opens(p.seal, second, CONTENT_APPLICATION_DATA, content);
        exact_free(first);
        exact_free(second);
        seal_pair_end(&p);
    }
}

static void the_other_sides_keys_do_not_open(void **state)
{
    struct bytes content = bytes_of("attack at dawn", 14);

    (void)state;
    for (size_t i = 0; i < NUM_PLANS; i++) {
        struct seal_pair client;
        struct seal_pair server;

        if (plans[i].version >= TLS_1_3)
            continue; /* there each side has a secret of its own */
        seal_pair_start(&client, &plans[i], SIDE_CLIENT);
        seal_pair_start(&server, &plans[i], SIDE_SERVER);
        struct bytes record = sealer_seal(&client.sealer, CONTENT_APPLICATION_DATA, content);
        refuses(server.seal, record);
        exact_free(record);
        seal_pair_end(&client);
        seal_pair_end(&server);
    }
}

/* TLS 1.3 hides the content type behind the content, and zeros behind that. */
static void tls_1_3_padding_is_taken_off_and_a_record_of_zeros_is_refused(void **state)
{
    struct bytes content = bytes_of("ends in zeros\0\0", 15);
    struct seal_pair p;

    (void)state;
    seal_pair_start(&p, &plans[9], SIDE_CLIENT);
    p.sealer.more_padding = 100;
    struct bytes padded = sealer_seal(&p.sealer, CONTENT_ALERT, content);
    opens(p.seal, padded, CONTENT_ALERT, content);
    exact_free(padded);

    struct bytes zeros = repeated(0, 8);
    struct bytes record = sealer_seal(&p.sealer, 0, zeros); /* an inner type of zero is padding */
    refuses(p.seal, record);
    exact_free(zeros);
    exact_free(record);
    seal_pair_end(&p);
}

static void the_records_of_rfc_8448_open(void **state)
{
    struct vectors *v = vectors_open("tls13_records.txt");
    int blocks = 0;

    (void)state;
    for (; vectors_next(v); blocks++) {
        struct seal *seal =
            seal_from_traffic_secret(suite_find(0x1301), 0, vectors_hex(v, "TRAFFIC_SECRET"));
        struct reader sequence = reader_of(vectors_hex(v, "SEQUENCE"));
        struct reader type = reader_of(vectors_hex(v, "TYPE"));
        uint8_t number = 0;
        uint8_t content_type = 0;

        assert_non_null(seal);
        assert_true(reader_u8(&sequence, &number));
        assert_true(reader_u8(&type, &content_type));
        seal->at.sequence = number;
        refuses_any_change(seal, vectors_hex(v, "RECORD"), content_type, vectors_hex(v, "PLAIN"));
        seal_free(seal);
    }
    assert_int_equal(blocks, 6);
}

static void a_suite_that_no_library_can_compute_has_no_seal(void **state)
{
    const struct seal_terms terms = {suite_find(0xc103), TLS_1_2, false, false};
    struct bytes secret = repeated(1, 48);
    struct bytes randoms = repeated(2, 64);

    (void)state;
    assert_null(seal_from_master(&terms, secret, SIDE_CLIENT, randoms));
    assert_null(seal_from_traffic_secret(suite_find(0xc0b4), 0, secret));
    seal_free(NULL);
    exact_free(secret);
    exact_free(randoms);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(records_of_every_suite_open_in_their_order),
        CASE(one_flipped_bit_anywhere_is_refused),
        CASE(a_record_out_of_its_order_is_refused),
        CASE(the_other_sides_keys_do_not_open),
        CASE(tls_1_3_padding_is_taken_off_and_a_record_of_zeros_is_refused),
        CASE(the_records_of_rfc_8448_open),
        CASE(a_suite_that_no_library_can_compute_has_no_seal),
    };

    return RUN(cases);
}
