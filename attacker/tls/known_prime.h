/*
 * known_prime.h - which of the primes that many servers share is this one?
 *
 * What takes long can be done once for a prime, and then each exponent costs little: so a prime
 * that millions of servers share is a better target than one of the same length that is used by
 * one.
 */
#ifndef KEYFALL_ATTACKER_TLS_KNOWN_PRIME_H
#define KEYFALL_ATTACKER_TLS_KNOWN_PRIME_H

#include <stdbool.h>

#include "capture/bytes.h"

struct known_prime {
    unsigned bits;
    const char *name;     /* "ffdhe2048", "512-bit DH of Apache mod_ssl 2.2" */
    const char *standard; /* "RFC 7919"; NULL when it comes with a program */
    bool safe;            /* the standard says that (p - 1) / 2 is a prime, too */
};

/* known_prime_find returns NULL for all others: a prime is known when it is equal. */
const struct known_prime *known_prime_find(struct bytes p);

#endif
