/* Whole conversations in which the server's certificate holds its Diffie-Hellman key. */
#include "attacker/leaks/fixed_dh.h"

#include "tests/support/check.h"
#include "tests/support/handmade.h"
#include "tests/support/key_maker.h"
#include "tests/support/played.h"
#include "tests/support/sample_exchange.h"

static const char VALUE[] = "What is the client's public value?";
static const char GIVES[] = "Does the key give the shared secret?";

/* Three keys of one group: one of each side, and a stranger's. */
struct cast {
    EVP_PKEY *server;
    EVP_PKEY *client;
    EVP_PKEY *stranger;
};

static EVP_PKEY *make(const char *group)
{
    return group[0] == 'f' ? make_finite_field(group) : make_curve(group);
}

static struct cast cast_in(const char *group)
{
    return (struct cast){make(group), make(group), make(group)};
}

static void dismiss(const struct cast *c)
{
    EVP_PKEY_free(c->server);
    EVP_PKEY_free(c->client);
    EVP_PKEY_free(c->stranger);
}

static void talk(struct handmade *m, const struct cast *c, bool client_certified)
{
    const struct handmade_terms terms = {.fixed = {c->client, c->server},
                                         .client_certified = client_certified};

    handmade_begin(m, &terms);
    handmade_say(m, SIDE_CLIENT, "ping");
    handmade_say(m, SIDE_SERVER, "pong");
}

static const char *const groups[] = {"ffdhe2048", "P-256", "P-384"};

#define NUM_GROUPS (sizeof(groups) / sizeof(groups[0]))

static void the_key_of_the_certificate_opens_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        struct cast c = cast_in(groups[i]);
        struct handmade m;
        struct played p;

        talk(&m, &c, false);
        played_with_key(&p, &m.parley, c.server);
        played_is_open(&p, "ping", "pong");
        assert_string_equal(p.session->verdict.secret_source, "server_key");
        assert_false(p.session->verdict.forward_secret);
        says(p.session->verdict.explanation, "holds its Diffie-Hellman key");
        says(result_of(&p.session->evidence, VALUE), "it stands in the ClientKeyExchange");
        says(result_of(&p.session->evidence, GIVES), "yes");
        played_clear(&p);
        handmade_clear(&m);
        dismiss(&c);
    }
}

static void the_clients_value_may_stand_in_its_own_certificate(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        struct cast c = cast_in(groups[i]);
        struct handmade m;
        struct played p;

        talk(&m, &c, true);
        played_with_key(&p, &m.parley, c.server);
        played_is_open(&p, "ping", "pong");
        says(result_of(&p.session->evidence, VALUE),
             "the ClientKeyExchange is empty: it is the one in the client's own certificate, ");
        assert_int_equal(p.session->verdict.opened_by & 1u << OPENED_BY_EPHEMERAL, 0);
        played_clear(&p);
        handmade_clear(&m);
        dismiss(&c);
    }
}

static void anybody_elses_key_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        struct cast c = cast_in(groups[i]);
        struct handmade m;
        struct played p;

        talk(&m, &c, false);
        played_with_key(&p, &m.parley, c.stranger);
        assert_int_equal(p.session->verdict.outcome, OUTCOME_UNDECRYPTABLE);
        assert_int_equal(p.session->verdict.reason, REASON_KEY_MISMATCH);
        played_clear(&p);
        handmade_clear(&m);
        dismiss(&c);
    }
}

/* What the client made for this session alone is as good as the server's key, for this one. */
static void the_clients_ephemeral_key_opens_it_too(void **state)
{
    (void)state;
    for (size_t i = 0; i < NUM_GROUPS; i++) {
        struct cast c = cast_in(groups[i]);
        struct handmade m;
        struct played p;

        talk(&m, &c, false);
        played_with_ephemeral(&p, &m.parley, c.client);
        played_is_open(&p, "ping", "pong");
        assert_string_equal(p.session->verdict.secret_source, "ephemeral");
        assert_int_not_equal(p.session->verdict.opened_by & 1u << OPENED_BY_EPHEMERAL, 0);
        played_clear(&p);
        played_with_ephemeral(&p, &m.parley, c.stranger);
        assert_int_equal(p.session->verdict.reason, REASON_NO_KEY);
        played_clear(&p);
        handmade_clear(&m);
        dismiss(&c);
    }
}

/* --- What does not lead to a secret --------------------------------------------------------- */

static void what_is_missing_is_named(void **state)
{
    EVP_PKEY *key = make_curve("P-256");
    struct bytes outside = exact_copy(bytes_of("\x04no point of this curve", 23));
    const struct message certificate = {.frame = 6};
    const struct message client_key_exchange = {.frame = 8};
    struct handshake h = {.version = TLS_1_2,
                          .suite = suite_find(0xc004),
                          .certificate_message = &certificate,
                          .client_key_exchange = &client_key_exchange};
    struct secret secret = {0};
    struct evidence e = {0};

    (void)state;
    assert_int_equal(fixed_dh_ask(NULL, &h, &secret, &e), ANSWER_BROKEN);
    says(result_of(&e, GIVES), "can't be told");
    evidence_clear(&e);
    assert_int_equal(fixed_dh_ask(key, &h, &secret, &e), ANSWER_BROKEN);
    says(result_of(&e, VALUE), "and none is in the recording");
    evidence_clear(&e);

    struct message shown = {
        .type = HANDSHAKE_CERTIFICATE, .from = SIDE_CLIENT, .body = bytes_of("\0\0\0", 3)};
    h.messages = &shown;
    h.num_messages = 1;
    assert_int_equal(fixed_dh_ask(key, &h, &secret, &e), ANSWER_BROKEN);
    says(result_of(&e, VALUE), "and that holds none that can be read");
    evidence_clear(&e);

    h.client_value = outside;
    assert_int_equal(fixed_dh_ask(key, &h, &secret, &e), ANSWER_BROKEN);
    says(result_of(&e, GIVES), "no: the client's public value is no member of its group");
    assert_int_equal(secret.kind, SECRET_NONE);
    evidence_clear(&e);
    exact_free(outside);
    EVP_PKEY_free(key);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_key_of_the_certificate_opens_it),
        CASE(the_clients_value_may_stand_in_its_own_certificate),
        CASE(anybody_elses_key_does_not),
        CASE(the_clients_ephemeral_key_opens_it_too),
        CASE(what_is_missing_is_named),
    };

    return RUN(cases);
}
