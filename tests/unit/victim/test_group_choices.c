/* Which --group goes with what, and whether it is the one that comes of it. */
#include "victim/group_choices.h"

#include <stdio.h>
#include <stdlib.h>

#include "victim/dh_parameters.h"

#include "tests/support/check.h"
#include "tests/support/dh_file.h"
#include "tests/support/program.h"
#include "tests/support/two_parties.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static void assert_refused(struct wishes wishes, const char *sentence)
{
    struct complaint why = {""};
    struct suite_list list;
    struct choices choices;

    assert_true(suite_list_ask(&list, &why));
    assert_false(choices_make(&choices, &why, &wishes, KEY_NONE, &list));
    if (!strstr(why.text, sentence))
        fail_msg("refused with \"%s\", not with \"%s\"", why.text, sentence);
    choices_clear(&choices);
    suite_list_clear(&list);
}

/* Holds a conversation, which compares by itself, and gives back the group's name in libcrypto. */
static void hold(char *group, size_t room, struct wishes wishes)
{
    EVP_PKEY *key = NULL;
    struct two_parties s;

    wishes.quiet = true;
    two_open(&s, &wishes);
    two_hold(&s);
    assert_int_equal(SSL_get_peer_tmp_key(s.client->ssl, &key), 1);
    if (EVP_PKEY_get_group_name(key, group, room, NULL) != 1)
        (void)snprintf(group, room, "%s", EVP_PKEY_get0_type_name(key));
    EVP_PKEY_free(key);
    two_clear(&s);
}

static void the_group_that_is_named_is_negotiated(void **state)
{
    static const struct {
        struct wishes wishes;
        const char *group;
    } table[] = {
        {{.kx = "dhe"}, "ffdhe2048"},
        {{.kx = "dhe", .group = "modp_1536"}, "modp_1536"},
        {{.kx = "dhe", .tls = "1.0", .group = "ffdhe3072"}, "ffdhe3072"},
        {{.kx = "dhe-psk", .group = "modp_2048"}, "modp_2048"},
        {{.kx = "anon-dh", .group = "modp_3072"}, "modp_3072"},
        {{.kx = "ecdhe", .group = "P-256"}, "prime256v1"},
        {{.kx = "ecdhe", .group = "brainpoolP384r1"}, "brainpoolP384r1"},
        {{.kx = "ecdhe-psk", .group = "P-521"}, "secp521r1"},
        {{.kx = "anon-ecdh", .group = "x448"}, "X448"},
        {{.kx = "ecdhe", .tls = "1.1", .group = "secp256k1"}, "secp256k1"},
        {{.kx = "tls13", .group = "P-384"}, "secp384r1"},
        {{.kx = "tls13", .group = "ffdhe2048"}, "ffdhe2048"},
        {{.kx = "psk", .tls = "1.3", .group = "X448"}, "X448"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        char group[64];

        hold(group, sizeof(group), table[i].wishes);
        assert_string_equal(group, table[i].group);
    }
}

/* The server has to find the curve of its certificate among what the client names, too. */
static void the_curve_of_the_certificate_may_be_another_one(void **state)
{
    static const char *const groups[] = {"X25519", "P-256", "P-384"};

    (void)state;
    for (size_t i = 0; i < COUNT(groups); i++) {
        char group[64];

        hold(group, sizeof(group),
             (struct wishes){.kx = "ecdhe", .key_type = "ec", .group = groups[i]});
        hold(group, sizeof(group),
             (struct wishes){.kx = "tls13", .key_type = "ec", .group = groups[i]});
    }
}

static void a_prime_from_a_file_is_used_however_small(void **state)
{
    static const char *const exchanges[] = {"dhe", "dhe-psk", "anon-dh"};
    char *folder = scratch_new();
    char *path = alloc_format("%s/group", folder);

    (void)state;
    dh_file_write(path, DH_FILE_PRIME_512, 5);
    for (size_t i = 0; i < COUNT(exchanges); i++) {
        struct wishes wishes = {.kx = exchanges[i], .group = path};
        EVP_PKEY *key = NULL;
        struct two_parties s;

        two_open(&s, &wishes);
        two_hold(&s);
        assert_int_equal(SSL_get_peer_tmp_key(s.client->ssl, &key), 1);
        assert_int_equal(EVP_PKEY_get_bits(key), 512);
        assert_true(dh_parameters_equal(key, s.scene.choices.group.dh));
        EVP_PKEY_free(key);
        two_clear(&s);
    }
    free(path);
    scratch_free(folder);
}

static void a_resumption_has_the_group_of_the_first_or_none(void **state)
{
    static const struct wishes table[] = {
        {.kx = "dhe", .group = "modp_1536", .resume = "ticket"},
        {.kx = "ecdhe", .group = "P-384", .resume = "id"},
        {.kx = "tls13", .group = "P-521", .resume = "ticket"},
        {.kx = "tls13", .group = "P-521", .resume = "ticket", .psk_mode = "ke"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct two_parties s;

        two_open(&s, &table[i]);
        two_hold(&s);
        two_hold(&s);
        assert_int_equal(SSL_session_reused(s.client->ssl), 1);
        two_clear(&s);
    }
}

static void another_group_than_the_chosen_one_is_a_failure(void **state)
{
    static const struct {
        struct wishes wishes;
        const char *instead;
        const char *sentence;
    } table[] = {
        {{.kx = "dhe", .group = "modp_1536"},
         "ffdhe2048",
         "modp_1536 was asked for and ffdhe2048 came of it"},
        {{.kx = "ecdhe", .group = "P-384"},
         "P-256",
         "P-384 was asked for and prime256v1 came of it"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct two_parties s;

        two_open(&s, &table[i].wishes);
        if (s.scene.choices.group.dh) {
            EVP_PKEY *other = dh_parameters_named(table[i].instead);

            assert_int_equal(SSL_CTX_set0_tmp_dh_pkey(s.scene.server, other), 1);
        } else {
            assert_int_equal(SSL_CTX_set1_groups_list(s.scene.server, unconst(table[i].instead)),
                             1);
            assert_int_equal(SSL_CTX_set1_groups_list(s.scene.client, unconst(table[i].instead)),
                             1);
        }
        two_begin(&s);
        two_fail(&s, table[i].sentence);
        two_clear(&s);
    }
}

static void what_has_no_place_in_the_exchange_is_refused(void **state)
{
    static const struct {
        struct wishes wishes;
        const char *sentence;
    } table[] = {
        {{.group = "X25519"}, "no Diffie-Hellman group takes part in --kx rsa; take --kx dhe"},
        {{.kx = "psk", .group = "X25519"}, "no Diffie-Hellman group takes part in --kx psk"},
        {{.kx = "rsa-psk", .group = "X25519"}, "takes part in --kx rsa-psk"},
        {{.kx = "psk", .tls = "1.3", .psk_mode = "ke", .group = "X25519"},
         "the pre-shared key is all there is; leave out one"},
        {{.kx = "dhe", .group = "P-256"}, "is a curve, and --kx dhe computes with a prime"},
        {{.kx = "dhe", .group = "modp_1537"}, "libcrypto knows no group of that name; take ffdhe"},
        {{.kx = "ecdhe", .group = "P-257"}, "libssl has no group of that name for --kx ecdhe"},
        {{.kx = "ecdhe", .group = "modp_1536"}, "take --kx dhe for any prime"},
        {{.kx = "ecdhe", .group = "/dev/null"}, "take --kx dhe for any prime"},
        {{.kx = "ecdhe", .group = "ffdhe2048"}, "it is one of TLS 1.3, take --kx tls13"},
        {{.kx = "tls13", .group = "P-224"}, "TLS 1.3 has dropped it, take --kx ecdhe"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++)
        assert_refused(table[i].wishes, table[i].sentence);
}

/* What is said twice with one seed would open both with one exponent. */
static void one_seed_has_other_secrets_for_another_group(void **state)
{
    static const struct {
        const char *kx;
        const char *group;
        const char *name;
    } table[] = {
        {"dhe", NULL, ""},           {"dhe", "ffdhe2048", ""},         {"ecdhe", NULL, ""},
        {"dhe", "modp_1536", "+64"}, {"ecdhe", "P-384", "+secp384r1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct wishes wishes = {.kx = table[i].kx, .group = table[i].group};
        struct two_parties s;

        two_open(&s, &wishes);

        char *name = group_choices_name(&s.scene.choices);

        if (!table[i].name[0])
            assert_string_equal(name, "");
        else
            assert_memory_equal(name, table[i].name, strlen(table[i].name));
        free(name);
        two_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_group_that_is_named_is_negotiated),
        CASE(the_curve_of_the_certificate_may_be_another_one),
        CASE(a_prime_from_a_file_is_used_however_small),
        CASE(a_resumption_has_the_group_of_the_first_or_none),
        CASE(another_group_than_the_chosen_one_is_a_failure),
        CASE(what_has_no_place_in_the_exchange_is_refused),
        CASE(one_seed_has_other_secrets_for_another_group),
    };

    return RUN(cases);
}
