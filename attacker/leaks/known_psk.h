/*
 * known_psk.h - does anybody know the pre-shared key that a TLS 1.3 client offers?
 *
 * One key opens what it is mixed into, wherever it comes from. So there are sources, each of which
 * answers by the identity that the client names; and whatever a source says is believed only when
 * the binder in the ClientHello is what that key makes of it. A new source is one function more in
 * known_psk.c.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_KNOWN_PSK_H
#define KEYFALL_ATTACKER_LEAKS_KNOWN_PSK_H

#include "attacker/leaks/leaks.h"

enum psk_answer {
    PSK_NOT_OFFERED,  /* or not all of the hello was recorded */
    PSK_UNKNOWN,      /* nobody knows the identity */
    PSK_OUT_OF_REACH, /* it is known whose it is, but the key does not follow from what is known */
    PSK_DIFFERS,      /* a key was named, and it is not the one that the client has */
    PSK_PROVEN,       /* here it is */
};

/* The owner wipes it. */
struct known_psk {
    enum leak source;
    const char *hash;          /* with which it goes */
    const struct suite *suite; /* and which suite, if that is known */
    const char *published;     /* LEAK_TICKET_KEY: see struct secret */
    const char *binder_label;
    uint64_t frame; /* in which the two got it; 0 for none */
    struct original original;
    size_t len;
    uint8_t value[PSK_MAX_LEN];
};

/* known_psk_find asks all sources for the one that the latest ClientHello offers at the place
 * `which`. *out is set with PSK_PROVEN; with PSK_OUT_OF_REACH and PSK_DIFFERS, its source and
 * frame. */
enum psk_answer known_psk_find(const struct leaks *leaks, const struct handshake *h, size_t which,
                               struct known_psk *out) MUST_CHECK;

/*
 * known_psk_ask asks the source `kind` for the one that the server has chosen. *secret holds the
 * shared secret of the exchange on top of it, if a leak knew that: SECRET_SHARED. With
 * ANSWER_SECRET it holds all that the keys are made of, and *published as struct leaks_found has
 * it. ANSWER_WITHSTOOD: the key is known, and the exchange is not.
 */
enum answer known_psk_ask(const struct leaks *leaks, enum leak kind, const struct handshake *h,
                          struct secret *secret, struct evidence *e);

/* known_psk_is_ticket: tickets have an age, and keys that were agreed on elsewhere have none: of
 * the key that the server has chosen. RFC 8446 section 4.2.11. */
bool known_psk_is_ticket(const struct handshake *h);

/* known_psk_is_sealed: that key is in a ticket which the ticket key opens, whether it was given or
 * not. */
bool known_psk_is_sealed(const struct handshake *h);

/* known_psk_file_unread notes that the server hands out tickets in a session that stays shut. */
void known_psk_file_unread(const struct leaks *leaks, const struct handshake *h);

/* known_psk_may_be_unread: has the server done so before? Then the ticket may be one of those. */
bool known_psk_may_be_unread(const struct leaks *leaks, const struct handshake *h);

/* known_psk_original: the session that handed the chosen key out, when nothing but that key goes
 * into the keys; the caller wipes *out. It is known by its ticket, the key itself need not be. */
bool known_psk_original(const struct leaks *leaks, const struct handshake *h,
                        struct original *out) MUST_CHECK;

#endif
