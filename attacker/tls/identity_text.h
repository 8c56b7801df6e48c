/*
 * identity_text.h - the identity of a pre-shared key, made fit to stand in a sentence.
 *
 * It is a client's own choice and may hold anything: a name, a number, a terminal's commands. What
 * is not plain ASCII becomes \xNN, so that a reader sees each byte and a terminal none of them.
 */
#ifndef KEYFALL_ATTACKER_TLS_IDENTITY_TEXT_H
#define KEYFALL_ATTACKER_TLS_IDENTITY_TEXT_H

#include "capture/bytes.h"

/* Names and mail addresses fit; of what is longer, the beginning tells which one it is. */
#define IDENTITY_TEXT_SIZE 80

/* identity_text writes it with quotation marks around, cut with "..." when it is too long, and
 * returns `out`. */
char *identity_text(struct bytes identity, char out[static IDENTITY_TEXT_SIZE]);

#endif
