/*
 * cuts.h - what every parser must refuse: its input cut off anywhere, or with a byte too many.
 */
#ifndef KEYFALL_TESTS_SUPPORT_CUTS_H
#define KEYFALL_TESTS_SUPPORT_CUTS_H

#include "capture/bytes.h"

/* Parses `input`; true when it took it. `context` is the test's own. */
typedef bool parser(struct bytes input, const void *context);

/* refuses_every_cut: `whole` is taken, and none of its beginnings is. Each input lies in memory of
 * just its size. */
void refuses_every_cut(struct bytes whole, parser *parse, const void *context);

/* refuses_a_trailing_byte: `whole` with one more byte behind it is not taken. */
void refuses_a_trailing_byte(struct bytes whole, parser *parse, const void *context);

#endif
