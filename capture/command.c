#include "capture/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ORDER_START = 0, /* any other order is the number of a signal */
    STATUS_NOT_EXECUTABLE = 126,
    STATUS_NOT_FOUND = 127,
    STATUS_SIGNAL = 128,
};

/* --- In the other processes ----------------------------------------------------------------- */

static int status_of_error(int error)
{
    return error == ENOENT || error == ENOTDIR ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

static int status_of_child(int status)
{
    return WIFSIGNALED(status) ? STATUS_SIGNAL + WTERMSIG(status) : WEXITSTATUS(status);
}

static _Noreturn void report(int failure, int error)
{
    if (write(failure, &error, sizeof(error)) != (ssize_t)sizeof(error))
        _exit(STATUS_NOT_EXECUTABLE);
    _exit(status_of_error(error));
}

static _Noreturn void become(const struct command_setting *setting, int failure)
{
    if (!setting->stdout_to_stderr || dup2(STDERR_FILENO, STDOUT_FILENO) >= 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)signal(SIGXFSZ, SIG_DFL);
        (void)sigprocmask(SIG_SETMASK, &setting->mask, NULL);
        (void)execvp(setting->argv[0], setting->argv);
    }
    report(failure, errno);
}

/* pass_on sends the command what was ordered, or SIGTERM when the one who orders is gone. */
static bool pass_on(pid_t command, int orders)
{
    unsigned char order;
    bool more = read(orders, &order, 1) == 1;

    (void)kill(command, more ? order : SIGTERM);
    return more;
}

static _Noreturn void keep(const struct command_setting *setting, int orders, int failure)
{
    unsigned char order;
    sigset_t child;
    int status;

    if (read(orders, &order, 1) != 1)
        _exit(0); /* cancelled */
    (void)sigemptyset(&child);
    (void)sigaddset(&child, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &child, NULL);

    int ended = signalfd(-1, &child, SFD_CLOEXEC);
    pid_t command = fork();

    if (ended < 0 || command < 0)
        report(failure, errno);
    if (command == 0)
        become(setting, failure);
    while (waitpid(command, &status, WNOHANG) != command) {
        struct signalfd_siginfo info;
        struct pollfd polled[2] = {{.fd = ended, .events = POLLIN},
                                   {.fd = orders, .events = POLLIN}};

        if (poll(polled, 2, -1) < 0)
            continue;
        if (polled[0].revents && read(ended, &info, sizeof(info)) < 0)
            continue;
        if (polled[1].revents && !pass_on(command, orders))
            orders = -1; /* poll passes over it */
    }
    _exit(status_of_child(status));
}

/* --- In this one ---------------------------------------------------------------------------- */

static void close_both(const int ends[static 2])
{
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* make_pipes makes both or none. */
static bool make_pipes(int orders[static 2], int failure[static 2])
{
    if (pipe2(orders, O_CLOEXEC) != 0)
        return false;
    if (pipe2(failure, O_CLOEXEC) == 0)
        return true;
    close_both(orders);
    return false;
}

bool command_prepare(struct command *c, const struct command_setting *setting,
                     struct complaint *why)
{
    int orders[2];
    int failure[2];

    *c = (struct command){.name = setting->argv[0]};
    if (!make_pipes(orders, failure))
        return complaint_say(why, "%s: can't be prepared: %s", c->name, strerror(errno));
    c->keeper = fork();
    if (c->keeper < 0) {
        (void)complaint_say(why, "%s: can't be prepared: %s", c->name, strerror(errno));
        close_both(orders);
        close_both(failure);
        return false;
    }
    if (c->keeper == 0) {
        (void)close(orders[1]); /* or it would never notice that the other one has closed it */
        keep(setting, orders[0], failure[1]);
    }
    (void)close(orders[0]);
    (void)close(failure[1]);
    c->orders = orders[1];
    c->failure = failure[0];
    return true;
}

/* A keeper that is gone can't be told anything; that it is gone is noticed by waiting for it. */
static void order(const struct command *c, unsigned char what)
{
    (void)!write(c->orders, &what, 1);
}

void command_start(struct command *c)
{
    order(c, ORDER_START);
    c->started = true;
}

bool command_has_ended(struct command *c)
{
    if (!c->ended)
        c->ended = waitpid(c->keeper, &c->status, WNOHANG) == c->keeper;
    return c->ended;
}

void command_signal(const struct command *c, int signal)
{
    order(c, (unsigned char)signal);
}

void command_finish(struct command *c)
{
    if (!c->started)
        (void)close(c->orders);
    while (!c->ended) {
        pid_t got = waitpid(c->keeper, &c->status, 0);

        c->ended = got == c->keeper || (got < 0 && errno != EINTR);
    }
    if (c->started)
        (void)close(c->orders);
}

int command_exit_status(const struct command *c, struct complaint *why)
{
    int error;
    bool failed = read(c->failure, &error, sizeof(error)) == (ssize_t)sizeof(error);

    (void)close(c->failure);
    if (failed) {
        (void)complaint_say(why, "%s: can't be run: %s", c->name, strerror(error));
        return status_of_error(error);
    }
    return status_of_child(c->status);
}
