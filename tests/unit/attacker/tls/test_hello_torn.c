/* Hellos of which the end is missing: each field that is whole is read, and nothing else. */
#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/sample_hello.h"

/* In the hellos of sample_hello.h: */
#define RANDOM_END     ((size_t)2 + RANDOM_LEN)
#define SESSION_ID_END (RANDOM_END + 1 + 32)
#define SUITES_END     (SESSION_ID_END + 2 + 4)
#define OFFER_END      (SUITES_END + 1 + 1)                              /* compression methods */
#define HOST_END       (OFFER_END + 2 + 4 + 5 + sizeof(SAMPLE_HOST) - 1) /* server_name is first */
#define SUITE_END      (SESSION_ID_END + 2)

static const struct sample_choice TLS12 = {
    .version = TLS_1_2, .suite = 0xc02f, .extended_master_secret = true, .encrypt_then_mac = true};

static void a_client_hello_gives_what_stands_in_front_of_any_hole(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);

    (void)state;
    for (size_t len = 0; len < body.len; len++) {
        struct bytes front = exact_copy(bytes_first(body, len));
        struct hello hello = {0};
        struct bytes name;

        assert_int_equal(hello_read_torn_client(front, &hello), len >= RANDOM_END);
        if (len >= RANDOM_END) {
            assert_int_equal(hello.legacy_version, TLS_1_2);
            assert_int_equal(hello.random[31], 0xc1);
        }
        assert_int_equal(hello.session_id.len, len >= SESSION_ID_END ? 32 : 0);
        assert_int_equal(hello.suites.len, len >= SUITES_END ? 4 : 0);
        assert_int_equal(hello.compression.len, len >= OFFER_END ? 1 : 0);
        assert_int_equal(hello_extension(&hello, EXTENSION_SERVER_NAME, &name), len >= HOST_END);
        assert_false(hello_extension(&hello, EXTENSION_KEY_SHARE, &name)); /* it is the last */
        exact_free(front);
    }
    exact_free(body);
}

static void a_server_hello_gives_what_stands_in_front_of_any_hole(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_server_hello(&w, &TLS12);

    (void)state;
    for (size_t len = 0; len < body.len; len++) {
        struct bytes front = exact_copy(bytes_first(body, len));
        struct hello hello = {0};
        struct bytes content;

        assert_int_equal(hello_read_torn_server(front, &hello), len >= SUITE_END);
        assert_int_equal(hello.suite, len >= SUITE_END ? 0xc02f : 0);
        assert_int_equal(hello.session_id.len, len >= SUITE_END ? 32 : 0);
        assert_int_equal(hello_extension(&hello, EXTENSION_EXTENDED_MASTER_SECRET, &content),
                         len >= SUITE_END + 1 + 2 + 4);
        assert_false(hello_extension(&hello, EXTENSION_ENCRYPT_THEN_MAC, &content));
        exact_free(front);
    }
    exact_free(body);
}

static void a_session_id_longer_than_allowed_is_refused(void **state)
{
    struct hello hello;

    (void)state;
    for (size_t id_len = 32; id_len < 34; id_len++) {
        struct writer w = {0};

        write_uint(&w, TLS_1_2, 2);
        write_repeated(&w, 0x11, RANDOM_LEN);
        write_open(&w, 1);
        write_repeated(&w, 0x22, id_len);
        write_close(&w);
        write_uint(&w, 0xc02f, 2);
        struct bytes front = writer_take(&w);
        assert_int_equal(hello_read_torn_client(front, &hello), id_len == 32);
        assert_int_equal(hello_read_torn_server(front, &hello), id_len == 32);
        exact_free(front);
    }
}

static void extensions_end_where_their_length_says(void **state)
{
    struct writer w = {0};
    struct bytes content;
    struct hello hello;

    (void)state;
    write_uint(&w, TLS_1_2, 2);
    write_repeated(&w, 0x11, RANDOM_LEN);
    write_hex(&w, "00 c02f 00 0004 0017 0000 0016 0000");
    struct bytes front = writer_take(&w);
    assert_true(hello_read_torn_server(front, &hello));
    assert_true(hello_extension(&hello, EXTENSION_EXTENDED_MASTER_SECRET, &content));
    assert_false(hello_extension(&hello, EXTENSION_ENCRYPT_THEN_MAC, &content));
    exact_free(front);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_client_hello_gives_what_stands_in_front_of_any_hole),
        CASE(a_server_hello_gives_what_stands_in_front_of_any_hole),
        CASE(a_session_id_longer_than_allowed_is_refused),
        CASE(extensions_end_where_their_length_says),
    };

    return RUN(cases);
}
