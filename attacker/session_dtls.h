/*
 * session_dtls.h - a session whose records come in datagrams: lost, doubled, overtaken.
 *
 * What is said is the same as over a stream, and so are the facts, the leaks and the seals; only
 * the way to them differs. A record says which one it is, so behind a loss the next one just opens,
 * and what is missing can be counted. Handshake messages wait until those in front of them have
 * come, and sealed records until the keys are known. What waits for something that was not recorded
 * is taken without it when too much waits, or at the end.
 */
#ifndef KEYFALL_ATTACKER_SESSION_DTLS_H
#define KEYFALL_ATTACKER_SESSION_DTLS_H

#include "attacker/session.h"
#include "attacker/tls/dtls_messages.h"
#include "attacker/tls/dtls_record.h"
#include "attacker/tls/dtls_window.h"

/* Sealed records of a direction that wait for their keys: datagrams of the handshake that were
 * overtaken by so many are not in the recording. Some 100 KiB, with datagrams of the usual size. */
#define DTLS_MAX_HELD 64

/* A version, and a cookie of up to 255 bytes: RFC 6347 section 4.2.1. */
#define DTLS_MAX_REQUEST (2 + 1 + 255)

/* A sealed record that waits. */
struct dtls_held {
    struct dtls_record record;
    uint8_t *fragment; /* its own copy, and the connection ID behind it */
    struct record_mark mark;
};

/* An epoch that has ended. */
struct dtls_before {
    struct seal *seal; /* NULL when its keys are not known */
    struct dtls_window window;
};

struct dtls_direction {
    struct dtls_messages messages;
    uint16_t handshake_epoch;  /* in which the present handshake began */
    uint16_t epoch;            /* the present one: its keys are in use, known to us or not */
    struct dtls_window clear;  /* epoch 0 */
    struct dtls_window sealed; /* the present epoch, unless that is 0 */
    struct dtls_before before; /* the one in front of it, unless that is 0 */
    struct dtls_window later;  /* the latest epoch of which the keys can't be known */
    uint16_t later_epoch;
    bool announced;  /* a ChangeCipherSpec has come */
    uint64_t number; /* and this was its */
    struct record_mark announced_at;
    uint64_t next_plain; /* behind the last record with application data that was given out */
    struct dtls_held held[DTLS_MAX_HELD];
    size_t num_held;
    size_t held_bytes;
};

struct session_dtls {
    struct dtls_direction directions[2]; /* by enum side */
    bool cookie_due;       /* the server wants the ClientHello once more, with a cookie */
    struct buffer request; /* the body of the message in which it said so */
    bool incomplete;       /* of the handshake, something is missing */
    bool given_up;         /* nothing waits any more for what is missing */
};

/* session_dtls_begin says that what `s` gets are datagrams; before anything else is said. */
void session_dtls_begin(struct session *s);

/* session_dtls_datagram takes one, in the reassembly's terms of who is who; `cut` bytes at its end
 * were not recorded. */
void session_dtls_datagram(struct session *s, enum side side, const struct chunk *datagram,
                           size_t cut);

/* session_dtls_finish: no more will come. Called by session.c. */
void session_dtls_finish(struct session *s);

/* session_dtls_misses: something that was sent is not in the recording. */
bool session_dtls_misses(const struct session *s);

/* session_dtls_memory: bytes of memory that it takes; of NULL, 0. */
size_t session_dtls_memory(const struct session_dtls *d);

/* session_dtls_free takes NULL too. */
void session_dtls_free(struct session_dtls *d);

#endif
