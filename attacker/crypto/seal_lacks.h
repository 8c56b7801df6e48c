/*
 * seal_lacks.h - a suite that can't be computed here: what is it that is missing?
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_SEAL_LACKS_H
#define KEYFALL_ATTACKER_CRYPTO_SEAL_LACKS_H

#include "attacker/tls/suite.h"

/* Room for the longest clause, and then some. */
#define SEAL_LACKS_SIZE 160

/*
 * seal_lacks tells whether records of this suite can't be opened on this machine, whatever the
 * secret; then *out is a clause that says what no library here has.
 */
bool seal_lacks(char out[static SEAL_LACKS_SIZE], const struct suite *suite, uint16_t version);

#endif
