/*
 * server_label.h - what to call the server of a session, so that those of one server are together:
 * the name that the client asked for, else that of the certificate, else the address. A session
 * that is resumed has no certificate: there, the latest one that came from this address counts.
 */
#ifndef KEYFALL_ATTACKER_STORY_SERVER_LABEL_H
#define KEYFALL_ATTACKER_STORY_SERVER_LABEL_H

#include "attacker/leaks/remembered.h"
#include "attacker/session.h"

/* Bytes of a name that are looked at: as many as a name of the DNS has at the most. RFC 1035
 * section 2.3.4. */
#define SERVER_LABEL_MAX_NAME 255

/* Addresses of which the certificate is remembered, some 2 MB at the most. */
#define SERVER_LABEL_MAX_ADDRESSES 4096

/* server_label_memory_new is for the certificates of a run; freed by remembered_free. */
struct remembered *server_label_memory_new(void) __attribute__((returns_nonnull));

/* server_label_new: fit to be seen, not empty; to be freed with free(). */
char *server_label_new(struct remembered *certificates, const struct session *s)
    __attribute__((returns_nonnull));

#endif
