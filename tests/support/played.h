/*
 * played.h - a recorded conversation, played to a session from its first byte to its last, and what
 * the session made of it.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PLAYED_H
#define KEYFALL_TESTS_SUPPORT_PLAYED_H

#include "tests/support/parley.h"

struct played {
    struct leaks leaks;
    struct session *session;
    struct buffer said[2]; /* by enum side */
    size_t num_skips[2];   /* records are missing there */
};

/* played_with_server_key plays it to a thief who has the key of fixtures/rsa, played_with_keylog to
 * one who has the key log of the parley, the third and fourth to one who has such a key, the last
 * to one who has pre-shared keys, written as --psk takes them, with blanks between. Ends with
 * played_clear. */
void played_with_server_key(struct played *p, const struct parley *t);
void played_with_keylog(struct played *p, const struct parley *t);
void played_with_ephemeral(struct played *p, const struct parley *t, EVP_PKEY *ephemeral);
void played_with_key(struct played *p, const struct parley *t, EVP_PKEY *server);
void played_with_psks(struct played *p, const struct parley *t, const char *psks);

/* played_with_ticket_key plays it to a thief who has the ticket key of its server. */
void played_with_ticket_key(struct played *p, const struct parley *t);

/* played_leak_ticket_key puts that key into a leak. */
void played_leak_ticket_key(const struct parley *t, struct leaks *leaks);

/* played_with_nothing plays it to one who has nothing, and this time for its group. */
void played_with_nothing(struct played *p, const struct parley *t, uint64_t milliseconds);

/* played_is_open: everything opened, and this is what the two said. */
void played_is_open(const struct played *p, const char *client, const char *server);

void played_clear(struct played *p);

#endif
