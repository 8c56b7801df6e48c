#include "attacker/verdict.h"

#include <stdarg.h>
#include <stdio.h>

#include "attacker/tls/exchange_name.h"

const char *verdict_outcome_name(enum outcome outcome)
{
    static const char *const names[] = {"decrypted", "partial", "protected", "undecryptable"};

    return names[outcome];
}

const char *verdict_reason_code(enum reason reason)
{
    static const char *const codes[] = {
        [REASON_NONE] = NULL,
        [REASON_FORWARD_SECRET] = "forward_secret",
        [REASON_NO_KEY] = "no_key",
        [REASON_KEY_MISMATCH] = "key_mismatch",
        [REASON_PSK_NEEDED] = "psk_needed",
        [REASON_TICKET_KEY_NEEDED] = "ticket_key_needed",
        [REASON_ORIGINAL_SESSION_MISSING] = "original_session_missing",
        [REASON_HANDSHAKE_MISSING] = "handshake_missing",
        [REASON_PACKETS_MISSING] = "packets_missing",
        [REASON_PACKETS_TRUNCATED] = "packets_truncated",
        [REASON_HANDSHAKE_INCOMPLETE] = "handshake_incomplete",
        [REASON_UNSUPPORTED_CIPHER] = "unsupported_cipher",
        [REASON_MALFORMED] = "malformed",
    };

    return codes[reason];
}

const char *verdict_opened_by_name(enum opened_by leak)
{
    static const char *const names[] = {"server_key", "ticket_key",     "ephemeral",
                                        "psk",        "session_secret", "quantum_computer"};

    return names[leak];
}

static const char *source_name(enum leak source)
{
    static const char *const names[] = {
        [LEAK_SERVER_KEY] = "server_key", [LEAK_EPHEMERAL] = "ephemeral", [LEAK_KEYLOG] = "keylog"};

    return names[source];
}

static void settle(struct verdict *v, enum outcome outcome, enum reason reason,
                   const char *explanation, ...) __attribute__((format(printf, 4, 5)));

static void settle(struct verdict *v, enum outcome outcome, enum reason reason,
                   const char *explanation, ...)
{
    va_list list;

    v->outcome = outcome;
    v->reason = reason;
    va_start(list, explanation);
    (void)vsnprintf(v->explanation, sizeof(v->explanation), explanation, list);
    va_end(list);
}

/* --- Which leaks would open it, given or not ------------------------------- */

static unsigned bit(enum opened_by leak)
{
    return 1u << leak;
}

static unsigned opened_by_exchange(const struct handshake *h)
{
    const struct group *group = group_find(h->group);
    unsigned quantum = group && group->kind == GROUP_HYBRID ? 0 : bit(OPENED_BY_QUANTUM_COMPUTER);

    if (h->version >= TLS_1_3 && h->psk_chosen)
        return h->server_value.len > 0 ? 0 : bit(OPENED_BY_PSK);
    if (exchange_is_ephemeral(h) && !(h->suite && suite_uses_psk(h->suite)))
        return bit(OPENED_BY_EPHEMERAL) | quantum;
    if (!h->suite)
        return 0;

    enum key_exchange kx = h->suite->key_exchange;
    if (kx == KX_RSA || kx == KX_DH || kx == KX_ECDH)
        return bit(OPENED_BY_SERVER_KEY) | quantum;
    return kx == KX_PSK ? bit(OPENED_BY_PSK) : 0;
}

static unsigned opened_by(const struct handshake *h)
{
    if (!h->server_hello)
        return 0;

    unsigned leaks = opened_by_exchange(h) | bit(OPENED_BY_SESSION_SECRET);
    bool ticket =
        h->new_session_ticket || (handshake_is_resumption(h) && h->ticket_offered.len > 0);
    /* Up to TLS 1.2 the ticket crosses in the clear and holds this very session's master secret
     * (RFC 5077 section 4); in TLS 1.3 it is for the next one. */
    if (h->version < TLS_1_3 && ticket)
        leaks |= bit(OPENED_BY_TICKET_KEY);
    return leaks;
}

/* Forward secret: the loss of the server's private key, alone, leaves the session closed. */
static bool forward_secret(const struct handshake *h)
{
    return h->server_hello && !(opened_by(h) & bit(OPENED_BY_SERVER_KEY)) &&
           (h->version >= TLS_1_3 || (h->suite && h->suite->key_exchange != KX_RSA_EXPORT));
}

/* --- The outcome ------------------------------------------------------------ */

static void settle_missing(struct verdict *v, enum outcome outcome, const struct findings *f)
{
    if (f->cut_by_snaplen)
        settle(v, outcome, REASON_PACKETS_TRUNCATED,
               "Packets were cut when they were recorded (snap length), and the end of them is "
               "needed. Record again with -s 262144.");
    else
        settle(v, outcome, REASON_PACKETS_MISSING,
               "%llu bytes of this conversation are not in the recording; what stands behind the "
               "hole can't be followed.",
               (unsigned long long)f->bytes_missing);
}

static void settle_partial(struct verdict *v, const struct findings *f)
{
    if (f->bytes_missing > 0 || f->cut_by_snaplen)
        settle_missing(v, OUTCOME_PARTIAL, f);
    else if (f->records_opened < f->records || f->malformed_frame)
        settle(v, OUTCOME_PARTIAL, REASON_MALFORMED,
               "%llu of %llu protected records opened; the others don't verify, so they were "
               "damaged or sealed with keys that are not known.",
               (unsigned long long)f->records_opened, (unsigned long long)f->records);
    else
        settle(v, OUTCOME_PARTIAL, REASON_HANDSHAKE_INCOMPLETE,
               "All protected records open, but the handshake was cut before both sides had sent "
               "their Finished.");
}

static void settle_opened(struct verdict *v, const struct findings *f)
{
    static const char *const sentences[] = {
        [LEAK_SERVER_KEY] =
            "The client sent the premaster secret encrypted to the server's public key, so the "
            "server's private key opens this recording, and every other one made with it.",
        [LEAK_EPHEMERAL] = "With one of the two ephemeral private keys the shared secret can be "
                           "computed. It opens this session and no other.",
        [LEAK_KEYLOG] = "One of the two programs wrote the secrets of this session into a key log.",
    };

    v->secret_source = source_name(f->leaks->source);
    if (f->records_opened == f->records && f->finished[SIDE_CLIENT] && f->finished[SIDE_SERVER] &&
        f->bytes_missing == 0 && !f->cut_by_snaplen && !f->malformed_frame)
        settle(v, OUTCOME_DECRYPTED, REASON_NONE, "%s", sentences[f->leaks->source]);
    else
        settle_partial(v, f);
}

static void settle_malformed(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;

    if (h->trouble == TROUBLE_MALFORMED)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
               "The handshake can't be read: the message that ends in frame %llu is no well-formed "
               "%s.",
               (unsigned long long)h->trouble_frame, handshake_type_name(h->trouble_type));
    else if (h->trouble == TROUBLE_LIMIT)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
               "The handshake can't be read: at frame %llu it has more than %d messages, or one of "
               "more than %zu bytes, which no real one has.",
               (unsigned long long)h->trouble_frame, HANDSHAKE_MAX_MESSAGES, HANDSHAKE_MAX_MESSAGE);
    else
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
               "The conversation can't be followed: behind frame %llu stands something that is no "
               "TLS record.",
               (unsigned long long)f->malformed_frame);
}

/* settle_unseen: too little was recorded for any attack. False when enough was. */
static bool settle_unseen(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    bool exchange_due = h->version < TLS_1_3 && !handshake_is_resumption(h);
    bool missing = f->bytes_missing > 0 || f->cut_by_snaplen;

    if (f->from_the_middle || (!h->client_hello && !missing)) {
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING,
               "The recording starts in the middle of this conversation. Without the handshake no "
               "leak can be tried: record from before the connection is made.");
        return true;
    }
    if (h->client_hello && h->server_hello && !(exchange_due && !h->client_key_exchange) &&
        f->records > 0)
        return false;
    if (missing)
        settle_missing(v, OUTCOME_UNDECRYPTABLE, f);
    else if (h->trouble != TROUBLE_NONE || f->malformed_frame)
        settle_malformed(v, f);
    else if (f->alert_seen)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE,
               "The handshake was refused: the %s sent the alert %s. Nothing secret was said.",
               f->alert_from == SIDE_CLIENT ? "client" : "server",
               alert_name(f->alert.description));
    else
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE,
               "The handshake was cut off before keys were in use. Nothing secret was said.");
    return true;
}

/* settle_useless: the secret is known, and yet no record opened. */
static void settle_useless(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;

    if (f->cipher_unsupported)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_UNSUPPORTED_CIPHER,
               "The secret is known, but the cipher of %s can't be computed with this machine's "
               "libcrypto.",
               h->suite ? h->suite->name : "this suite");
    else if (f->bytes_missing > 0 || f->cut_by_snaplen)
        settle_missing(v, OUTCOME_UNDECRYPTABLE, f);
    else
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
               "A secret was found, but no record verifies with the keys that follow from it: the "
               "leak or the recording has been altered.");
}

static void settle_resumption(struct verdict *v, const struct findings *f)
{
    if (f->handshake->ticket_offered.len > 0)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_TICKET_KEY_NEEDED,
               "This session was resumed with a ticket: no key exchange took place. The server's "
               "ticket key would open it.");
    else
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_ORIGINAL_SESSION_MISSING,
               "This session was resumed by its session ID: its secret is that of an earlier "
               "session, which was not opened.");
}

/* what_server_key_would_do: for whoever gave no leak, the one that is asked about most. */
static const char *what_server_key_would_do(const struct handshake *h)
{
    bool psk = h->psk_chosen || (h->suite && suite_uses_psk(h->suite));

    if (opened_by(h) & bit(OPENED_BY_SERVER_KEY))
        return "The server's private key would open it.";
    if (psk && !exchange_is_ephemeral(h))
        return "The server's private key would not open it: it takes the pre-shared key.";
    if (forward_secret(h))
        return "The server's private key would not open it: the key exchange is forward secret.";
    return "Whether the server's private key would open it can't be told.";
}

static void settle_closed(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    const enum answer *answers = f->leaks->answers;
    bool psk = h->suite && suite_uses_psk(h->suite);
    bool ephemeral = exchange_is_ephemeral(h);

    if (!f->any_leak_given)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, "No leak was given. %s",
               what_server_key_would_do(h));
    else if (handshake_is_resumption(h) && h->version < TLS_1_3)
        settle_resumption(v, f);
    else if (answers[LEAK_EPHEMERAL] == ANSWER_PSK || answers[LEAK_SERVER_KEY] == ANSWER_PSK ||
             (!ephemeral && (psk || h->psk_chosen)))
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED,
               "A pre-shared key goes into the keys of this session, and it was not given.");
    else if (answers[LEAK_SERVER_KEY] == ANSWER_WITHSTOOD && ephemeral)
        settle(v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET,
               "The key exchange is ephemeral Diffie-Hellman: the server's key only signs it. The "
               "secret never crossed the wire, so the key, lost later, opens nothing.");
    else if (answers[LEAK_SERVER_KEY] == ANSWER_MISMATCH)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
               "The key that was given is not this server's.");
    else if (answers[LEAK_EPHEMERAL] == ANSWER_MISMATCH && ephemeral)
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
               "The ephemeral key that was given is not one of this session: each session has its "
               "own.");
    else
        settle(v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
               "None of the leaks that were given could apply to this session.");
}

void verdict_reach(struct verdict *out, const struct findings *f)
{
    const struct handshake *h = f->handshake;

    *out = (struct verdict){0};
    out->finished_verified = f->finished[SIDE_CLIENT] || f->finished[SIDE_SERVER];
    out->opened_by = opened_by(h);
    out->forward_secret = forward_secret(h);
    if (f->records_opened > 0)
        settle_opened(out, f);
    else if (settle_unseen(out, f))
        return;
    else if (f->leaks->found)
        settle_useless(out, f);
    else
        settle_closed(out, f);
}
