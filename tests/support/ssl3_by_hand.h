/*
 * ssl3_by_hand.h - what SSL 3.0 computes, written out after RFC 6101, for record_sealer.h.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SSL3_BY_HAND_H
#define KEYFALL_TESTS_SUPPORT_SSL3_BY_HAND_H

#include "tests/support/message_writer.h"

/* ssl3_derive: the master secret from a premaster secret, or the key block from a master secret.
 * RFC 6101 sections 6.1 and 6.2.2. */
void ssl3_derive(uint8_t *out, size_t out_len, struct bytes secret, struct bytes randoms);

/* ssl3_export: the final key from a weak one, or an IV from none. RFC 6101 section 6.2.2.1. */
void ssl3_export(uint8_t *out, size_t out_len, struct bytes weak, struct bytes randoms);

/* ssl3_mac writes the MAC of a record. RFC 6101 section 5.2.3.1. */
void ssl3_mac(struct writer *out, const char *hash, struct bytes key, uint64_t sequence,
              uint8_t type, struct bytes content);

#endif
