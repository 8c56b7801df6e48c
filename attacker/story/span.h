/*
 * span.h - how long was that, in words?
 */
#ifndef KEYFALL_ATTACKER_STORY_SPAN_H
#define KEYFALL_ATTACKER_STORY_SPAN_H

#include <stdint.h>

/* Room for "5124095 hours", the longest there is, and then some. */
#define SPAN_TEXT_SIZE 64

/* span_text writes "26.5 hours", "12 minutes (0.20 hours)", "3 seconds (0.00 hours)", and returns
 * `out`. It is rounded down, because what it is said of is known to have taken at least so long. */
char *span_text(uint64_t ns, char out[static SPAN_TEXT_SIZE]);

/* span_hours is the same as a number. */
double span_hours(uint64_t ns);

#endif
