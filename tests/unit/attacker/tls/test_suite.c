#include "attacker/tls/suite.h"

#include <openssl/ssl.h>
#include <string.h>

#include "tests/support/check.h"

static void the_table_is_sorted_and_each_suite_is_in_it_once(void **state)
{
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);

    (void)state;
    assert_true(num_suites > 300); /* the IANA registry has some 350 */
    for (size_t i = 1; i < num_suites; i++) {
        assert_true(table[i - 1].id < table[i].id);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(table[i].name, table[k].name);
    }
    for (size_t i = 0; i < num_suites; i++)
        assert_ptr_equal(suite_find(table[i].id), &table[i]);
}

static void a_number_that_is_no_suite_is_not_found(void **state)
{
    (void)state;
    assert_null(suite_find(0x00ff)); /* renegotiation, a signal */
    assert_null(suite_find(0x5600)); /* fallback, a signal */
    assert_null(suite_find(0x0a0a)); /* GREASE: RFC 8701 */
    assert_null(suite_find(0xffff));
}

static void every_row_is_consistent(void **state)
{
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);

    (void)state;
    for (size_t i = 0; i < num_suites; i++) {
        const struct suite *s = &table[i];
        bool aead = s->cipher->sealing == SEALING_AEAD;

        assert_int_equal(strncmp(s->name, "TLS_", 4), 0);
        assert_true(s->version_min <= s->version_max);
        assert_true(s->version_min >= SSL_3_0 && s->version_max <= TLS_1_3);
        assert_int_equal(s->key_exchange == KX_TLS13, s->version_max == TLS_1_3);
        if (aead) {
            assert_null(s->mac_hash);
            assert_true(s->version_min >= TLS_1_2);
            assert_int_equal(s->cipher->iv_len + s->cipher->record_iv_len, 12);
        }
        if (s->cipher->sealing == SEALING_CBC || s->cipher->sealing == SEALING_STREAM)
            assert_non_null(s->mac_hash);
        assert_int_equal(strstr(s->name, "_CBC") != NULL, s->cipher->sealing == SEALING_CBC);
        assert_int_equal(strstr(s->name, "EXPORT") && s->key_exchange == KX_RSA, 0);
        assert_int_equal(strstr(s->name, "EXPORT") != NULL, s->cipher->export_key_len > 0);
    }
}

/* --- Against what libssl knows of the same suites ------------------------------ */

static enum key_exchange kx_of(const SSL_CIPHER *c)
{
    bool anonymous = SSL_CIPHER_get_auth_nid(c) == NID_auth_null;

    switch (SSL_CIPHER_get_kx_nid(c)) {
    case NID_kx_rsa:
        return KX_RSA;
    case NID_kx_dhe:
        return anonymous ? KX_DH_ANON : KX_DHE;
    case NID_kx_ecdhe:
        return anonymous ? KX_ECDH_ANON : KX_ECDHE;
    case NID_kx_psk:
        return KX_PSK;
    case NID_kx_dhe_psk:
        return KX_DHE_PSK;
    case NID_kx_ecdhe_psk:
        return KX_ECDHE_PSK;
    case NID_kx_rsa_psk:
        return KX_RSA_PSK;
    case NID_kx_srp:
        return KX_SRP;
    case NID_kx_any:
        return KX_TLS13;
    default:
        return KX_GOST;
    }
}

static enum authentication auth_of(const SSL_CIPHER *c)
{
    switch (SSL_CIPHER_get_auth_nid(c)) {
    case NID_auth_rsa:
        return AUTH_RSA;
    case NID_auth_dss:
        return AUTH_DSS;
    case NID_auth_ecdsa:
        return AUTH_ECDSA;
    case NID_auth_psk:
    case NID_auth_srp: /* by what both knew before */
        return AUTH_PSK;
    case NID_auth_any:
        return AUTH_CERTIFICATE;
    case NID_auth_null:
        return AUTH_ANON;
    default:
        return AUTH_GOST;
    }
}

static void check_cipher(const struct cipher *ours, const SSL_CIPHER *c)
{
    int nid = SSL_CIPHER_get_cipher_nid(c);

    if (nid == NID_undef) {
        assert_int_equal(ours->sealing, SEALING_NULL);
        return;
    }
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, ours->name, NULL);
    if (cipher) {
        assert_true(EVP_CIPHER_is_a(cipher, OBJ_nid2sn(nid)));
        assert_int_equal(EVP_CIPHER_get_key_length(cipher), ours->key_len);
        if (ours->sealing == SEALING_CBC)
            assert_int_equal(EVP_CIPHER_get_iv_length(cipher), ours->iv_len);
    }
    EVP_CIPHER_free(cipher);
    assert_int_equal(SSL_CIPHER_is_aead(c), ours->sealing == SEALING_AEAD);
    if (ours->sealing == SEALING_AEAD)
        assert_int_equal(ours->tag_len, strstr(SSL_CIPHER_get_name(c), "CCM8") ||
                                                strstr(SSL_CIPHER_standard_name(c), "CCM_8")
                                            ? 8
                                            : 16);
}

static void check_hashes(const struct suite *ours, const SSL_CIPHER *c)
{
    const EVP_MD *prf = SSL_CIPHER_get_handshake_digest(c);
    int mac = SSL_CIPHER_get_digest_nid(c);

    /* "MD5-SHA1" stands for the suites that have no hash of their own: SHA-256 from TLS 1.2 on. */
    assert_non_null(prf);
    assert_true(EVP_MD_is_a(prf, "MD5-SHA1") ? strcmp(ours->prf_hash, "SHA256") == 0
                                             : EVP_MD_is_a(prf, ours->prf_hash));
    if (mac == NID_undef)
        assert_null(ours->mac_hash);
    else
        assert_int_equal(EVP_MD_get_type(EVP_get_digestbyname(ours->mac_hash)), mac);
}

static void check_versions(const struct suite *ours, const SSL_CIPHER *c)
{
    const char *version = SSL_CIPHER_get_version(c);

    if (strcmp(version, "TLSv1.3") == 0)
        assert_int_equal(ours->version_min, TLS_1_3);
    else if (strcmp(version, "TLSv1.2") == 0)
        assert_int_equal(ours->version_min, TLS_1_2);
    else
        assert_true(ours->version_min <= TLS_1_0);
}

static void every_suite_of_libssl_has_its_row_and_libssl_agrees_with_it(void **state)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    int known = 0;

    (void)state;
    assert_int_equal(SSL_CTX_set_cipher_list(context, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"), 1);
    assert_int_equal(SSL_CTX_set_ciphersuites(context,
                                              "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                              "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256:"
                                              "TLS_AES_128_CCM_8_SHA256"),
                     1);
    STACK_OF(SSL_CIPHER) *ciphers = SSL_CTX_get_ciphers(context);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        const SSL_CIPHER *c = sk_SSL_CIPHER_value(ciphers, i);
        const struct suite *ours = suite_find(SSL_CIPHER_get_protocol_id(c));

        if (!ours || strcmp(ours->name, SSL_CIPHER_standard_name(c)) != 0 ||
            ours->key_exchange != kx_of(c) || ours->authentication != auth_of(c)) {
            fail_msg("%s differs from %s", SSL_CIPHER_standard_name(c), ours ? ours->name : "-");
            break;
        }
        check_cipher(ours->cipher, c);
        check_hashes(ours, c);
        check_versions(ours, c);
        known++;
    }
    assert_true(known > 100);
    SSL_CTX_free(context);
}

static void the_key_exchange_is_named_as_in_the_suite(void **state)
{
    static const struct {
        uint16_t id;
        const char *name;
    } cases[] = {
        {0x002f, "RSA"}, {0x0033, "DHE_RSA"},     {0xc02b, "ECDHE_ECDSA"}, {0x0034, "DH_anon"},
        {0x008c, "PSK"}, {0xccac, "ECDHE_PSK"},   {0x0003, "RSA_EXPORT"},  {0x1301, ""},
        {0xc0b4, ""},    {0xc01e, "SRP_SHA_RSA"},
    };
    char name[SUITE_KEY_EXCHANGE_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(suite_key_exchange_name(suite_find(cases[i].id), name), cases[i].name);

    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);
    for (size_t i = 0; i < num_suites; i++)
        assert_true(strlen(suite_key_exchange_name(&table[i], name)) < sizeof(name) - 1);
}

static void ephemeral_curve_and_psk_follow_from_the_key_exchange(void **state)
{
    static const struct {
        uint16_t id;
        bool ephemeral, curve, psk;
    } cases[] = {
        {0x002f, false, false, false}, {0x0033, true, false, false}, {0x0034, true, false, false},
        {0x0031, false, false, false}, {0xc02f, true, true, false},  {0xc018, true, true, false},
        {0xc004, false, true, false},  {0x008c, false, false, true}, {0x0090, true, false, true},
        {0xc035, true, true, true},    {0x0094, false, false, true}, {0x1301, false, false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct suite *s = suite_find(cases[i].id);

        assert_int_equal(suite_is_ephemeral(s), cases[i].ephemeral);
        assert_int_equal(suite_is_curve(s), cases[i].curve);
        assert_int_equal(suite_uses_psk(s), cases[i].psk);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_table_is_sorted_and_each_suite_is_in_it_once),
        CASE(a_number_that_is_no_suite_is_not_found),
        CASE(every_row_is_consistent),
        CASE(every_suite_of_libssl_has_its_row_and_libssl_agrees_with_it),
        CASE(the_key_exchange_is_named_as_in_the_suite),
        CASE(ephemeral_curve_and_psk_follow_from_the_key_exchange),
    };

    return RUN(cases);
}
