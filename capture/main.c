/*
 * keyfall-capture - records packets from an interface to a capture file.
 *
 * The order matters: the command is forked while it still has all rights, the interface and the
 * file are opened, the rights are given up, and only then is a packet looked at. Of a series of
 * files also the first is made without those rights, since the others will be.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/capture_options.h"
#include "capture/command.h"
#include "capture/live.h"
#include "capture/privileges.h"
#include "capture/recording.h"
#include "capture/release.h"

enum outcome {
    OUTCOME_RECORDED,
    OUTCOME_DROPPED, /* recorded, but not all of it, and that was not to be */
    OUTCOME_FAILED,
    OUTCOME_NOT_STARTED,
};

/* What the program exits with when no command has a say in it. */
static int status_of(enum outcome outcome)
{
    switch (outcome) {
    case OUTCOME_RECORDED:
        return 0;
    case OUTCOME_DROPPED:
    case OUTCOME_FAILED:
        return 1;
    case OUTCOME_NOT_STARTED:
        break;
    }
    return 2;
}

static void complain(const struct complaint *why)
{
    (void)fprintf(stderr, "keyfall-capture: %s\n", why->text);
}

static void report(const struct tally *tally, const struct series *files)
{
    char *counts = tally_report(tally);
    char *where = series_describe(files);
    struct complaint line; /* which it is not, but names of files are made harmless there */

    (void)complaint_say(&line, "recorded in %s", where);
    (void)fprintf(stderr, "keyfall-capture: %s\nkeyfall-capture: %s\n", counts, line.text);
    free(where);
    free(counts);
}

/* record records until it is over, and tells what came of it. */
static enum outcome record(struct live *l, struct series *files, const struct capture_options *o,
                           struct command *command)
{
    struct complaint why = {0};
    bool recorded = recording_run(l, files, o, command, &why);

    recorded = series_close(files, &why) && recorded;

    struct tally tally = recording_tally(l, files);

    report(&tally, files);
    if (!recorded) {
        complain(&why);
        return OUTCOME_FAILED;
    }
    return o->fail_on_drop && !tally_is_complete(&tally) ? OUTCOME_DROPPED : OUTCOME_RECORDED;
}

/* record_for opens everything and gives up all rights; `command` is NULL when there is none. */
static enum outcome record_for(const struct capture_options *o, struct command *command)
{
    struct complaint why = {0};
    struct live *l = live_open(o, &why);
    struct series *files = l ? series_new(o, live_format(l), &why) : NULL;
    enum outcome outcome = OUTCOME_NOT_STARTED;

    if (files && privileges_drop(series_owner(files), &why) && series_begin(files, &why))
        outcome = record(l, files, o, command);
    else
        complain(&why);
    series_free(files);
    live_close(l);
    return outcome;
}

static int record_with_command(const struct capture_options *o, const sigset_t *mask)
{
    struct complaint why = {0};
    struct command command;
    struct command_setting setting = {
        .argv = o->command,
        .mask = *mask,
        .stdout_to_stderr = strcmp(o->file, "-") == 0,
    };

    if (!command_prepare(&command, &setting, &why)) {
        complain(&why);
        return status_of(OUTCOME_NOT_STARTED);
    }

    enum outcome outcome = record_for(o, &command);

    if (command.started)
        recording_await_command(&command);
    command_finish(&command);

    int status = command_exit_status(&command, &why);

    if (*why.text)
        complain(&why);
    if (outcome == OUTCOME_RECORDED || (outcome == OUTCOME_DROPPED && status != 0))
        return status;
    return status_of(outcome);
}

static int record_packets(const struct capture_options *o)
{
    struct complaint why = {0};
    sigset_t mask;

    if (!recording_hold_signals(&mask, &why)) {
        complain(&why);
        return status_of(OUTCOME_NOT_STARTED);
    }
    return o->command ? record_with_command(o, &mask) : status_of(record_for(o, NULL));
}

static int list_interfaces(void)
{
    struct complaint why = {0};

    if (live_list_interfaces(stdout, &why))
        return 0;
    complain(&why);
    return 2;
}

/* print writes at once, because what is left for the end of the program fails unseen. */
static int print(const char *text)
{
    struct complaint why;

    if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
        return 0;
    (void)complaint_say(&why, "standard output: can't be written: %s", strerror(errno));
    complain(&why);
    return 2;
}

int main(int argc, char **argv)
{
    struct capture_options o;
    struct complaint why = {0};

    if (!capture_options_read(&o, argc, argv, &why)) {
        complain(&why);
        return 2;
    }
    switch (o.action) {
    case CAPTURE_RECORD:
        return record_packets(&o);
    case CAPTURE_LIST:
        return list_interfaces();
    case CAPTURE_HELP:
        return print(capture_options_help);
    case CAPTURE_VERSION:
        return print("keyfall-capture " KEYFALL_RELEASE "\n");
    }
    return 2;
}
