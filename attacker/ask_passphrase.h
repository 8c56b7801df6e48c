/*
 * ask_passphrase.h - "passphrase of server.key:", and nothing that is typed is shown.
 *
 * Asked on the terminal itself, so that standard input may bring packets and standard output may go
 * to a file. However it ends, by Enter, Ctrl-C or a signal from elsewhere, the terminal shows again
 * what is typed.
 */
#ifndef KEYFALL_ATTACKER_ASK_PASSPHRASE_H
#define KEYFALL_ATTACKER_ASK_PASSPHRASE_H

/* 1024: what libcrypto takes at the most. */
#define PASSPHRASE_MAX 1024

/* ask_passphrase returns what was typed, for free() after it was overwritten; NULL when it was
 * nothing, or when nobody is there to be asked. */
char *ask_passphrase(const char *path);

#endif
