/*
 * ephemeral_reuse.h - what if a server makes its ephemeral key once, and keeps it?
 *
 * Many did, to save time, and forward secrecy lasted as long as that key: one exponent opens all
 * sessions that it was used in. libssl knows better and makes a new one whatever it is told, so
 * here it is given the same random numbers each time it makes one.
 */
#ifndef KEYFALL_VICTIM_EPHEMERAL_REUSE_H
#define KEYFALL_VICTIM_EPHEMERAL_REUSE_H

#include <openssl/ssl.h>

#include "victim/seed.h"

struct ephemeral_reuse {
    const struct seed *seed; /* borrowed */
    char *label;             /* of the random numbers; owned */
    struct dice interrupted;
    bool is_on;
};

/*
 * ephemeral_reuse_watch makes this server begin each time that it is about to make a key;
 * ephemeral_reuse_end, as soon as it is made, or when none came of it after all. `reuse` must
 * outlive the context; ephemeral_reuse_end takes NULL, and one that did not begin.
 */
void ephemeral_reuse_watch(SSL_CTX *server, struct ephemeral_reuse *reuse);
void ephemeral_reuse_end(struct ephemeral_reuse *reuse);

#endif
