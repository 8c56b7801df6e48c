/*
 * run.h - one run of the program: a recording, from its files to the verdict on each session.
 *
 * Packets go through the reassembly; a connection in which TLS is found becomes a session; a
 * session's verdict goes to the sinks. Verdicts leave in the order of the connections' first
 * packets, whichever ends first, so that ids do not depend on who hangs up when. Where packets come
 * from a pipe as they are recorded, somebody waits for the results: there they leave once a second,
 * and an earlier connection that goes on takes a later id.
 */
#ifndef KEYFALL_ATTACKER_RUN_H
#define KEYFALL_ATTACKER_RUN_H

#include "attacker/story/sink.h"
#include "capture/capture_file.h"
#include "capture/reassembly.h"

/*
 * 512 MiB: what all sessions of a run may hold together, see session_memory.h. Some 10 000 that are
 * open at a time, each with keys for both directions; a recording in which more go on at once is
 * rare, and a flood of half-open ones that each hold all they may stays within what a small machine
 * has. The oldest session is ended first.
 */
#define RUN_MAX_MEMORY ((size_t)512 << 20)

struct run;

/* run_new: `leaks` and `sinks` are borrowed; secrets that come with the packets are added to the
 * leaks. Freed by run_free. */
struct run *run_new(struct leaks *leaks, struct sinks *sinks,
                    const struct reassembly_options *options);

/* run_limit_memory puts another number in the place of RUN_MAX_MEMORY. */
void run_limit_memory(struct run *r, size_t bytes);

/* run_packet takes the next packet of the recording. */
void run_packet(struct run *r, const struct packet *packet);

/*
 * run_read takes the packets of one capture file, "-" being standard input; several files are
 * one recording. Answers whether it could be read: false when it is no capture file, or not a
 * single packet of it is of use. `complain` hears of all that is wrong; what could be read has been
 * used. `path` is borrowed until the run is freed.
 */
bool run_read(struct run *r, const char *path, void (*complain)(const char *text));

/* run_warn adds a sentence to the summary's warnings. */
void run_warn(struct run *r, const char *text);

/* run_finish ends every session. The summary belongs to the recording. */
const struct run_summary *run_finish(struct run *r);

void run_free(struct run *r);

#endif
