#include "attacker/groups/cyclic.h"

/* Of what is left, factoring may take so much: one part in two. */
#define FACTORING_PARTS 2

/* take_halves: `n` is 2 times a prime. */
static void take_halves(struct factors *out, const BIGNUM *n)
{
    BIGNUM *half = number_of_word(2);

    *out = (struct factors){.rest = number_of_word(1)};
    factors_add(out, half, 1);
    number_must(BN_rshift1(half, n) == 1);
    factors_add(out, half, 1);
    BN_free(half);
}

/* count_all finds the number of all residues that can be powers of something: prime^(power - 1) *
 * (prime - 1), and its factors. */
static void count_all(struct cyclic *c, BIGNUM *out, bool safe, struct budget *budget)
{
    struct budget part = budget_part(budget, FACTORING_PARTS);

    number_must(BN_copy(out, c->prime) != NULL && BN_sub_word(out, 1) == 1);
    if (safe)
        take_halves(&c->among, out);
    else
        factors_find(&c->among, out, &part);
    if (c->power == 1)
        return;
    factors_add(&c->among, c->prime, c->power - 1);
    for (unsigned i = 1; i < c->power; i++)
        number_must(BN_mul(out, out, c->prime, c->residues.context) == 1);
}

/* count_share finds the largest power of a prime that divides the order of g: `all` is the number
 * of all residues, in which it has that exponent. */
static bool count_share(struct cyclic *c, const BIGNUM *all, const struct prime_power *q)
{
    BN_CTX *context = c->residues.context;
    BIGNUM *power = number_copy(all);
    unsigned share = 0;

    for (unsigned i = 0; i < q->exponent; i++)
        number_must(BN_div(power, NULL, power, q->prime, context) == 1);
    bool paid = residues_power(&c->residues, power, c->g, power);
    while (paid && !BN_is_one(power) && share < q->exponent) {
        paid = residues_power(&c->residues, power, power, q->prime);
        number_must(BN_mul(c->known, c->known, q->prime, context) == 1);
        share++;
    }
    if (paid && share > 0)
        factors_add(&c->order, q->prime, share);
    BN_free(power);
    return paid;
}

/* take_rest: does what could not be taken apart matter for g at all? */
static bool take_rest(struct cyclic *c, const BIGNUM *all)
{
    BIGNUM *power = number_new();

    number_must(BN_div(power, NULL, all, c->among.rest, c->residues.context) == 1);
    bool paid = residues_power(&c->residues, power, c->g, power);
    if (paid && !BN_is_one(power))
        number_must(BN_copy(c->rest, c->among.rest) != NULL);
    BN_free(power);
    return paid;
}

bool cyclic_init(struct cyclic *c, const struct prime_power *modulus, bool safe, const BIGNUM *g,
                 struct budget *budget)
{
    BN_CTX *context = alloc_checked(BN_CTX_new());
    BIGNUM *number = number_copy(modulus->prime);

    *c = (struct cyclic){.prime = number_copy(modulus->prime),
                         .power = modulus->exponent,
                         .g = number_new(),
                         .known = number_of_word(1),
                         .rest = number_of_word(1)};
    for (unsigned i = 1; i < c->power; i++)
        number_must(BN_mul(number, number, c->prime, context) == 1);
    residues_init(&c->residues, number, budget);
    number_must(BN_nnmod(c->g, g, number, context) == 1);
    BN_CTX_free(context);
    count_all(c, number, safe, budget);

    bool paid = take_rest(c, number);
    for (size_t i = 0; paid && i < c->among.num; i++)
        paid = count_share(c, number, &c->among.powers[i]);
    BN_free(number);
    return paid;
}

void cyclic_whole(const struct cyclic *c, BIGNUM *out)
{
    number_must(BN_mul(out, c->known, c->rest, c->residues.context) == 1);
}

void cyclic_clear(struct cyclic *c)
{
    residues_clear(&c->residues);
    BN_free(c->prime);
    BN_free(c->g);
    factors_clear(&c->among);
    factors_clear(&c->order);
    BN_free(c->known);
    BN_free(c->rest);
    *c = (struct cyclic){0};
}
