/*
 * command.h - a command that is ready to run, and runs when the recording does.
 *
 * Its process is made before anything is opened or given up, so it has the rights and the files
 * that the program was started with. It waits on a pipe until command_start says go; should the
 * program end before that, it ends too, and the command was never run.
 *
 * Who has given up root can't signal a command of root's any more. So the process behind the pipe
 * is a keeper: it runs the command as a child of its own and sends it the signals that it is told.
 */
#ifndef KEYFALL_CAPTURE_COMMAND_H
#define KEYFALL_CAPTURE_COMMAND_H

#include <signal.h>
#include <sys/types.h>

#include "capture/complaint.h"

struct command {
    const char *name;
    pid_t keeper;
    int orders;  /* write end: one byte an order, a start or a signal; closing it cancels or ends */
    int failure; /* read end: an errno when the command could not be run, else nothing */
    bool started;
    bool ended;
    int status; /* of the keeper, as waitpid tells it */
};

/* struct command_setting is what the command finds. */
struct command_setting {
    char **argv;
    sigset_t mask;         /* of signals that are blocked */
    bool stdout_to_stderr; /* standard output is taken: packets go there */
};

/* command_prepare makes the waiting child. argv is borrowed until command_exit_status. */
bool command_prepare(struct command *c, const struct command_setting *setting,
                     struct complaint *why);

/* command_start lets it run. */
void command_start(struct command *c);

/* command_has_ended looks, and does not wait. */
bool command_has_ended(struct command *c);

/* command_signal sends a signal, unless it has ended. */
void command_signal(const struct command *c, int signal);

/* command_finish waits for it to end, cancelling it when it was never started. Frees all. */
void command_finish(struct command *c);

/*
 * command_exit_status is its status as a shell tells it: 128 + N after signal N. When it could not
 * be run at all, 127 or 126, and *why says what is wrong; otherwise *why stays as it is. To be
 * asked once, after command_finish.
 */
int command_exit_status(const struct command *c, struct complaint *why);

#endif
