/*
 * secret.h - what a thief may end up with: the one number from which all keys of a session follow.
 *
 *     premaster secret --+                                TLS 1.2 and before
 *                        +--> master secret --> keys
 *     shared secret -----> handshake secret --> traffic secrets --> keys      TLS 1.3
 *
 * A leak yields one of the kinds below; how it turns into keys is master_secret.h and
 * traffic_secret.h.
 */
#ifndef KEYFALL_ATTACKER_CRYPTO_SECRET_H
#define KEYFALL_ATTACKER_CRYPTO_SECRET_H

#include "capture/bytes.h"

#define MASTER_SECRET_LEN 48

/* The premaster secret is the longest: as long as the prime of a DHE group, here up to 16384 bits.
 */
#define SECRET_MAX_LEN 2048

/* TLS 1.3: as long as the suite's hash, SHA-384 at the most. */
#define TRAFFIC_SECRET_MAX_LEN 64

/* A pre-shared key out of a ticket is as long as the suite's hash, one that people have agreed on
 * as long as they like; libssl takes up to 512 bytes. */
#define PSK_MAX_LEN 512

enum secret_kind {
    SECRET_NONE,
    SECRET_PREMASTER, /* RFC 5246 section 8.1 */
    SECRET_OTHER,     /* what goes into that beside a pre-shared key: RFC 4279 section 2 */
    SECRET_MASTER,
    SECRET_SHARED,  /* TLS 1.3: the (EC)DHE input of RFC 8446 section 7.1 */
    SECRET_TRAFFIC, /* TLS 1.3: the traffic secrets themselves, from a key log */
};

enum traffic_label {
    TRAFFIC_CLIENT_HANDSHAKE,
    TRAFFIC_SERVER_HANDSHAKE,
    TRAFFIC_CLIENT_APPLICATION,
    TRAFFIC_SERVER_APPLICATION,
    TRAFFIC_NUM_LABELS,
};

/* RFC 8446 section 7.1; a length of 0 is "not known". */
struct traffic_secrets {
    size_t len[TRAFFIC_NUM_LABELS];
    uint8_t value[TRAFFIC_NUM_LABELS][TRAFFIC_SECRET_MAX_LEN];
};

/* Zero is "none". The owner wipes it with secret_clear. */
struct secret {
    enum secret_kind kind;
    size_t len;
    uint8_t value[SECRET_MAX_LEN];  /* premaster, master or shared secret */
    size_t psk_len;                 /* SECRET_SHARED: with a pre-shared key; 0: without */
    uint8_t psk[PSK_MAX_LEN];       /* and `len` is 0 when that is all */
    struct traffic_secrets traffic; /* SECRET_TRAFFIC */
    const char *published;          /* a key that anybody can know gave it: what is known of that */
};

/* secret_set puts `value` into *out; false, and nothing changed, when it is longer than fits. */
bool secret_set(struct secret *out, enum secret_kind kind, struct bytes value) MUST_CHECK;

/* secret_view is a view of the value, dead when the secret is. */
struct bytes secret_view(const struct secret *secret);

/* secret_traffic_known: which traffic secrets there are, as bits 1 << enum traffic_label. */
unsigned secret_traffic_known(const struct secret *secret);

/* secret_clear overwrites it. */
void secret_clear(struct secret *secret);

#endif
