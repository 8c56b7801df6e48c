/*
 * load_leaks.h - from the names on the command line to the leaks themselves.
 */
#ifndef KEYFALL_ATTACKER_LOAD_LEAKS_H
#define KEYFALL_ATTACKER_LOAD_LEAKS_H

#include "attacker/leaks/leaks.h"
#include "attacker/options.h"

/* load_leaks fills *leaks; false with *why, and the caller clears *leaks in either case. `warn`
 * hears of keys that were passed over. */
bool load_leaks(struct leaks *leaks, const struct options *options, void (*warn)(const char *text),
                struct complaint *why) MUST_CHECK;

#endif
