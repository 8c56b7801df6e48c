/*
 * run_summary.h - what a run came to, as it is gathered. What is in it: story/sink.h.
 */
#ifndef KEYFALL_ATTACKER_RUN_SUMMARY_H
#define KEYFALL_ATTACKER_RUN_SUMMARY_H

#include "attacker/story/sink.h"

/* run_summary_warn adds a sentence to the warnings. */
void run_summary_warn(struct run_summary *s, const char *text);

/* run_summary_warn_of puts a count into a sentence, if there is anything to say. */
void run_summary_warn_of(struct run_summary *s, uint64_t count, const char *what);

/* run_summary_capture files what was read of a file, for whoever reads it again. `path` is
 * borrowed. */
void run_summary_capture(struct run_summary *s, const char *path, uint64_t first_frame,
                         uint64_t num_packets);

void run_summary_clear(struct run_summary *s);

#endif
