/*
 * parley.h - a real TLS conversation in memory: what crossed, in order, and the key log of its
 * client.
 */
#ifndef KEYFALL_TESTS_SUPPORT_PARLEY_H
#define KEYFALL_TESTS_SUPPORT_PARLEY_H

#include <openssl/ssl.h>

#include "attacker/session.h"
#include "capture/alloc.h"

/* Zero is whatever libssl likes best, in TLS 1.3. */
struct parley_terms {
    int version;        /* TLS1_2_VERSION and so on; 0 for 1.3 */
    const char *suites; /* of TLS 1.2 and before, as libssl names them */
    uint64_t options;   /* SSL_OP_NO_... of both sides */
};

#define PARLEY_MAX_BURSTS 512

struct parley {
    SSL_CTX *contexts[2];
    SSL *sides[2];
    struct buffer bursts[PARLEY_MAX_BURSTS]; /* what one side sent in one go */
    enum side from[PARLEY_MAX_BURSTS];
    size_t num_bursts;
    struct buffer keylog;
};

/* parley_begin shakes hands; the server's certificate is that of fixtures/rsa. Ends with
 * parley_clear.
 */
void parley_begin(struct parley *t, const struct parley_terms *terms);

/* parley_begin_touched does so after a last touch to the two contexts. */
void parley_begin_touched(struct parley *t, const struct parley_terms *terms,
                          void (*touch)(SSL_CTX *context, enum side side));

/* parley_client_proves is such a touch: the server asks for a certificate, and the client has one.
 */
void parley_client_proves(SSL_CTX *context, enum side side);

/* parley_begin_with_retry does so in TLS 1.3, and the server asks for another ClientHello. */
void parley_begin_with_retry(struct parley *t);

/*
 * parley_begin_again takes up the session of `earlier`, which has hung up and is of the same terms:
 * by its ticket, or, with SSL_OP_NO_TICKET, by its session ID. In TLS 1.3 a PSK names it.
 */
void parley_begin_again(struct parley *t, const struct parley *earlier);

/* How a session of TLS 1.3 is taken up again. */
struct parley_again {
    const char *early; /* what the client says at once; NULL for nothing */
    bool ignored;      /* the server does not read that */
    bool retry;        /* the server asks for another ClientHello */
    bool alone;        /* the two have no group in common: the pre-shared key is all there is */
    bool forgotten;    /* the server does not know the session any more */
};

/* parley_early_allowed is a touch: up to 1 MiB of early data, and either way of going on. */
void parley_early_allowed(SSL_CTX *context, enum side side);

/* parley_begin_again_early takes up the session of `earlier`, which was begun with that touch. */
void parley_begin_again_early(struct parley *t, const struct parley *earlier,
                              const struct parley_again *how);

/* parley_say sends `words` from one side to the other. */
void parley_say(struct parley *t, enum side from, struct bytes words);

/* parley_update has one side send a KeyUpdate; SSL_KEY_UPDATE_REQUESTED wants one back. */
void parley_update(struct parley *t, enum side from, int kind);

/* parley_renegotiate: `from` wants another handshake, in which the client offers `suites`. */
void parley_renegotiate(struct parley *t, enum side from, const char *suites);

/* parley_carry lets both read until neither has anything more to say. */
void parley_carry(struct parley *t);

/* parley_leak puts the key log into a leak that the caller clears with leaks_clear. */
void parley_leak(const struct parley *t, struct leaks *leaks);

/* parley_hang_up: close_notify of both sides. */
void parley_hang_up(struct parley *t);

void parley_clear(struct parley *t);

#endif
