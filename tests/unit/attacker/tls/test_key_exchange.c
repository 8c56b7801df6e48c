#include "attacker/tls/key_exchange.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/message_writer.h"

#define RSA_AES    0x002f
#define DHE_RSA    0x0033
#define DH_ANON    0x0034
#define DH_RSA     0x0031
#define ECDHE_RSA  0xc02f
#define ECDH_ANON  0xc018
#define PSK        0x008c
#define DHE_PSK    0x0090
#define ECDHE_PSK  0xc035
#define RSA_PSK    0x0094
#define RSA_EXPORT 0x0003
#define SRP_RSA    0xc01e

struct kind {
    uint16_t suite;
    uint16_t version;
};

static const struct suite *suite_of(uint16_t id)
{
    const struct suite *suite = suite_find(id);

    assert_non_null(suite);
    return suite;
}

static bool reads_server(struct bytes body, const void *context)
{
    const struct kind *kind = context;
    struct server_key_exchange x;

    return key_exchange_read_server(body, suite_of(kind->suite), kind->version, &x);
}

static bool reads_client(struct bytes body, const void *context)
{
    const struct kind *kind = context;
    struct client_key_exchange x;

    return key_exchange_read_client(body, suite_of(kind->suite), kind->version, &x);
}

static bool is_hex(struct bytes b, const char *hex)
{
    struct bytes expected = unhex(hex);
    bool same = bytes_equal(b, expected);

    exact_free(expected);
    return same;
}

/* Each ServerKeyExchange, and what has to come out of it. */
static const struct server_case {
    struct kind kind;
    const char *body;
    const char *p, *g, *public_value, *params, *signature;
    uint16_t curve;
    uint16_t scheme;
} server_cases[] = {
    {{DHE_RSA, TLS_1_2},
     "0003 b7a1c3 0001 02 0003 123456 0401 0004 deadbeef",
     "b7a1c3",
     "02",
     "123456",
     "0003 b7a1c3 0001 02 0003 123456",
     "deadbeef",
     0,
     0x0401},
    {{DHE_RSA, TLS_1_1},
     "0003 b7a1c3 0001 02 0003 123456 0004 deadbeef",
     "b7a1c3",
     "02",
     "123456",
     "0003 b7a1c3 0001 02 0003 123456",
     "deadbeef",
     0,
     0},
    {{DHE_RSA, SSL_3_0},
     "0001 17 0001 05 0001 08 0001 aa",
     "17",
     "05",
     "08",
     "0001 17 0001 05 0001 08",
     "aa",
     0,
     0},
    {{DH_ANON, TLS_1_2},
     "0003 b7a1c3 0001 02 0003 123456",
     "b7a1c3",
     "02",
     "123456",
     "0003 b7a1c3 0001 02 0003 123456",
     "",
     0,
     0},
    {{ECDHE_RSA, TLS_1_2},
     "03 001d 04 01020304 0804 0002 beef",
     "",
     "",
     "01020304",
     "03 001d 04 01020304",
     "beef",
     0x001d,
     0x0804},
    {{ECDHE_RSA, TLS_1_0},
     "03 0017 04 01020304 0002 beef",
     "",
     "",
     "01020304",
     "03 0017 04 01020304",
     "beef",
     0x0017,
     0},
    {{ECDH_ANON, TLS_1_2}, "03 0017 02 0102", "", "", "0102", "03 0017 02 0102", "", 0x0017, 0},
    {{PSK, TLS_1_2}, "0004 68696e74", "", "", "", "", "", 0, 0},
    {{RSA_PSK, TLS_1_2}, "0000", "", "", "", "", "", 0, 0},
    {{DHE_PSK, TLS_1_2},
     "0004 68696e74 0001 17 0001 05 0001 08",
     "17",
     "05",
     "08",
     "0001 17 0001 05 0001 08",
     "",
     0,
     0},
    {{ECDHE_PSK, TLS_1_2},
     "0000 03 001d 02 0102",
     "",
     "",
     "0102",
     "03 001d 02 0102",
     "",
     0x001d,
     0},
};

static void a_server_key_exchange_gives_all_its_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(server_cases) / sizeof(server_cases[0]); i++) {
        const struct server_case *c = &server_cases[i];
        struct bytes body = unhex(c->body);
        struct server_key_exchange x;

        assert_true(key_exchange_read_server(body, suite_of(c->kind.suite), c->kind.version, &x));
        assert_true(is_hex(x.p, c->p));
        assert_true(is_hex(x.g, c->g));
        assert_true(is_hex(x.public_value, c->public_value));
        assert_true(is_hex(x.params, c->params));
        assert_true(is_hex(x.signature, c->signature));
        assert_int_equal(x.named_curve, c->curve);
        assert_int_equal(x.signature_scheme, c->scheme);
        exact_free(body);
    }
}

static void a_server_key_exchange_is_refused_when_cut_or_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(server_cases) / sizeof(server_cases[0]); i++) {
        struct bytes body = unhex(server_cases[i].body);

        refuses_every_cut(body, reads_server, &server_cases[i].kind);
        refuses_a_trailing_byte(body, reads_server, &server_cases[i].kind);
        exact_free(body);
    }
}

/* RFC 2246 section 7.4.3: the temporary key of the export suites, signed like all others. */
static void a_temporary_rsa_key_gives_all_its_fields(void **state)
{
    const struct kind kind = {RSA_EXPORT, TLS_1_0};
    struct bytes body = unhex("0004 c1a2b3c5 0003 010001 0004 deadbeef");
    struct bytes no_modulus = unhex("0000 0003 010001 0004 deadbeef");
    struct bytes no_exponent = unhex("0004 c1a2b3c5 0000 0004 deadbeef");
    struct server_key_exchange x;

    (void)state;
    assert_true(key_exchange_read_server(body, suite_of(RSA_EXPORT), TLS_1_0, &x));
    assert_true(is_hex(x.modulus, "c1a2b3c5"));
    assert_true(is_hex(x.exponent, "010001"));
    assert_true(is_hex(x.params, "0004 c1a2b3c5 0003 010001"));
    assert_true(is_hex(x.signature, "deadbeef"));
    refuses_every_cut(body, reads_server, &kind);
    refuses_a_trailing_byte(body, reads_server, &kind);
    assert_false(reads_server(no_modulus, &kind));
    assert_false(reads_server(no_exponent, &kind));
    exact_free(body);
    exact_free(no_modulus);
    exact_free(no_exponent);
}

static void impossible_server_key_exchanges_are_refused(void **state)
{
    static const struct {
        struct kind kind;
        const char *body;
    } cases[] = {
        {{DHE_RSA, TLS_1_2}, "0000 0001 02 0001 08 0401 0001 aa"},    /* no p */
        {{DHE_RSA, TLS_1_2}, "0001 17 0000 0001 08 0401 0001 aa"},    /* no g */
        {{DHE_RSA, TLS_1_2}, "0001 17 0001 05 0000 0401 0001 aa"},    /* no Ys */
        {{DHE_RSA, TLS_1_2}, "0004 17 0001 05 0001 08 0401 0001 aa"}, /* p is longer */
        {{DHE_RSA, TLS_1_2}, "ffff 17 0001 05 0001 08 0401 0001 aa"}, /* than the message */
        {{ECDHE_RSA, TLS_1_2}, "01 001d 04 01020304 0804 0002 beef"}, /* explicit prime */
        {{ECDHE_RSA, TLS_1_2}, "03 001d 00 0804 0002 beef"},          /* no point */
        {{ECDHE_RSA, TLS_1_2}, "03 001d ff 01020304 0804 0002 beef"},
        {{ECDHE_RSA, TLS_1_2}, "03 001d 04 01020304 0804 0003 beef"}, /* signature too long */
        {{ECDHE_RSA, TLS_1_2}, "03 001d 04 01020304 0002 beef"},      /* scheme left out */
        {{PSK, TLS_1_2}, "0005 68696e74"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes body = unhex(cases[i].body);

        assert_false(reads_server(body, &cases[i].kind));
        exact_free(body);
    }
}

/* Each ClientKeyExchange, and what has to come out of it. */
static const struct client_case {
    struct kind kind;
    const char *body;
    const char *identity, *premaster, *public_value;
} client_cases[] = {
    {{RSA_AES, TLS_1_2}, "0004 0badcafe", "", "0badcafe", ""},
    {{RSA_AES, TLS_1_0}, "0004 0badcafe", "", "0badcafe", ""},
    {{RSA_EXPORT, TLS_1_0}, "0002 cafe", "", "cafe", ""},
    {{DHE_RSA, TLS_1_2}, "0003 123456", "", "", "123456"},
    {{DH_ANON, TLS_1_0}, "0003 123456", "", "", "123456"},
    {{ECDHE_RSA, TLS_1_2}, "03 123456", "", "", "123456"},
    {{ECDH_ANON, TLS_1_2}, "03 123456", "", "", "123456"},
    {{PSK, TLS_1_2}, "0005 616c696365", "616c696365", "", ""},
    {{DHE_PSK, TLS_1_2}, "0001 61 0002 1234", "61", "", "1234"},
    {{ECDHE_PSK, TLS_1_2}, "0001 61 02 1234", "61", "", "1234"},
    {{RSA_PSK, TLS_1_2}, "0001 61 0002 cafe", "61", "cafe", ""},
};

static void a_client_key_exchange_gives_all_its_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(client_cases) / sizeof(client_cases[0]); i++) {
        const struct client_case *c = &client_cases[i];
        struct bytes body = unhex(c->body);
        struct client_key_exchange x;

        assert_true(key_exchange_read_client(body, suite_of(c->kind.suite), c->kind.version, &x));
        assert_true(is_hex(x.psk_identity, c->identity));
        assert_true(is_hex(x.encrypted_premaster, c->premaster));
        assert_true(is_hex(x.public_value, c->public_value));
        exact_free(body);
    }
}

static void a_client_key_exchange_is_refused_when_cut_or_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(client_cases) / sizeof(client_cases[0]); i++) {
        struct bytes body = unhex(client_cases[i].body);

        refuses_every_cut(body, reads_client, &client_cases[i].kind);
        refuses_a_trailing_byte(body, reads_client, &client_cases[i].kind);
        exact_free(body);
    }
}

static void a_length_that_reaches_outside_a_client_key_exchange_is_refused(void **state)
{
    static const struct {
        struct kind kind;
        const char *body;
    } cases[] = {
        {{RSA_AES, TLS_1_2}, "0005 0badcafe"},     {{RSA_AES, TLS_1_2}, "ffff 0badcafe"},
        {{DHE_RSA, TLS_1_2}, "0004 123456"},       {{ECDHE_RSA, TLS_1_2}, "ff 123456"},
        {{RSA_PSK, TLS_1_2}, "0001 61 0003 cafe"}, {{PSK, TLS_1_2}, "0006 616c696365"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bytes body = unhex(cases[i].body);

        assert_false(reads_client(body, &cases[i].kind));
        exact_free(body);
    }
}

static void ssl_3_sends_the_encrypted_premaster_without_a_length(void **state)
{
    struct bytes body = unhex("0004 0badcafe");
    struct client_key_exchange x;

    (void)state;
    assert_true(key_exchange_read_client(body, suite_of(RSA_AES), SSL_3_0, &x));
    assert_true(bytes_equal(x.encrypted_premaster, body));
    exact_free(body);
}

static void a_static_dh_client_may_leave_its_value_to_its_certificate(void **state)
{
    struct bytes with_value = unhex("0002 1234");
    struct client_key_exchange x;

    (void)state;
    assert_true(key_exchange_read_client((struct bytes){0}, suite_of(DH_RSA), TLS_1_2, &x));
    assert_int_equal(x.public_value.len, 0);
    assert_true(key_exchange_read_client(with_value, suite_of(DH_RSA), TLS_1_2, &x));
    assert_true(is_hex(x.public_value, "1234"));
    assert_false(key_exchange_read_client((struct bytes){0}, suite_of(DHE_RSA), TLS_1_2, &x));
    exact_free(with_value);
}

static void exchanges_of_another_kind_are_not_looked_at(void **state)
{
    struct bytes anything = unhex("ff00ff");
    struct server_key_exchange server;
    struct client_key_exchange client;

    (void)state;
    assert_true(key_exchange_read_server(anything, suite_of(SRP_RSA), TLS_1_2, &server));
    assert_true(key_exchange_read_client(anything, suite_of(SRP_RSA), TLS_1_2, &client));
    assert_int_equal(server.public_value.len, 0);
    assert_int_equal(client.public_value.len, 0);
    assert_int_equal(client.encrypted_premaster.len, 0);
    exact_free(anything);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_server_key_exchange_gives_all_its_fields),
        CASE(a_server_key_exchange_is_refused_when_cut_or_too_long),
        CASE(a_temporary_rsa_key_gives_all_its_fields),
        CASE(impossible_server_key_exchanges_are_refused),
        CASE(a_client_key_exchange_gives_all_its_fields),
        CASE(a_client_key_exchange_is_refused_when_cut_or_too_long),
        CASE(a_length_that_reaches_outside_a_client_key_exchange_is_refused),
        CASE(ssl_3_sends_the_encrypted_premaster_without_a_length),
        CASE(a_static_dh_client_may_leave_its_value_to_its_certificate),
        CASE(exchanges_of_another_kind_are_not_looked_at),
    };

    return RUN(cases);
}
