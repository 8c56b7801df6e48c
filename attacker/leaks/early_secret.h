/*
 * early_secret.h - who knows the secret of a client's early data (0-RTT)?
 *
 * It follows from the first pre-shared key that the client offers and from its ClientHello, and
 * from nothing that the server says: so it is a question of its own, and may have an answer where
 * nobody knows the secrets of the rest. RFC 8446 sections 2.3 and 7.1.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_EARLY_SECRET_H
#define KEYFALL_ATTACKER_LEAKS_EARLY_SECRET_H

#include "attacker/leaks/leaks.h"

/* Zero is "nobody". The owner wipes it. */
struct early_secret {
    enum leak source;
    const char *published;     /* LEAK_TICKET_KEY: see struct secret */
    const struct suite *suite; /* NULL: not known but for the length of its hash */
    size_t len;                /* 0: nobody knows it */
    uint8_t value[TRAFFIC_SECRET_MAX_LEN];
};

/* early_secret_ask: the latest ClientHello of `h` is the one that the early data follows on. True
 * when somebody knows, and *out is set. */
bool early_secret_ask(const struct leaks *leaks, const struct handshake *h,
                      struct early_secret *out, struct evidence *e) MUST_CHECK;

#endif
