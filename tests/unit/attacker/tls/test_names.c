/* The small tables: versions, alerts, message types, signature schemes. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "attacker/tls/alert.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/signature_scheme.h"
#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"

static void versions_have_the_names_that_people_use(void **state)
{
    (void)state;
    assert_string_equal(version_name(0x0300), "SSL 3.0");
    assert_string_equal(version_name(0x0301), "TLS 1.0");
    assert_string_equal(version_name(0x0302), "TLS 1.1");
    assert_string_equal(version_name(0x0303), "TLS 1.2");
    assert_string_equal(version_name(0x0304), "TLS 1.3");
    assert_null(version_name(0x0305));
    assert_null(version_name(0x02ff));
    assert_null(version_name(0));
    assert_null(version_name(0xffff));
}

static bool reads_alert(struct bytes content, const void *context)
{
    struct alert alert;

    (void)context;
    return alert_read(content, &alert);
}

static void an_alert_is_two_bytes(void **state)
{
    struct bytes content = unhex("02 28");
    struct alert alert;

    (void)state;
    assert_true(alert_read(content, &alert));
    assert_int_equal(alert.level, 2);
    assert_int_equal(alert.description, 40);
    assert_string_equal(alert_name(alert.description), "handshake_failure");
    refuses_every_cut(content, reads_alert, NULL);
    refuses_a_trailing_byte(content, reads_alert, NULL);
    exact_free(content);
}

/* libssl says "handshake failure" for handshake_failure. */
static void alerts_are_named_as_libssl_names_them(void **state)
{
    int known = 0;

    (void)state;
    for (int i = 0; i < 256; i++) {
        const char *ours = alert_name((uint8_t)i);
        char theirs[64] = "";

        (void)snprintf(theirs, sizeof(theirs), "%s", SSL_alert_desc_string_long(i));
        for (char *at = theirs; *at; at++) {
            if (*at == ' ')
                *at = '_';
        }
        if (strcmp(theirs, "unknown") == 0)
            continue;
        known++;
        if (strcasecmp(ours, theirs) != 0)
            fail_msg("alert %d: %s, libssl has %s", i, ours, theirs);
    }
    assert_true(known > 25);
    assert_string_equal(alert_name(1), "unknown alert");
    assert_string_equal(alert_name(255), "unknown alert");
}

static void messages_have_the_names_of_the_rfcs(void **state)
{
    (void)state;
    assert_string_equal(handshake_type_name(HANDSHAKE_HELLO_REQUEST), "HelloRequest");
    assert_string_equal(handshake_type_name(HANDSHAKE_CLIENT_HELLO), "ClientHello");
    assert_string_equal(handshake_type_name(HANDSHAKE_SERVER_HELLO), "ServerHello");
    assert_string_equal(handshake_type_name(HANDSHAKE_CLIENT_KEY_EXCHANGE), "ClientKeyExchange");
    assert_string_equal(handshake_type_name(HANDSHAKE_SERVER_KEY_EXCHANGE), "ServerKeyExchange");
    assert_string_equal(handshake_type_name(HANDSHAKE_FINISHED), "Finished");
    assert_string_equal(handshake_type_name(HANDSHAKE_KEY_UPDATE), "KeyUpdate");
    assert_string_equal(handshake_type_name(23), "SupplementalData");
    assert_string_equal(handshake_type_name(25), "CompressedCertificate");
    assert_string_equal(handshake_type_name(67), "NextProtocol");
    assert_string_equal(handshake_type_name(3), "unknown message");
    assert_string_equal(handshake_type_name(255), "unknown message");
}

static void signature_schemes_say_which_hash_and_which_padding(void **state)
{
    static const struct {
        uint16_t id;
        const char *name;
        enum signature_kind kind;
        const char *hash;
    } cases[] = {
        {0x0201, "rsa_pkcs1_sha1", SIGNATURE_PKCS1, "SHA1"},
        {0x0401, "rsa_pkcs1_sha256", SIGNATURE_PKCS1, "SHA256"},
        {0x0402, "dsa_sha256", SIGNATURE_DSA, "SHA256"},
        {0x0403, "ecdsa_secp256r1_sha256", SIGNATURE_DSA, "SHA256"},
        {0x0503, "ecdsa_secp384r1_sha384", SIGNATURE_DSA, "SHA384"},
        {0x0603, "ecdsa_secp521r1_sha512", SIGNATURE_DSA, "SHA512"},
        {0x0804, "rsa_pss_rsae_sha256", SIGNATURE_PSS, "SHA256"},
        {0x080b, "rsa_pss_pss_sha512", SIGNATURE_PSS, "SHA512"},
        {0x0807, "ed25519", SIGNATURE_EDDSA, NULL},
        {0x0808, "ed448", SIGNATURE_EDDSA, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct signature_scheme *s = signature_scheme_find(cases[i].id);

        assert_non_null(s);
        assert_int_equal(s->id, cases[i].id);
        assert_string_equal(s->name, cases[i].name);
        assert_int_equal(s->kind, cases[i].kind);
        if (cases[i].hash)
            assert_string_equal(s->hash, cases[i].hash);
        else
            assert_null(s->hash);
    }
    assert_null(signature_scheme_find(0));
    assert_null(signature_scheme_find(0x0a0a));
}

static void before_tls_1_2_the_key_decides_how_it_is_signed(void **state)
{
    (void)state;
    assert_string_equal(signature_scheme_before_tls12(true)->hash, "MD5-SHA1");
    assert_int_equal(signature_scheme_before_tls12(true)->kind, SIGNATURE_PKCS1);
    assert_string_equal(signature_scheme_before_tls12(false)->hash, "SHA1");
    assert_int_equal(signature_scheme_before_tls12(false)->kind, SIGNATURE_DSA);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(versions_have_the_names_that_people_use),
        CASE(an_alert_is_two_bytes),
        CASE(alerts_are_named_as_libssl_names_them),
        CASE(messages_have_the_names_of_the_rfcs),
        CASE(signature_schemes_say_which_hash_and_which_padding),
        CASE(before_tls_1_2_the_key_decides_how_it_is_signed),
    };

    return RUN(cases);
}
