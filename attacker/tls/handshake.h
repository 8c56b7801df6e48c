/*
 * handshake.h - what did the two sides say before they could speak in secret? The messages of one
 * handshake are kept here, and the facts that follow from them.
 *
 * An onlooker proves nothing wrong, he notes what he saw: a message in an odd place is filed, one
 * that cannot be parsed is trouble. Nothing in this file knows a secret; everything in struct
 * handshake can be read off the wire by anybody.
 *
 * Next: crypto/, how what follows the handshake is sealed, and leaks/, who can open it.
 */
#ifndef KEYFALL_ATTACKER_TLS_HANDSHAKE_H
#define KEYFALL_ATTACKER_TLS_HANDSHAKE_H

#include "attacker/tls/certificate.h"
#include "attacker/tls/draft.h"
#include "attacker/tls/handshake_type.h"
#include "attacker/tls/hello.h"
#include "attacker/tls/key_exchange.h"
#include "attacker/tls/suite.h"
#include "capture/alloc.h"
#include "capture/stream.h"

/* The type and the 24-bit length in front of each message. RFC 8446 section 4. */
#define HANDSHAKE_HEADER_LEN 4

/* 128 KiB: a certificate chain with post-quantum signatures fits several times over, and a lying
 * 24-bit length (16 MiB) can't make us wait for, and keep, what never comes. */
#define HANDSHAKE_MAX_MESSAGE ((size_t)128 * 1024)

/* The longest handshakes (client certificate, retry, tickets) have some 20 messages. */
#define HANDSHAKE_MAX_MESSAGES 48

/* 512 KiB in all: several of the longest messages, and a bound on what one connection can make us
 * keep, whatever it says. */
#define HANDSHAKE_MAX_BYTES ((size_t)512 * 1024)

struct message {
    uint8_t type;
    enum side from;
    struct bytes whole; /* with its header, as the transcript wants it; owned by the handshake */
    struct bytes body;  /* view into `whole`; of DTLS's ClientHello, its form without a cookie */
    uint64_t frame;     /* in which its last byte was recorded; 0 when that is not known */
    uint64_t time_ns;
    bool torn;  /* a hello whose end was not recorded: `whole` and `body` are its beginning */
    bool sslv2; /* a ClientHello in the format of SSL 2.0, without any header */
};

enum trouble {
    TROUBLE_NONE,
    TROUBLE_MALFORMED, /* a message can't be parsed */
    TROUBLE_LIMIT,     /* one of the three above */
};

/* Zero is a handshake of which nothing has been seen. Views point into its own messages, which stay
 * where they are when the struct is moved. */
struct handshake {
    bool datagrams;              /* DTLS: set by the owner, before the first message */
    struct buffer before_cookie; /* see openssl_dtls.h */
    bool hashes_before_cookie;   /* that is part of the transcript */

    struct message *messages; /* in the order in which they were seen; NULL when none was */
    size_t num_messages;
    size_t num_bytes; /* of all messages together */

    /* The messages by name, NULL until seen; after a HelloRetryRequest the second hellos. */
    const struct message *client_hello;
    const struct message *retry_request;
    const struct message *server_hello;
    const struct message *certificate_message;
    const struct message *server_key_exchange;
    const struct message *server_hello_done;
    const struct message *client_key_exchange;
    const struct message *new_session_ticket;
    const struct message *encrypted_extensions;
    const struct message *end_of_early_data;
    const struct message *finished[2]; /* by enum side */
    bool change_cipher_spec[2];        /* seen from that side */
    bool past_reading[2];              /* nothing of that side's handshake remains to be read */
    bool torn[2];                      /* something of that side's handshake was not recorded */

    /* What follows from them. */
    uint16_t client_version; /* legacy_version of the ClientHello: goes into an RSA premaster */
    uint16_t version;        /* negotiated; 0 until the ServerHello; of DTLS, the TLS below it */
    uint8_t draft;           /* which one of TLS 1.3, see draft.h; 0 for the RFC */
    uint16_t suite_id;
    const struct suite *suite; /* NULL: not seen, or not in the table */
    uint8_t client_random[RANDOM_LEN];
    uint8_t server_random[RANDOM_LEN];
    struct bytes session_id_offered;
    struct bytes session_id_chosen;
    struct bytes server_name;
    struct bytes protocol; /* ALPN: what the server chose, in TLS 1.3 sealed; or NPN: the client */
    struct bytes ticket_offered;
    bool ticket_promised;    /* by the ServerHello: RFC 5077 section 3.2 */
    bool psk_chosen;         /* TLS 1.3: the ServerHello accepts a pre-shared key */
    uint16_t psk_selected;   /* and this one of those that were offered, from 0 */
    bool early_data_offered; /* by the first ClientHello: records of it follow right behind */
    bool early_data_accepted;
    bool extended_master_secret;
    bool encrypt_then_mac;
    bool truncated_hmac;
    bool extended_master_secret_unknown; /* whether they agreed on it stood in what is missing of */
    bool encrypt_then_mac_unknown;       /* the ServerHello */
    uint8_t compression_method;          /* of the records: RFC 3749 */
    bool hides_hello; /* the ClientHello carries an encrypted one: ECH, or GREASE for it */
    uint16_t certificate_compression; /* of the server's CompressedCertificate; 0: there was none */
    bool connection_id;               /* DTLS: they agreed that records may carry one, RFC 9146, */
    struct bytes connection_ids[2];   /* this in front of what that side seals; empty: none */
    uint16_t group;            /* of the key share (TLS 1.3) or ServerKeyExchange; 0 if none */
    struct bytes client_value; /* the client's public value: key share, or Yc */
    struct bytes server_value; /* the server's: key share, or Ys */
    struct server_key_exchange server_params;
    struct client_key_exchange client_params;
    struct certificate certificate; /* the server's own */

    enum trouble trouble; /* the first that was met */
    uint8_t trouble_type; /* in which message */
    uint64_t trouble_frame;
};

/*
 * handshake_see files one message: `whole` with its header, copied. False when the message is
 * trouble; it is in h->messages nonetheless, unless a limit is what it ran into.
 */
bool handshake_see(struct handshake *h, enum side from, struct bytes whole, uint64_t frame,
                   uint64_t time_ns);

/*
 * handshake_see_torn files a hello of which the end was not recorded: `begun` is what stands in
 * front of the hole. Both randoms, the version and the suite are in the first bytes, and many a
 * leak needs no more; but no hash over the handshake can be computed any more. False when it is not
 * the hello that is waited for, or lacks these, and nothing has changed; or when it is trouble.
 */
bool handshake_see_torn(struct handshake *h, enum side from, struct bytes begun, uint64_t frame,
                        uint64_t time_ns) MUST_CHECK;

/* handshake_see_sslv2 files a ClientHello in the format of SSL 2.0: see sslv2_hello.h. */
bool handshake_see_sslv2(struct handshake *h, struct bytes whole, uint64_t frame, uint64_t time_ns);

/* handshake_start_over forgets all messages: what the client says next is its first. */
void handshake_start_over(struct handshake *h);

/* handshake_version_name is that of the version they agreed on, or NULL. */
const char *handshake_version_name(const struct handshake *h);

/* handshake_starts_message: can this be the beginning of messages, or are they the rest of one that
 * was not recorded? */
bool handshake_starts_message(struct bytes content);

/* handshake_last is the message that was seen last, NULL when none was. */
const struct message *handshake_last(const struct handshake *h);

/* handshake_retry_is_open: a retry asks for a second ClientHello; until it is seen, the client has
 * the word. */
bool handshake_retry_is_open(const struct handshake *h);

/*
 * handshake_awaits tells whether what `side` says next can only be understood after something that
 * the other side says: the packets of the two directions need not have been recorded in the order
 * in which they were sent.
 */
bool handshake_awaits(const struct handshake *h, enum side side);

/* handshake_echoes_session_id: a server that takes up a session echoes the ID of it, made up or
 * not. RFC 5077 section 3.4. */
bool handshake_echoes_session_id(const struct handshake *h);

/* handshake_is_resumption: keys come from an earlier session, no key exchange takes place
 * (RFC 5246 section 7.3; for TLS 1.3, a PSK was chosen). */
bool handshake_is_resumption(const struct handshake *h);

void handshake_clear(struct handshake *h);

#endif
