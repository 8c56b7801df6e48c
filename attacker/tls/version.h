/*
 * version.h - which protocol version is it? Numbers as on the wire, names as people say them.
 * Next: suite.h, what a version was combined with.
 */
#ifndef KEYFALL_ATTACKER_TLS_VERSION_H
#define KEYFALL_ATTACKER_TLS_VERSION_H

#include <stdint.h>

enum {
    SSL_3_0 = 0x0300, /* RFC 6101 */
    TLS_1_0 = 0x0301, /* RFC 2246 */
    TLS_1_1 = 0x0302, /* RFC 4346 */
    TLS_1_2 = 0x0303, /* RFC 5246 */
    TLS_1_3 = 0x0304, /* RFC 8446 */
};

/* Over datagrams; the numbers count down. Each is the TLS below, made to bear losses. */
enum {
    DTLS_1_0 = 0xfeff,         /* TLS 1.1: RFC 4347 */
    DTLS_1_2 = 0xfefd,         /* TLS 1.2: RFC 6347 */
    DTLS_1_3 = 0xfefc,         /* TLS 1.3: RFC 9147 */
    DTLS_1_0_OPENSSL = 0x0100, /* before RFC 4347 was read right: openssl_dtls.h */
};

/* China's own TLS 1.1, with two certificates and the ciphers of tlcp.h: GB/T 38636. */
enum { TLCP_1_1 = 0x0101 };

/* version_name returns "TLS 1.2" and the like, or NULL for a number that is none of the above. */
const char *version_name(uint16_t version);

/* version_below is the TLS that a DTLS is made from; any other number stays as it is. */
uint16_t version_below(uint16_t version);

/* version_name_of_datagrams returns "DTLS 1.2" for TLS_1_2, and so on; NULL when there is none. */
const char *version_name_of_datagrams(uint16_t version);

#endif
