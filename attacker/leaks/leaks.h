/*
 * leaks.h - everything the thief has, and the one question: does any of it open this handshake?
 *
 * Leaks are loaded once and then only read; what standard input brings with its packets is added on
 * the way. Each kind has a file of its own beside this one.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_LEAKS_H
#define KEYFALL_ATTACKER_LEAKS_LEAKS_H

#include "attacker/leaks/discrete_log.h"
#include "attacker/leaks/embedded.h"
#include "attacker/leaks/ephemeral.h"
#include "attacker/leaks/keylog.h"
#include "attacker/leaks/psk.h"
#include "attacker/leaks/resumable.h"
#include "attacker/leaks/server_key.h"
#include "attacker/leaks/ticket_key.h"

/* The kinds, in the order in which they are asked. */
enum leak {
    LEAK_SERVER_KEY,
    LEAK_EPHEMERAL,
    LEAK_KEYLOG,
    LEAK_TICKET_KEY,
    LEAK_ORIGINAL_SESSION, /* an earlier session, which this one takes up again */
    LEAK_DISCRETE_LOG,     /* none at all: the group is attacked itself */
    LEAK_PSK,              /* last: up to TLS 1.2, it is proven only when records open */
    NUM_LEAKS,
};

/* Zero is "nothing leaked". */
struct leaks {
    struct private_keys server_keys;
    struct private_keys ephemerals;
    struct keylog keylog;
    struct ticket_keys ticket_keys;
    struct discrete_log *discrete_log; /* NULL: not to be tried */
    struct psks psks;
    struct resumable *resumable; /* borrowed from the run, which fills it; NULL: nothing is kept */
};

/* What came of asking; zero is "not asked yet". */
struct leaks_found {
    enum answer answers[NUM_LEAKS];
    bool found;                  /* one of them knew the secret: */
    enum leak source;            /* this one */
    const char *published;       /* see struct secret */
    uint64_t group_withstood_ms; /* with LEAK_DISCRETE_LOG: so long */

    /* The session that this one takes up, open or shut. */
    bool original_recorded;
    unsigned original_opened_by;     /* see struct original */
    enum answer original_server_key; /* and there */
    bool takes_ticket;               /* TLS 1.3: some earlier one, by a ticket */
    bool may_be_unread;              /* which may be one of this recording that stayed shut */
    enum psk_fit psk_fit; /* how near the pre-shared keys that were given come to its identity */
};

/* leaks_ask: `h` was seen up to its ServerHello (TLS 1.3), to its ClientKeyExchange, or to the
 * ChangeCipherSpec that shows it to be a resumption; both hellos and the suite are known. It puts
 * the question to each kind until one knows; *secret is set when found->found. */
void leaks_ask(const struct leaks *leaks, const struct handshake *h, struct leaks_found *found,
               struct secret *secret, struct evidence *e);

/* leaks_ask_again is for a handshake that no leak knew, when lines have come to the key log since;
 * true when one of them does. */
bool leaks_ask_again(const struct leaks *leaks, const struct handshake *h,
                     struct leaks_found *found, struct secret *secret,
                     struct evidence *e) MUST_CHECK;

/* leaks_ask_ticket is for a handshake that no leak knew, when a ticket of it has been seen since,
 * or is ahead; true when a ticket key opens that. Up to TLS 1.2. */
bool leaks_ask_ticket(const struct leaks *leaks, const struct handshake *h,
                      const struct ticket_seen *seen, struct leaks_found *found,
                      struct secret *secret, struct evidence *e) MUST_CHECK;

/* leaks_any: was anything given to try? What a recording itself holds is not given. */
bool leaks_any(const struct leaks *leaks);

void leaks_clear(struct leaks *leaks);

#endif
