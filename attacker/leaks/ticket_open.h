/*
 * ticket_open.h - does anybody have the key to this ticket? Those that were given are tried, then
 * those that were published.
 *
 * The name in front of a ticket says which key it was sealed with, so that a server can change
 * keys; and whoever has several of them can tell which one is due. But it is the MAC that proves
 * it.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_TICKET_OPEN_H
#define KEYFALL_ATTACKER_LEAKS_TICKET_OPEN_H

#include "attacker/leaks/evidence.h"
#include "attacker/leaks/ticket_key_file.h"
#include "attacker/leaks/ticket_state.h"

enum ticket_answer {
    TICKET_SHUT,       /* no key is the one */
    TICKET_DIFFERS,    /* a key has the name that stands in it, and the MAC does not verify */
    TICKET_UNREADABLE, /* its MAC verifies, and what is inside is in no format that is known */
    TICKET_OPENED,
};

/* A ticket as it was recorded. */
struct ticket_seen {
    struct bytes ticket;
    uint32_t lifetime; /* in seconds, as the server has hinted; 0 when it did not */
    uint64_t frame;
    uint64_t time_ns;
};

/* The owner wipes it. */
struct ticket_opened {
    const char *published; /* what is known of the key; NULL when it was given */
    bool named;            /* the ticket begins with the key's name */
    bool rotated;          /* the key follows from the one that was given */
    const char *mac;
    struct ticket_state state; /* TICKET_OPENED */
};

/* ticket_open tries them all; *out is set with TICKET_OPENED and TICKET_UNREADABLE. */
enum ticket_answer ticket_open(const struct ticket_keys *keys, const struct ticket_seen *seen,
                               struct ticket_opened *out) MUST_CHECK;

/* ticket_open_note tells what came of it. That no published key fits is no news: where no key was
 * given, nothing is told then. */
void ticket_open_note(const struct ticket_keys *keys, const struct ticket_seen *seen,
                      enum ticket_answer answer, const struct ticket_opened *opened,
                      struct evidence *e);

#endif
