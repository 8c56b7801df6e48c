/*
 * dtls_window.h - which records of an epoch have come?
 *
 * A record that comes again is taken once; and as each has a number, those that never came can be
 * counted. RFC 6347 section 4.1.2.6.
 */
#ifndef KEYFALL_ATTACKER_TLS_DTLS_WINDOW_H
#define KEYFALL_ATTACKER_TLS_DTLS_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

/* 4096 numbers: what is overtaken by more than that has been lost; a receiver remembers 64. */
#define DTLS_WINDOW_SIZE 4096

/* Zero is an epoch of which nothing has come. */
struct dtls_window {
    uint64_t next;  /* behind the highest number that has come */
    uint64_t whole; /* all numbers below have come, and this one has not */
    uint64_t num;   /* different ones that have come */
    uint8_t seen[DTLS_WINDOW_SIZE / 8];
};

/* dtls_window_has: it has come, or is so far behind that this can't be told any more. */
bool dtls_window_has(const struct dtls_window *w, uint64_t number);

/* dtls_window_add notes one that dtls_window_has not. */
void dtls_window_add(struct dtls_window *w, uint64_t number);

/* dtls_window_missing: numbers below the highest that have not come. */
uint64_t dtls_window_missing(const struct dtls_window *w);

#endif
