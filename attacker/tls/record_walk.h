/*
 * record_walk.h - do these bytes go on as records? From header to header, without holding or
 * reading what is between them.
 */
#ifndef KEYFALL_ATTACKER_TLS_RECORD_WALK_H
#define KEYFALL_ATTACKER_TLS_RECORD_WALK_H

#include "attacker/tls/record.h"

/* Zero stands in front of a record. */
struct record_walk {
    size_t to_go; /* bytes up to the next header */
    uint8_t begun[RECORD_HEADER_LEN];
    size_t begun_len; /* of that header, what was seen of it */
};

/* record_walk_on goes on over `more`; false at bytes that can't be the header of a record. */
bool record_walk_on(struct record_walk *w, struct bytes more) MUST_CHECK;

#endif
