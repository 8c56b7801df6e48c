#include "attacker/leaks/discrete_log.h"

#include <openssl/bn.h>
#include <stdlib.h>

#include "capture/alloc.h"
#include "tests/support/check.h"
#include "tests/support/sample_exchange.h"
#include "tests/support/weak_group.h"

/* More milliseconds than any of these takes, by far. */
#define LONG_ENOUGH 60000

static const char EXPONENT[] = "Does an exponent follow from the public values?";
static const char VALUES[] = "Does each public value lie between 2 and p - 2?";
static const char THERE[] = "Is there a group of integers modulo p to attack?";

static struct bytes wire_of(const BIGNUM *n)
{
    uint8_t at[4096];

    return exact_copy(bytes_of(at, (size_t)BN_bn2bin(n, at)));
}

/* What is asked, and what came of it. */
struct asked {
    struct handshake h;
    struct secret secret;
    struct evidence e;
    uint64_t spent_ms;
};

/* meet makes a handshake in a group, with values that are given. */
static struct asked *meet(uint16_t suite, const BIGNUM *p, const BIGNUM *g, const BIGNUM *server,
                          const BIGNUM *client)
{
    struct asked *a = alloc_zero(sizeof(*a));

    a->h.version = TLS_1_2;
    a->h.suite = suite_find(suite);
    a->h.server_params.p = wire_of(p);
    a->h.server_params.g = wire_of(g);
    a->h.server_value = wire_of(server);
    a->h.client_value = wire_of(client);
    return a;
}

static enum answer ask(struct discrete_log *d, struct asked *a)
{
    return discrete_log_ask(d, &a->h, &a->secret, &a->e, &a->spent_ms);
}

static void forget(struct asked *a)
{
    exact_free(a->h.server_params.p);
    exact_free(a->h.server_params.g);
    exact_free(a->h.server_value);
    exact_free(a->h.client_value);
    secret_clear(&a->secret);
    evidence_clear(&a->e);
    free(a);
}

/* value_of is g^x, for BN_free. */
static BIGNUM *value_of(const struct weak_group *group, const BIGNUM *x)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *value = BN_new();

    assert_int_equal(BN_mod_exp(value, group->g, x, group->p, context), 1);
    BN_CTX_free(context);
    return value;
}

static BIGNUM *random_exponent(int bits)
{
    BIGNUM *x = BN_new();

    assert_int_equal(BN_rand(x, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), 1);
    return x;
}

/* An exchange in a group, and the secret of the two. */
struct exchange {
    BIGNUM *server; /* value */
    BIGNUM *client;
    BIGNUM *shared;
};

static struct exchange exchange_in(const struct weak_group *group, int server_bits, int client_bits)
{
    BIGNUM *x = random_exponent(server_bits);
    BIGNUM *y = random_exponent(client_bits);
    BN_CTX *context = BN_CTX_new();
    struct exchange made = {value_of(group, x), value_of(group, y), BN_new()};

    assert_int_equal(BN_mod_exp(made.shared, made.client, x, group->p, context), 1);
    BN_CTX_free(context);
    BN_free(x);
    BN_free(y);
    return made;
}

static void end(struct exchange *x)
{
    BN_free(x->server);
    BN_free(x->client);
    BN_free(x->shared);
}

static void knows(const struct asked *a, const BIGNUM *shared)
{
    struct bytes expected = wire_of(shared);

    assert_int_equal(a->secret.kind, SECRET_PREMASTER);
    assert_true(bytes_equal(secret_view(&a->secret), expected));
    exact_free(expected);
}

static void a_weak_group_gives_the_secret_and_the_same_value_gives_it_again(void **state)
{
    struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
    struct weak_group group;

    (void)state;
    weak_group_smooth(&group, 256, 16, 1);
    struct exchange one = exchange_in(&group, 250, 250);
    struct exchange other = exchange_in(&group, 250, 250);
    const BIGNUM *const values[][2] = {{one.server, one.client},
                                       {one.server, other.client}, /* the server's again */
                                       {other.server, one.server}, /* the other's, as it were */
                                       {other.server, other.client}};
    for (size_t i = 0; i < 4; i++) {
        struct asked *a = meet(0x009e, group.p, group.g, values[i][0], values[i][1]);

        assert_int_equal(ask(d, a), ANSWER_SECRET);
        says(result_of(&a->e, EXPONENT),
             i == 0 || i == 3 ? "Pohlig and Hellman" : "before in this recording");
        if (i == 0)
            knows(a, one.shared);
        if (i == 3)
            knows(a, other.shared);
        forget(a);
    }
    end(&one);
    end(&other);
    weak_group_clear(&group);
    discrete_log_free(d);
}

static void what_has_withstood_once_is_not_tried_for_as_long_again(void **state)
{
    struct discrete_log *d = discrete_log_new(200, NULL);
    struct weak_group group = {BN_get_rfc2409_prime_1024(NULL), BN_new(), NULL};

    (void)state;
    assert_int_equal(BN_set_word(group.g, 2), 1);
    for (int i = 0; i < 3; i++) {
        struct exchange x = exchange_in(&group, 1000, 1000);
        struct asked *a = meet(0x009e, group.p, group.g, x.server, x.client);

        assert_int_equal(ask(d, a), ANSWER_WITHSTOOD);
        assert_int_equal(a->secret.kind, SECRET_NONE);
        assert_true(a->spent_ms >= 100);
        says(result_of(&a->e, EXPONENT), i == 0 ? "no, not in " : "before in this recording");
        says(result_of(&a->e, "What would it cost, then?"), "modp1024: the number field sieve");
        forget(a);
        end(&x);
    }

    /* A value that hides nothing costs nothing, either. */
    BIGNUM *y = random_exponent(1000);
    BIGNUM *client = value_of(&group, y);
    struct asked *a = meet(0x009e, group.p, group.g, BN_value_one(), client);
    assert_int_equal(ask(d, a), ANSWER_SECRET);
    knows(a, BN_value_one());
    says(result_of(&a->e, VALUES), "no: the server's is 1");
    forget(a);

    /* -1 does not, but whether the secret is 1 or -1 can't be told: 2 generates half of all. */
    BIGNUM *minus_one = BN_dup(group.p);
    assert_int_equal(BN_sub_word(minus_one, 1), 1);
    a = meet(0x009e, group.p, group.g, minus_one, client);
    assert_int_equal(ask(d, a), ANSWER_BROKEN);
    says(result_of(&a->e, VALUES), "no: the server's is -1");
    forget(a);
    BN_free(minus_one);
    BN_free(client);
    BN_free(y);
    weak_group_clear(&group);
    discrete_log_free(d);
}

static void a_short_exponent_gives_the_secret_whoever_chose_it(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
        struct weak_group group = {BN_get_rfc2409_prime_768(NULL), BN_new(), NULL};

        assert_int_equal(BN_set_word(group.g, 2), 1);
        struct exchange x = exchange_in(&group, i == 0 ? 28 : 700, i == 0 ? 700 : 28);
        struct asked *a = meet(0x009e, group.p, group.g, x.server, x.client);
        assert_int_equal(ask(d, a), ANSWER_SECRET);
        knows(a, x.shared);
        says(result_of(&a->e, EXPONENT), "has no more than 28 bits");
        forget(a);
        end(&x);
        weak_group_clear(&group);
        discrete_log_free(d);
    }
}

static void values_that_are_no_powers_of_g_have_no_exponent(void **state)
{
    struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
    struct weak_group group;
    BIGNUM *stranger = BN_new();

    (void)state;
    weak_group_subgroup(&group, 128, 20, false, 4);
    assert_int_equal(BN_set_word(stranger, 5), 1);
    struct asked *a = meet(0x009e, group.p, group.g, stranger, stranger);
    assert_int_equal(ask(d, a), ANSWER_BROKEN);
    says(result_of(&a->e, EXPONENT), "there is none");
    forget(a);
    BN_free(stranger);
    weak_group_clear(&group);
    discrete_log_free(d);
}

static void where_a_psk_goes_in_as_well_the_exponent_is_not_enough(void **state)
{
    struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
    struct weak_group group;

    (void)state;
    weak_group_smooth(&group, 128, 16, 2);
    struct exchange x = exchange_in(&group, 120, 120);
    struct asked *a = meet(0x00aa, group.p, group.g, x.server, x.client); /* DHE_PSK */
    assert_int_equal(ask(d, a), ANSWER_PSK);
    forget(a);
    end(&x);
    weak_group_clear(&group);
    discrete_log_free(d);
}

static void what_is_no_group_or_incomplete_is_told(void **state)
{
    struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
    BIGNUM *p = BN_new();
    struct asked *a = meet(0x009e, BN_value_one(), BN_value_one(), BN_value_one(), BN_value_one());

    (void)state;
    assert_int_equal(ask(NULL, a), ANSWER_NOT_GIVEN);
    assert_int_equal(a->e.num_steps, 0);
    assert_int_equal(ask(d, a), ANSWER_BROKEN);
    says(result_of(&a->e, THERE), "p is 0 or 1");
    forget(a);

    assert_int_equal(BN_set_word(p, 1019), 1);
    for (int i = 0; i < 2; i++) {
        a = meet(0x009e, p, BN_value_one(), BN_value_one(), BN_value_one());
        struct bytes *missing = i == 0 ? &a->h.server_value : &a->h.client_value;
        exact_free(*missing);
        *missing = (struct bytes){0};
        assert_int_equal(ask(d, a), ANSWER_BROKEN);
        says(result_of(&a->e, THERE), "missing from the recording");
        forget(a);
    }

    assert_int_equal(BN_set_bit(p, DISCRETE_LOG_MAX_BITS), 1);
    a = meet(0x009e, p, BN_value_one(), BN_value_one(), BN_value_one());
    assert_int_equal(ask(d, a), ANSWER_NOT_GIVEN);
    says(result_of(&a->e, THERE), "8193 bits");
    forget(a);
    BN_free(p);
    discrete_log_free(d);
    discrete_log_free(NULL);
}

static void of_very_many_groups_the_oldest_are_forgotten(void **state)
{
    struct discrete_log *d = discrete_log_new(LONG_ENOUGH, NULL);
    BIGNUM *p = BN_new();
    BIGNUM *g = BN_new();

    (void)state;
    assert_int_equal(BN_set_word(g, 2), 1);
    for (unsigned i = 0; i < DISCRETE_LOG_MAX_GROUPS + 9; i++) {
        unsigned number = i < DISCRETE_LOG_MAX_GROUPS + 8 ? i : 0; /* the first one at the end */

        assert_int_equal(BN_set_word(p, 11 + 2 * number), 1);
        struct asked *a = meet(0x009e, p, g, g, g);
        assert_int_equal(ask(d, a), ANSWER_SECRET);
        says(result_of(&a->e, EXPONENT), "yes, in ");
        forget(a);
    }
    BN_free(p);
    BN_free(g);
    discrete_log_free(d);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_weak_group_gives_the_secret_and_the_same_value_gives_it_again),
        CASE(what_has_withstood_once_is_not_tried_for_as_long_again),
        CASE(a_short_exponent_gives_the_secret_whoever_chose_it),
        CASE(values_that_are_no_powers_of_g_have_no_exponent),
        CASE(where_a_psk_goes_in_as_well_the_exponent_is_not_enough),
        CASE(what_is_no_group_or_incomplete_is_told),
        CASE(of_very_many_groups_the_oldest_are_forgotten),
    };

    return RUN(cases);
}
