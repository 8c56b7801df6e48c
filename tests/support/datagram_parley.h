/*
 * datagram_parley.h - a real DTLS conversation in memory: the datagrams that crossed, in order, and
 * the key log of the client. parley.h over datagrams.
 */
#ifndef KEYFALL_TESTS_SUPPORT_DATAGRAM_PARLEY_H
#define KEYFALL_TESTS_SUPPORT_DATAGRAM_PARLEY_H

#include <openssl/ssl.h>

#include "tests/support/run_stage.h"

#define DATAGRAM_PARLEY_MAX 256

/* Zero is DTLS 1.2, and whatever libssl likes best. */
struct datagram_terms {
    int version;        /* DTLS1_VERSION, or 0 for DTLS 1.2 */
    const char *suites; /* as libssl names them */
    uint64_t options;   /* SSL_OP_... of both sides */
    long mtu;           /* bytes of a datagram of the handshake; 0: 1400 */
    bool cookie;        /* the server asks for one with a HelloVerifyRequest */
    bool client_proves; /* the client has a certificate */
    bool psk;           /* both know a PSK */
};

struct datagram_parley {
    struct datagram_terms terms;
    SSL_CTX *contexts[2];
    SSL *sides[2];
    BIO_METHOD *wire;
    struct buffer datagrams[DATAGRAM_PARLEY_MAX];
    enum side from[DATAGRAM_PARLEY_MAX];
    size_t num;
    size_t taken[2]; /* by enum side: all of the other one's in front of it were read */
    bool impatient;  /* nobody waits for long before he sends something again */
    struct buffer keylog;
    EVP_PKEY *ephemeral; /* the server's private one; NULL when it has none */
};

/* datagram_parley_begin shakes hands; the server's certificate is that of fixtures/rsa. Ends with
 * datagram_parley_clear. */
void datagram_parley_begin(struct datagram_parley *t, const struct datagram_terms *terms);

/*
 * datagram_parley_begin_twice does so, and each flight is sent a second time before the other side
 * has read the first; that time in datagrams of `mtu` bytes.
 */
void datagram_parley_begin_twice(struct datagram_parley *t, const struct datagram_terms *terms,
                                 long mtu);

/* datagram_parley_begin_again takes up the session of `earlier`, by its ticket or, with
 * SSL_OP_NO_TICKET, by its session ID. */
void datagram_parley_begin_again(struct datagram_parley *t, const struct datagram_parley *earlier);

/* datagram_parley_say sends `words` in a record. */
void datagram_parley_say(struct datagram_parley *t, enum side from, const char *words);

/* datagram_parley_renegotiate: `from` wants another handshake, in which the client offers `suites`.
 */
void datagram_parley_renegotiate(struct datagram_parley *t, enum side from, const char *suites);

/* datagram_parley_hang_up: close_notify of both sides. */
void datagram_parley_hang_up(struct datagram_parley *t);

/* datagram_parley_leak adds the key log to the leaks of a stage. */
void datagram_parley_leak(const struct datagram_parley *t, struct run_stage *s);

/* datagram_parley_play hands one datagram to the run, of a client at this port;
 * datagram_parley_play_all all of them. */
void datagram_parley_play(const struct datagram_parley *t, struct run_stage *s, size_t index,
                          uint16_t client_port);
void datagram_parley_play_all(const struct datagram_parley *t, struct run_stage *s,
                              uint16_t client_port);

void datagram_parley_clear(struct datagram_parley *t);

#endif
