/*
 * dialogue.h - how do both ends talk when both are ours?
 *
 * One thread, two parties, one real TCP connection between them. Whenever a party has something to
 * send, all of it crosses the connection before the other party is asked to go on, and the recorder
 * is told. So nothing depends on timing, nothing is lost, and the same randomness gives the same
 * recording.
 */
#ifndef KEYFALL_VICTIM_DIALOGUE_H
#define KEYFALL_VICTIM_DIALOGUE_H

#include "victim/party.h"

/* All members are borrowed. */
struct dialogue {
    struct party *party[NUM_SIDES];
    int fd[NUM_SIDES];         /* the two ends of the connection */
    struct recorder *recorder; /* or NULL */
    struct tapped *tapped;     /* how it appears in the recording */
};

/*
 * dialogue_hold holds it from the first SYN to the last ACK. False with *why when an end
 * failed, the connection broke, or the recorder can't write; what was recorded is complete in
 * itself then.
 */
bool dialogue_hold(const struct dialogue *c, struct complaint *why) MUST_CHECK;

#endif
