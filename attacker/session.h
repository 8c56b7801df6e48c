/*
 * session.h - one TLS conversation, from its first byte to the verdict.
 *
 * The two directions come in as chunks; records are cut from them, handshake messages are filed as
 * facts, and when enough is known the leaks are asked. From there on each protected record is
 * opened as it comes, handed on as plaintext, and forgotten; or it is counted, when no leak knows
 * the secret. session.c follows what is said, session_keys.c turns a secret into seals,
 * session_search.c finds the way on behind a hole in the recording, session_lapse.c knows the hole.
 */
#ifndef KEYFALL_ATTACKER_SESSION_H
#define KEYFALL_ATTACKER_SESSION_H

#include "attacker/crypto/seal.h"
#include "attacker/crypto/secret.h"
#include "attacker/leaks/early_secret.h"
#include "attacker/tls/handshake.h"
#include "attacker/tls/inflater.h"
#include "attacker/tls/record_stream.h"
#include "attacker/verdict.h"
#include "capture/stream.h"

/* 256 KiB: what one side may say while it waits for its turn to be understood, see
 * handshake_awaits. More than any handshake, less than a flood of half-recorded ones would need. */
#define SESSION_MAX_WAITING ((size_t)256 * 1024)

/*
 * What a direction may spend on finding the numbers of records, see seal_open_behind: so much, and
 * so much more for each byte of it that was recorded. It bounds the work by the length of the
 * recording, whatever that claims to be missing; and it allows for holes of thousands of records.
 */
#define SESSION_SEARCH_CREDIT   ((uint64_t)4 << 20)
#define SESSION_SEARCH_PER_BYTE 64

/* Changes of keys that one hole can hide, so that the way on is still found: from the handshake's
 * to the application's, and two updates. */
#define SESSION_UNSEEN_CHANGES 3

struct session;

/* A secret as key logs name it. The views are valid during the call. */
struct found_secret {
    const char *label;
    struct bytes client_random;
    struct bytes value;
};

/* Who wants to hear of a session while it runs; the verdict is asked for when it has ended. */
struct session_listener {
    void *context;
    /* Application data that `from` sent, opened and verified; of the packet that ended it. */
    void (*plaintext)(void *context, const struct session *s, enum side from,
                      const struct chunk *said);
    /* What comes next does not follow on what came before: records between them are missing, of
     * so many bytes as they were sealed; 0 when that is not known. */
    void (*skipped)(void *context, const struct session *s, enum side from, uint64_t sealed_len);
    /* A secret that opens records of the present handshake; each is told once. May be NULL. */
    void (*secret_found)(void *context, const struct session *s, const struct found_secret *secret);
};

/* What lies between the last record of a direction that was in order and what comes next. Zero is
 * nothing. See session_lapse.h. */
struct rift {
    bool open;            /* there is a hole, and the next record behind it was not found yet */
    uint64_t num_holes;   /* more, when nothing was found between them */
    uint64_t hole;        /* bytes missing in them */
    uint64_t damaged;     /* records in front of it that were recorded whole and did not open */
    uint64_t damaged_len; /* bytes of those */
    uint64_t begun;       /* length of the record in which the hole begins; 0 when not known */
    uint64_t loose;       /* bytes from the last record's end up to those that are left */
    size_t searched;      /* of those that are left: here no record begins */
    bool whole_shut;      /* behind the latest hole, what may be a whole record did not open */
    bool untried;         /* some record's number was not found because the credit was not enough */
    bool too_long;        /* SEARCH_MAX_BYTES were searched */
    struct seal *next[SESSION_UNSEEN_CHANGES]; /* behind changes of keys that were not recorded */
    size_t num_next;                           /* so many of them were made, or could not be */
    uint8_t before[SEAL_MAX_BEFORE]; /* the end of the last damaged record, or of what stands in
                                        front of the latest hole */
    size_t before_len;
    uint64_t latest_hole;             /* bytes missing in that */
    uint8_t bridged[SEAL_MAX_BEFORE]; /* see bridge_mac */
};

struct direction {
    struct record_stream stream;
    struct buffer message; /* a handshake message that goes on in the next record */
    bool mid_message;      /* what comes next may be the rest of one */
    struct seal *seal;     /* NULL: not sealed yet, or with keys that are not known */
    bool sealed;
    struct inflater *inflater; /* NULL: what is sealed was not compressed before */
    bool in_application;       /* TLS 1.3: sealed with the keys behind the handshake's */
    bool lost;                 /* not followed any further */
    bool ended;                /* it said close_notify: nothing of TLS comes behind */
    struct rift rift;
    uint64_t credit; /* see SESSION_SEARCH_CREDIT */
    uint64_t bytes;  /* recorded of it, sealed or not */
    uint64_t records;
    uint64_t records_opened;
    uint64_t plain_bytes; /* application data given out */
};

/* The handshakes behind the first one, see session_renegotiation.h. Zero is none. */
struct renegotiation {
    size_t num;               /* that were begun, and not refused */
    struct handshake first;   /* of the connection, as long as there is a later one */
    struct handshake before;  /* the latest but one, unless that is the first */
    struct leaks_found found; /* what opened the first */
    bool finished[2];         /* of the first: verified */
    bool differs;             /* a Finished of a later one does not verify */
    bool ahead; /* a ServerHello has come, and waits for the ClientHello that it answers: */
    struct record_mark ahead_mark; /* here it ended */
};

/* Suites of TLS 1.3 that a client offers: there are five, and some of other countries. */
#define EARLY_MAX_SUITES 8

/* What the client says before the server has said anything, see session_early.h. Zero is none. */
struct early_data {
    bool asked;         /* somebody was asked for its secret */
    size_t lines_asked; /* and the key log had so many lines then */
    struct early_secret secret;
    struct seal *seals[EARLY_MAX_SUITES]; /* which it can be; once one has opened a record, that */
    size_t num_seals;
    bool over; /* behind it, a record was opened with other keys */
    uint64_t first_frame;
    uint64_t num_opened;
    uint64_t num_shut; /* records in front of the first that opened */
};

/* Tickets of TLS 1.3 that come before the client's Finished was read, and are kept for it. Servers
 * send one to four. */
#define SESSION_MAX_TICKETS 8

/* See session_tickets.h. Zero is none. */
struct tickets {
    bool settled;      /* the client's Finished was read: */
    size_t secret_len; /* and the resumption secret follows; 0: it does not */
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN];
    struct buffer waiting[SESSION_MAX_TICKETS]; /* bodies of NewSessionTicket */
    uint64_t frames[SESSION_MAX_TICKETS];       /* in which they ended */
    size_t num_waiting;
};

struct session_dtls;
struct psk_trial;

struct session {
    struct connection connection; /* client and server as TLS sees them */
    bool swapped;                 /* TLS's client is who the packets made the server */
    unsigned depth;               /* of sessions in whose plaintext it was held, */
    uint64_t carrier;             /* and the id of the next one; 0 while it has none */
    bool from_the_middle;
    const struct leaks *leaks;
    struct session_listener listener;
    void *attachment; /* the owner's own, see session_new */

    struct handshake handshake; /* the latest; after session_close the first */
    struct renegotiation renegotiation;
    struct direction directions[2]; /* by enum side */
    struct early_data early;
    struct tickets tickets;
    struct session_dtls *dtls; /* over datagrams, see session_dtls.h; NULL over a stream */

    bool asked;         /* the leaks have been asked about this handshake */
    bool ticket_tried;  /* and the ticket keys about the ticket that came since */
    size_t lines_asked; /* and the key log had so many lines then */
    struct leaks_found found;
    struct secret secret;
    struct psk_trial *psk_trial; /* see session_psk.h; NULL: none is under way */
    bool left_behind;            /* others that take it up know its secret, see session_resume.h */
    bool shared_secret_known;    /* TLS 1.3: from it follows */
    uint8_t handshake_secret[TRAFFIC_SECRET_MAX_LEN]; /* this, and from it the rest */
    unsigned secrets_told;                            /* of this handshake, see session_secret.h */
    bool finished_verified[2];
    bool cipher_unsupported;

    struct evidence evidence;
    uint64_t bytes_missing;
    uint64_t records_missing;  /* counted by the numbers of those behind them */
    bool more_records_missing; /* than could be counted */
    uint64_t holes_reached;
    uint64_t holes_crossed; /* a record behind them opened */
    bool keys_torn;         /* a part of the handshake that goes into the keys is missing */
    bool search_limited;    /* after session_close: behind a hole, a limit ended the search */
    bool cut_by_snaplen;
    bool waited_too_long;     /* SESSION_MAX_WAITING was reached */
    size_t memory_limit;      /* see session_abandon; 0 when nothing was cut off by it */
    uint64_t malformed_frame; /* where bytes stood that are no record; 0 for nowhere */
    bool alert_seen;
    struct alert alert;
    enum side alert_from;

    struct verdict verdict; /* after session_close */
};

/*
 * session_new: `c` is copied, `leaks` and the listener's context are borrowed. `swapped`: the
 * ClientHello was sent by what the packets made the server. `from_the_middle`: no hello is in the
 * recording. `attachment` is the owner's, kept and not looked at. Freed by session_free.
 */
struct session *session_new(const struct connection *c, bool swapped, bool from_the_middle,
                            const struct leaks *leaks, const struct session_listener *listener,
                            void *attachment);

/* session_bytes and session_gap take what the reassembly tells, in its terms of who is who. */
void session_bytes(struct session *s, enum side side, const struct chunk *chunk);
void session_gap(struct session *s, enum side side, const struct gap *gap);

/* session_close ends it at `end_ns` and reaches the verdict. */
void session_close(struct session *s, uint64_t end_ns);

/* session_free wipes the secrets and takes NULL too. */
void session_free(struct session *s);

/* session_resumed returns the contract's word: "no", "session_id", "ticket" or "psk". */
const char *session_resumed(const struct session *s);

#endif
