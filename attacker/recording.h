/*
 * recording.h - a recording, from its files to the verdict on each of its sessions.
 *
 * Packets go through the reassembly; a connection whose first bytes are TLS becomes a session; a
 * session's verdict goes to the sinks. Verdicts leave in the order of the connections' first
 * packets, whichever ends first, so that ids do not depend on who hangs up when.
 */
#ifndef KEYFALL_ATTACKER_RECORDING_H
#define KEYFALL_ATTACKER_RECORDING_H

#include "attacker/story/sink.h"
#include "capture/capture_file.h"

struct recording;

/* recording_new: `leaks` and `sinks` are borrowed. Freed by recording_free. */
struct recording *recording_new(const struct leaks *leaks, struct sinks *sinks);

/*
 * recording_read takes the packets of one capture file, "-" being standard input; several files are
 * one recording. False with *why when the file can't be read at all, or is damaged: what could be
 * read of it has been used. *read tells which: false when not a single packet could be.
 */
bool recording_read(struct recording *r, const char *path, bool *read, struct complaint *why);

/* recording_warn adds a sentence to the summary's warnings. */
void recording_warn(struct recording *r, const char *text);

/* recording_finish ends every session. The summary belongs to the recording. */
const struct run_summary *recording_finish(struct recording *r);

void recording_free(struct recording *r);

#endif
