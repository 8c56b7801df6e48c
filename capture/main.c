/*
 * keyfall-capture - records packets from an interface to a capture file.
 *
 * The order matters: the command is forked while it still has all rights, the interface and the
 * file are opened, the rights are given up, and only then is a packet looked at.
 */
#include <stdio.h>
#include <string.h>

#include "capture/capture_options.h"
#include "capture/command.h"
#include "capture/live.h"
#include "capture/privileges.h"
#include "capture/recording.h"
#include "capture/release.h"

enum { STATUS_RECORDED = 0, STATUS_FAILED = 1, STATUS_NOT_STARTED = 2 };

static int complain(const struct complaint *why, int status)
{
    (void)fprintf(stderr, "keyfall-capture: %s\n", why->text);
    return status;
}

static void print_counts(const struct live *l)
{
    struct live_counts counts = live_counts(l);

    (void)fprintf(stderr,
                  "keyfall-capture: %llu packets seen, %llu written, %llu dropped by the kernel\n",
                  (unsigned long long)counts.seen, (unsigned long long)counts.written,
                  (unsigned long long)counts.dropped);
}

/* record_for records until it is over; `command` is NULL when there is none. */
static int record_for(const struct capture_options *o, struct command *command)
{
    struct complaint why = {0};
    struct live *l = live_open(o, &why);
    int status = STATUS_RECORDED;

    if (!l)
        return complain(&why, STATUS_NOT_STARTED);
    if (!privileges_drop(&why)) {
        struct complaint unused;

        (void)live_close(l, &unused);
        return complain(&why, STATUS_NOT_STARTED);
    }
    if (!recording_run(l, o, command, &why))
        status = complain(&why, STATUS_FAILED);
    print_counts(l);
    if (!live_close(l, &why) && status == STATUS_RECORDED)
        status = complain(&why, STATUS_FAILED);
    return status;
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

    if (!command_prepare(&command, &setting, &why))
        return complain(&why, STATUS_NOT_STARTED);

    int status = record_for(o, &command);

    if (command.started)
        recording_await_command(&command);
    command_finish(&command);

    int command_status = command_exit_status(&command, &why);

    if (*why.text)
        (void)complain(&why, command_status);
    return status == STATUS_RECORDED ? command_status : status;
}

static int record_packets(const struct capture_options *o)
{
    struct complaint why = {0};
    sigset_t mask;

    if (!recording_hold_signals(&mask, &why))
        return complain(&why, STATUS_NOT_STARTED);
    return o->command ? record_with_command(o, &mask) : record_for(o, NULL);
}

int main(int argc, char **argv)
{
    struct capture_options o;
    struct complaint why = {0};

    if (!capture_options_read(&o, argc, argv, &why))
        return complain(&why, STATUS_NOT_STARTED);
    switch (o.action) {
    case CAPTURE_RECORD:
        return record_packets(&o);
    case CAPTURE_LIST:
        return live_list_interfaces(stdout, &why) ? 0 : complain(&why, STATUS_NOT_STARTED);
    case CAPTURE_HELP:
        return fputs(capture_options_help, stdout) < 0 ? STATUS_FAILED : 0;
    case CAPTURE_VERSION:
        return puts("keyfall-capture " KEYFALL_RELEASE) < 0 ? STATUS_FAILED : 0;
    }
    return STATUS_NOT_STARTED;
}
