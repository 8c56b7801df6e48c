/*
 * remote.h - how does a party of ours talk to a program of somebody else's?
 *
 * One end is ours, the other behind a socket, and neither waits for the other: remote_step does
 * what can be done now, remote_events says what to ask poll() for. What crosses is recorded as it
 * does.
 */
#ifndef KEYFALL_VICTIM_REMOTE_H
#define KEYFALL_VICTIM_REMOTE_H

#include "victim/party.h"

struct remote {
    int fd;
    struct party *party;
    struct recorder *recorder; /* borrowed, or NULL */
    struct tapped tapped;
    bool is_ended;     /* nothing more will come from the other end */
    bool has_hung_up;  /* we have told it that nothing more will come from us */
    uint64_t moved_ms; /* when something last crossed, on the clock of remote_clock_ms */
};

/*
 * remote_init takes `fd` and `party` and records the opening of the connection; remote_clear
 * records its end, closes, and frees.
 */
void remote_init(struct remote *remote, int fd, struct party *party, struct recorder *recorder,
                 const struct tapped *tapped);
void remote_clear(struct remote *remote);

/*
 * remote_step moves what can be moved at once, within bounds that leave others their turn; true
 * when the conversation is over.
 */
bool remote_step(struct remote *remote);

/* remote_events is what poll() should wait for. */
short remote_events(const struct remote *remote);

/* remote_clock_ms is a clock that only goes forward, in milliseconds. */
uint64_t remote_clock_ms(void);

/* remote_quiet_ms is for how long nothing has crossed. */
uint64_t remote_quiet_ms(const struct remote *remote);

#endif
