/*
 * sealed_turns.h - what a fuzzer makes up, sealed as the two sides of a conversation would.
 *
 * No byte of it is known to whoever has no keys, so without this a fuzzer never gets behind a MAC.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SEALED_TURNS_H
#define KEYFALL_TESTS_SUPPORT_SEALED_TURNS_H

#include "tests/support/parley.h"
#include "tests/support/record_sealer.h"

/* sealed_turns_append adds to the conversation a record for each turn, see turns.h. The first byte
 * of a turn says of which type it is, the others are its content. */
void sealed_turns_append(struct parley *t, struct sealer sealers[static 2], struct bytes turns);

#endif
