#include "tests/support/weak_group.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>

/* Primes that one number is made of, each once. */
#define MAX_FACTORS 256

/* Where a group is being made. */
struct maker {
    uint64_t state; /* of the generator of pseudo-random numbers, which is SplitMix64 */
    BN_CTX *context;
    BIGNUM *factors[MAX_FACTORS]; /* the different primes of the order of all */
    size_t num_factors;
};

static void must(bool done)
{
    if (done)
        return;
    (void)fprintf(stderr, "weak_group: libcrypto failed\n");
    abort();
}

static uint64_t next_random(struct maker *m)
{
    uint64_t z = m->state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void begin(struct maker *m, struct weak_group *out, uint64_t seed)
{
    *m = (struct maker){.state = seed, .context = BN_CTX_new()};
    *out = (struct weak_group){BN_new(), BN_new(), BN_new()};
    must(m->context && out->p && out->g && out->order);
}

static void forget_factors(struct maker *m, size_t keep)
{
    while (m->num_factors > keep)
        BN_free(m->factors[--m->num_factors]);
}

static void end(struct maker *m)
{
    forget_factors(m, 0);
    BN_CTX_free(m->context);
}

/* random_prime has exactly so many bits. */
static void random_prime(BIGNUM *out, struct maker *m, unsigned bits)
{
    do {
        BN_zero(out);
        for (unsigned have = 0; have < bits; have += 32)
            must(BN_lshift(out, out, 32) && BN_add_word(out, next_random(m) >> 32));
        if (BN_num_bits(out) > (int)bits)
            must(BN_mask_bits(out, (int)bits));
        must(BN_set_bit(out, (int)bits - 1) && BN_set_bit(out, 0));
    } while (BN_check_prime(out, m->context, NULL) != 1);
}

/* take_factor multiplies *product by a prime of `bits`, and notes it; true when it is a new one. */
static bool take_factor(struct maker *m, BIGNUM *product, unsigned bits)
{
    BIGNUM *prime = BN_new();
    bool fresh = true;

    must(prime && m->num_factors < MAX_FACTORS);
    random_prime(prime, m, bits);
    for (size_t i = 0; i < m->num_factors; i++)
        fresh = fresh && BN_cmp(prime, m->factors[i]) != 0;
    if (!fresh) {
        BN_free(prime);
        return false;
    }
    m->factors[m->num_factors++] = prime;
    must(BN_mul(product, product, prime, m->context));
    return true;
}

/* is_generator: g^(order/q) is 1 for none of the primes q of the order. */
static bool is_generator(const struct weak_group *group, const BIGNUM *order, struct maker *m)
{
    BIGNUM *power = BN_new();
    bool generates = true;

    for (size_t i = 0; generates && i < m->num_factors; i++) {
        must(BN_div(power, NULL, order, m->factors[i], m->context) &&
             BN_mod_exp(power, group->g, power, group->p, m->context));
        generates = !BN_is_one(power);
    }
    BN_free(power);
    return generates;
}

/* find_generator: the smallest one. */
static void find_generator(struct weak_group *out, struct maker *m)
{
    must(BN_copy(out->order, out->p) && BN_sub_word(out->order, 1) && BN_set_word(out->g, 2));
    while (!is_generator(out, out->order, m))
        must(BN_add_word(out->g, 1));
}

/* complete finds the last primes, of `most` bits at most, that make 2 * product + 1 a prime of
 * `bits`. */
static void complete(struct weak_group *out, struct maker *m, BIGNUM *product, unsigned bits,
                     unsigned most)
{
    size_t kept;
    BIGNUM *last = BN_new();

    must(last && BN_lshift1(product, product));
    while ((unsigned)BN_num_bits(product) + 2 * most < bits)
        (void)take_factor(m, product, most);
    kept = m->num_factors;
    do {
        unsigned left = bits - (unsigned)BN_num_bits(product);

        forget_factors(m, kept);
        must(BN_copy(last, product) != NULL);
        (void)take_factor(m, last, (left + 1) / 2);
        (void)take_factor(m, last, left / 2 + 1);
        must(BN_copy(out->p, last) && BN_add_word(out->p, 1));
    } while ((unsigned)BN_num_bits(out->p) != bits || m->num_factors != kept + 2 ||
             BN_check_prime(out->p, m->context, NULL) != 1);
    BN_free(last);
}

/* note_two: every order has it. */
static void note_two(struct maker *m)
{
    BIGNUM *two = BN_new();

    must(two && BN_set_word(two, 2));
    m->factors[m->num_factors++] = two;
}

void weak_group_power(struct weak_group *out, unsigned bits, unsigned factor_bits, unsigned power,
                      uint64_t seed)
{
    struct maker m;
    BIGNUM *product = BN_new();

    begin(&m, out, seed);
    note_two(&m);
    must(product && BN_one(product));
    if (power > 0)
        (void)take_factor(&m, product, factor_bits);
    for (unsigned i = 1; i < power; i++)
        must(BN_mul(product, product, m.factors[1], m.context));
    complete(out, &m, product, bits, factor_bits);
    find_generator(out, &m);
    BN_free(product);
    end(&m);
}

void weak_group_smooth(struct weak_group *out, unsigned bits, unsigned factor_bits, uint64_t seed)
{
    weak_group_power(out, bits, factor_bits, 0, seed);
}

void weak_group_composite(struct weak_group *out, unsigned bits, unsigned factor_bits,
                          uint64_t seed)
{
    struct maker m;
    BIGNUM *product = BN_new();
    unsigned left;

    begin(&m, out, seed);
    must(product && BN_one(product) && BN_set_word(out->g, 2));
    while ((left = bits - (unsigned)BN_num_bits(product)) > factor_bits)
        (void)take_factor(&m, product, factor_bits);
    do {
        must(BN_copy(out->p, product) != NULL);
        (void)take_factor(&m, out->p, left < 3 ? 3 : left);
    } while ((unsigned)BN_num_bits(out->p) < bits);
    BN_free(product);
    end(&m);
}

void weak_group_subgroup(struct weak_group *out, unsigned bits, unsigned order_bits, bool whole,
                         uint64_t seed)
{
    struct maker m;
    BIGNUM *large = BN_new();

    begin(&m, out, seed);
    note_two(&m);
    must(large && BN_set_word(large, 2));
    (void)take_factor(&m, large, bits - order_bits);
    do {
        forget_factors(&m, 2);
        must(BN_copy(out->p, large) != NULL);
        (void)take_factor(&m, out->p, order_bits);
        must(BN_add_word(out->p, 1));
    } while ((unsigned)BN_num_bits(out->p) != bits || BN_check_prime(out->p, m.context, NULL) != 1);
    find_generator(out, &m);
    if (!whole)
        must(BN_mod_exp(out->g, out->g, large, out->p, m.context) &&
             BN_copy(out->order, m.factors[2]) != NULL);
    BN_free(large);
    end(&m);
}

EVP_PKEY *weak_group_parameters(const struct weak_group *group)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;

    must(builder && context && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_P, group->p) &&
         OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_FFC_G, group->g));
    params = OSSL_PARAM_BLD_to_param(builder);
    must(params && EVP_PKEY_fromdata_init(context) == 1 &&
         EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEY_PARAMETERS, params) == 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    return key;
}

void weak_group_clear(struct weak_group *group)
{
    BN_free(group->p);
    BN_free(group->g);
    BN_free(group->order);
    *group = (struct weak_group){0};
}
