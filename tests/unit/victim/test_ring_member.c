/* What a member computes, on its own and with others. */
#include "victim/ring_member.h"

#include <openssl/core_names.h>

#include "victim/dh_parameters.h"

#include "tests/support/check.h"

static const uint8_t NUMBER[RING_AGREEMENT_SIZE] = {1, 2, 3};

static void make(struct ring_member *members, unsigned num)
{
    EVP_PKEY *group = dh_parameters_named(RING_GROUP_NAME);

    for (unsigned i = 0; i < num; i++)
        assert_true(ring_member_make(&members[i], i + 1, group));
    EVP_PKEY_free(group);
}

static void clear(struct ring_member *members, unsigned num)
{
    for (unsigned i = 0; i < num; i++)
        ring_member_clear(&members[i]);
}

static struct bytes value_of(const struct ring_member *member)
{
    return bytes_of(member->value, RING_VALUE_SIZE);
}

/* Three, each of whom has raised what the two others have in common. */
static void agree(struct ring_member members[static 3])
{
    make(members, 3);
    for (int round = 1; round < 3; round++) {
        uint8_t sent[3][RING_VALUE_SIZE];

        for (size_t i = 0; i < 3; i++)
            memcpy(sent[i], members[i].value, RING_VALUE_SIZE);
        for (size_t i = 0; i < 3; i++)
            assert_true(
                ring_member_raise(&members[i], bytes_of(sent[(i + 2) % 3], RING_VALUE_SIZE)));
    }
    for (size_t i = 0; i < 3; i++)
        assert_true(ring_member_conclude(&members[i], bytes_of(NUMBER, sizeof(NUMBER))));
}

static void all_come_to_the_same_key(void **state)
{
    struct ring_member members[3];

    (void)state;
    agree(members);
    assert_memory_equal(members[0].key, members[1].key, RING_KEY_SIZE);
    assert_memory_equal(members[0].key, members[2].key, RING_KEY_SIZE);
    clear(members, 3);
}

static void another_agreement_makes_another_key_of_the_same_value(void **state)
{
    static const uint8_t other[RING_AGREEMENT_SIZE] = {9};
    struct ring_member members[3];
    uint8_t key[RING_KEY_SIZE];

    (void)state;
    agree(members);
    memcpy(key, members[0].key, sizeof(key));
    assert_true(ring_member_conclude(&members[0], bytes_of(other, sizeof(other))));
    assert_memory_not_equal(members[0].key, key, RING_KEY_SIZE);
    clear(members, 3);
}

static void values_that_would_give_away_the_key_are_refused(void **state)
{
    uint8_t value[RING_VALUE_SIZE] = {0};
    struct ring_member member;
    uint8_t before[RING_VALUE_SIZE];
    BIGNUM *p = NULL;

    (void)state;
    make(&member, 1);
    memcpy(before, member.value, sizeof(before));
    assert_false(ring_member_raise(&member, bytes_of(value, sizeof(value)))); /* 0 */
    value[RING_VALUE_SIZE - 1] = 1;
    assert_false(ring_member_raise(&member, bytes_of(value, sizeof(value))));
    memset(value, 0xff, sizeof(value)); /* above p */
    assert_false(ring_member_raise(&member, bytes_of(value, sizeof(value))));
    assert_int_equal(EVP_PKEY_get_bn_param(member.secret, OSSL_PKEY_PARAM_FFC_P, &p), 1);
    assert_int_equal(BN_sub_word(p, 1), 1);
    assert_int_equal(BN_bn2binpad(p, value, RING_VALUE_SIZE), RING_VALUE_SIZE);
    assert_false(ring_member_raise(&member, bytes_of(value, sizeof(value)))); /* p - 1 */
    assert_false(ring_member_raise(&member, bytes_of(before, RING_VALUE_SIZE - 1)));
    BN_free(p);
    assert_memory_equal(member.value, before, RING_VALUE_SIZE);
    assert_true(ring_member_raise(&member, value_of(&member)));
    ring_member_clear(&member);
}

static void what_one_seals_another_opens(void **state)
{
    static const char text[] = "at noon";
    struct bytes header = bytes_of("header", 6);
    struct buffer sealed = {0};
    struct buffer opened = {0};
    struct ring_member members[3];

    (void)state;
    agree(members);
    assert_true(ring_member_seal(&members[0], &sealed, header, bytes_of(text, strlen(text))));
    assert_int_equal(sealed.len, RING_NONCE + strlen(text) + RING_TAG);
    assert_true(ring_member_open(&members[2], &opened, header, buffer_view(&sealed)));
    assert_true(bytes_equal(buffer_view(&opened), bytes_of(text, strlen(text))));
    buffer_clear(&opened);

    /* Neither another header, nor another bit, nor less of it. */
    assert_false(
        ring_member_open(&members[1], &opened, bytes_of("Header", 6), buffer_view(&sealed)));
    sealed.at[RING_NONCE] ^= 1;
    assert_false(ring_member_open(&members[1], &opened, header, buffer_view(&sealed)));
    sealed.at[RING_NONCE] ^= 1;
    for (size_t len = 0; len < sealed.len; len++) {
        struct bytes cut = exact_copy(bytes_of(sealed.at, len));

        assert_false(ring_member_open(&members[1], &opened, header, cut));
        exact_free(cut);
    }
    assert_int_equal(opened.len, 0);
    buffer_clear(&sealed);
    clear(members, 3);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(all_come_to_the_same_key),
        CASE(another_agreement_makes_another_key_of_the_same_value),
        CASE(values_that_would_give_away_the_key_are_refused),
        CASE(what_one_seals_another_opens),
    };

    return RUN(cases);
}
