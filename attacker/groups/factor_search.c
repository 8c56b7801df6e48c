#include "attacker/groups/factor_search.h"

#include <stdlib.h>

/* --- Small primes: the sieve of Eratosthenes ---------------------------------------------------
 */

void small_primes_begin(struct small_primes *s)
{
    const uint64_t half = SMALL_PRIMES_LIMIT / 2;

    *s = (struct small_primes){.composite = alloc_zero(half), .at = 2};
    for (uint64_t i = 3; i * i < SMALL_PRIMES_LIMIT; i += 2) {
        for (uint64_t k = i * i; !s->composite[i / 2] && k < SMALL_PRIMES_LIMIT; k += 2 * i)
            s->composite[k / 2] = 1;
    }
}

bool small_primes_next(struct small_primes *s, uint64_t *out)
{
    if (s->at >= SMALL_PRIMES_LIMIT)
        return false;
    *out = s->at;
    s->at += s->at == 2 ? 1 : 2;
    while (s->at < SMALL_PRIMES_LIMIT && s->composite[s->at / 2])
        s->at += 2;
    return true;
}

void small_primes_clear(struct small_primes *s)
{
    free(s->composite);
    *s = (struct small_primes){0};
}

/* is_proper: neither 1 nor all of n. */
static bool is_proper(const BIGNUM *factor, const BIGNUM *n)
{
    return !BN_is_one(factor) && !BN_is_zero(factor) && BN_cmp(factor, n) != 0;
}

/* --- Pollard's p - 1 (1974) ------------------------------------------------------------------- */

/* Bits that one power is made of: so that libcrypto's window pays, and a factor is not passed by
 * together with all others. */
#define EXPONENT_BITS 4096

/* next_exponent multiplies powers of the next small primes, each as high as stays below the limit.
 * False when there are no more. */
static bool next_exponent(BIGNUM *out, struct small_primes *primes)
{
    uint64_t prime;
    bool any = false;

    number_must(BN_one(out) == 1);
    while (number_bits(out) < EXPONENT_BITS && small_primes_next(primes, &prime)) {
        uint64_t power = prime;

        while (power * prime < SMALL_PRIMES_LIMIT)
            power *= prime;
        number_must(BN_mul_word(out, power) == 1);
        any = true;
    }
    return any;
}

/* by_smooth_neighbour: a^E is 1 modulo each prime r of n for which r - 1 divides E. */
static bool by_smooth_neighbour(const struct residues *r, BIGNUM *out)
{
    struct small_primes primes;
    BIGNUM *power = number_of_word(3);
    BIGNUM *exponent = number_new();
    bool found = false;

    small_primes_begin(&primes);
    while (!found && next_exponent(exponent, &primes) &&
           residues_power(r, power, power, exponent)) {
        number_must(BN_copy(out, power) != NULL && BN_sub_word(out, 1) == 1 &&
                    BN_gcd(out, out, r->modulus, r->context) == 1);
        found = is_proper(out, r->modulus);
        if (BN_cmp(out, r->modulus) == 0)
            break; /* all of them at once: of no use */
    }
    small_primes_clear(&primes);
    BN_free(power);
    BN_free(exponent);
    return found;
}

/* --- Pollard's rho, as Brent walks it (1980) -------------------------------------------------- */

/* Differences that are multiplied before a common divisor is looked for, which costs as much as
 * some hundred multiplications. */
#define BATCH 256

/* Steps that are worth a try before p - 1, which has to do all of its work for any result: primes
 * of up to 32 bits show in so many. */
#define FIRST_WALK ((uint64_t)1 << 18)

struct walk {
    const struct residues *r;
    BIGNUM *constant;
    BIGNUM *tortoise;
    BIGNUM *hare;
    BIGNUM *saved; /* where the hare was when the batch began */
    BIGNUM *product;
    BIGNUM *difference;
};

/* step: x^2 + c. */
static bool step(const struct walk *w, BIGNUM *x)
{
    bool paid = residues_multiply(w->r, x, x, x);

    number_must(BN_mod_add_quick(x, x, w->constant, w->r->modulus) == 1);
    return paid;
}

static void look(const struct walk *w, BIGNUM *out, const BIGNUM *n)
{
    number_must(BN_gcd(out, n, w->r->modulus, w->r->context) == 1);
}

/* take_batch goes on by `num` steps and multiplies the differences. */
static bool take_batch(const struct walk *w, uint64_t num)
{
    bool paid = true;

    number_must(BN_copy(w->saved, w->hare) != NULL);
    for (uint64_t i = 0; paid && i < num; i++) {
        paid = step(w, w->hare);
        number_must(BN_mod_sub_quick(w->difference, w->tortoise, w->hare, w->r->modulus) == 1);
        paid = paid && residues_multiply(w->r, w->product, w->product, w->difference);
    }
    return paid;
}

/* step_by_step goes through the last batch again: all of n's primes were in it. */
static bool step_by_step(const struct walk *w, BIGNUM *out)
{
    bool paid = true;

    do {
        paid = step(w, w->saved);
        number_must(BN_mod_sub_quick(w->difference, w->tortoise, w->saved, w->r->modulus) == 1);
        look(w, out, w->difference);
    } while (paid && BN_is_one(out));
    return is_proper(out, w->r->modulus);
}

/* walk goes on until a factor shows; false when the budget is spent, all show at once, or none did
 * in about so many steps. */
static bool walk(const struct walk *w, BIGNUM *out, uint64_t most)
{
    for (uint64_t length = 1; length < most; length *= 2) {
        number_must(BN_copy(w->tortoise, w->hare) != NULL);
        for (uint64_t done = 0; done < length; done += BATCH) {
            if (!take_batch(w, length - done < BATCH ? length - done : BATCH))
                return false;
            look(w, out, w->product);
            if (BN_is_one(out))
                continue;
            return is_proper(out, w->r->modulus) || step_by_step(w, out);
        }
    }
    return false;
}

/* by_rho walks again and again, for different x^2 + c, as often as `walks` says. */
static bool by_rho(const struct residues *r, BIGNUM *out, uint64_t walks, uint64_t most)
{
    bool found = false;

    for (uint64_t constant = 1; !found && constant <= walks && budget_left(r->budget) > 0;
         constant++) {
        struct walk w = {.r = r,
                         .constant = number_of_word(constant),
                         .tortoise = number_new(),
                         .hare = number_of_word(2),
                         .saved = number_new(),
                         .product = number_of_word(1),
                         .difference = number_new()};

        found = walk(&w, out, most);
        BN_free(w.constant);
        BN_free(w.tortoise);
        BN_free(w.hare);
        BN_free(w.saved);
        BN_free(w.product);
        BN_free(w.difference);
    }
    return found;
}

bool factor_search(BIGNUM *out, const BIGNUM *n, struct budget *budget)
{
    struct residues r;
    bool found;

    if (budget_left(budget) == 0)
        return false;
    residues_init(&r, n, budget);
    found = by_rho(&r, out, 1, FIRST_WALK) || by_smooth_neighbour(&r, out) ||
            by_rho(&r, out, UINT64_MAX, UINT64_MAX);
    residues_clear(&r);
    return found;
}
