/*
 * sample_hello.h - hellos as browsers and servers send them, made by hand.
 */
#ifndef KEYFALL_TESTS_SUPPORT_SAMPLE_HELLO_H
#define KEYFALL_TESTS_SUPPORT_SAMPLE_HELLO_H

#include "tests/support/message_writer.h"

#define SAMPLE_HOST "kitchen.example"

/* What a server chooses. */
struct sample_choice {
    uint16_t version; /* 0x0304 goes into supported_versions */
    uint16_t suite;
    uint16_t group; /* TLS 1.3: of the key share; 0 for none */
    bool retry;
    bool psk;
    bool extended_master_secret;
    bool encrypt_then_mac;
    bool truncated_hmac;
    bool alpn;
};

/* The bodies, without the header of a handshake message. `w` remembers the length fields. A
 * ClientHello offers two suites, a session id, SNI, ALPN "h2" and "http/1.1", a session ticket and,
 * when `tls13`, versions and key shares: secp256r1 of 65 times 0x04, x25519 of 32 times 0x1d. */
struct bytes sample_client_hello(struct writer *w, bool tls13);

/* The random is 32 times 0x52, the key share 32 times 0xe5, ALPN "http/1.1". */
struct bytes sample_server_hello(struct writer *w, const struct sample_choice *choice);

#endif
