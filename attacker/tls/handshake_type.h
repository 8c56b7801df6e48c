/*
 * handshake_type.h - the handshake messages and their names. RFC 5246 section 7.4, RFC 8446
 * section 4, and the extensions to them.
 */
#ifndef KEYFALL_ATTACKER_TLS_HANDSHAKE_TYPE_H
#define KEYFALL_ATTACKER_TLS_HANDSHAKE_TYPE_H

#include <stdbool.h>
#include <stdint.h>

enum handshake_type {
    HANDSHAKE_HELLO_REQUEST = 0,
    HANDSHAKE_CLIENT_HELLO = 1,
    HANDSHAKE_SERVER_HELLO = 2,
    HANDSHAKE_NEW_SESSION_TICKET = 4,
    HANDSHAKE_END_OF_EARLY_DATA = 5,
    HANDSHAKE_HELLO_RETRY_REQUEST = 6, /* TLS 1.3 up to draft 21; later it is a ServerHello */
    HANDSHAKE_ENCRYPTED_EXTENSIONS = 8,
    HANDSHAKE_CERTIFICATE = 11,
    HANDSHAKE_SERVER_KEY_EXCHANGE = 12,
    HANDSHAKE_CERTIFICATE_REQUEST = 13,
    HANDSHAKE_SERVER_HELLO_DONE = 14,
    HANDSHAKE_CERTIFICATE_VERIFY = 15,
    HANDSHAKE_CLIENT_KEY_EXCHANGE = 16,
    HANDSHAKE_FINISHED = 20,
    HANDSHAKE_CERTIFICATE_URL = 21,    /* RFC 6066 section 5 */
    HANDSHAKE_CERTIFICATE_STATUS = 22, /* RFC 6066 section 8 */
    HANDSHAKE_SUPPLEMENTAL_DATA = 23,  /* RFC 4680 */
    HANDSHAKE_KEY_UPDATE = 24,
    HANDSHAKE_COMPRESSED_CERTIFICATE = 25, /* RFC 8879 */
    HANDSHAKE_NEXT_PROTOCOL = 67,          /* draft-agl-tls-nextprotoneg-04 */
    HANDSHAKE_CHANNEL_ID = 203,            /* draft-balfanz-tls-channelid-01 */
    HANDSHAKE_MESSAGE_HASH = 254,          /* never sent: RFC 8446 section 4.4.1 */
};

/* handshake_type_name returns "ClientHello" and the like, or "unknown message". */
const char *handshake_type_name(uint8_t type);

/* handshake_type_is_known: it is one of these. */
bool handshake_type_is_known(uint8_t type);

#endif
