/*
 * sample_handshake.h - messages fed into a struct handshake, one after the other.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SAMPLE_HANDSHAKE_H
#define KEYFALL_TESTS_SUPPORT_SAMPLE_HANDSHAKE_H

#include "attacker/tls/handshake.h"
#include "tests/support/sample_hello.h"

/* saw lets `h` see a message with `body`; its frame is 100 plus the number of messages before.
 * Returns what handshake_see says. */
bool saw(struct handshake *h, enum side from, uint8_t type, struct bytes body);

/* The same, the body in hex. */
bool saw_hex(struct handshake *h, enum side from, uint8_t type, const char *body);

/* saw_hellos: a ClientHello of sample_hello.h, and the ServerHello that `choice` describes. */
void saw_hellos(struct handshake *h, const struct sample_choice *choice);

/* saw_certificate: a Certificate message of the server (TLS 1.2 layout) that holds `der`. */
void saw_certificate(struct handshake *h, struct bytes der);

#endif
