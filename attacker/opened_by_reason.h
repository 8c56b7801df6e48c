/*
 * opened_by_reason.h - why would this leak open the session, and why would the server's key not?
 *
 * One short sentence for each name that opened_by.h gives, from the same facts: what anybody can
 * read off the wire.
 */
#ifndef KEYFALL_ATTACKER_OPENED_BY_REASON_H
#define KEYFALL_ATTACKER_OPENED_BY_REASON_H

#include "attacker/opened_by.h"

#define OPENED_BY_REASON_SIZE 512

/*
 * opened_by_reason writes why `leak`, one of `opened_by`, opens the session of `h`, and returns
 * `out`. `opened_by` is the verdict's: what is in it and does not follow from `h` was inherited
 * from the session that this one takes up. Of the server's key it is also told why it does not.
 */
char *opened_by_reason(const struct handshake *h, unsigned opened_by, enum opened_by leak,
                       char out[static OPENED_BY_REASON_SIZE]);

#endif
