/*
 * server_label.h - what to call the server of a session, so that those of one server are together:
 * the name that the client asked for, else that of the certificate, else the address.
 */
#ifndef KEYFALL_ATTACKER_STORY_SERVER_LABEL_H
#define KEYFALL_ATTACKER_STORY_SERVER_LABEL_H

#include "attacker/session.h"

/* Bytes of a name that are looked at: as many as a name of the DNS has at the most. RFC 1035
 * section 2.3.4. */
#define SERVER_LABEL_MAX_NAME 255

/* server_label_new: fit to be seen, not empty; to be freed with free(). */
char *server_label_new(const struct session *s) __attribute__((returns_nonnull));

#endif
