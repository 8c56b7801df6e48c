#include "attacker/verdict_settle.h"

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

static const char *source_name(enum leak source)
{
    static const char *const names[] = {[LEAK_SERVER_KEY] = "server_key",
                                        [LEAK_EPHEMERAL] = "ephemeral",
                                        [LEAK_KEYLOG] = "keylog",
                                        [LEAK_TICKET_KEY] = "ticket_key",
                                        [LEAK_ORIGINAL_SESSION] = "original_session",
                                        [LEAK_DISCRETE_LOG] = "discrete_log",
                                        [LEAK_PSK] = "psk"};

    return names[source];
}

void verdict_settle(struct verdict *v, enum outcome outcome, enum reason reason,
                    const char *explanation, ...)
{
    va_list list;

    v->outcome = outcome;
    v->reason = reason;
    va_start(list, explanation);
    (void)vsnprintf(v->explanation, sizeof(v->explanation), explanation, list);
    va_end(list);
}

/* --- The outcome ------------------------------------------------------------ */

static bool is_missing(const struct findings *f)
{
    return f->bytes_missing > 0 || f->cut_by_snaplen || f->datagrams_missing || f->memory_limit > 0;
}

static bool is_malformed(const struct findings *f)
{
    return f->malformed_frame > 0 || f->handshake->trouble != TROUBLE_NONE;
}

/* settle_apart: the two directions were not recorded side by side. */
static void settle_apart(struct verdict *v, enum outcome outcome)
{
    verdict_settle(
        v, outcome, REASON_HANDSHAKE_MISSING,
        "What one side said was recorded far ahead of what it answers, further than is kept. "
        "Put the packets in the order of their times (reordercap) and try again.");
}

static void settle_malformed(struct verdict *v, enum outcome outcome, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    unsigned long long frame = h->trouble != TROUBLE_NONE ? h->trouble_frame : f->malformed_frame;

    if (h->trouble == TROUBLE_MALFORMED)
        verdict_settle(
            v, outcome, REASON_MALFORMED,
            "The handshake can't be read: the message that ends in frame %llu is no well-formed "
            "%s.",
            frame, handshake_type_name(h->trouble_type));
    else if (h->trouble == TROUBLE_LIMIT)
        verdict_settle(
            v, outcome, REASON_MALFORMED,
            "The handshake can't be followed: at frame %llu it has more than %d messages, or "
            "one of more than %zu bytes, or more than %zu in all, which no real one has.",
            frame, HANDSHAKE_MAX_MESSAGES, HANDSHAKE_MAX_MESSAGE, HANDSHAKE_MAX_BYTES);
    else
        verdict_settle(
            v, outcome, REASON_MALFORMED,
            "In frame %llu stands something that does not belong there; what follows on it was "
            "read as far as records verify.",
            frame);
}

/* settle_differing: keys that open the records, and a Finished that they don't explain. */
static void settle_differing(struct verdict *v)
{
    verdict_settle(
        v, OUTCOME_PARTIAL, REASON_MALFORMED,
        "The records open, but a Finished is not what the recorded handshake makes of these "
        "keys: the recorded handshake is not the one that took place.");
}

static void settle_partial(struct verdict *v, const struct findings *f)
{
    if (f->shut)
        verdict_settle_renegotiation(v, f);
    else if (is_missing(f))
        verdict_settle_missing(v, OUTCOME_PARTIAL, f);
    else if (f->waited_too_long)
        settle_apart(v, OUTCOME_PARTIAL);
    else if (verdict_settle_some_secrets(v, f))
        return;
    else if (f->early_shut > 0 && f->records_opened + f->early_shut == f->records)
        verdict_settle_early_shut(v, f);
    else if (f->records_opened < f->records && f->search_limited)
        verdict_settle_limited(v, OUTCOME_PARTIAL, f);
    else if (f->records_opened < f->records)
        verdict_settle(
            v, OUTCOME_PARTIAL, REASON_MALFORMED,
            "%llu of %llu protected records opened; the others don't verify, so they were "
            "damaged, or sealed with keys that are not known.",
            (unsigned long long)f->records_opened, (unsigned long long)f->records);
    else if (is_malformed(f))
        settle_malformed(v, OUTCOME_PARTIAL, f);
    else if (f->renegotiation_differs ||
             (f->handshake->finished[SIDE_CLIENT] && f->handshake->finished[SIDE_SERVER]))
        settle_differing(v);
    else
        verdict_settle(
            v, OUTCOME_PARTIAL, REASON_HANDSHAKE_INCOMPLETE,
            "All protected records open, but the handshake was cut before both sides had sent "
            "their Finished.");
}

static void settle_opened(struct verdict *v, const struct findings *f)
{
    static const char *const sentences[] = {
        [LEAK_SERVER_KEY] =
            "The client sent the premaster secret encrypted to the server's public key: the "
            "private key opens this session, and every other that exchanged its keys this way.",
        [LEAK_EPHEMERAL] =
            "With one of the two ephemeral private keys the shared secret can be "
            "computed. It opens this session, and any other in which it was used again.",
        [LEAK_KEYLOG] = "One of the two programs wrote the secrets of this session into a key log.",
        [LEAK_ORIGINAL_SESSION] =
            "It takes up an earlier session, which was recorded and is open: no new keys were "
            "exchanged, so what opened that one opens this one too.",
        [LEAK_DISCRETE_LOG] =
            "Nothing leaked. The group in which keys were agreed on is so weak that one of the two "
            "exponents could be computed from what crossed the wire.",
    };

    char ticket_sentence[VERDICT_EXPLANATION_SIZE];

    if (!f->leaks->found) {
        v->secret_source = source_name(f->early_source);
        verdict_settle_early_alone(v, f);
        return;
    }

    const char *sentence = f->leaks->source == LEAK_PSK ? verdict_opened_by_psk(f->handshake)
                                                        : sentences[f->leaks->source];

    if (f->leaks->source == LEAK_TICKET_KEY) {
        verdict_ticket_opened(ticket_sentence, f);
        sentence = ticket_sentence;
    }
    if (f->leaks->source == LEAK_EPHEMERAL && f->handshake->server_params.modulus.len > 0)
        sentence = "The client sent the premaster secret encrypted to a temporary RSA key of the "
                   "server's: its private part opens this session, and any other in which it was "
                   "used again.";
    if (f->leaks->source == LEAK_ORIGINAL_SESSION && f->handshake->psk_chosen &&
        exchange_is_ephemeral(f->handshake))
        sentence = "It takes up an earlier session, which was recorded and is open, so the "
                   "pre-shared key is known; and with one of the two ephemeral private keys, which "
                   "was given, so is the secret of the exchange on top.";
    if (f->leaks->source == LEAK_SERVER_KEY && suite_is_fixed(f->handshake->suite))
        sentence = "The server's certificate holds its Diffie-Hellman key, which is the same in "
                   "each session: with the private half, the shared secret of this one can be "
                   "computed, and of every other that exchanged its keys this way.";
    v->secret_source = source_name(f->leaks->source);
    if (f->records_opened == f->records && f->finished[SIDE_CLIENT] && f->finished[SIDE_SERVER] &&
        !f->renegotiation_differs && !is_missing(f) && !is_malformed(f))
        verdict_settle(v, OUTCOME_DECRYPTED, REASON_NONE, "%s", sentence);
    else
        settle_partial(v, f);
}

/* settle_unheard: keys are in use, and what led to them is not all there. */
static void settle_unheard(struct verdict *v, const struct handshake *h)
{
    if (h->client_hello && h->server_hello)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
            "The ClientKeyExchange is not in the recording: without it no leak can be tried.");
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_PACKETS_MISSING,
            "What the %s said in the handshake is not in the recording: perhaps one direction "
            "alone was recorded.",
            h->client_hello ? "server" : "client");
}

/* settle_unseen: too little was recorded for any attack. False when enough was. */
static bool settle_unseen(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    bool exchange_due = h->version < TLS_1_3 && !handshake_is_resumption(h);
    bool seen = h->client_hello && h->server_hello && (h->client_key_exchange || !exchange_due);

    if (seen && f->records > 0)
        return false;
    if (f->from_the_middle ||
        (!h->client_hello && !h->server_hello && !is_malformed(f) && !is_missing(f)))
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_MISSING,
            "The recording starts in the middle of this conversation. Without the handshake no "
            "leak can be tried: record from before the connection is made.");
    else if (is_missing(f))
        verdict_settle_missing(v, OUTCOME_UNDECRYPTABLE, f);
    else if (f->waited_too_long)
        settle_apart(v, OUTCOME_UNDECRYPTABLE);
    else if (is_malformed(f))
        settle_malformed(v, OUTCOME_UNDECRYPTABLE, f);
    else if (f->records > 0)
        settle_unheard(v, h);
    else if (f->alert_seen && alert_is_fatal(&f->alert))
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE,
            "The handshake was refused: the %s sent the alert %s. Nothing secret was said.",
            f->alert_from == SIDE_CLIENT ? "client" : "server", alert_name(f->alert.description));
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_HANDSHAKE_INCOMPLETE,
            "The handshake was cut off before keys were in use. Nothing secret was said.");
    return true;
}

/* settle_useless: the secret is known, and yet no record opened. */
static void settle_useless(struct verdict *v, const struct findings *f)
{
    if (f->cipher_unsupported)
        verdict_settle_uncomputed(v, f->handshake);
    else if (is_missing(f))
        verdict_settle_missing(v, OUTCOME_UNDECRYPTABLE, f);
    else if (f->waited_too_long)
        settle_apart(v, OUTCOME_UNDECRYPTABLE);
    else if (verdict_settle_some_secrets(v, f) || verdict_settle_psk_wrong(v, f))
        return;
    else if (f->search_limited)
        verdict_settle_limited(v, OUTCOME_UNDECRYPTABLE, f);
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
            "A secret was found, but no record verifies with the keys that follow from it: the "
            "leak or the recording has been altered.");
}

/* what_server_key_would_do: for whoever gave no leak, the one that is asked about most. */
static const char *what_server_key_would_do(const struct handshake *h)
{
    bool psk = h->psk_chosen || (h->suite && suite_uses_psk(h->suite));

    if (opened_by_leaks(h) & 1u << OPENED_BY_SERVER_KEY)
        return "The server's private key would open it.";
    if (psk && !exchange_is_ephemeral(h))
        return "The server's private key would not open it: it takes the pre-shared key.";
    if (h->server_params.modulus.len > 0)
        return "The server's private key would not open it: the client encrypted to a temporary "
               "one.";
    if (opened_by_not_the_server_key(h))
        return "The server's private key would not open it: the key exchange is forward secret.";
    return "Whether the server's private key would open it can't be told.";
}

/* settle_protected: the attack was made, and the key exchange withstood it. */
static void settle_protected(struct verdict *v, const struct handshake *h)
{
    const char *why =
        h->psk_chosen ? "A pre-shared key and an ephemeral exchange make the secret: no server key "
                        "has a part in it, and neither number ever crossed the wire."
        : h->version >= TLS_1_3
            ? "TLS 1.3 has no key transport: whosever the key is, it can only sign. The secret was "
              "made from two numbers that never crossed the wire."
        : h->suite->authentication != AUTH_ANON && h->suite->authentication != AUTH_PSK
            ? "The key exchange is ephemeral Diffie-Hellman: the server's key only signs it. The "
              "secret never crossed the wire, so the key, lost later, opens nothing."
            : "The key exchange is ephemeral Diffie-Hellman, and no server key has a part in it. "
              "The secret never crossed the wire.";

    verdict_settle(v, OUTCOME_PROTECTED, REASON_FORWARD_SECRET, "%s", why);
}

static void settle_broken(struct verdict *v, const struct findings *f)
{
    if (is_missing(f))
        verdict_settle_missing(v, OUTCOME_UNDECRYPTABLE, f);
    else if (is_malformed(f))
        settle_malformed(v, OUTCOME_UNDECRYPTABLE, f);
    else
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_MALFORMED,
            "The key exchange that was recorded contradicts itself, as the evidence shows: it "
            "was damaged or forged, and nothing follows from it.");
}

/* settle_by_answers: leaks were given, and none of them knew the secret. */
static void settle_by_answers(struct verdict *v, const struct findings *f)
{
    enum answer key = f->leaks->answers[LEAK_SERVER_KEY];
    enum answer exponent = f->leaks->answers[LEAK_EPHEMERAL];
    enum answer group = f->leaks->answers[LEAK_DISCRETE_LOG];
    bool ephemeral = exchange_is_ephemeral(f->handshake);

    if (key == ANSWER_WITHSTOOD && ephemeral)
        settle_protected(v, f->handshake);
    else if (key == ANSWER_BROKEN || exponent == ANSWER_BROKEN || group == ANSWER_BROKEN ||
             f->leaks->answers[LEAK_PSK] == ANSWER_BROKEN)
        settle_broken(v, f);
    else if (key == ANSWER_MISMATCH)
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
                       "No key that was given is this server's.");
    else if (exponent == ANSWER_MISMATCH && ephemeral)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_KEY_MISMATCH,
            "The ephemeral key that was given is not one of this session: each session has its "
            "own.");
    else if (group == ANSWER_WITHSTOOD)
        verdict_settle_group(v, f);
    else if (f->handshake->server_params.modulus.len > 0)
        verdict_settle_temporary(v, f);
    else if (key == ANSWER_WITHSTOOD)
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
            "The two agreed on keys in a way of their own (%s), which no leak here is for.",
            f->handshake->suite->name);
    else
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY,
                       "None of the leaks that were given could apply to this session.");
}

static void settle_closed(struct verdict *v, const struct findings *f)
{
    const struct handshake *h = f->handshake;
    const enum answer *answers = f->leaks->answers;
    bool psk = h->psk_chosen || (h->suite && suite_uses_psk(h->suite));

    if (!h->suite)
        verdict_settle_unknown(v, h);
    else if (!f->any_leak_given)
        verdict_settle(v, OUTCOME_UNDECRYPTABLE, REASON_NO_KEY, "No leak was given. %s",
                       what_server_key_would_do(h));
    else if (handshake_is_resumption(h) && h->version < TLS_1_3)
        verdict_settle_resumption(v, f);
    else if (verdict_settle_psk_given(v, f) || verdict_settle_psk(v, f))
        return;
    else if (answers[LEAK_EPHEMERAL] == ANSWER_PSK || answers[LEAK_SERVER_KEY] == ANSWER_PSK ||
             answers[LEAK_DISCRETE_LOG] == ANSWER_PSK ||
             (psk && !exchange_is_ephemeral(h) && answers[LEAK_SERVER_KEY] != ANSWER_MISMATCH &&
              answers[LEAK_PSK] == ANSWER_NOT_GIVEN))
        verdict_settle(
            v, OUTCOME_UNDECRYPTABLE, REASON_PSK_NEEDED,
            "A pre-shared key goes into the keys of this session, and it was not given.");
    else if (!verdict_settle_hopeless(v, h))
        settle_by_answers(v, f);
}

void verdict_settle_unopened(struct verdict *v, const struct findings *f)
{
    if (f->leaks->found)
        settle_useless(v, f);
    else if (!verdict_settle_ticket(v, f))
        settle_closed(v, f);
}

void verdict_reach(struct verdict *out, const struct findings *f)
{
    const struct handshake *h = f->handshake;

    *out = (struct verdict){0};
    out->finished_verified = f->finished[SIDE_CLIENT] || f->finished[SIDE_SERVER];
    out->opened_by = opened_by_leaks(h) | f->leaks->original_opened_by;
    out->forward_secret = opened_by_not_the_server_key(h);
    if (f->records_opened > 0)
        settle_opened(out, f);
    else if (!settle_unseen(out, f))
        verdict_settle_unopened(out, f);
}
