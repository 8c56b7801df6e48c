/*
 * number.h - big numbers, as libcrypto has them, or the end of the run.
 *
 * With the arguments that the files of this folder hand to it, libcrypto's arithmetic fails for
 * want of memory alone; and that ends the run in one place, see alloc.h.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_NUMBER_H
#define KEYFALL_ATTACKER_GROUPS_NUMBER_H

#include <openssl/bn.h>

#include "capture/alloc.h"

/* Each returns a number of one's own, for BN_clear_free, which takes NULL too. */
BIGNUM *number_new(void) __attribute__((returns_nonnull));
BIGNUM *number_of_word(uint64_t word) __attribute__((returns_nonnull));
BIGNUM *number_copy(const BIGNUM *n) __attribute__((returns_nonnull));
BIGNUM *number_of_bytes(struct bytes wire) __attribute__((returns_nonnull));

/* number_must: a call of libcrypto was `done`, or the run ends. */
void number_must(bool done);

/* number_word is the value of a number that has no more than 64 bits. */
uint64_t number_word(const BIGNUM *n);

/* number_bits is its length. */
unsigned number_bits(const BIGNUM *n);

#endif
