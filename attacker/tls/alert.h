/*
 * alert.h - how do the two sides complain to each other? RFC 8446 section 6, RFC 5246 section 7.2.
 */
#ifndef KEYFALL_ATTACKER_TLS_ALERT_H
#define KEYFALL_ATTACKER_TLS_ALERT_H

#include "capture/bytes.h"

#define ALERT_LEN 2

#define ALERT_CLOSE_NOTIFY     0
#define ALERT_NO_RENEGOTIATION 100

struct alert {
    uint8_t level; /* 1 warning, 2 fatal */
    uint8_t description;
};

/* alert_read parses an alert in the clear; false when it is none. */
bool alert_read(struct bytes content, struct alert *out) MUST_CHECK;

/* alert_is_fatal: the connection ends with it. Others are warnings, such as unrecognized_name. */
bool alert_is_fatal(const struct alert *alert);

/* alert_is_known: has this description a name? */
bool alert_is_known(uint8_t description);

/* alert_name returns "handshake_failure" and the like, or "unknown alert". */
const char *alert_name(uint8_t description);

#endif
