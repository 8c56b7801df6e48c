/*
 * external_psk.h - how does a key that both were given take part in TLS 1.3?
 *
 * There it is no key exchange of its own but the secret of a session that never was: both ends hand
 * libssl the same made-up session, named by the key's identity, and "resume" it. RFC 8446 section
 * 4.2.11. Up to TLS 1.2: contexts.c.
 */
#ifndef KEYFALL_VICTIM_EXTERNAL_PSK_H
#define KEYFALL_VICTIM_EXTERNAL_PSK_H

#include "victim/contexts.h"

/* external_psk_of_client and external_psk_of_server make an end use its backstage's key. */
void external_psk_of_client(SSL_CTX *ctx);
void external_psk_of_server(SSL_CTX *ctx);

#endif
