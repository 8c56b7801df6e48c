#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/sample_hello.h"
#include "tests/support/vectors.h"

static const struct sample_choice TLS12 = {
    .version = TLS_1_2, .suite = 0xc02f, .extended_master_secret = true, .alpn = true};
static const struct sample_choice TLS13 = {.version = TLS_1_3, .suite = 0x1301, .group = 0x001d};

static bool is_repeated(struct bytes b, uint8_t byte, size_t len)
{
    struct writer w = {0};

    write_repeated(&w, byte, len);
    bool same = bytes_equal(b, writer_view(&w));
    buffer_clear(&w.out);
    return same;
}

static bool is_text(struct bytes b, const char *text)
{
    return bytes_equal(b, bytes_of(text, strlen(text)));
}

static void a_client_hello_gives_all_its_fields(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);
    struct hello hello;

    (void)state;
    assert_true(hello_read_client(body, &hello));
    assert_int_equal(hello.legacy_version, TLS_1_2);
    assert_true(is_repeated(bytes_of(hello.random, RANDOM_LEN), 0xc1, RANDOM_LEN));
    assert_true(is_repeated(hello.session_id, 0x1d, 32));
    assert_true(is_text(hello.suites, "\x13\x01\xc0\x2f"));
    assert_int_equal(hello.compression.len, 1);
    assert_true(hello.extensions.len > 0);
    exact_free(body);
}

static void a_server_hello_gives_all_its_fields(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_server_hello(&w, &TLS12);
    struct hello hello;

    (void)state;
    assert_true(hello_read_server(body, &hello));
    assert_int_equal(hello.legacy_version, TLS_1_2);
    assert_true(is_repeated(bytes_of(hello.random, RANDOM_LEN), 0x52, RANDOM_LEN));
    assert_true(is_repeated(hello.session_id, 0x1d, 32));
    assert_int_equal(hello.suite, 0xc02f);
    assert_int_equal(hello.compression_method, 0);
    assert_true(hello.extensions.len > 0);
    assert_false(hello_is_retry_request(&hello));
    exact_free(body);
}

static void the_hellos_of_rfc_8448_are_read(void **state)
{
    struct vectors *v = vectors_open("tls13_hellos.txt");
    struct hello hello;
    struct bytes extension;

    (void)state;
    assert_true(vectors_next(v));
    assert_true(hello_read_client(vectors_hex(v, "CLIENT_HELLO"), &hello));
    assert_int_equal(hello.suites.len, 6);
    assert_int_equal(hello.session_id.len, 0);
    assert_true(hello_extension(&hello, EXTENSION_SERVER_NAME, &extension));
    assert_true(is_text(hello_server_name(extension), "server"));
    assert_true(hello_extension(&hello, EXTENSION_KEY_SHARE, &extension));
    assert_true(bytes_equal(hello_key_share(extension, 0x001d), vectors_hex(v, "CLIENT_SHARE")));
    assert_true(hello_read_server(vectors_hex(v, "SERVER_HELLO"), &hello));
    assert_int_equal(hello.suite, 0x1301);
    assert_true(hello_extension(&hello, EXTENSION_KEY_SHARE, &extension));
    assert_true(hello_extension(&hello, EXTENSION_SUPPORTED_VERSIONS, &extension));
    assert_true(is_text(extension, "\x03\x04"));
    assert_false(vectors_next(v));
}

static void extensions_are_found_by_their_number(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);
    struct hello hello;
    struct bytes extension;

    (void)state;
    assert_true(hello_read_client(body, &hello));
    assert_true(hello_extension(&hello, EXTENSION_SERVER_NAME, &extension));
    assert_true(is_text(hello_server_name(extension), SAMPLE_HOST));
    assert_true(hello_extension(&hello, EXTENSION_ALPN, &extension));
    assert_true(is_text(hello_first_protocol(extension), "h2"));
    assert_true(hello_extension(&hello, EXTENSION_SESSION_TICKET, &extension));
    assert_true(is_text(extension, "a ticket"));
    assert_true(hello_extension(&hello, EXTENSION_EXTENDED_MASTER_SECRET, &extension));
    assert_int_equal(extension.len, 0);
    assert_true(hello_extension(&hello, EXTENSION_KEY_SHARE, &extension));
    assert_true(is_repeated(hello_key_share(extension, 0x0017), 0x04, 65));
    assert_true(is_repeated(hello_key_share(extension, 0x001d), 0x1d, 32));
    assert_int_equal(hello_key_share(extension, 0x001e).len, 0);
    assert_false(hello_extension(&hello, EXTENSION_PRE_SHARED_KEY, &extension));
    assert_false(hello_extension(&hello, EXTENSION_ENCRYPT_THEN_MAC, &extension));
    exact_free(body);
}

static void a_hello_may_end_without_extensions(void **state)
{
    struct bytes client =
        unhex("0301 c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1"
              "00 0002 002f 01 00");
    struct bytes server =
        unhex("0301 5252525252525252525252525252525252525252525252525252525252525252"
              "00 002f 00");
    struct hello hello;
    struct bytes extension;

    (void)state;
    assert_true(hello_read_client(client, &hello));
    assert_int_equal(hello.extensions.len, 0);
    assert_false(hello_extension(&hello, EXTENSION_ALPN, &extension));
    assert_true(hello_read_server(server, &hello));
    assert_int_equal(hello.legacy_version, TLS_1_0);
    assert_int_equal(hello.suite, 0x002f);
    assert_int_equal(hello.extensions.len, 0);
    exact_free(client);
    exact_free(server);
}

static bool reads_client(struct bytes body, const void *context)
{
    struct hello hello;

    (void)context;
    return hello_read_client(body, &hello);
}

static bool reads_server(struct bytes body, const void *context)
{
    struct hello hello;

    (void)context;
    return hello_read_server(body, &hello);
}

/* Up to its compression methods a hello is whole without extensions; everything else is a cut. */
static void cut_everywhere(struct bytes body, const struct writer *w, parser *parse)
{
    size_t whole_too = w->lengths[w->num_lengths - 1].at;

    for (size_t i = 0; i < w->num_lengths; i++) {
        if (w->lengths[i].depth == 0)
            whole_too = w->lengths[i].at; /* of the extensions, the last one at the top */
    }
    for (size_t len = 0; len < body.len; len++) {
        struct bytes cut = exact_copy(bytes_first(body, len));

        assert_int_equal(parse(cut, NULL), len == whole_too);
        exact_free(cut);
    }
    assert_true(parse(body, NULL));
}

static void a_hello_cut_off_at_any_byte_is_refused(void **state)
{
    (void)state;
    for (int tls13 = 0; tls13 < 2; tls13++) {
        struct writer w = {0};
        struct bytes body = sample_client_hello(&w, tls13);

        cut_everywhere(body, &w, reads_client);
        exact_free(body);
        w = (struct writer){0};
        body = sample_server_hello(&w, tls13 ? &TLS13 : &TLS12);
        cut_everywhere(body, &w, reads_server);
        exact_free(body);
    }
}

static void a_byte_behind_a_hello_is_refused(void **state)
{
    struct writer w = {0};
    struct bytes client = sample_client_hello(&w, true);
    struct bytes server = sample_server_hello(&w, &TLS13);

    (void)state;
    refuses_a_trailing_byte(client, reads_client, NULL);
    refuses_a_trailing_byte(server, reads_server, NULL);
    exact_free(client);
    exact_free(server);
}

/* Each length at the top claims one byte more than there is behind it. */
static void lie_everywhere(struct bytes body, const struct writer *w, parser *parse)
{
    size_t lies = 0;

    for (size_t i = 0; i < w->num_lengths; i++) {
        const struct length_field *field = &w->lengths[i];

        if (field->depth > 0)
            continue;
        struct bytes lie = lying(body, field, body.len - field->at - field->width + 1);
        assert_false(parse(lie, NULL));
        exact_free(lie);
        lie = lying(body, field, UINT64_MAX);
        assert_false(parse(lie, NULL));
        exact_free(lie);
        lies++;
    }
    assert_true(lies >= 2);
}

static void a_length_that_reaches_outside_the_hello_is_refused(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);

    (void)state;
    lie_everywhere(body, &w, reads_client);
    exact_free(body);
    w = (struct writer){0};
    body = sample_server_hello(&w, &TLS13);
    lie_everywhere(body, &w, reads_server);
    exact_free(body);
}

/* Whatever an inner length claims, what is found lies inside the hello (ASan watches). */
static void a_length_that_reaches_outside_its_extension_finds_nothing_outside(void **state)
{
    struct writer w = {0};
    struct bytes body = sample_client_hello(&w, true);

    (void)state;
    for (size_t i = 0; i < w.num_lengths; i++) {
        struct bytes lie = lying(body, &w.lengths[i], UINT64_MAX);
        struct hello hello;
        struct bytes extension;

        if (w.lengths[i].depth > 0) {
            assert_true(hello_read_client(lie, &hello));
            if (hello_extension(&hello, EXTENSION_SERVER_NAME, &extension))
                assert_true(hello_server_name(extension).len <= strlen(SAMPLE_HOST));
            if (hello_extension(&hello, EXTENSION_ALPN, &extension))
                assert_true(hello_first_protocol(extension).len <= 2);
            if (hello_extension(&hello, EXTENSION_KEY_SHARE, &extension))
                assert_true(hello_key_share(extension, 0x001d).len <= 32);
        }
        exact_free(lie);
    }
    exact_free(body);
}

static void impossible_fields_are_refused(void **state)
{
    static const char start[] =
        "0303 c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1";
    static const char *const rest[] = {
        "21 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20 0002 002f 01 00",
        "00 0000 01 00",        /* no suite */
        "00 0003 002f00 01 00", /* half a suite */
        "00 0002 002f 00",      /* no compression method */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
        struct writer w = {0};
        struct hello hello;

        write_hex(&w, start);
        write_hex(&w, rest[i]);
        struct bytes body = writer_take(&w);
        assert_false(hello_read_client(body, &hello));
        exact_free(body);
    }

    struct writer w = {0};
    write_hex(&w, start);
    write_hex(&w, "21");
    write_repeated(&w, 0x1d, 33);
    write_hex(&w, "002f 00");
    struct bytes body = writer_take(&w);
    assert_false(reads_server(body, NULL));
    exact_free(body);
}

static void a_hello_retry_request_is_recognised_by_its_random(void **state)
{
    struct sample_choice choice = TLS13;
    struct writer w = {0};
    struct hello hello;

    (void)state;
    choice.retry = true;
    struct bytes body = sample_server_hello(&w, &choice);
    assert_true(hello_read_server(body, &hello));
    assert_true(hello_is_retry_request(&hello));
    for (size_t i = 0; i < RANDOM_LEN; i++) {
        hello.random[i] ^= 1;
        assert_false(hello_is_retry_request(&hello));
        hello.random[i] ^= 1;
    }
    exact_free(body);
}

static void broken_extension_contents_give_nothing(void **state)
{
    static const char *const names[] = {
        "", "00", "0000", "0003 00 0001", "0004 01 0001 61", "0004 00 0002 61"};
    static const char *const protocols[] = {"", "0000", "0002 02 61", "0003 02 61", "ffff 01 61"};
    static const char *const shares[] = {"", "0000", "0004 001d 0001", "0002 001d"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct bytes b = unhex(names[i]);
        assert_int_equal(hello_server_name(b).len, 0);
        exact_free(b);
    }
    for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
        struct bytes b = unhex(protocols[i]);
        assert_int_equal(hello_first_protocol(b).len, 0);
        exact_free(b);
    }
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
        struct bytes b = unhex(shares[i]);
        assert_int_equal(hello_key_share(b, 0x001d).len, 0);
        exact_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_client_hello_gives_all_its_fields),
        CASE(a_server_hello_gives_all_its_fields),
        CASE(the_hellos_of_rfc_8448_are_read),
        CASE(extensions_are_found_by_their_number),
        CASE(a_hello_may_end_without_extensions),
        CASE(a_hello_cut_off_at_any_byte_is_refused),
        CASE(a_byte_behind_a_hello_is_refused),
        CASE(a_length_that_reaches_outside_the_hello_is_refused),
        CASE(a_length_that_reaches_outside_its_extension_finds_nothing_outside),
        CASE(impossible_fields_are_refused),
        CASE(a_hello_retry_request_is_recognised_by_its_random),
        CASE(broken_extension_contents_give_nothing),
    };

    return RUN(cases);
}
