#include "attacker/tls/exchange_name.h"
#include "tests/support/check.h"
#include "tests/support/key_maker.h"

static struct bytes some(void)
{
    return bytes_of("value", 5);
}

static void the_key_exchange_of_tls_1_3_follows_from_share_and_psk(void **state)
{
    static const struct {
        uint16_t group;
        bool value;
        bool psk;
        const char *name;
        bool ephemeral;
    } cases[] = {
        {0x001d, true, false, "ECDHE", true},    {0x0017, true, false, "ECDHE", true},
        {0x11ec, true, false, "ECDHE", true},    {0x0100, true, false, "DHE", true},
        {0x001d, true, true, "PSK_ECDHE", true}, {0x0100, true, true, "PSK_DHE", true},
        {0, false, true, "PSK", false},          {0, false, false, "", false},
        {0xeeee, true, false, "ECDHE", true},    {0x0201, true, false, "MLKEM", true},
        {0x0201, true, true, "PSK_MLKEM", true},
    };
    char name[SUITE_KEY_EXCHANGE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct handshake h = {.version = TLS_1_3,
                              .suite = suite_find(0x1301),
                              .group = cases[i].group,
                              .psk_chosen = cases[i].psk};

        if (cases[i].value)
            h.server_value = some();
        assert_string_equal(exchange_name(&h, name), cases[i].name);
        assert_int_equal(exchange_is_ephemeral(&h), cases[i].ephemeral);
    }
}

static void the_key_exchange_before_tls_1_3_is_in_the_name_of_the_suite(void **state)
{
    struct handshake h = {.version = TLS_1_2};
    char name[SUITE_KEY_EXCHANGE_SIZE];

    (void)state;
    assert_string_equal(exchange_name(&h, name), "");
    assert_false(exchange_is_ephemeral(&h));
    h.suite = suite_find(0xc02f);
    assert_string_equal(exchange_name(&h, name), "ECDHE_RSA");
    assert_true(exchange_is_ephemeral(&h));
    h.suite = suite_find(0x009c);
    assert_string_equal(exchange_name(&h, name), "RSA");
    assert_false(exchange_is_ephemeral(&h));
}

static void the_group_is_named_by_number_or_by_prime(void **state)
{
    struct bytes p = unhex("0100");
    struct handshake h = {.version = TLS_1_2};
    char name[GROUP_TEXT_SIZE];

    (void)state;
    assert_string_equal(exchange_group_name(&h, name), "");
    h.group = 0x0017;
    assert_string_equal(exchange_group_name(&h, name), "secp256r1");
    h.group = 0xbeef;
    assert_string_equal(exchange_group_name(&h, name), "group 0xbeef");
    h.group = 0;
    h.server_params.p = p;
    assert_string_equal(exchange_group_name(&h, name), "9-bit DH");
    exact_free(p);
}

/* Where the server's Diffie-Hellman key stands in its certificate, so does the group. */
static void the_group_of_a_fixed_key_is_that_of_the_certificate(void **state)
{
    static const struct {
        uint16_t suite;
        const char *kind;
        const char *name;
    } rows[] = {
        {0xc004, "P-256", "secp256r1"},
        {0xc00e, "P-521", "secp521r1"},
        {0x0031, "ffdhe3072", "ffdhe3072"},
        {0x0031, "modp_1536", "modp1536"},
        {0xc02b, "P-256", ""}, /* ephemeral: this key signs, whatever its group is */
    };
    static const struct message client_key_exchange = {.frame = 8};
    char name[GROUP_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        EVP_PKEY *key =
            rows[i].kind[0] == 'P' ? make_curve(rows[i].kind) : make_finite_field(rows[i].kind);
        struct handshake h = {
            .version = TLS_1_2, .suite = suite_find(rows[i].suite), .certificate.public_key = key};

        assert_string_equal(exchange_group_name(&h, name), ""); /* nothing was exchanged yet */
        h.client_key_exchange = &client_key_exchange;
        assert_string_equal(exchange_group_name(&h, name), rows[i].name);
        EVP_PKEY_free(key);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_key_exchange_of_tls_1_3_follows_from_share_and_psk),
        CASE(the_key_exchange_before_tls_1_3_is_in_the_name_of_the_suite),
        CASE(the_group_is_named_by_number_or_by_prime),
        CASE(the_group_of_a_fixed_key_is_that_of_the_certificate),
    };

    return RUN(cases);
}
