/*
 * recording.h - from when to when?
 *
 * From the moment the interface is armed until Ctrl-C, SIGTERM or SIGHUP, the asked number of
 * packets or seconds, or the end of the command that it records for.
 */
#ifndef KEYFALL_CAPTURE_RECORDING_H
#define KEYFALL_CAPTURE_RECORDING_H

#include "capture/capture_options.h"
#include "capture/command.h"
#include "capture/live.h"

/*
 * recording_hold_signals blocks the signals that end a recording, so that none is lost and none
 * ends the program in the middle of a packet; *before is the mask that a command should get. Those
 * that a failing write would send are ignored: the write says it, too.
 */
bool recording_hold_signals(sigset_t *before, struct complaint *why);

/*
 * recording_run starts the command, if there is one (`command` may be NULL), and records from `l`
 * into `to`. False with *why filled when recording has failed; the command may still be running
 * then, as it may when a limit or a signal has ended the recording.
 */
bool recording_run(struct live *l, struct series *to, const struct capture_options *o,
                   struct command *command, struct complaint *why);

/* recording_tally counts what was recorded so far, and what was lost. */
struct tally recording_tally(const struct live *l, const struct series *to);

/* recording_await_command lets the command run to its end; signals sent to us it gets as well. */
void recording_await_command(struct command *command);

#endif
