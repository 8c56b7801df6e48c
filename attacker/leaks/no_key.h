/*
 * no_key.h - what a file holds that is no private key, or none that can be used as it is; and what
 * the person who gave it can do.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_NO_KEY_H
#define KEYFALL_ATTACKER_LEAKS_NO_KEY_H

#include "capture/bytes.h"
#include "capture/complaint.h"

/* Bits: a file may hold several. The first ones are private keys, and worth a warning when they
 * stand in a folder of keys; the others are passed over there. */
enum no_key {
    NO_KEY_LOCKED = 1,    /* encrypted, and there was no passphrase */
    NO_KEY_WRONG = 2,     /* encrypted, and no passphrase opened it */
    NO_KEY_OPENSSH = 4,   /* a format of its own */
    NO_KEY_PUTTY = 8,     /* another one */
    NO_KEY_KEYSTORE = 16, /* Java's JKS or JCEKS */
    NO_KEY_TOKEN = 32,    /* the name of a key in a token or TPM */
    NO_KEY_DAMAGED = 64,  /* it says to be a private key, and can't be read */
    NO_KEY_CERTIFICATE = 128,
    NO_KEY_REQUEST = 256,
    NO_KEY_PUBLIC = 512,
    NO_KEY_PARAMETERS = 1024,
};

/* NO_KEY_TELLING: what is a private key after all. */
#define NO_KEY_TELLING ((unsigned)NO_KEY_CERTIFICATE - 1)

/* no_key_of_label: what stands in a PEM block of that label; 0 for what libcrypto is to read. */
unsigned no_key_of_label(const char *label);

/* no_key_of_start: what a file without PEM blocks is by its first bytes; 0 for all else. */
unsigned no_key_of_start(struct bytes file);

/* no_key_is_token: is that no path, but the name of a key in a token? */
bool no_key_is_token(const char *path);

/* no_key_say says of a file that holds these what is wrong with it, and returns false. */
bool no_key_say(struct complaint *why, const char *path, unsigned holds);

#endif
