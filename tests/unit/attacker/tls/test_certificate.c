#include "attacker/tls/certificate.h"

#include <openssl/sha.h>

#include "attacker/tls/version.h"
#include "tests/support/check.h"
#include "tests/support/cuts.h"
#include "tests/support/key_maker.h"
#include "tests/support/message_writer.h"

/* A Certificate message's body with two entries, in the layout of `version`. */
static struct bytes chain_of_two(struct writer *w, uint16_t version)
{
    if (version >= TLS_1_3)
        write_block(w, bytes_of("ctx", 3), 1);
    write_open(w, 3);
    write_block(w, bytes_of("leaf", 4), 3);
    if (version >= TLS_1_3)
        write_block(w, bytes_of("ext", 3), 2);
    write_block(w, bytes_of("issuer", 6), 3);
    if (version >= TLS_1_3)
        write_block(w, (struct bytes){0}, 2);
    write_close(w);
    return writer_take(w);
}

static bool reads(struct bytes body, const void *version)
{
    struct bytes der;

    return certificate_first(body, *(const uint16_t *)version, &der);
}

static const uint16_t VERSIONS[] = {TLS_1_2, TLS_1_3};

static void the_first_certificate_is_found_in_both_layouts(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writer w = {0};
        struct bytes body = chain_of_two(&w, VERSIONS[i]);
        struct bytes der;

        assert_true(certificate_first(body, VERSIONS[i], &der));
        assert_true(bytes_equal(der, bytes_of("leaf", 4)));
        exact_free(body);
    }
}

static void a_certificate_message_is_refused_when_cut_or_too_long(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writer w = {0};
        struct bytes body = chain_of_two(&w, VERSIONS[i]);

        refuses_every_cut(body, reads, &VERSIONS[i]);
        refuses_a_trailing_byte(body, reads, &VERSIONS[i]);
        exact_free(body);
    }
}

static void a_length_that_reaches_outside_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct writer w = {0};
        struct bytes body = chain_of_two(&w, VERSIONS[i]);
        size_t up_to_the_leaf = VERSIONS[i] >= TLS_1_3 ? 4 : 2;

        for (size_t k = 0; k < up_to_the_leaf; k++) {
            struct bytes lie = lying(body, &w.lengths[k], UINT64_MAX);

            assert_false(reads(lie, &VERSIONS[i]));
            exact_free(lie);
        }
        exact_free(body);
    }
}

static void a_leaf_longer_than_the_list_is_refused(void **state)
{
    struct bytes body = unhex("000005 000003 aabb"); /* one byte short of what the leaf claims */
    struct bytes in_list = unhex("000004 000001 aa ");

    (void)state;
    assert_false(reads(body, &VERSIONS[0]));
    assert_true(reads(in_list, &VERSIONS[0]));
    exact_free(body);
    exact_free(in_list);
}

static void an_empty_list_is_no_certificate_and_no_error(void **state)
{
    struct bytes tls12 = unhex("000000");
    struct bytes tls13 = unhex("00 000000");
    struct bytes der = bytes_of("x", 1);

    (void)state;
    assert_true(certificate_first(tls12, TLS_1_2, &der));
    assert_int_equal(der.len, 0);
    der = bytes_of("x", 1);
    assert_true(certificate_first(tls13, TLS_1_3, &der));
    assert_int_equal(der.len, 0);
    exact_free(tls12);
    exact_free(tls13);
}

static void a_certificate_tells_whose_it_is_and_which_key_is_in_it(void **state)
{
    EVP_PKEY *key = make_rsa(2048);
    struct bytes der = make_certificate(key, "kitchen.example", "digitalSignature,keyEncipherment");
    uint8_t digest[SHA256_DIGEST_LENGTH];
    struct certificate c;

    (void)state;
    assert_true(certificate_read(der, &c));
    assert_true(c.seen);
    assert_string_equal(c.subject, "CN=kitchen.example,O=keyfall");
    assert_string_equal(c.key_name, "RSA-2048");
    assert_int_equal(EVP_PKEY_eq(c.public_key, key), 1);
    SHA256(der.at, der.len, digest);
    assert_memory_equal(c.sha256, digest, sizeof(digest));
    assert_int_equal(c.num_key_usages, 2);
    assert_string_equal(c.key_usages[0], "digitalSignature");
    assert_string_equal(c.key_usages[1], "keyEncipherment");
    certificate_clear(&c);
    assert_false(c.seen);
    assert_null(c.public_key);
    exact_free(der);
    EVP_PKEY_free(key);
}

static void every_key_usage_has_its_name(void **state)
{
    static const char *const names[] = {"digitalSignature", "nonRepudiation", "keyEncipherment",
                                        "dataEncipherment", "keyAgreement",   "keyCertSign",
                                        "cRLSign",          "encipherOnly",   "decipherOnly"};
    EVP_PKEY *key = make_curve("P-256");

    (void)state;
    for (size_t i = 0; i < CERTIFICATE_MAX_KEY_USAGES; i++) {
        struct bytes der = make_certificate(key, "one", names[i]);
        struct certificate c;

        assert_true(certificate_read(der, &c));
        assert_int_equal(c.num_key_usages, 1);
        assert_string_equal(c.key_usages[0], names[i]);
        certificate_clear(&c);
        exact_free(der);
    }

    struct bytes all = make_certificate(key, "all",
                                        "digitalSignature,nonRepudiation,keyEncipherment,"
                                        "dataEncipherment,keyAgreement,keyCertSign,cRLSign,"
                                        "encipherOnly,decipherOnly");
    struct certificate c;
    assert_true(certificate_read(all, &c));
    assert_int_equal(c.num_key_usages, CERTIFICATE_MAX_KEY_USAGES);
    certificate_clear(&c);
    exact_free(all);
    EVP_PKEY_free(key);
}

static void a_certificate_without_key_usage_has_none(void **state)
{
    EVP_PKEY *key = make_curve("ED25519");
    struct bytes der = make_certificate(key, "plain", NULL);
    struct certificate c;

    (void)state;
    assert_true(certificate_read(der, &c));
    assert_int_equal(c.num_key_usages, 0);
    assert_string_equal(c.key_name, "ED25519");
    certificate_clear(&c);
    exact_free(der);
    EVP_PKEY_free(key);
}

static void a_name_keeps_its_utf_8(void **state)
{
    EVP_PKEY *key = make_curve("P-256");
    struct bytes der = make_certificate(key, "M\xc3\xbcsli", NULL);
    struct certificate c;

    (void)state;
    assert_true(certificate_read(der, &c));
    assert_string_equal(c.subject, "CN=M\xc3\xbcsli,O=keyfall");
    assert_string_equal(c.key_name, "EC-prime256v1");
    certificate_clear(&c);
    exact_free(der);
    EVP_PKEY_free(key);
}

static bool is_certificate(struct bytes der, const void *context)
{
    struct certificate c;
    bool read = certificate_read(der, &c);

    (void)context;
    if (read)
        certificate_clear(&c);
    return read;
}

static void a_certificate_cut_off_at_any_byte_is_none(void **state)
{
    EVP_PKEY *key = make_curve("P-256");
    struct bytes der = make_certificate(key, "cut", "digitalSignature");

    (void)state;
    refuses_every_cut(der, is_certificate, NULL);
    exact_free(der);
    EVP_PKEY_free(key);
}

static void keys_have_names(void **state)
{
    static const struct {
        const char *key;
        const char *name;
    } cases[] = {{"P-256", "EC-prime256v1"}, {"P-384", "EC-secp384r1"}, {"P-521", "EC-secp521r1"},
                 {"ED25519", "ED25519"},     {"ED448", "ED448"},        {"X25519", "X25519"}};
    char name[CERTIFICATE_KEY_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        EVP_PKEY *key = make_curve(cases[i].key);

        assert_string_equal(certificate_key_name(key, name), cases[i].name);
        EVP_PKEY_free(key);
    }

    EVP_PKEY *dh = make_finite_field("ffdhe2048");
    assert_string_equal(certificate_key_name(dh, name), "DH-2048");
    EVP_PKEY_free(dh);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_first_certificate_is_found_in_both_layouts),
        CASE(a_certificate_message_is_refused_when_cut_or_too_long),
        CASE(a_length_that_reaches_outside_is_refused),
        CASE(a_leaf_longer_than_the_list_is_refused),
        CASE(an_empty_list_is_no_certificate_and_no_error),
        CASE(a_certificate_tells_whose_it_is_and_which_key_is_in_it),
        CASE(every_key_usage_has_its_name),
        CASE(a_certificate_without_key_usage_has_none),
        CASE(a_name_keeps_its_utf_8),
        CASE(a_certificate_cut_off_at_any_byte_is_none),
        CASE(keys_have_names),
    };

    return RUN(cases);
}
