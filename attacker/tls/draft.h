/*
 * draft.h - TLS 1.3 before it was finished: which draft of it is this, and what did it do
 * otherwise?
 *
 * Browsers and servers spoke drafts with one another for two years before RFC 8446, from 18 on by
 * default, and what was recorded then is still around. A draft has a version number of its own;
 * what they changed, below, is told by their change log and shown by the programs of their time.
 * RFC 8446 is number 0 here, and so is whatever is no TLS 1.3.
 *
 * Next: hello.h, where the number stands.
 */
#ifndef KEYFALL_ATTACKER_TLS_DRAFT_H
#define KEYFALL_ATTACKER_TLS_DRAFT_H

#include <stdbool.h>
#include <stdint.h>

#define DRAFT_OLDEST 18
#define DRAFT_LATEST 28

/* From which draft on it is as in the RFC. */
enum draft_change {
    DRAFT_RETRY_NAMES_SUITE = 19,  /* a HelloRetryRequest names the cipher suite */
    DRAFT_RETRY_IS_HASHED = 19,    /* behind it, the first ClientHello counts as its own hash */
    DRAFT_DERIVES_SALT = 19,       /* between two Extracts stands a Derive-Secret */
    DRAFT_END_IS_A_MESSAGE = 19,   /* of early data; before, it was the alert end_of_early_data */
    DRAFT_LABELS_ARE_SHORT = 20,   /* of HKDF-Expand-Label; that of the salt, too */
    DRAFT_TICKETS_HAVE_NONCE = 21, /* from which their pre-shared keys are derived */
    DRAFT_HELLO_LIKE_TLS12 = 22,   /* ServerHello, HelloRetryRequest and records look like that */
    DRAFT_KEY_SHARE_IS_51 = 23,    /* and not 40 any more */
    DRAFT_HEADER_IS_SEALED = 25,   /* the record's header is authenticated */
};

/* draft_of_version returns the draft that a version number stands for, 0 for none. Facebook gave
 * two of them numbers of its own. */
uint8_t draft_of_version(uint16_t version);

/* draft_is_before: is it one that did not have this yet? */
bool draft_is_before(uint8_t draft, enum draft_change change);

#endif
