#include "attacker/groups/factors.h"

#include <stdlib.h>

#include "attacker/groups/factor_search.h"

/* Each round lets a composite pass with a probability of 1/4 at the most. */
#define ROUNDS 20

/* --- Is it prime? ------------------------------------------------------------------------- */

struct test {
    struct budget *budget;
    uint64_t cost; /* of a round */
    unsigned rounds;
};

/* on_round: libcrypto has 64 rounds and more in mind. Zero ends them. */
static int on_round(int event, int number, BN_GENCB *callback)
{
    struct test *t = BN_GENCB_get_arg(callback);

    if (event != 1 || number < 0) /* that was division by small primes */
        return 1;
    t->rounds++;
    return t->rounds < ROUNDS && budget_spend(t->budget, t->cost);
}

enum primality factors_is_prime(const BIGNUM *n, struct budget *budget)
{
    uint64_t words = number_bits(n) / 64 + 1;
    struct test t = {budget, words * words * 2 * number_bits(n), 0};
    BN_CTX *context = alloc_checked(BN_CTX_new());
    BN_GENCB *callback = alloc_checked(BN_GENCB_new());

    BN_GENCB_set(callback, on_round, &t);
    int prime = BN_check_prime(n, context, callback);
    BN_GENCB_free(callback);
    BN_CTX_free(context);
    if (prime == 0)
        return PRIMALITY_COMPOSITE;
    return prime == 1 || t.rounds >= ROUNDS ? PRIMALITY_PRIME : PRIMALITY_UNKNOWN;
}

/* --- The list ----------------------------------------------------------------------------- */

void factors_add(struct factors *f, const BIGNUM *prime, unsigned exponent)
{
    size_t i = 0;

    while (i < f->num && BN_cmp(f->powers[i].prime, prime) < 0)
        i++;
    if (i < f->num && BN_cmp(f->powers[i].prime, prime) == 0) {
        f->powers[i].exponent += exponent;
        return;
    }
    f->powers = alloc_resize(f->powers, (f->num + 1) * sizeof(*f->powers));
    for (size_t k = f->num++; k > i; k--)
        f->powers[k] = f->powers[k - 1];
    f->powers[i] = (struct prime_power){number_copy(prime), exponent};
}

const BIGNUM *factors_largest(const struct factors *f)
{
    return f->num > 0 ? f->powers[f->num - 1].prime : NULL;
}

void factors_clear(struct factors *f)
{
    for (size_t i = 0; i < f->num; i++)
        BN_free(f->powers[i].prime);
    free(f->powers);
    BN_free(f->rest);
    *f = (struct factors){0};
}

/* --- Taking apart ------------------------------------------------------------------------- */

/* divide_out divides *rest by a prime as often as it goes. */
static void divide_out(struct factors *f, uint64_t small, BN_CTX *context)
{
    BIGNUM *prime = number_of_word(small);

    while (BN_mod_word(f->rest, small) == 0) {
        number_must(BN_div(f->rest, NULL, f->rest, prime, context) == 1);
        factors_add(f, prime, 1);
    }
    BN_free(prime);
}

static void divide_by_small(struct factors *f, struct budget *budget)
{
    struct small_primes primes;
    BN_CTX *context = alloc_checked(BN_CTX_new());
    uint64_t prime;

    small_primes_begin(&primes);
    while (small_primes_next(&primes, &prime) && !BN_is_one(f->rest) &&
           budget_spend(budget, number_bits(f->rest)))
        divide_out(f, prime, context);
    small_primes_clear(&primes);
    BN_CTX_free(context);
}

/* take_apart goes on with a number that has no small primes; what it can't take apart goes into
 * f->rest. It ends, since each part is smaller than the whole. */
static void take_apart(struct factors *f, const BIGNUM *n, struct budget *budget)
{
    BIGNUM *part = number_new();
    BIGNUM *other = number_new();
    BN_CTX *context = alloc_checked(BN_CTX_new());

    if (factors_is_prime(n, budget) == PRIMALITY_PRIME) {
        factors_add(f, n, 1);
    } else if (factor_search(part, n, budget)) {
        number_must(BN_div(other, NULL, n, part, context) == 1);
        take_apart(f, part, budget);
        take_apart(f, other, budget);
    } else {
        number_must(BN_mul(f->rest, f->rest, n, context) == 1);
    }
    BN_free(part);
    BN_free(other);
    BN_CTX_free(context);
}

void factors_find(struct factors *out, const BIGNUM *n, struct budget *budget)
{
    *out = (struct factors){.rest = number_copy(n)};
    divide_by_small(out, budget);

    BIGNUM *left = out->rest;
    out->rest = number_of_word(1);
    if (!BN_is_one(left))
        take_apart(out, left, budget);
    BN_free(left);
}
