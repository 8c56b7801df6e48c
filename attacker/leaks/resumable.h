/*
 * resumable.h - the sessions of this recording that can be taken up again: what is known of the
 * first one, by the name that a later one will call it by.
 *
 *     session ID    chosen by the server, in the clear          RFC 5246 section 7.4.1.3
 *     ticket        handed over by the server, in the clear     RFC 5077
 *     PSK identity  TLS 1.3: the ticket, handed over sealed     RFC 8446 section 4.6.1
 *
 * A resumption exchanges no keys. Whoever has read the secret of the first session therefore reads
 * all that follow on it: so the secrets of sessions that were opened are one more kind of leak, for
 * the sessions behind them. Sessions that stayed shut are kept as well, without a secret: what
 * would have opened them would have opened the later ones too.
 *
 * This is the one thing that sessions share while they run, so it has a lock.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_RESUMABLE_H
#define KEYFALL_ATTACKER_LEAKS_RESUMABLE_H

#include "attacker/crypto/secret.h"
#include "attacker/leaks/answer.h"
#include "attacker/leaks/evidence.h"
#include "attacker/tls/handshake.h"

/*
 * Names that are kept: some 16 MB of them. A server hands out one or two a session and clients take
 * them up within hours, so even in a long recording the one that is asked for is among the last
 * 65 536; but whoever made the recording must not decide how much memory it takes.
 */
#define RESUMABLE_MAX ((size_t)64 * 1024)

enum resumable_name {
    RESUMABLE_SESSION_ID,
    RESUMABLE_TICKET,
    RESUMABLE_PSK_IDENTITY,
    RESUMABLE_UNREAD, /* a server, by what the client calls it: its tickets can't be read */
};

/* What is known of a session that can be taken up again. */
struct original {
    uint16_t suite_id;
    unsigned opened_by;                     /* bits: which single leak opens it, see opened_by.h */
    enum answer server_key;                 /* what came of trying the server's key on it */
    uint64_t frame;                         /* in which it got the name */
    size_t secret_len;                      /* 0: it stayed shut */
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN]; /* its master secret; TLS 1.3: the ticket's PSK */
};

struct resumable;

/* resumable_new keeps RESUMABLE_MAX names. Freed, and wiped, by resumable_free, which takes NULL
 * too. All others take NULL as well: nothing is kept then. */
struct resumable *resumable_new(void) __attribute__((returns_nonnull));
void resumable_free(struct resumable *r);

/* resumable_limit puts another number in the place of RESUMABLE_MAX, before anything is filed. */
void resumable_limit(struct resumable *r, size_t names);

/* resumable_forgotten: so many names were let go of, the oldest first, to keep within the limit. */
uint64_t resumable_forgotten(struct resumable *r);

/* resumable_file notes that a session of this name can be taken up; an empty name is none. Of
 * several with one name, the last one counts. */
void resumable_file(struct resumable *r, enum resumable_name kind, struct bytes name,
                    const struct original *original);

/* resumable_find: *out is the session of this name; the caller wipes it. False when it is not
 * known. */
bool resumable_find(struct resumable *r, enum resumable_name kind, struct bytes name,
                    struct original *out) MUST_CHECK;

/* resumable_original finds the session that `h`, a resumption, takes up. */
bool resumable_original(struct resumable *r, const struct handshake *h,
                        struct original *out) MUST_CHECK;

/* resumable_ask: *out is set with ANSWER_SECRET: the master secret. ANSWER_NOT_GIVEN when `h` takes
 * up no other session, ANSWER_MISMATCH when that one is not known or stayed shut. */
enum answer resumable_ask(struct resumable *r, const struct handshake *h, struct secret *out,
                          struct evidence *e);

#endif
