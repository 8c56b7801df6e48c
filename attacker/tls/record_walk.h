/*
 * record_walk.h - do these bytes go on as records? From header to header, without holding or
 * reading what is between them.
 */
#ifndef KEYFALL_ATTACKER_TLS_RECORD_WALK_H
#define KEYFALL_ATTACKER_TLS_RECORD_WALK_H

#include "attacker/tls/record.h"

/* Zero stands in front of a record. */
struct record_walk {
    bool is_strict; /* none is empty, and all have the same version, as amid a conversation */
    size_t to_go;   /* bytes up to the next header */
    uint8_t begun[RECORD_HEADER_LEN];
    size_t begun_len;     /* of that header, what was seen of it */
    uint16_t version;     /* of the last one, */
    uint64_t num_headers; /* of so many */
    uint64_t len;         /* bytes from the first one on */
};

/* record_walk_on goes on over `more`; false at bytes that can't be the header of a record. */
bool record_walk_on(struct record_walk *w, struct bytes more) MUST_CHECK;

/* record_walk_skip goes on over bytes that are missing; false when a header may be among them. */
bool record_walk_skip(struct record_walk *w, uint64_t missing) MUST_CHECK;

/* record_walk_is_at_end: the last record is whole, and nothing follows on it so far. */
bool record_walk_is_at_end(const struct record_walk *w);

#endif
