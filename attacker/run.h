/*
 * run.h - one run of the program: a recording, from its files to the verdict on each session.
 *
 * Packets go through the reassembly; a connection whose first bytes are TLS becomes a session; a
 * session's verdict goes to the sinks. Verdicts leave in the order of the connections' first
 * packets, whichever ends first, so that ids do not depend on who hangs up when.
 */
#ifndef KEYFALL_ATTACKER_RUN_H
#define KEYFALL_ATTACKER_RUN_H

#include "attacker/story/sink.h"
#include "capture/capture_file.h"

struct run;

/* run_new: `leaks` and `sinks` are borrowed. Freed by run_free. */
struct run *run_new(const struct leaks *leaks, struct sinks *sinks);

/*
 * run_read takes the packets of one capture file, "-" being standard input; several files are
 * one recording. False with *why when the file can't be read at all, or is damaged: what could be
 * read of it has been used. *read tells which: false when not a single packet could be.
 */
bool run_read(struct run *r, const char *path, bool *read, struct complaint *why);

/* run_warn adds a sentence to the summary's warnings. */
void run_warn(struct run *r, const char *text);

/* run_finish ends every session. The summary belongs to the recording. */
const struct run_summary *run_finish(struct run *r);

void run_free(struct run *r);

#endif
