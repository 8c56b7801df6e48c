#include "attacker/groups/congruence.h"

void congruence_init(struct congruence *c)
{
    *c = (struct congruence){number_of_word(0), number_of_word(1)};
}

void congruence_clear(struct congruence *c)
{
    BN_clear_free(c->residue);
    BN_free(c->modulus);
    *c = (struct congruence){0};
}

/*
 * congruence_join: x = a + m * t, and t is what makes it b modulo n:
 *
 *     m * t = b - a (mod n)     with d = gcd(m, n):     t = (b - a) / d * (m / d)^-1   (mod n / d)
 */
bool congruence_join(struct congruence *c, const struct congruence *other)
{
    BN_CTX *context = alloc_checked(BN_CTX_new());
    BIGNUM *d = number_new();
    BIGNUM *t = number_new();
    BIGNUM *left = number_new();
    BIGNUM *step = number_new();

    number_must(BN_gcd(d, c->modulus, other->modulus, context) == 1 &&
                BN_sub(t, other->residue, c->residue) == 1 && BN_div(t, left, t, d, context) == 1);
    bool agree = BN_is_zero(left);
    if (agree) {
        number_must(BN_div(left, NULL, other->modulus, d, context) == 1 &&
                    BN_div(step, NULL, c->modulus, d, context) == 1);
        if (!BN_is_one(left))
            number_must(BN_mod_inverse(step, step, left, context) != NULL);
        number_must(BN_mod_mul(t, t, step, left, context) == 1 &&
                    BN_mul(t, t, c->modulus, context) == 1 &&
                    BN_add(c->residue, c->residue, t) == 1 &&
                    BN_mul(c->modulus, c->modulus, left, context) == 1 &&
                    BN_nnmod(c->residue, c->residue, c->modulus, context) == 1);
    }
    BN_free(d);
    BN_free(t);
    BN_free(left);
    BN_free(step);
    BN_CTX_free(context);
    return agree;
}
