/*
 * verdict.h - from what was seen and what was tried: is this session open, and why or why not?
 *
 * Every outcome has a reason that scripts can read and a sentence that people can. No I/O, no
 * parsing, no secret: a verdict is a function of struct findings.
 */
#ifndef KEYFALL_ATTACKER_VERDICT_H
#define KEYFALL_ATTACKER_VERDICT_H

#include "attacker/leaks/leaks.h"
#include "attacker/opened_by.h"
#include "attacker/tls/alert.h"
#include "attacker/tls/handshake.h"

enum outcome { OUTCOME_DECRYPTED, OUTCOME_PARTIAL, OUTCOME_PROTECTED, OUTCOME_UNDECRYPTABLE };

enum reason {
    REASON_NONE,
    REASON_FORWARD_SECRET,
    REASON_NO_KEY,
    REASON_KEY_MISMATCH,
    REASON_PSK_NEEDED,
    REASON_TICKET_KEY_NEEDED,
    REASON_ORIGINAL_SESSION_MISSING,
    REASON_HANDSHAKE_MISSING,
    REASON_PACKETS_MISSING,
    REASON_PACKETS_TRUNCATED,
    REASON_HANDSHAKE_INCOMPLETE,
    REASON_UNSUPPORTED_CIPHER,
    REASON_MALFORMED,
};

/* What a session knows about itself when it ends. */
struct findings {
    const struct handshake *handshake; /* the first one of the connection */
    const struct leaks_found *leaks;
    bool any_leak_given;
    bool from_the_middle;    /* no hello in the recording */
    bool cipher_unsupported; /* the secret is known, and libcrypto can't compute the suite */
    unsigned traffic_known;  /* TLS 1.3: bits 1 << enum traffic_label */
    bool finished[2];        /* by enum side: opened, recomputed, and equal */
    uint64_t records;        /* protected ones seen */
    uint64_t records_opened; /* those whose MAC or tag verified */
    uint64_t bytes_missing;  /* in holes of the recording */
    bool cut_by_snaplen;
    bool datagrams_missing;    /* DTLS: some that were sent are not in the recording */
    uint64_t records_missing;  /* as the numbers of those behind the holes tell */
    bool more_records_missing; /* than those */
    uint64_t holes_reached;
    uint64_t holes_crossed; /* behind these, records were found that verify */
    bool keys_torn;         /* what is missing goes into the keys, when all of the handshake does */
    bool search_limited;    /* the search for a record that verifies was not carried through */
    size_t search_limit;    /* it was ended after so many bytes without one; 0 when by its cost */
    uint64_t malformed_frame; /* where something stood that does not belong; 0 for nowhere */
    bool waited_too_long;     /* one direction was recorded far ahead of the other */
    size_t memory_limit;      /* which all sessions together reached, so that this one was not
                                 followed to its end; 0 when it was */
    bool alert_seen;          /* in the clear: */
    struct alert alert;
    enum side alert_from;
    uint64_t early_opened;       /* of these records, those of early data (0-RTT) */
    uint64_t early_shut;         /* of the others, those that are early data as well */
    enum leak early_source;      /* who knew its secret */
    const char *early_published; /* LEAK_TICKET_KEY: see struct secret */
    size_t renegotiations;       /* handshakes behind the first one */
    const struct findings *shut; /* of the last of them, when no leak opens it; else NULL */
    bool renegotiation_differs;  /* a Finished of them does not verify */
};

#define VERDICT_EXPLANATION_SIZE 512

struct verdict {
    enum outcome outcome;
    enum reason reason;
    bool finished_verified;
    bool forward_secret;
    unsigned opened_by;        /* bits 1 << enum opened_by */
    const char *secret_source; /* the contract's word, NULL when nothing opened */
    char explanation[VERDICT_EXPLANATION_SIZE];
};

/* verdict_reach fills *out. */
void verdict_reach(struct verdict *out, const struct findings *f);

/* The contract's words. verdict_reason_code of REASON_NONE is NULL. */
const char *verdict_outcome_name(enum outcome outcome);
const char *verdict_reason_code(enum reason reason);

#endif
