#include "attacker/groups/residues.h"

/* Multiplications that are timed: a millisecond of them, and not more when numbers are long. */
#define RATE_SAMPLE 512

void residues_init(struct residues *r, const BIGNUM *modulus, struct budget *budget)
{
    uint64_t words = number_bits(modulus) / 64 + 1;

    *r = (struct residues){.modulus = number_copy(modulus),
                           .context = alloc_checked(BN_CTX_new()),
                           .scratch = number_new(),
                           .cost = words * words * 2,
                           .budget = budget};
    if (!BN_is_odd(modulus))
        return;
    r->montgomery = alloc_checked(BN_MONT_CTX_new());
    number_must(BN_MONT_CTX_set(r->montgomery, modulus, r->context) == 1);
}

void residues_clear(struct residues *r)
{
    BN_free(r->modulus);
    BN_MONT_CTX_free(r->montgomery);
    BN_CTX_free(r->context);
    BN_clear_free(r->scratch);
    *r = (struct residues){0};
}

void residues_enter(const struct residues *r, BIGNUM *out, const BIGNUM *n)
{
    if (r->montgomery)
        number_must(BN_to_montgomery(out, n, r->montgomery, r->context) == 1);
    else
        number_must(BN_copy(out, n) != NULL);
}

void residues_leave(const struct residues *r, BIGNUM *out, const BIGNUM *n)
{
    if (r->montgomery)
        number_must(BN_from_montgomery(out, n, r->montgomery, r->context) == 1);
    else
        number_must(BN_copy(out, n) != NULL);
}

bool residues_multiply(const struct residues *r, BIGNUM *out, const BIGNUM *a, const BIGNUM *b)
{
    if (!budget_spend(r->budget, r->cost))
        return false;
    number_must(r->montgomery ? BN_mod_mul_montgomery(out, a, b, r->montgomery, r->context) == 1
                              : BN_mod_mul(out, a, b, r->modulus, r->context) == 1);
    return true;
}

bool residues_power(const struct residues *r, BIGNUM *out, const BIGNUM *base,
                    const BIGNUM *exponent)
{
    if (!budget_spend(r->budget, r->cost * (number_bits(exponent) + 1)))
        return false;
    if (BN_is_zero(exponent))
        number_must(BN_one(out) == 1);
    else if (r->montgomery)
        number_must(BN_mod_exp_mont(out, base, exponent, r->modulus, r->context, r->montgomery) ==
                    1);
    else
        number_must(BN_mod_exp(out, base, exponent, r->modulus, r->context) == 1);
    return true;
}

bool residues_power_word(const struct residues *r, BIGNUM *out, const BIGNUM *base,
                         uint64_t exponent)
{
    BIGNUM *n = number_of_word(exponent);
    bool done = residues_power(r, out, base, n);

    BN_free(n);
    return done;
}

uint64_t residues_mark(const struct residues *r, const BIGNUM *n)
{
    number_must(BN_copy(r->scratch, n) != NULL);
    (void)BN_mask_bits(r->scratch, 64); /* it fails where there are no more than that */
    return number_word(r->scratch);
}

uint64_t residues_rate(const struct residues *r)
{
    BIGNUM *n = number_new();
    struct budget clock;
    uint64_t done = 0;

    number_must(BN_rshift1(n, r->modulus) == 1);
    budget_begin(&clock, 1000, NULL);
    do {
        if (!residues_multiply(r, n, n, n))
            break;
        done++;
    } while (done < RATE_SAMPLE);

    uint64_t spent = budget_spent(&clock);
    BN_free(n);
    return done * 1000000000 / (spent > 0 ? spent : 1);
}
