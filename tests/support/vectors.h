/*
 * vectors.h - known answers, read from tests/vectors/FILE.
 *
 *     # comments say where the numbers come from
 *     NAME: 0a1b2c ...          hex; a line that begins with a blank goes on with the line before
 *     OTHER: SHA256             or a word
 *
 * Blocks are separated by blank lines. A name that a block has and the test did not ask for fails
 * the test, so that no number stands in a file without being checked.
 */
#ifndef KEYFALL_TESTS_SUPPORT_VECTORS_H
#define KEYFALL_TESTS_SUPPORT_VECTORS_H

#include "capture/bytes.h"

struct vectors;

/* vectors_open opens tests/vectors/`file`; the test fails when there is none. */
struct vectors *vectors_open(const char *file);

/* vectors_next goes on to the next block; false, and everything is freed, when there is none.
 * The test fails when a name of the block before was never read. */
bool vectors_next(struct vectors *v) MUST_CHECK;

/* vectors_hex is the value of `name`, in memory of just that size, valid until the next block.
 * The test fails when the block has no such name. */
struct bytes vectors_hex(struct vectors *v, const char *name);

/* vectors_word is the value of `name` as it stands there, valid until the next block. */
const char *vectors_word(struct vectors *v, const char *name);

#endif
