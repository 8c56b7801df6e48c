#include "victim/stop.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>

int stop_open(void)
{
    sigset_t signals;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    if (sigprocmask(SIG_BLOCK, &signals, NULL) != 0)
        return -1;
    return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool stop_asked(int fd)
{
    struct pollfd look = {.fd = fd, .events = POLLIN}; /* poll() passes over fd -1 */

    return poll(&look, 1, 0) == 1;
}
