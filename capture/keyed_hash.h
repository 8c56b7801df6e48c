/*
 * keyed_hash.h - in which bucket does this key belong, where nobody else can know it?
 *
 * Tabulation hashing: a random number for each value of each byte of the key, all of them together
 * by exclusive or. Addresses, ports and identifications are chosen by whoever made the packets; as
 * long as the numbers are not known, nobody can prepare keys that all fall into one bucket.
 */
#ifndef KEYFALL_CAPTURE_KEYED_HASH_H
#define KEYFALL_CAPTURE_KEYED_HASH_H

#include "capture/alloc.h"

/* The memory of the hash tables comes from where all memory comes from: alloc.h. */
#define uthash_malloc(len) alloc_zero(len)
#include <uthash.h>

/* Bytes of the longest key: two IPv6 addresses with two ports or an identification. */
#define KEYED_HASH_MAX_LEN 40

struct keyed_hash {
    uint32_t random[KEYED_HASH_MAX_LEN][256];
};

/* keyed_hash_init draws the random numbers. */
void keyed_hash_init(struct keyed_hash *h);

/* keyed_hash_of: `key` has KEYED_HASH_MAX_LEN bytes at the most, and no padding. */
unsigned keyed_hash_of(const struct keyed_hash *h, struct bytes key);

#endif
