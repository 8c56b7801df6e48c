#include "attacker/leaks/psk.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/message_writer.h"
#include "tests/support/sample_exchange.h"

static const char GIVEN[] = "Was a pre-shared key given for the identity that the client names?";
static const char ALL[] = "Is that all that goes into the premaster secret?";
static const char MADE[] = "What is the premaster secret made of?";

static struct bytes text(const char *s)
{
    return bytes_of(s, strlen(s));
}

static void add(struct psks *list, const char *psk)
{
    struct complaint why;

    if (!psks_add(list, psk, &why))
        fail_msg("%s: %s", psk, why.text);
}

/* --- The list ----------------------------------------------------------------------------- */

static void the_last_colon_ends_the_identity(void **state)
{
    static const struct {
        const char *psk;
        const char *identity;
        const char *key;
    } rows[] = {
        {"alice:0a", "alice", "\x0a"}, {"a:b::c:0B", "a:b::c", "\x0b"},
        {":0c", "", "\x0c"},           {"caf\xc3\xa9 \x01:0d", "caf\xc3\xa9 \x01", "\x0d"},
        {"00:11", "00", "\x11"},       {"0e", NULL, "\x0e"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct psks list = {0};

        add(&list, rows[i].psk);
        assert_int_equal(list.num_keys, 1);
        if (rows[i].identity)
            assert_string_equal(list.keys[0].identity, rows[i].identity);
        else
            assert_null(list.keys[0].identity);
        assert_true(bytes_equal(bytes_of(list.keys[0].value, list.keys[0].len), text(rows[i].key)));
        psks_clear(&list);
        assert_int_equal(list.num_keys, 0);
    }
}

static void a_key_may_be_as_long_as_any_stack_takes_and_no_longer(void **state)
{
    char digits[2 * PSK_MAX_LEN + 3];
    struct psks list = {0};
    struct complaint why;

    (void)state;
    memset(digits, 'a', sizeof(digits));
    digits[(size_t)2 * PSK_MAX_LEN] = '\0';
    add(&list, digits);
    assert_int_equal(list.keys[0].len, PSK_MAX_LEN);
    digits[(size_t)2 * PSK_MAX_LEN] = 'a';
    digits[2 * PSK_MAX_LEN + 2] = '\0';
    assert_false(psks_add(&list, digits, &why));
    says(why.text, "more than 512 bytes");
    assert_int_equal(list.num_keys, 1);
    psks_clear(&list);
}

static void what_is_no_key_is_refused_and_not_repeated(void **state)
{
    static const struct {
        const char *psk;
        const char *why;
    } rows[] = {
        {"", "the key is empty"},       {"alice:", "the key is empty"},
        {"a:b:", "the key is empty"},   {"alice:0", "not written in hexadecimal digits"},
        {"secret", "not written in"},   {"alice:0x0a", "not written in"},
        {"alice:0a 0b", "not written"}, {"alice", "behind an identity it takes a colon in front"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct psks list = {0};
        struct complaint why;

        assert_false(psks_add(&list, rows[i].psk, &why));
        says(why.text, rows[i].why);
        says(why.text, "--psk: ");
        assert_null(strstr(why.text, "alice"));
        assert_int_equal(list.num_keys, 0);
        psks_clear(&list);
    }
}

static void those_of_the_identity_come_first(void **state)
{
    struct psks list = {0};

    (void)state;
    assert_int_equal(psks_fit(&list, text("alice")), PSK_FIT_NONE);
    add(&list, "bob:01");
    assert_int_equal(psks_fit(&list, text("alice")), PSK_FIT_NONE);
    assert_null(psks_fitting(&list, text("alice"), 0));
    add(&list, "02");
    assert_int_equal(psks_fit(&list, text("alice")), PSK_FIT_ANY);
    add(&list, "alice:03");
    add(&list, "04");
    add(&list, "alice:05");
    assert_int_equal(psks_fit(&list, text("alice")), PSK_FIT_NAMED);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(psks_fitting(&list, text("alice"), i)->value[0], "\3\5\2\4"[i]);
    assert_null(psks_fitting(&list, text("alice"), 4));
    assert_int_equal(psks_fit(&list, text("Alice")), PSK_FIT_ANY);
    assert_int_equal(psks_fit(&list, bytes_of("alice\0", 6)), PSK_FIT_ANY);
    psks_clear(&list);
}

/* --- The question ------------------------------------------------------------------------ */

/* What is asked, and what came of it. */
struct asked {
    struct handshake h;
    struct psks list;
    struct secret secret;
    struct evidence e;
};

/* begin: a session of that suite, seen up to its ClientKeyExchange. */
static void begin(struct asked *a, uint16_t suite)
{
    static const struct message client_key_exchange = {.frame = 8};

    *a = (struct asked){.h = {.version = TLS_1_2,
                              .suite = suite_find(suite),
                              .client_key_exchange = &client_key_exchange,
                              .client_params.psk_identity = text("alice")}};
}

static void end(struct asked *a)
{
    psks_clear(&a->list);
    secret_clear(&a->secret);
    evidence_clear(&a->e);
}

static enum answer ask(struct asked *a)
{
    return psk_ask(&a->list, &a->h, &a->secret, &a->e);
}

static void is_premaster(const struct asked *a, const char *hex)
{
    struct bytes expected = unhex(hex);

    assert_int_equal(a->secret.kind, SECRET_PREMASTER);
    assert_true(bytes_equal(secret_view(&a->secret), expected));
    exact_free(expected);
}

static void alone_it_goes_behind_as_many_zeros(void **state)
{
    struct asked a;

    (void)state;
    begin(&a, 0x008c);
    add(&a.list, "alice:0a0b0c");
    assert_int_equal(ask(&a), ANSWER_SECRET);
    is_premaster(&a, "0003 000000 0003 0a0b0c");
    says(result_of(&a.e, GIVEN), "yes: it is \"alice\", and a key was given for that");
    assert_int_equal(step_of(&a.e, GIVEN)->frame, 8);
    says(result_of(&a.e, MADE), "as many zeros");
    end(&a);
}

static void it_goes_behind_what_another_leak_knew(void **state)
{
    static const uint16_t suites[] = {0x0090, 0xc035, 0x0094}; /* DHE_PSK, ECDHE_PSK, RSA_PSK */

    (void)state;
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        struct asked a;

        begin(&a, suites[i]);
        add(&a.list, "0a0b");
        assert_int_equal(ask(&a), ANSWER_WITHSTOOD);
        assert_int_equal(a.secret.kind, SECRET_NONE);
        says(result_of(&a.e, GIVEN), "perhaps: it is \"alice\"");
        says(result_of(&a.e, ALL), "no: ");
        evidence_clear(&a.e);
        assert_true(secret_set(&a.secret, SECRET_OTHER, bytes_of("\xc1\xc2\xc3", 3)));
        assert_int_equal(ask(&a), ANSWER_SECRET);
        is_premaster(&a, "0003 c1c2c3 0002 0a0b");
        end(&a);
    }
}

static void another_key_can_be_put_in_its_place(void **state)
{
    static const struct {
        uint16_t suite;
        const char *before;
        const char *behind;
    } rows[] = {
        {0x008c, "0001 00 0001 0a", "0003 000000 0003 0b0c0d"},
        {0xc035, "0002 c1c2 0001 0a", "0002 c1c2 0003 0b0c0d"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct asked a;

        begin(&a, rows[i].suite);
        add(&a.list, "0a");
        add(&a.list, "0b0c0d");
        if (rows[i].suite != 0x008c)
            assert_true(secret_set(&a.secret, SECRET_OTHER, bytes_of("\xc1\xc2", 2)));
        assert_int_equal(ask(&a), ANSWER_SECRET);
        is_premaster(&a, rows[i].before);
        assert_true(psk_replace(&a.secret, &a.h, &a.list.keys[1]));
        is_premaster(&a, rows[i].behind);
        assert_true(psk_replace(&a.secret, &a.h, &a.list.keys[0]));
        is_premaster(&a, rows[i].before);
        end(&a);
    }
}

static void a_key_for_another_identity_is_no_answer(void **state)
{
    struct asked a;

    (void)state;
    begin(&a, 0x008c);
    add(&a.list, "bob:0a");
    a.h.client_params.psk_identity = text("al\nice");
    assert_int_equal(ask(&a), ANSWER_MISMATCH);
    assert_int_equal(a.secret.kind, SECRET_NONE);
    says(result_of(&a.e, GIVEN), "no: it is \"al\\x0aice\", and none was given for that");
    end(&a);
}

static void what_would_be_longer_than_any_secret_gives_none(void **state)
{
    static const uint8_t much[SECRET_MAX_LEN] = {1};
    struct asked a;

    (void)state;
    begin(&a, 0x0090);
    add(&a.list, "0a");
    assert_true(secret_set(&a.secret, SECRET_OTHER, bytes_of(much, sizeof(much))));
    assert_int_equal(ask(&a), ANSWER_BROKEN);
    end(&a);
}

static void sessions_without_one_are_not_asked_about(void **state)
{
    struct asked a;

    (void)state;
    begin(&a, 0x008c);
    assert_int_equal(ask(&a), ANSWER_NOT_GIVEN);
    add(&a.list, "0a");
    a.h.suite = suite_find(0x002f);
    assert_int_equal(ask(&a), ANSWER_NOT_GIVEN);
    a.h.suite = suite_find(0x1301);
    a.h.version = TLS_1_3;
    assert_int_equal(ask(&a), ANSWER_NOT_GIVEN);
    end(&a);

    begin(&a, 0x008c); /* a resumption, which names no identity */
    add(&a.list, "0a");
    a.h.server_hello = a.h.client_key_exchange;
    a.h.client_key_exchange = NULL;
    a.h.change_cipher_spec[SIDE_SERVER] = true;
    assert_true(handshake_is_resumption(&a.h));
    assert_int_equal(ask(&a), ANSWER_NOT_GIVEN);
    assert_int_equal(a.e.num_steps, 0);
    end(&a);
}

static void without_a_client_key_exchange_it_cannot_be_told(void **state)
{
    struct asked a;

    (void)state;
    begin(&a, 0x008c);
    add(&a.list, "0a");
    a.h.client_key_exchange = NULL;
    assert_int_equal(ask(&a), ANSWER_BROKEN);
    says(result_of(&a.e, GIVEN), "can't be told");
    end(&a);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(the_last_colon_ends_the_identity),
        CASE(a_key_may_be_as_long_as_any_stack_takes_and_no_longer),
        CASE(what_is_no_key_is_refused_and_not_repeated),
        CASE(those_of_the_identity_come_first),
        CASE(alone_it_goes_behind_as_many_zeros),
        CASE(it_goes_behind_what_another_leak_knew),
        CASE(another_key_can_be_put_in_its_place),
        CASE(a_key_for_another_identity_is_no_answer),
        CASE(what_would_be_longer_than_any_secret_gives_none),
        CASE(sessions_without_one_are_not_asked_about),
        CASE(without_a_client_key_exchange_it_cannot_be_told),
    };

    return RUN(cases);
}
