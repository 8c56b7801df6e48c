/*
 * weak_group.h - groups in which a discrete logarithm is within reach, made from a number: the same
 * one makes the same group every time.
 *
 * Needs nothing but libcrypto, so fixtures/write_group.c can be built with it alone.
 */
#ifndef KEYFALL_TESTS_SUPPORT_WEAK_GROUP_H
#define KEYFALL_TESTS_SUPPORT_WEAK_GROUP_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

struct weak_group {
    BIGNUM *p;
    BIGNUM *g;
    BIGNUM *order; /* of g */
};

/* weak_group_smooth: p - 1 is 2 times primes of at most `factor_bits`, and g generates all. */
void weak_group_smooth(struct weak_group *out, unsigned bits, unsigned factor_bits, uint64_t seed);

/* weak_group_power: p - 1 is 2 times the `power`-th power of a prime of `factor_bits`, times such
 * primes. */
void weak_group_power(struct weak_group *out, unsigned bits, unsigned factor_bits, unsigned power,
                      uint64_t seed);

/* weak_group_composite: p is no prime, but a product of different ones of `factor_bits`. */
void weak_group_composite(struct weak_group *out, unsigned bits, unsigned factor_bits,
                          uint64_t seed);

/* weak_group_subgroup: p - 1 is 2 times a prime of `order_bits` times a large one, and g generates
 * no more than the elements of that small order. With `whole`, it generates all. */
void weak_group_subgroup(struct weak_group *out, unsigned bits, unsigned order_bits, bool whole,
                         uint64_t seed);

/* weak_group_parameters holds them as libcrypto wants them; for EVP_PKEY_free. */
EVP_PKEY *weak_group_parameters(const struct weak_group *group);

void weak_group_clear(struct weak_group *group);

#endif
