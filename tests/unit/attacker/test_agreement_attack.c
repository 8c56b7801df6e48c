/* What one member's secret opens, and what nothing opens. */
#include "attacker/agreement_attack.h"

#include "tests/support/check.h"
#include "tests/support/key_maker.h"
#include "tests/support/ring_talk.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char TEXT[] = "at noon";

struct heard {
    struct ring_talk talk;
    struct agreements all;
};

static void hear(struct heard *h, unsigned members)
{
    *h = (struct heard){0};
    ring_talk_hold(&h->talk, members, TEXT);
    ring_talk_hear(&h->talk, &h->all, 4000);
    assert_int_equal(h->all.num, 1);
}

static void forget(struct heard *h)
{
    agreements_clear(&h->all);
    ring_talk_clear(&h->talk);
}

static void assert_shut(const struct agreement *a, enum outcome outcome, enum reason reason)
{
    assert_int_equal(a->outcome, outcome);
    assert_int_equal(a->reason, reason);
    assert_null(a->secret_source);
    assert_int_equal(a->message.len, 0);
    assert_non_null(a->explanation);
}

static bool is_told(const struct agreement *a, const char *step, const char *part)
{
    for (size_t i = 0; i < a->evidence.num_steps; i++) {
        if (strcmp(a->evidence.steps[i].step, step) == 0)
            return strstr(a->evidence.steps[i].result, part) != NULL;
    }
    return false;
}

static void any_members_secret_opens_it(void **state)
{
    static const unsigned sizes[] = {2, 3, 5};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (unsigned member = 1; member <= sizes[i]; member++) {
            struct heard h;

            hear(&h, sizes[i]);

            struct leaks leaks = ring_talk_leak(&h.talk, member);
            const struct agreement *a = h.all.list[0];

            agreement_attack(h.all.list[0], &leaks);
            assert_int_equal(a->outcome, OUTCOME_DECRYPTED);
            assert_int_equal(a->reason, REASON_NONE);
            assert_string_equal(a->secret_source, "ephemeral");
            assert_true(bytes_equal(buffer_view(&a->message), bytes_of(TEXT, strlen(TEXT))));
            if (sizes[i] > 2)
                assert_true(is_told(a, "Does it explain what that member sent later?", "yes: "));
            leaks_clear(&leaks);
            forget(&h);
        }
    }
}

static void without_a_leak_the_public_values_open_nothing(void **state)
{
    const struct leaks none = {0};
    struct heard h;

    (void)state;
    hear(&h, 3);
    agreement_attack(h.all.list[0], &none);
    assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_NO_KEY);
    assert_true(is_told(h.all.list[0], "What crossed the wire?",
                        "6 of 6 public values of 3 members in ffdhe2048"));
    assert_true(is_told(h.all.list[0], "Do the public values give the key?", "no: "));
    forget(&h);
}

static void a_servers_key_has_no_part_in_it(void **state)
{
    struct leaks leaks = {0};
    struct heard h;

    (void)state;
    hear(&h, 3);
    private_keys_add(&leaks.server_keys, make_rsa(1024));
    agreement_attack(h.all.list[0], &leaks);
    assert_shut(h.all.list[0], OUTCOME_PROTECTED, REASON_FORWARD_SECRET);
    leaks_clear(&leaks);
    forget(&h);
}

static void the_secret_of_somebody_else_is_no_members(void **state)
{
    struct leaks leaks = {0};
    struct heard h;

    (void)state;
    hear(&h, 3);
    private_keys_add(&leaks.ephemerals, make_finite_field("ffdhe2048"));
    private_keys_add(&leaks.ephemerals, make_finite_field("ffdhe3072"));
    private_keys_add(&leaks.ephemerals, make_curve("X25519"));
    private_keys_add(&leaks.ephemerals, make_rsa(1024));
    agreement_attack(h.all.list[0], &leaks);
    assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH);
    assert_true(is_told(h.all.list[0], "Whose secret is the key that was given?", "nobody's"));
    leaks_clear(&leaks);
    forget(&h);
}

static void the_right_secret_is_found_behind_others(void **state)
{
    struct leaks leaks = {0};
    struct heard h;

    (void)state;
    hear(&h, 3);
    private_keys_add(&leaks.ephemerals, make_curve("P-256"));
    private_keys_add(&leaks.ephemerals, make_finite_field("ffdhe2048"));
    assert_int_equal(EVP_PKEY_up_ref(h.talk.members[1].secret), 1);
    private_keys_add(&leaks.ephemerals, h.talk.members[1].secret);
    agreement_attack(h.all.list[0], &leaks);
    assert_int_equal(h.all.list[0]->outcome, OUTCOME_DECRYPTED);
    assert_true(
        is_told(h.all.list[0], "Whose secret is the key that was given?", "member 2's: g^x"));
    leaks_clear(&leaks);
    forget(&h);
}

/* Spoils one byte of what was heard, by member and round; round 0 is the sealed message. */
static void spoil(struct agreement *a, unsigned member, unsigned round, size_t at)
{
    struct agreement_part *part = round == 0 ? &a->sealed : &a->values[member - 1][round - 1];

    part->bytes.at[at] ^= 1;
}

static void what_was_tampered_with_does_not_open(void **state)
{
    static const struct {
        unsigned round;
        size_t at;
    } table[] = {{2, 100}, {0, 0}, {0, 12}, {0, 12 + sizeof(TEXT)}};

    (void)state;
    for (size_t i = 0; i < COUNT(table); i++) {
        struct heard h;

        hear(&h, 3);

        struct leaks leaks = ring_talk_leak(&h.talk, 2); /* who got its last value from 1 */

        spoil(h.all.list[0], 1, table[i].round, table[i].at);
        agreement_attack(h.all.list[0], &leaks);
        assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_MALFORMED);
        assert_true(is_told(h.all.list[0], "Does the message open with it?", "no: "));
        leaks_clear(&leaks);
        forget(&h);
    }
}

static void a_header_that_was_tampered_with_does_not_open(void **state)
{
    struct heard h;

    (void)state;
    hear(&h, 3);

    struct leaks leaks = ring_talk_leak(&h.talk, 2);

    h.all.list[0]->sealed_header.at[29] = 3; /* from another sender */
    agreement_attack(h.all.list[0], &leaks);
    assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_MALFORMED);
    leaks_clear(&leaks);
    forget(&h);
}

static void a_sealed_message_that_is_too_short_does_not_open(void **state)
{
    for (size_t len = 0; len < 28; len += 9) {
        struct heard h;

        (void)state;
        hear(&h, 2);

        struct leaks leaks = ring_talk_leak(&h.talk, 1);

        h.all.list[0]->sealed.bytes.len = len;
        agreement_attack(h.all.list[0], &leaks);
        assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_MALFORMED);
        leaks_clear(&leaks);
        forget(&h);
    }
}

static void what_is_missing_is_told(void **state)
{
    struct heard h;

    (void)state;
    hear(&h, 3);

    struct leaks leaks = ring_talk_leak(&h.talk, 2);

    h.all.list[0]->values[0][1].frame = 0; /* the last one that came to member 2 */
    agreement_attack(h.all.list[0], &leaks);
    assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    assert_non_null(strstr(h.all.list[0]->explanation, "the value that it got last"));
    leaks_clear(&leaks);
    forget(&h);

    hear(&h, 3);
    leaks = ring_talk_leak(&h.talk, 2);
    h.all.list[0]->sealed.frame = 0;
    agreement_attack(h.all.list[0], &leaks);
    assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING);
    assert_non_null(strstr(h.all.list[0]->explanation, "nothing to open"));
    leaks_clear(&leaks);
    forget(&h);
}

/* A value that somebody else sent in the middle does not matter to the key of this one. */
static void values_that_are_not_needed_may_be_missing(void **state)
{
    struct heard h;

    (void)state;
    hear(&h, 5);

    struct leaks leaks = ring_talk_leak(&h.talk, 2);

    h.all.list[0]->values[3][1].frame = 0;
    h.all.list[0]->values[0][2].frame = 0;
    agreement_attack(h.all.list[0], &leaks);
    assert_int_equal(h.all.list[0]->outcome, OUTCOME_DECRYPTED);
    leaks_clear(&leaks);
    forget(&h);
}

static void a_group_that_is_not_known_stays_shut(void **state)
{
    static const uint16_t groups[] = {0x001d, 0x0101, 0xfefe};

    (void)state;
    for (size_t i = 0; i < COUNT(groups); i++) {
        struct heard h;

        hear(&h, 2);

        struct leaks leaks = ring_talk_leak(&h.talk, 2);

        h.all.list[0]->group = groups[i];
        agreement_attack(h.all.list[0], &leaks);
        assert_shut(h.all.list[0], OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH);
        leaks_clear(&leaks);
        forget(&h);
    }
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(any_members_secret_opens_it),
        CASE(without_a_leak_the_public_values_open_nothing),
        CASE(a_servers_key_has_no_part_in_it),
        CASE(the_secret_of_somebody_else_is_no_members),
        CASE(the_right_secret_is_found_behind_others),
        CASE(what_was_tampered_with_does_not_open),
        CASE(a_header_that_was_tampered_with_does_not_open),
        CASE(a_sealed_message_that_is_too_short_does_not_open),
        CASE(what_is_missing_is_told),
        CASE(values_that_are_not_needed_may_be_missing),
        CASE(a_group_that_is_not_known_stays_shut),
    };

    return RUN(cases);
}
