#include "attacker/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A signal handler has no argument to carry state in: the one variable outside any owner. */
static volatile sig_atomic_t came;

static void note(int signal)
{
    (void)signal;
    came = 1;
}

void interrupt_arm(void)
{
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_RESTART | (int)SA_RESETHAND};

    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

bool interrupt_came(void)
{
    return came != 0;
}
