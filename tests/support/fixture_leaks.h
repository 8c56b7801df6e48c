/*
 * fixture_leaks.h - a thief who has everything: what leaked of all the fixtures together.
 */
#ifndef KEYFALL_TESTS_SUPPORT_FIXTURE_LEAKS_H
#define KEYFALL_TESTS_SUPPORT_FIXTURE_LEAKS_H

#include "attacker/leaks/leaks.h"
#include "capture/alloc.h"

struct fixture_leaks {
    struct leaks leaks;
    struct buffer lines; /* of all key logs, which are in `leaks` too */
};

/* fixture_leaks_load: the caller clears out->leaks with leaks_clear, and the lines. */
void fixture_leaks_load(struct fixture_leaks *out);

/* fixture_leaks_all are loaded once, the providers with them, and stay until the program ends: a
 * fuzz target is called anew for each input, and has nobody to hand them to it. */
const struct fixture_leaks *fixture_leaks_all(void);

#endif
