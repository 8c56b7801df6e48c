/*
 * key_loading.h - who helps with loading keys: the passphrases known so far, who can be asked for
 * another, and who hears of what could not be used.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEY_LOADING_H
#define KEYFALL_ATTACKER_LEAKS_KEY_LOADING_H

#include "capture/bytes.h"
#include "capture/complaint.h"

/* Zero is no help at all. */
struct key_loading {
    char **passphrases; /* owned; each is tried on each encrypted key */
    size_t num_passphrases;
    char *(*ask)(const char *path); /* the passphrase of that file, for free(); NULL: not given */
    void (*warn)(const char *text); /* one sentence about a file that was passed over */
};

/* key_loading_read_passphrases takes each line of a file; the first one even when it is empty,
 * which is a passphrase too. False with *why. */
bool key_loading_read_passphrases(struct key_loading *loading, const char *path,
                                  struct complaint *why) MUST_CHECK;

/* key_loading_ask asks whoever can be asked, and remembers the answer for the other files; false
 * when there is none. */
bool key_loading_ask(struct key_loading *loading, const char *path) MUST_CHECK;

/* key_loading_clear overwrites and frees the passphrases. */
void key_loading_clear(struct key_loading *loading);

#endif
