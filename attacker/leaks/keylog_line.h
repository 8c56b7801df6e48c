/*
 * keylog_line.h - what does one line of a key log say?
 *
 *     LABEL <client random> <secret>                RFC 9850 section 2, and labels from before it
 *     RSA Session-ID:<id> Master-Key:<secret>       what Wireshark took before there was a format
 *     Session-ID: <id>                              openssl s_client and s_server, each on a line
 *     Master-Key: <secret>                          of its own, amid others
 *
 * Pure: it reads a line, and knows no file. Next: keylog.h, what becomes of the lines.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KEYLOG_LINE_H
#define KEYFALL_ATTACKER_LEAKS_KEYLOG_LINE_H

#include "attacker/crypto/secret.h"
#include "attacker/tls/hello.h"

/* 8 KiB: the longest secret, a premaster of SECRET_MAX_LEN, has 4096 digits; whatever has longer
 * lines is no key log. */
#define KEYLOG_MAX_LINE 8192

#define KEYLOG_RSA_PREFIX_LEN 8

enum keylog_label {
    KEYLOG_CLIENT_RANDOM,     /* the master secret of TLS 1.2 and before */
    KEYLOG_RSA,               /* a premaster secret, by the first 8 bytes of its ciphertext */
    KEYLOG_PMS_CLIENT_RANDOM, /* a premaster secret of any key exchange */
    KEYLOG_CLIENT_EARLY,
    KEYLOG_CLIENT_HANDSHAKE,
    KEYLOG_SERVER_HANDSHAKE,
    KEYLOG_CLIENT_APPLICATION,
    KEYLOG_SERVER_APPLICATION,
    KEYLOG_SESSION_ID, /* a master secret, by the session ID; written in other ways, see above */
    KEYLOG_NUM_LABELS,
};

/* Whose secret it is. Compared as a whole, so what is not used is zero. */
struct keylog_identity {
    uint8_t label;
    uint8_t len;
    uint8_t value[RANDOM_LEN]; /* client random, 8 bytes of ciphertext, or session ID */
};

/* Zero is no line. The caller wipes it. */
struct keylog_entry {
    struct keylog_identity identity;
    size_t secret_len;
    uint8_t secret[SECRET_MAX_LEN];
};

/* What the lines in front of a line have to do with it. Zero is the beginning of a file. */
struct keylog_context {
    uint8_t session_id_len;
    uint8_t session_id[RANDOM_LEN];
};

enum keylog_answer {
    KEYLOG_NO_LINE,  /* it is none of a key log's */
    KEYLOG_UNNEEDED, /* it is one, of a kind that opens nothing: an EXPORTER_SECRET, say */
    KEYLOG_LINE,     /* *out is filled */
};

/* keylog_line_read takes a line apart, in place. */
enum keylog_answer keylog_line_read(struct keylog_entry *out, struct keylog_context *context,
                                    char *text);

/* keylog_label_name is how RFC 9850 and its predecessors write it. */
const char *keylog_label_name(enum keylog_label label);

#endif
