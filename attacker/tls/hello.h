/*
 * hello.h - what do the two sides propose and agree on? ClientHello and ServerHello, parsed into
 * views; what follows from them is filed in handshake.h.
 * RFC 5246 section 7.4.1, RFC 8446 section 4.1.
 */
#ifndef KEYFALL_ATTACKER_TLS_HELLO_H
#define KEYFALL_ATTACKER_TLS_HELLO_H

#include "capture/bytes.h"

#define RANDOM_LEN 32

enum extension_type {
    EXTENSION_SERVER_NAME = 0,             /* RFC 6066 section 3 */
    EXTENSION_TRUNCATED_HMAC = 4,          /* RFC 6066 section 7 */
    EXTENSION_ALPN = 16,                   /* RFC 7301 */
    EXTENSION_ENCRYPT_THEN_MAC = 22,       /* RFC 7366 */
    EXTENSION_EXTENDED_MASTER_SECRET = 23, /* RFC 7627 */
    EXTENSION_SESSION_TICKET = 35,         /* RFC 5077 */
    EXTENSION_KEY_SHARE_OF_DRAFTS = 40,    /* TLS 1.3 up to draft 22 */
    EXTENSION_PRE_SHARED_KEY = 41,         /* RFC 8446 section 4.2.11 */
    EXTENSION_EARLY_DATA = 42,             /* RFC 8446 section 4.2.10 */
    EXTENSION_SUPPORTED_VERSIONS = 43,     /* RFC 8446 section 4.2.1 */
    EXTENSION_KEY_SHARE = 51,              /* RFC 8446 section 4.2.8 */
    EXTENSION_CONNECTION_ID = 54,          /* RFC 9146 */
    EXTENSION_ENCRYPTED_HELLO = 0xfe0d,    /* ECH: RFC 9849 section 5 */
};

/* Both hellos, in one struct: they share their beginning and their extensions. */
struct hello {
    uint16_t legacy_version;
    uint8_t random[RANDOM_LEN];
    struct bytes session_id;
    struct bytes suites;      /* ClientHello: the offered ones, two bytes each */
    uint16_t suite;           /* ServerHello: the chosen one */
    struct bytes compression; /* ClientHello: the offered methods */
    uint8_t compression_method;
    struct bytes extensions; /* empty when there are none */
};

/* hello_read_client and hello_read_server parse a message's body; false when it is malformed. */
bool hello_read_client(struct bytes body, struct hello *out) MUST_CHECK;
bool hello_read_server(struct bytes body, struct hello *out) MUST_CHECK;

/*
 * hello_read_retry parses the HelloRetryRequest that is a message of its own, in TLS 1.3 up to
 * draft 21: of *out, the version, the extensions, and from draft 19 on the suite.
 */
bool hello_read_retry(struct bytes body, struct hello *out) MUST_CHECK;

/*
 * hello_drop_cookie writes the ClientHello of DTLS, `body`, the way it would be in TLS: without the
 * cookie behind the session ID. `out` has room for body.len bytes; returns how many it takes. Of a
 * torn one, what stands in front of the cookie is kept at least. RFC 6347 section 4.2.1.
 */
size_t hello_drop_cookie(uint8_t *out, struct bytes body);

/*
 * hello_read_torn_client and hello_read_torn_server take what there is of a body whose end was not
 * recorded: `front` is its beginning, and *out the fields that are whole, with the extensions in
 * front of the hole. False when not even that is there without which a hello leads nowhere: the
 * random, and of a ServerHello the suite.
 */
bool hello_read_torn_client(struct bytes front, struct hello *out) MUST_CHECK;
bool hello_read_torn_server(struct bytes front, struct hello *out) MUST_CHECK;

/* hello_extension finds an extension's content; false when the hello does not carry it. */
bool hello_extension(const struct hello *hello, enum extension_type type,
                     struct bytes *out) MUST_CHECK;

/* hello_is_retry_request: the ServerHello that asks for another ClientHello (RFC 8446 4.1.3). */
bool hello_is_retry_request(const struct hello *hello);

/* hello_hides_another: does this ClientHello carry an encrypted one (ECH), or what looks like it?
 */
bool hello_hides_another(const struct hello *hello);

/* hello_next_protocol: the protocol that a NextProtocol message's body names, in front of padding;
 * false when it is malformed. draft-agl-tls-nextprotoneg-04 section 3. */
bool hello_next_protocol(struct bytes body, struct bytes *protocol) MUST_CHECK;

/*
 * The four below look into one extension's content and return a view, empty when what is asked for
 * is not there: the host name of server_name, the first (or the chosen) name of ALPN, the public
 * value for `group` in a ClientHello's key_share, and the connection ID.
 */
struct bytes hello_server_name(struct bytes extension);
struct bytes hello_first_protocol(struct bytes extension);
struct bytes hello_key_share(struct bytes extension, uint16_t group);
struct bytes hello_connection_id(struct bytes extension);

#endif
