#include "capture/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128,
};

static int status_of(int error)
{
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* The child: wait, become the command, or say why not. */
static _Noreturn void become(const struct command_setting *setting, int go, int failure)
{
    char byte;

    if (read(go, &byte, 1) != 1)
        _exit(0); /* cancelled */
    if (!setting->stdout_to_stderr || dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)sigprocmask(SIG_SETMASK, &setting->mask, NULL);
        (void)execvp(setting->argv[0], setting->argv);
    }

    int error = errno;

    if (write(failure, &error, sizeof(error)) != (ssize_t)sizeof(error))
        _exit(STATUS_NOT_EXECUTABLE);
    _exit(status_of(error));
}

static void close_both(const int ends[static 2])
{
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* make_pipes makes both or none. */
static bool make_pipes(int go[static 2], int failure[static 2])
{
    if (pipe2(go, O_CLOEXEC) != 0)
        return false;
    if (pipe2(failure, O_CLOEXEC) == 0)
        return true;
    close_both(go);
    return false;
}

bool command_prepare(struct command *c, const struct command_setting *setting,
                     struct complaint *why)
{
    int go[2];
    int failure[2];

    *c = (struct command){.name = setting->argv[0]};
    if (!make_pipes(go, failure))
        return complaint_say(why, "%s: can't be prepared: %s", c->name, strerror(errno));
    c->pid = fork();
    if (c->pid < 0) {
        (void)complaint_say(why, "%s: can't be prepared: %s", c->name, strerror(errno));
        close_both(go);
        close_both(failure);
        return false;
    }
    if (c->pid == 0) {
        (void)close(go[1]); /* or it would never notice that the other one has closed it */
        become(setting, go[0], failure[1]);
    }
    (void)close(go[0]);
    (void)close(failure[1]);
    c->go = go[1];
    c->failure = failure[0];
    return true;
}

void command_start(struct command *c)
{
    /* Should the child be gone already, there is nobody to tell: its end is noticed elsewhere. */
    if (write(c->go, "g", 1) != 1)
        command_signal(c, SIGTERM);
    (void)close(c->go);
    c->go = -1;
}

bool command_was_started(const struct command *c)
{
    return c->go < 0;
}

bool command_has_ended(struct command *c)
{
    if (!c->ended)
        c->ended = waitpid(c->pid, &c->status, WNOHANG) == c->pid;
    return c->ended;
}

void command_signal(const struct command *c, int signal)
{
    if (!c->ended)
        (void)kill(c->pid, signal);
}

void command_finish(struct command *c)
{
    if (c->go >= 0)
        (void)close(c->go);
    c->go = -1;
    while (!c->ended) {
        pid_t got = waitpid(c->pid, &c->status, 0);

        c->ended = got == c->pid || (got < 0 && errno != EINTR);
    }
}

int command_exit_status(const struct command *c, struct complaint *why)
{
    int error;
    bool failed = read(c->failure, &error, sizeof(error)) == (ssize_t)sizeof(error);

    (void)close(c->failure);
    if (failed) {
        (void)complaint_say(why, "%s: can't be run: %s", c->name, strerror(error));
        return status_of(error);
    }
    return WIFSIGNALED(c->status) ? STATUS_SIGNAL + WTERMSIG(c->status) : WEXITSTATUS(c->status);
}
