/*
 * verdict_scene.h - handshakes as a verdict sees them, by what was said in them.
 */
#ifndef KEYFALL_TESTS_SUPPORT_VERDICT_SCENE_H
#define KEYFALL_TESTS_SUPPORT_VERDICT_SCENE_H

#include "attacker/verdict.h"

/* What was said in the handshake. */
enum scene {
    NOTHING,      /* no hello */
    HELLO_ALONE,  /* no ServerHello */
    NO_EXCHANGE,  /* RSA, cut in front of the ClientKeyExchange */
    RSA_EXCHANGE, /* a whole key exchange each, from here on */
    STATIC_DH,
    DHE,
    ECDHE,
    PLAIN_PSK,
    RSA_PSK,
    ECDHE_PSK,
    BY_TICKET,
    BY_SESSION_ID,
    TLS13,
    TLS13_HYBRID,
    TLS13_PSK,
    TLS13_PSK_ECDHE,
};

/* play makes the handshake of a scene; it owns nothing. */
struct handshake play(enum scene scene);

/* reach is the verdict on `f`, with this handshake and these answers. */
struct verdict reach(const struct findings *f, const struct handshake *h,
                     const struct leaks_found *found);

#endif
