/* What the suite alone is the cause of: a temporary RSA key, and what nobody here can compute. */
#include <string.h>

#include "attacker/crypto/providers.h"
#include "tests/support/check.h"
#include "tests/support/verdict_scene.h"

static const struct message a_message = {.frame = 3};

/* play_suite is an RSA exchange with another suite and version. */
static struct handshake play_suite(uint16_t suite, uint16_t version)
{
    struct handshake h = play(RSA_EXCHANGE);

    h.suite = suite_find(suite);
    h.version = version;
    return h;
}

static struct handshake play_temporary(void)
{
    static const uint8_t modulus[64] = {0x80};
    struct handshake h = play_suite(0x0003, TLS_1_0);

    h.server_key_exchange = &a_message;
    h.server_params.modulus = bytes_of(modulus, sizeof(modulus));
    return h;
}

static void is(const struct verdict *v, enum outcome outcome, enum reason reason, const char *says)
{
    if (v->outcome != outcome || v->reason != reason || !strstr(v->explanation, says))
        fail_msg("%s, %s: %s", verdict_outcome_name(v->outcome),
                 v->reason ? verdict_reason_code(v->reason) : "-", v->explanation);
}

/* The premaster secret did cross the wire, so the exchange has not withstood anything. */
static void a_temporary_key_is_asked_for_and_protects_nobody(void **state)
{
    static const struct {
        enum answer key;
        enum answer ephemeral;
        enum reason reason;
        const char *says;
    } rows[] = {
        {ANSWER_WITHSTOOD, ANSWER_NOT_GIVEN, REASON_NO_KEY, "a temporary RSA key of 512 bits"},
        {ANSWER_NOT_GIVEN, ANSWER_MISMATCH, REASON_KEY_MISMATCH, "is another one"},
        {ANSWER_WITHSTOOD, ANSWER_MISMATCH, REASON_KEY_MISMATCH, "is another one"},
        {ANSWER_MISMATCH, ANSWER_NOT_GIVEN, REASON_KEY_MISMATCH, "is this server's"},
        {ANSWER_NOT_GIVEN, ANSWER_BROKEN, REASON_MALFORMED, "contradicts itself"},
    };
    const struct handshake h = play_temporary();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct leaks_found found = {
            .answers = {[LEAK_SERVER_KEY] = rows[i].key, [LEAK_EPHEMERAL] = rows[i].ephemeral}};
        const struct findings f = {.records = 5, .any_leak_given = true};
        const struct verdict v = reach(&f, &h, &found);

        is(&v, OUTCOME_UNDECRYPTABLE, rows[i].reason, rows[i].says);
        assert_true(v.forward_secret); /* the loss of the server's key alone leaves it closed */
    }

    const struct leaks_found nothing = {.found = false};
    const struct findings not_tried = {.records = 5};
    const struct verdict v = reach(&not_tried, &h, &nothing);
    is(&v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, "the client encrypted to a temporary one");
}

static void what_a_temporary_key_opened_is_said_so(void **state)
{
    const struct handshake h = play_temporary();
    const struct leaks_found found = {.found = true, .source = LEAK_EPHEMERAL};
    const struct findings f = {
        .records = 5, .records_opened = 5, .finished = {true, true}, .any_leak_given = true};
    struct verdict v;

    (void)state;
    v = reach(&f, &h, &found);
    is(&v, OUTCOME_DECRYPTED, REASON_NONE, "a temporary RSA key of the server's");
    assert_string_equal(v.secret_source, "ephemeral");
}

static void of_a_suite_that_nobody_computes_it_is_said_what_is_missing(void **state)
{
    static const struct {
        uint16_t suite;
        uint16_t version;
        const char *says;
    } rows[] = {
        {0xc103, TLS_1_2, "neither libcrypto nor libgcrypt has Kuznyechik-MGM here"},
        {0x0083, TLS_1_0, "libcrypto has no hash GOSTR3411 here"},
        {0x009c, SSL_3_0, "how it is used in SSL 3.0 is not known here"},
    };
    const struct findings f = {.records = 5, .any_leak_given = true};
    const struct findings unsupported = {
        .records = 5, .any_leak_given = true, .cipher_unsupported = true};
    const struct leaks_found withstood = {.answers = {[LEAK_SERVER_KEY] = ANSWER_WITHSTOOD}};
    const struct leaks_found found = {.found = true, .source = LEAK_KEYLOG};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct handshake h = play_suite(rows[i].suite, rows[i].version);
        struct verdict v = reach(&f, &h, &withstood);

        is(&v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER, rows[i].says);
        is(&v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER, h.suite->name);
        v = reach(&unsupported, &h, &found);
        is(&v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER, rows[i].says);
        is(&v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER, "The secret is known");
    }
}

/* Kerberos exchanges keys in a way that no leak here knows of; its records could be opened. */
static void a_suite_whose_exchange_alone_is_unknown_wants_a_leak(void **state)
{
    const struct handshake h = play_suite(0x001f, TLS_1_0);
    const struct findings f = {.records = 5, .any_leak_given = true};
    const struct leaks_found nothing = {.found = false};
    const struct verdict v = reach(&f, &h, &nothing);

    (void)state;
    is(&v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, "None of the leaks");
}

int main(void)
{
    struct providers providers;
    const struct CMUnitTest cases[] = {
        CASE(a_temporary_key_is_asked_for_and_protects_nobody),
        CASE(what_a_temporary_key_opened_is_said_so),
        CASE(of_a_suite_that_nobody_computes_it_is_said_what_is_missing),
        CASE(a_suite_whose_exchange_alone_is_unknown_wants_a_leak),
    };

    providers_load(&providers);
    int failed = RUN(cases);
    providers_unload(&providers);
    return failed;
}
