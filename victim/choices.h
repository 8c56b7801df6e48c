/*
 * choices.h - do the user's wishes fit together, and what is to be negotiated then?
 *
 * The one place where wishes are refused. A wish is granted to the letter or refused with the
 * reason and what to take instead; nothing is replaced in silence. What comes out is precise enough
 * that the handshake's result can be compared with it: choices_met.
 *
 * Next: contexts.h, which tells libssl.
 */
#ifndef KEYFALL_VICTIM_CHOICES_H
#define KEYFALL_VICTIM_CHOICES_H

#include <openssl/ssl.h>

#include "victim/command_line.h"
#include "victim/credentials.h"
#include "victim/suite_list.h"

/* How a conversation takes up the one before it. RFC 5246 section 7.3, RFC 5077, RFC 8446 2.2. */
enum resume { RESUME_NONE, RESUME_ID, RESUME_TICKET };

/* The group of the key exchange, if it has one and the user or this program decides on it. */
struct group_choice {
    EVP_PKEY *dh; /* DHE: prime and generator */
    char *name;   /* ECDHE, TLS 1.3: as libssl calls it; NULL leaves it to libssl */
    int nid;      /* likewise, of `name` */
};

struct choices {
    int version; /* TLS1_VERSION to TLS1_3_VERSION */
    enum kx kx;
    bool has_psk;           /* that both were given; in TLS 1.3 (kx is KX_TLS13 then) as well */
    enum key_type key_type; /* KEY_NONE: no certificate takes part */
    struct suite *allowed;  /* any of these, the best first */
    size_t num_allowed;     /* 1 in an exchange, where both ends are ours */
    enum resume resume;     /* serve: how visitors may */
    bool without_dhe;       /* TLS 1.3: psk_ke and not psk_dhe_ke. RFC 8446 section 4.2.9 */
    bool reuses_ephemeral;  /* the server has one ephemeral key for all */
    char *key_usage; /* of a certificate to be made, as libcrypto writes it; NULL: as usual */
    struct group_choice group;
    bool early_data; /* whoever has a key from before speaks at once: 0-RTT */
};

/*
 * choices_make decides, from *wishes and the kind of the key that the user gave (KEY_NONE when none
 * was given). False with *why: what contradicts what.
 */
bool choices_make(struct choices *choices, struct complaint *why, const struct wishes *wishes,
                  enum key_type given, const struct suite_list *list) MUST_CHECK;

void choices_clear(struct choices *choices);

/* choices_met: what this connection negotiated is what was chosen; else false and *why says so. */
bool choices_met(const struct choices *choices, struct complaint *why, const SSL *ssl) MUST_CHECK;

#endif
