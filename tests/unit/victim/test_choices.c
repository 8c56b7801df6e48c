/* What is granted, and what is refused with which sentence. libssl is asked for real. */
#include "victim/choices.h"

#include "tests/support/check.h"

struct asked {
    struct suite_list list;
};

static int ask_libssl(void **state)
{
    static struct asked asked;
    struct complaint why;

    *state = &asked;
    return suite_list_ask(&asked.list, &why) ? 0 : -1;
}

static int forget(void **state)
{
    struct asked *asked = *state;

    suite_list_clear(&asked->list);
    return 0;
}

static void assert_refused(void **state, struct wishes wishes, enum key_type given,
                           const char *sentence)
{
    const struct asked *asked = *state;
    struct complaint why = {""};
    struct choices choices;

    assert_false(choices_make(&choices, &why, &wishes, given, &asked->list));
    if (!strstr(why.text, sentence))
        fail_msg("refused with \"%s\", not with \"%s\"", why.text, sentence);
    choices_clear(&choices);
}

static void assert_granted(void **state, struct wishes wishes, enum key_type given, int version,
                           const char *suite, enum key_type key_type)
{
    const struct asked *asked = *state;
    struct complaint why = {""};
    struct choices choices;

    if (!choices_make(&choices, &why, &wishes, given, &asked->list))
        fail_msg("refused: %s", why.text);
    assert_int_equal(choices.version, version);
    assert_string_equal(choices.allowed[0].iana_name, suite);
    assert_int_equal(choices.key_type, key_type);
    choices_clear(&choices);
}

static void without_a_wish_it_is_rsa_with_tls_1_2(void **state)
{
    assert_granted(state, (struct wishes){0}, KEY_NONE, TLS1_2_VERSION,
                   "TLS_RSA_WITH_AES_128_GCM_SHA256", KEY_RSA);
}

static void each_key_exchange_has_a_suite_with_aes(void **state)
{
    static const struct {
        const char *kx;
        const char *suite;
        int version;
        enum key_type key_type;
    } table[] = {
        {"rsa", "TLS_RSA_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_RSA},
        {"dhe", "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_RSA},
        {"ecdhe", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_RSA},
        {"tls13", "TLS_AES_128_GCM_SHA256", TLS1_3_VERSION, KEY_RSA},
        {"psk", "TLS_PSK_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_NONE},
        {"dhe-psk", "TLS_DHE_PSK_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_NONE},
        {"ecdhe-psk", "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256", TLS1_2_VERSION, KEY_NONE},
        {"rsa-psk", "TLS_RSA_PSK_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_RSA},
        {"anon-dh", "TLS_DH_anon_WITH_AES_128_GCM_SHA256", TLS1_2_VERSION, KEY_NONE},
        {"anon-ecdh", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA", TLS1_2_VERSION, KEY_NONE},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        assert_granted(state, (struct wishes){.kx = table[i].kx}, KEY_NONE, table[i].version,
                       table[i].suite, table[i].key_type);
}

static void an_old_version_gets_a_suite_that_it_carries(void **state)
{
    assert_granted(state, (struct wishes){.kx = "dhe", .tls = "1.0"}, KEY_NONE, TLS1_VERSION,
                   "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", KEY_RSA);
    assert_granted(state, (struct wishes){.tls = "1.3"}, KEY_NONE, TLS1_3_VERSION,
                   "TLS_AES_128_GCM_SHA256", KEY_RSA);
}

static void a_suite_alone_decides_version_and_key(void **state)
{
    assert_granted(state, (struct wishes){.suite = "AES128-SHA"}, KEY_NONE, TLS1_2_VERSION,
                   "TLS_RSA_WITH_AES_128_CBC_SHA", KEY_RSA);
    assert_granted(state, (struct wishes){.suite = "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"}, KEY_NONE,
                   TLS1_2_VERSION, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8", KEY_EC);
    assert_granted(state, (struct wishes){.suite = "DHE-DSS-AES128-SHA"}, KEY_NONE, TLS1_2_VERSION,
                   "TLS_DHE_DSS_WITH_AES_128_CBC_SHA", KEY_DSA);
    assert_granted(state, (struct wishes){.suite = "tls_aes_128_ccm_8_sha256"}, KEY_NONE,
                   TLS1_3_VERSION, "TLS_AES_128_CCM_8_SHA256", KEY_RSA);
    assert_granted(state, (struct wishes){.suite = "NULL-MD5", .tls = "1.1"}, KEY_NONE,
                   TLS1_1_VERSION, "TLS_RSA_WITH_NULL_MD5", KEY_RSA);
}

static void the_kind_of_key_decides_the_suite(void **state)
{
    assert_granted(state, (struct wishes){.kx = "ecdhe", .key_type = "ec"}, KEY_NONE,
                   TLS1_2_VERSION, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", KEY_EC);
    assert_granted(state, (struct wishes){.kx = "ecdhe", .key = "k", .cert = "c"}, KEY_ED25519,
                   TLS1_2_VERSION, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", KEY_ED25519);
}

static void an_exchange_allows_one_suite_and_a_server_all_that_fit(void **state)
{
    const struct asked *asked = *state;
    struct wishes wishes = {.command = COMMAND_EXCHANGE, .kx = "ecdhe"};
    struct complaint why;
    struct choices choices;

    assert_true(choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list));
    assert_int_equal(choices.num_allowed, 1);
    choices_clear(&choices);
    wishes.command = COMMAND_SERVE;
    assert_true(choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list));
    assert_true(choices.num_allowed > 5);
    for (size_t i = 0; i < choices.num_allowed; i++) {
        assert_int_equal(choices.allowed[i].kx, KX_ECDHE);
        assert_null(strstr(choices.allowed[i].iana_name, "NULL"));
    }
    choices_clear(&choices);
}

static void versions_that_contradict_the_key_exchange_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.kx = "rsa", .tls = "1.3"}, KEY_NONE,
                   "TLS 1.3 has no RSA key transport; take --tls 1.2");
    assert_refused(state, (struct wishes){.kx = "dhe-psk", .tls = "1.3"}, KEY_NONE,
                   "TLS 1.3 has no suites of its own for --kx dhe-psk");
    assert_refused(state, (struct wishes){.kx = "tls13", .tls = "1.2"}, KEY_NONE,
                   "--kx tls13 is TLS 1.3, but --tls says 1.2");
}

static void versions_that_are_not_there_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.tls = "ssl3"}, KEY_NONE,
                   "built without SSL 2.0 and 3.0; take --tls 1.0");
    assert_refused(state, (struct wishes){.tls = "3.0"}, KEY_NONE,
                   "built without SSL 2.0 and 3.0; take --tls 1.0");
    assert_refused(state, (struct wishes){.tls = "1.4"}, KEY_NONE, "no such version; take 1.0");
}

static void suites_that_contradict_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.suite = "AES128-SHA", .kx = "dhe"}, KEY_NONE,
                   "the key exchange of TLS_RSA_WITH_AES_128_CBC_SHA is rsa; leave out --kx");
    assert_refused(state, (struct wishes){.suite = "AES128-GCM-SHA256", .tls = "1.1"}, KEY_NONE,
                   "TLS 1.1 does not carry TLS_RSA_WITH_AES_128_GCM_SHA256");
    assert_refused(state, (struct wishes){.suite = "AES128-SHA", .tls = "1.3"}, KEY_NONE,
                   "TLS 1.3 does not carry TLS_RSA_WITH_AES_128_CBC_SHA");
}

static void suites_that_are_not_there_are_refused_with_the_reason(void **state)
{
    static const struct {
        const char *suite;
        const char *sentence;
    } table[] = {
        {"RC4-SHA", "built without RC4"},
        {"TLS_RSA_WITH_3DES_EDE_CBC_SHA", "built without 3DES"},
        {"DES-CBC3-SHA", "built without 3DES"},
        {"TLS_RSA_WITH_IDEA_CBC_SHA", "built without IDEA"},
        {"SEED-SHA", "built without SEED"},
        {"TLS_RSA_WITH_DES_CBC_SHA", "built without DES"},
        {"TLS_RSA_EXPORT_WITH_RC4_40_MD5", "export suites left OpenSSL"},
        {"SRP-AES-128-CBC-SHA", "SRP needs a password file"},
        {"TLS_DH_RSA_WITH_AES_128_CBC_SHA", "fixed Diffie-Hellman certificates"},
        {"TLS_RSA_WITH_CAMELLIA_128_GCM_SHA256", "no Camellia in GCM"},
        {"NO-SUCH-SUITE", "keyfall-victim list names those"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        assert_refused(state, (struct wishes){.suite = table[i].suite}, KEY_NONE,
                       table[i].sentence);
}

static void words_that_mean_nothing_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.kx = "dh"}, KEY_NONE, "--kx dh: no such key exchange");
    assert_refused(state, (struct wishes){.key_type = "dsa"}, KEY_NONE,
                   "no such kind of key; take rsa, ec or ed25519");
}

static void keys_that_can_not_do_it_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.kx = "rsa", .key_type = "ec"}, KEY_NONE,
                   "for an EC key: an EC key only signs; take --kx ecdhe");
    assert_refused(state, (struct wishes){.kx = "ecdhe", .tls = "1.1", .key_type = "ed25519"},
                   KEY_NONE, "an EdDSA key only signs; take --kx ecdhe with --tls 1.2");
    assert_refused(state, (struct wishes){.kx = "ecdhe", .key = "k", .cert = "c"}, KEY_DSA,
                   "a DSA key only signs; take --kx dhe");
    assert_refused(state, (struct wishes){.suite = "AES128-SHA", .key = "k", .cert = "c"}, KEY_EC,
                   "has no use for an EC key; it needs an RSA key");
    assert_refused(state, (struct wishes){.key_type = "ec", .key = "k.pem", .cert = "c"}, KEY_RSA,
                   "k.pem holds an RSA key; leave out one of the two");
    assert_refused(state, (struct wishes){.kx = "psk", .key_type = "rsa"}, KEY_NONE,
                   "no certificate takes part in --kx psk; leave out --key-type");
    assert_refused(state, (struct wishes){.kx = "anon-dh", .key = "k", .cert = "c"}, KEY_RSA,
                   "no certificate takes part in --kx anon-dh; leave out --key and --cert");
    assert_refused(state, (struct wishes){.key = "k"}, KEY_NONE,
                   "--key and --cert belong together");
    assert_refused(state, (struct wishes){.cert = "c"}, KEY_NONE,
                   "--key and --cert belong together");
}

static void a_pre_shared_key_without_its_exchange_is_refused(void **state)
{
    assert_refused(state, (struct wishes){.kx = "dhe", .psk = "00"}, KEY_NONE,
                   "no pre-shared key takes part in --kx dhe");
}

static void a_pre_shared_key_of_tls_1_3_takes_the_place_of_the_certificate(void **state)
{
    static const struct wishes table[] = {
        {.kx = "psk", .tls = "1.3"},
        {.kx = "tls13", .psk = "00"},
        {.tls = "1.3", .psk = "00"},
        {.kx = "psk", .suite = "TLS_AES_128_GCM_SHA256"},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        assert_granted(state, table[i], KEY_NONE, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256",
                       KEY_NONE);
    assert_granted(state, (struct wishes){.suite = "TLS_AES_256_GCM_SHA384", .psk = "00"}, KEY_NONE,
                   TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384", KEY_NONE);
    assert_refused(state, (struct wishes){.kx = "tls13", .psk = "00", .key_type = "ec"}, KEY_NONE,
                   "no certificate takes part in --kx psk; leave out --key-type");
    assert_refused(state, (struct wishes){.kx = "psk", .tls = "1.3"}, KEY_RSA,
                   "no certificate takes part in --kx psk");
}

/* Which others than SHA-256 the key goes with, nobody has said. RFC 8446 section 4.2.11. */
static void a_server_with_a_pre_shared_key_of_tls_1_3_keeps_to_its_hash(void **state)
{
    const struct asked *asked = *state;
    struct wishes wishes = {.command = COMMAND_SERVE, .kx = "psk", .tls = "1.3"};
    struct complaint why;
    struct choices choices;

    assert_true(choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list));
    assert_true(choices.num_allowed > 1);
    for (size_t i = 0; i < choices.num_allowed; i++)
        assert_non_null(strstr(choices.allowed[i].iana_name, "_SHA256"));
    choices_clear(&choices);
}

static void a_key_to_be_used_again_must_be_made_at_all(void **state)
{
    static const char *const without[] = {"rsa", "psk", "rsa-psk"};
    static const char *const name = "reuse-ephemeral";

    for (size_t i = 0; i < sizeof(without) / sizeof(*without); i++)
        assert_refused(state, (struct wishes){.kx = without[i], .reuse_ephemeral = name}, KEY_NONE,
                       "there is no ephemeral key in --kx");
    assert_refused(state, (struct wishes){.kx = "psk", .tls = "1.3", .reuse_ephemeral = name},
                   KEY_NONE, "don't go together here");
    assert_refused(state,
                   (struct wishes){.kx = "tls13", .resume = "ticket", .reuse_ephemeral = name},
                   KEY_NONE, "don't go together here");
    assert_granted(state, (struct wishes){.kx = "tls13", .reuse_ephemeral = name}, KEY_NONE,
                   TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", KEY_RSA);
}

static void two_messages_are_refused(void **state)
{
    assert_refused(state, (struct wishes){.message = "a", .message_file = "b"}, KEY_NONE,
                   "both say what to say; take one");
}

static void every_listed_suite_is_granted_at_every_version_it_is_listed_for(void **state)
{
    static const char *const versions[] = {"1.0", "1.1", "1.2", "1.3"};
    const struct asked *asked = *state;
    size_t num_granted = 0;

    for (size_t i = 0; i < asked->list.num_suites; i++) {
        const struct suite *s = &asked->list.suites[i];

        for (int v = s->lowest; v <= s->highest; v++) {
            struct wishes wishes = {.suite = s->openssl_name, .tls = versions[v - TLS1_VERSION]};
            struct complaint why = {""};
            struct choices choices;

            if (!choices_make(&choices, &why, &wishes, KEY_NONE, &asked->list))
                fail_msg("refused: %s", why.text);
            assert_int_equal(choices.version, v);
            assert_int_equal(choices.allowed[0].id, s->id);
            choices_clear(&choices);
            num_granted++;
        }
    }
    assert_true(num_granted > 100);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(without_a_wish_it_is_rsa_with_tls_1_2),
        CASE(each_key_exchange_has_a_suite_with_aes),
        CASE(an_old_version_gets_a_suite_that_it_carries),
        CASE(a_suite_alone_decides_version_and_key),
        CASE(the_kind_of_key_decides_the_suite),
        CASE(an_exchange_allows_one_suite_and_a_server_all_that_fit),
        CASE(versions_that_contradict_the_key_exchange_are_refused),
        CASE(versions_that_are_not_there_are_refused),
        CASE(suites_that_contradict_are_refused),
        CASE(suites_that_are_not_there_are_refused_with_the_reason),
        CASE(words_that_mean_nothing_are_refused),
        CASE(keys_that_can_not_do_it_are_refused),
        CASE(a_pre_shared_key_without_its_exchange_is_refused),
        CASE(a_pre_shared_key_of_tls_1_3_takes_the_place_of_the_certificate),
        CASE(a_server_with_a_pre_shared_key_of_tls_1_3_keeps_to_its_hash),
        CASE(a_key_to_be_used_again_must_be_made_at_all),
        CASE(two_messages_are_refused),
        CASE(every_listed_suite_is_granted_at_every_version_it_is_listed_for),
    };

    return cmocka_run_group_tests(cases, ask_libssl, forget);
}
