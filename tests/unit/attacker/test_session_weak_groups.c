/* Conversations of libssl in groups that are weak: with no leak at all, they open. */
#include "attacker/leaks/discrete_log.h"

#include <openssl/pem.h>
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

/* More milliseconds than any of these takes, by far. */
#define LONG_ENOUGH 60000

/* allow_all: libssl wants no group of less than 512 bits, and this makes it content with those. */
static int allow_all(const SSL *ssl, const SSL_CTX *context, int operation, int bits, int nid,
                     void *other, void *extra)
{
    (void)ssl;
    (void)context;
    (void)operation;
    (void)bits;
    (void)nid;
    (void)other;
    (void)extra;
    return 1;
}

static void use_group(SSL_CTX *context, enum side side, const char *path)
{
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    SSL_CTX_set_security_callback(context, allow_all);
    if (side == SIDE_SERVER) {
        BIO *in = BIO_new_fp(file, BIO_NOCLOSE);
        EVP_PKEY *group = PEM_read_bio_Parameters(in, NULL);

        assert_non_null(group);
        assert_int_equal(SSL_CTX_set0_tmp_dh_pkey(context, group), 1);
        BIO_free(in);
    }
    (void)fclose(file);
}

static void smooth_512(SSL_CTX *context, enum side side)
{
    use_group(context, side, "fixtures/groups/smooth-512.pem");
}

static void smooth_1024(SSL_CTX *context, enum side side)
{
    use_group(context, side, "fixtures/groups/smooth-1024.pem");
}

static void composite(SSL_CTX *context, enum side side)
{
    use_group(context, side, "fixtures/groups/composite-1024.pem");
}

static void small_subgroup(SSL_CTX *context, enum side side)
{
    use_group(context, side, "fixtures/groups/small-subgroup-1024.pem");
}

static void good_group(SSL_CTX *context, enum side side)
{
    if (side == SIDE_SERVER)
        assert_int_equal(SSL_CTX_set_dh_auto(context, 1), 1);
}

static void hold(struct parley *t, const struct parley_terms *terms,
                 void (*group)(SSL_CTX *context, enum side side))
{
    parley_begin_touched(t, terms, group);
    parley_say(t, SIDE_CLIENT, bytes_of("question", 8));
    parley_say(t, SIDE_SERVER, bytes_of("answer", 6));
    parley_hang_up(t);
}

static const char EXPONENT[] = "Does an exponent follow from the public values?";

static void a_conversation_in_a_weak_group_opens_without_any_leak(void **state)
{
    static const struct {
        void (*group)(SSL_CTX *context, enum side side);
        int version;
        const char *suites;
        const char *says;
    } cases[] = {
        {smooth_512, TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", "Pohlig and Hellman"},
        {smooth_1024, TLS1_2_VERSION, "DHE-RSA-AES256-GCM-SHA384", "Pohlig and Hellman"},
        {smooth_1024, TLS1_VERSION, "ADH-AES128-SHA:@SECLEVEL=0", "Pohlig and Hellman"},
        {composite, TLS1_1_VERSION, "DHE-RSA-AES128-SHA:@SECLEVEL=0", "Pohlig and Hellman"},
        {small_subgroup, TLS1_2_VERSION, "DHE-RSA-CHACHA20-POLY1305", "among so few elements"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct parley_terms terms = {cases[i].version, cases[i].suites, 0};
        struct parley t;
        struct played p;

        hold(&t, &terms, cases[i].group);
        played_with_nothing(&p, &t, LONG_ENOUGH);
        played_is_open(&p, "question", "answer");
        assert_string_equal(p.session->verdict.secret_source, "discrete_log");
        assert_true(p.session->verdict.forward_secret);
        says(result_of(&p.session->evidence, EXPONENT), cases[i].says);
        played_clear(&p);
        parley_clear(&t);
    }
}

static void a_conversation_in_a_good_group_is_protected(void **state)
{
    const struct parley_terms terms = {TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", 0};
    struct parley t;
    struct played p;

    (void)state;
    hold(&t, &terms, good_group);
    played_with_nothing(&p, &t, 300);
    assert_int_equal(p.session->verdict.outcome, OUTCOME_PROTECTED);
    assert_int_equal(p.session->verdict.reason, REASON_FORWARD_SECRET);
    says(p.session->verdict.explanation, "was attacked itself for 0.");
    says(result_of(&p.session->evidence, "What would it cost, then?"), "number field sieve");
    played_clear(&p);
    parley_clear(&t);
}

static void without_such_a_group_nothing_is_tried(void **state)
{
    static const struct parley_terms cases[] = {
        {TLS1_2_VERSION, "AES128-GCM-SHA256", 0},
        {TLS1_2_VERSION, "ECDHE-RSA-AES128-GCM-SHA256", 0},
        {TLS1_3_VERSION, NULL, 0},
    };
    static const char *const sentences[] = {"no Diffie-Hellman", "is a curve", "is a curve"};

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct parley t;
        struct played p;

        hold(&t, &cases[i], good_group);
        played_with_nothing(&p, &t, LONG_ENOUGH);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_int_equal(p.session->verdict.reason, REASON_NO_KEY);
        says(result_of(&p.session->evidence, "Is there a group of integers modulo p to attack?"),
             sentences[i]);
        played_clear(&p);
        parley_clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_conversation_in_a_weak_group_opens_without_any_leak),
        CASE(a_conversation_in_a_good_group_is_protected),
        CASE(without_such_a_group_nothing_is_tried),
    };

    return RUN(cases);
}
