/*
 * seal_check.h - a sealer and the seal that has to open what it makes.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SEAL_CHECK_H
#define KEYFALL_TESTS_SUPPORT_SEAL_CHECK_H

#include "attacker/crypto/seal.h"
#include "tests/support/record_sealer.h"

struct seal_pair {
    struct sealer sealer;
    struct seal *seal;
};

/* seal_pair_start gives both the same secret and the same randoms. */
void seal_pair_start(struct seal_pair *p, const struct sealing_plan *plan, enum side from);

void seal_pair_end(struct seal_pair *p);

/* opens: the record opens to `type` and `content`, and the seal has moved on by one. */
void opens(struct seal *seal, struct bytes record, uint8_t type, struct bytes content);

/* opens_somewhere: it opens, wherever the seal stands then. */
void opens_somewhere(struct seal *seal, struct bytes record, uint8_t type, struct bytes content);

/* refuses: it does not open, and neither the outputs nor the sequence number have changed. A record
 * that cannot even be cut from its stream counts as refused. */
void refuses(struct seal *seal, struct bytes record);

/* refuses_any_change: with one bit flipped in any one byte the record is refused, cut short by any
 * number of bytes (the header saying so) too, and then it opens as it is. */
void refuses_any_change(struct seal *seal, struct bytes record, uint8_t type, struct bytes content);

#endif
