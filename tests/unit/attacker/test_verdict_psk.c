/* What is said of pre-shared keys that were given: one row a situation. */
#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/verdict_scene.h"

#define PSK(x)    [LEAK_PSK] = (x)
#define KEY(x)    [LEAK_SERVER_KEY] = (x)
#define SECRET(x) [LEAK_EPHEMERAL] = (x)

/* judge is the verdict on a session that stayed shut, whose client names "alice". */
static struct verdict judge(enum scene scene, const struct leaks_found *found)
{
    const struct findings f = {.any_leak_given = true, .records = 5};
    struct handshake h = play(scene);

    if (h.version < TLS_1_3)
        h.client_params.psk_identity = bytes_of("alice", 5);
    return reach(&f, &h, found);
}

/* What was answered, and what is said of it. */
static const struct {
    enum scene scene;
    struct leaks_found found;
    enum outcome outcome;
    enum reason reason;
    const char *part;
} answers_told[] = {
    {PLAIN_PSK,
     {.answers = {PSK(ANSWER_NOT_GIVEN)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_PSK_NEEDED,
     "it was not given"},
    {PLAIN_PSK,
     {.answers = {PSK(ANSWER_MISMATCH)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "by the identity \"alice\", and none was given for that"},
    {PLAIN_PSK,
     {.answers = {PSK(ANSWER_BROKEN)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_MALFORMED,
     "contradicts itself"},
    {RSA_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_NO_KEY,
     "RSA_PSK takes the server's private key as well"},
    {RSA_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD), KEY(ANSWER_MISMATCH)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "no key that was given is this server's"},
    {RSA_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD), KEY(ANSWER_BROKEN)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_MALFORMED,
     "contradicts itself"},
    {RSA_PSK,
     {.answers = {KEY(ANSWER_PSK)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_PSK_NEEDED,
     "it was not given"},
    {RSA_PSK,
     {.answers = {PSK(ANSWER_MISMATCH), KEY(ANSWER_PSK)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "\"alice\""},
    {ECDHE_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD)}},
     OUTCOME_PROTECTED,
     REASON_FORWARD_SECRET,
     "identity of this session, \"alice\". But an ephemeral key exchange"},
    {ECDHE_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD), SECRET(ANSWER_MISMATCH)}},
     OUTCOME_PROTECTED,
     REASON_FORWARD_SECRET,
     "it withstands this"},
    {ECDHE_PSK,
     {.answers = {PSK(ANSWER_WITHSTOOD), SECRET(ANSWER_BROKEN)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_MALFORMED,
     "contradicts itself"},
    {ECDHE_PSK,
     {.answers = {PSK(ANSWER_MISMATCH), SECRET(ANSWER_PSK)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "\"alice\""},
    {ECDHE_PSK,
     {.answers = {PSK(ANSWER_MISMATCH), KEY(ANSWER_WITHSTOOD)}},
     OUTCOME_PROTECTED,
     REASON_FORWARD_SECRET,
     "no server key has a part in it"},
    {TLS13_PSK,
     {.answers = {PSK(ANSWER_MISMATCH), KEY(ANSWER_WITHSTOOD)}, .psk_fit = PSK_FIT_NAMED},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "the binder in the ClientHello"},
    {TLS13_PSK,
     {.answers = {PSK(ANSWER_MISMATCH)}, .psk_fit = PSK_FIT_ANY},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "none that was given is that one: the binder"},
    {TLS13_PSK,
     {.answers = {PSK(ANSWER_MISMATCH)}, .takes_ticket = true},
     OUTCOME_UNDECRYPTABLE,
     REASON_ORIGINAL_SESSION_MISSING,
     "a ticket"},
    {TLS13_PSK_ECDHE,
     {.answers = {PSK(ANSWER_WITHSTOOD)}},
     OUTCOME_PROTECTED,
     REASON_FORWARD_SECRET,
     "as the binder shows"},
    {TLS13_PSK_ECDHE,
     {.answers = {PSK(ANSWER_MISMATCH), SECRET(ANSWER_PSK)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_KEY_MISMATCH,
     "none was given for that"},
    {RSA_EXCHANGE,
     {.answers = {PSK(ANSWER_NOT_GIVEN)}},
     OUTCOME_UNDECRYPTABLE,
     REASON_NO_KEY,
     "None of the leaks that were given could apply"},
};

static void what_else_is_needed_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(answers_told) / sizeof(answers_told[0]); i++) {
        struct verdict v = judge(answers_told[i].scene, &answers_told[i].found);

        if (v.outcome != answers_told[i].outcome || v.reason != answers_told[i].reason)
            fail_msg("row %zu: %s, %s: %s", i, verdict_outcome_name(v.outcome),
                     v.reason ? verdict_reason_code(v.reason) : "-", v.explanation);
        assert_says(v.explanation, answers_told[i].part);
    }
}

static void keys_that_open_nothing_are_a_wrong_key(void **state)
{
    const struct leaks_found named = {.found = true, .source = LEAK_PSK, .psk_fit = PSK_FIT_NAMED};
    struct verdict v = judge(PLAIN_PSK, &named);

    (void)state;
    assert_int_equal(v.reason, REASON_KEY_MISMATCH);
    assert_says(v.explanation, "\"alice\", but it is another one: no record verifies");
    v = judge(TLS13_PSK, &named); /* the binder has proven it: something else is wrong */
    assert_int_equal(v.reason, REASON_MALFORMED);

    struct handshake h = play(PLAIN_PSK);
    const struct findings torn = {.any_leak_given = true, .records = 5, .bytes_missing = 9};
    assert_int_equal(reach(&torn, &h, &named).reason, REASON_PACKETS_MISSING);
}

static void both_leaks_are_named_when_two_were_needed(void **state)
{
    static const struct {
        enum scene scene;
        const char *part;
    } rows[] = {
        {PLAIN_PSK, "from a pre-shared key alone"},
        {RSA_PSK, "and the server's private key."},
        {ECDHE_PSK, "and one of the two ephemeral private keys."},
        {TLS13_PSK, "from a pre-shared key alone"},
        {TLS13_PSK_ECDHE, "and one of the two ephemeral private keys."},
    };
    const struct leaks_found found = {.found = true, .source = LEAK_PSK};
    const struct findings f = {
        .any_leak_given = true, .finished = {true, true}, .records = 9, .records_opened = 9};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct handshake h = play(rows[i].scene);
        struct verdict v = reach(&f, &h, &found);

        assert_int_equal(v.outcome, OUTCOME_DECRYPTED);
        assert_string_equal(v.secret_source, "psk");
        assert_says(v.explanation, rows[i].part);
        assert_true(v.forward_secret);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(what_else_is_needed_is_named),
        CASE(keys_that_open_nothing_are_a_wrong_key),
        CASE(both_leaks_are_named_when_two_were_needed),
    };

    return RUN(cases);
}
