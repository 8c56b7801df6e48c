/* Which --key-usage goes with what, and what libcrypto is told then. */
#include "victim/key_usage_choices.h"

#include "tests/support/check.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool make(struct choices *choices, struct complaint *why, struct wishes wishes,
                 enum key_type given)
{
    struct suite_list list;
    bool ok;

    assert_true(suite_list_ask(&list, why));
    ok = choices_make(choices, why, &wishes, given, &list);
    suite_list_clear(&list);
    return ok;
}

static void assert_refused(struct wishes wishes, enum key_type given, const char *sentence)
{
    struct complaint why = {""};
    struct choices choices;

    assert_false(make(&choices, &why, wishes, given));
    if (!strstr(why.text, sentence))
        fail_msg("refused with \"%s\", not with \"%s\"", why.text, sentence);
    choices_clear(&choices);
}

static void the_list_is_granted_in_the_order_of_the_bits(void **state)
{
    static const struct {
        struct wishes wishes;
        const char *usage;
    } table[] = {
        {{.key_usage = "keyEncipherment"}, "critical,keyEncipherment"},
        {{.key_usage = "keyAgreement,digitalSignature,keyAgreement"},
         "critical,digitalSignature,keyAgreement"},
        {{.kx = "tls13", .key_type = "ec", .key_usage = "keyAgreement"}, "critical,keyAgreement"},
        {{.kx = "ecdhe", .key_type = "ed25519", .key_usage = "digitalSignature"},
         "critical,digitalSignature"},
        {{.kx = "rsa-psk", .key_usage = "cRLSign"}, "critical,cRLSign"},
        {{.suite = "DHE-DSS-AES128-SHA", .key_usage = "keyCertSign"}, "critical,keyCertSign"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct complaint why = {""};
        struct choices choices;

        if (!make(&choices, &why, table[i].wishes, KEY_NONE))
            fail_msg("%s", why.text);
        assert_string_equal(choices.key_usage, table[i].usage);
        choices_clear(&choices);
    }
}

static void without_the_wish_it_is_left_to_the_kind_of_key(void **state)
{
    struct complaint why;
    struct choices choices;

    (void)state;
    assert_true(make(&choices, &why, (struct wishes){.kx = "dhe"}, KEY_NONE));
    assert_null(choices.key_usage);
    choices_clear(&choices);
}

static void words_that_are_no_usage_are_refused(void **state)
{
    static const char *const bad[] = {"",
                                      "sign",
                                      "keyagreement",
                                      "keyAgreement,",
                                      ",keyAgreement",
                                      "keyAgreement, digitalSignature"};

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused((struct wishes){.key_usage = bad[i]}, KEY_NONE,
                       "no such usage; take one or more of digitalSignature");
}

static void without_a_certificate_to_be_made_it_is_refused(void **state)
{
    (void)state;
    assert_refused((struct wishes){.kx = "anon-dh", .key_usage = "keyAgreement"}, KEY_NONE,
                   "no certificate takes part in --kx anon-dh");
    assert_refused((struct wishes){.kx = "psk", .tls = "1.3", .key_usage = "keyAgreement"},
                   KEY_NONE, "no certificate takes part in --kx psk");
    assert_refused((struct wishes){.key = "k", .cert = "c.pem", .key_usage = "keyAgreement"},
                   KEY_RSA, "and c.pem is made already; leave out one of the two");
}

static void a_key_on_a_curve_must_sign_up_to_tls_1_2(void **state)
{
    static const char *const types[] = {"ec", "ed25519"};

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++)
        assert_refused((struct wishes){.kx = "ecdhe",
                                       .key_type = types[i],
                                       .key_usage = "keyAgreement,keyEncipherment"},
                       KEY_NONE, "libssl minds up to TLS 1.2; add it, or take --kx tls13");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_list_is_granted_in_the_order_of_the_bits),
        CASE(without_the_wish_it_is_left_to_the_kind_of_key),
        CASE(words_that_are_no_usage_are_refused),
        CASE(without_a_certificate_to_be_made_it_is_refused),
        CASE(a_key_on_a_curve_must_sign_up_to_tls_1_2),
    };

    return RUN(cases);
}
