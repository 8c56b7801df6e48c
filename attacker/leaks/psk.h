/*
 * psk.h - pre-shared keys: what both sides had before they spoke, and a thief now has as well.
 *
 * The client says by an identity which one it means. How the key goes into the premaster secret is
 * the same for all suites up to TLS 1.2; what goes in beside it is not:
 *
 *     PSK                   as many zeros                                    RFC 4279 section 2
 *     DHE_PSK, ECDHE_PSK    the shared secret of an ephemeral exchange       section 3, RFC 5489
 *     RSA_PSK               48 bytes, encrypted to the server's public key   section 4
 *
 *     premaster secret: length 2 | that | length 2 | key
 *
 * So for all but the first, another leak is needed as well. In TLS 1.3, the key goes into another
 * place, and can be checked beforehand: see known_psk.h.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_PSK_H
#define KEYFALL_ATTACKER_LEAKS_PSK_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"
#include "capture/complaint.h"

struct psk {
    char *identity; /* owned; NULL: none was given, it may be anybody's */
    size_t len;
    uint8_t value[PSK_MAX_LEN];
};

/* Zero is none. */
struct psks {
    struct psk *keys; /* owned, in the order in which they were added */
    size_t num_keys;
};

/* psks_add takes "[ID:]HEX". The last colon ends the identity, which may hold others. False with
 * *why when it is not written like that. */
bool psks_add(struct psks *list, const char *text, struct complaint *why) MUST_CHECK;

/* psks_clear wipes them. */
void psks_clear(struct psks *list);

/* psks_fitting finds those that may be meant by an identity, one after the other: first those that
 * were given for it, then those that were given for none. NULL when there are not so many. */
const struct psk *psks_fitting(const struct psks *list, struct bytes identity, size_t which);

/* How near a list comes to an identity. */
enum psk_fit {
    PSK_FIT_NONE,
    PSK_FIT_ANY,   /* by keys that were given for no identity */
    PSK_FIT_NAMED, /* by a key that was given for it */
};

enum psk_fit psks_fit(const struct psks *list, struct bytes identity);

/*
 * psk_ask is for TLS 1.2 and before. *secret is what a leak before this one knew of what goes in
 * beside the key: SECRET_OTHER. With ANSWER_SECRET it is the premaster secret; that the key is the
 * right one is proven only when records open. ANSWER_WITHSTOOD: something else is needed as well.
 */
enum answer psk_ask(const struct psks *list, const struct handshake *h, struct secret *secret,
                    struct evidence *e);

/* psk_replace makes *premaster, which psk_ask has made for `h`, with another key; false when it
 * would be too long. */
bool psk_replace(struct secret *premaster, const struct handshake *h,
                 const struct psk *psk) MUST_CHECK;

#endif
