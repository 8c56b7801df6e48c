/*
 * residues.h - arithmetic modulo one number, paid for out of a budget.
 *
 * The long loops multiply in Montgomery's form, which saves the division: residues_enter goes into
 * it, residues_leave comes back. Where the modulus is even there is no such form, and the two
 * change nothing. Powers are of plain numbers, and plain themselves.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_RESIDUES_H
#define KEYFALL_ATTACKER_GROUPS_RESIDUES_H

#include "attacker/groups/budget.h"
#include "attacker/groups/number.h"

struct residues {
    BIGNUM *modulus;
    BN_MONT_CTX *montgomery; /* NULL when the modulus is even */
    BN_CTX *context;
    BIGNUM *scratch;
    uint64_t cost;         /* of one multiplication, as a budget counts */
    struct budget *budget; /* borrowed */
};

/* residues_init: the modulus, at least 2, is copied. Ends with residues_clear; zero may be cleared,
 * too. */
void residues_init(struct residues *r, const BIGNUM *modulus, struct budget *budget);
void residues_clear(struct residues *r);

/* residues_enter and residues_leave: `n` is reduced. */
void residues_enter(const struct residues *r, BIGNUM *out, const BIGNUM *n);
void residues_leave(const struct residues *r, BIGNUM *out, const BIGNUM *n);

/* residues_multiply multiplies two that are in the form; false when the budget is spent. */
bool residues_multiply(const struct residues *r, BIGNUM *out, const BIGNUM *a,
                       const BIGNUM *b) MUST_CHECK;

/* residues_power computes base^exponent; false when the budget is spent. */
bool residues_power(const struct residues *r, BIGNUM *out, const BIGNUM *base,
                    const BIGNUM *exponent) MUST_CHECK;

/* residues_power_word does it with a small exponent. */
bool residues_power_word(const struct residues *r, BIGNUM *out, const BIGNUM *base,
                         uint64_t exponent) MUST_CHECK;

/* residues_mark is what a table knows a number by: its lowest 64 bits. Two numbers with one mark
 * are rarer than one in a billion billions, and not impossible. */
uint64_t residues_mark(const struct residues *r, const BIGNUM *n);

/* residues_rate is how many multiplications there are in a second, as was measured just now. */
uint64_t residues_rate(const struct residues *r);

#endif
