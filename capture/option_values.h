/*
 * option_values.h - the numbers behind an option: how many, how long, how big?
 *
 * Each of these fills *out, or says what it wants to see instead and leaves *out as it was. `name`
 * is the option's, for the sentence.
 */
#ifndef KEYFALL_CAPTURE_OPTION_VALUES_H
#define KEYFALL_CAPTURE_OPTION_VALUES_H

#include <stdint.h>

#include "capture/complaint.h"

/* option_number reads a whole number from 1 to `max`. */
bool option_number(uint64_t *out, const char *name, const char *text, uint64_t max,
                   struct complaint *why);

/*
 * option_seconds reads seconds, with a fraction or without, as nanoseconds. A time of less than a
 * millisecond is refused: nobody means it, and rounded to nothing it would be no limit at all.
 */
bool option_seconds(uint64_t *out_ns, const char *name, const char *text, struct complaint *why);

/*
 * option_size reads a size as bytes: "64k", "100M" and "2G" are powers of 1024, and a number alone
 * is in MiB, because nobody wants a file of 100 bytes. It is at least `min` bytes and at most
 * `max`.
 */
bool option_size(uint64_t *out, const char *name, const char *text, uint64_t min, uint64_t max,
                 struct complaint *why);

#endif
