#include "attacker/leaks/known_psk.h"

#include <openssl/crypto.h>

#include "attacker/crypto/psk_schedule.h"
#include "attacker/crypto/transcript.h"
#include "attacker/leaks/known_psk_note.h"
#include "attacker/tls/exchange_name.h"
#include "attacker/tls/offered_psk.h"
#include "attacker/tls/session_ticket.h"

/* --- The sources ------------------------------------------------------------------------ */

/* is_ticket: tickets have an age, and keys that were agreed on elsewhere have none. */
static bool is_ticket(const struct offered_psk *offered)
{
    return offered->age != 0;
}

/* Each source names the keys that it has for an identity, one after the other, until it has no
 * more.
 */

/* ask_ticket_key: the key is in the ticket, and a leaked or published one opens that. */
static enum psk_answer ask_ticket_key(const struct leaks *leaks, const struct handshake *h,
                                      const struct offered_psk *offered, size_t which,
                                      struct known_psk *out)
{
    const struct ticket_seen seen = known_psk_seen(h, offered);
    struct ticket_opened opened;
    enum psk_answer answer = PSK_UNKNOWN;

    if (which > 0 || !is_ticket(offered))
        return answer;
    if (ticket_open(&leaks->ticket_keys, &seen, &opened) != TICKET_SHUT)
        answer = PSK_OUT_OF_REACH;
    if (opened.state.tls13) {
        answer = PSK_PROVEN;
        out->hash = opened.state.hash;
        out->suite = opened.state.suite;
        out->published = opened.published;
        out->binder_label = PSK_BINDER_RESUMPTION;
        out->len = opened.state.len;
        memcpy(out->value, opened.state.secret, opened.state.len);
    }
    OPENSSL_cleanse(&opened, sizeof(opened));
    return answer;
}

/* ask_original: an earlier session of the recording handed this identity out as a ticket. */
static enum psk_answer ask_original(const struct leaks *leaks, const struct handshake *h,
                                    const struct offered_psk *offered, size_t which,
                                    struct known_psk *out)
{
    (void)h;
    if (which > 0 || !resumable_find(leaks->resumable, RESUMABLE_PSK_IDENTITY, offered->identity,
                                     &out->original))
        return PSK_UNKNOWN;
    out->suite = suite_find(out->original.suite_id);
    out->binder_label = PSK_BINDER_RESUMPTION;
    out->frame = out->original.frame;
    out->len = out->original.secret_len;
    if (out->len == 0 || !out->suite)
        return PSK_OUT_OF_REACH;
    out->hash = out->suite->prf_hash;
    memcpy(out->value, out->original.secret, out->len);
    return PSK_PROVEN;
}

/* ask_given: the two have agreed on it elsewhere, and on the hash with it: SHA-256 unless they said
 * so (RFC 8446 section 4.2.11). What they said is not known, so each hash of TLS 1.3 is tried. */
static enum psk_answer ask_given(const struct leaks *leaks, const struct handshake *h,
                                 const struct offered_psk *offered, size_t which,
                                 struct known_psk *out)
{
    static const char *const hashes[] = {"SHA256", "SHA384", "SM3"};
    enum { NUM_HASHES = sizeof(hashes) / sizeof(hashes[0]) };
    const struct psk *psk = psks_fitting(&leaks->psks, offered->identity, which / NUM_HASHES);

    (void)h;
    if (!psk)
        return PSK_UNKNOWN;
    out->hash = hashes[which % NUM_HASHES];
    out->binder_label = PSK_BINDER_EXTERNAL;
    out->len = psk->len;
    memcpy(out->value, psk->value, psk->len);
    return PSK_PROVEN;
}

/* In the order in which they are asked. */
static const struct source {
    enum leak kind;
    enum psk_answer (*ask)(const struct leaks *leaks, const struct handshake *h,
                           const struct offered_psk *offered, size_t which, struct known_psk *out);
} sources[] = {{LEAK_TICKET_KEY, ask_ticket_key},
               {LEAK_ORIGINAL_SESSION, ask_original},
               {LEAK_PSK, ask_given}};

/* --- The proof -------------------------------------------------------------------------- */

static bool binds(const struct handshake *h, const struct offered_psk *offered,
                  const struct known_psk *psk)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t binder[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash_with(hash, psk->hash, h, h->client_hello, offered->bound);

    return len > 0 &&
           psk_binder(binder, psk->hash, bytes_of(psk->value, psk->len), psk->binder_label,
                      bytes_of(hash, len)) &&
           bytes_equal(bytes_of(binder, len), offered->binder);
}

/* find_at goes through the keys that one source has, up to the right one; *out is set when the
 * answer is nearer to it than `best`. */
static enum psk_answer find_at(const struct source *source, const struct leaks *leaks,
                               const struct handshake *h, const struct offered_psk *offered,
                               struct known_psk *out)
{
    enum psk_answer best = PSK_UNKNOWN;
    enum psk_answer answer = PSK_DIFFERS;

    for (size_t which = 0; answer == PSK_DIFFERS; which++) {
        struct known_psk psk = {.source = source->kind};

        answer = source->ask(leaks, h, offered, which, &psk);
        if (answer == PSK_PROVEN && !binds(h, offered, &psk))
            answer = PSK_DIFFERS;
        if (answer > best) {
            best = answer;
            *out = psk;
        }
        OPENSSL_cleanse(&psk, sizeof(psk));
    }
    return best;
}

/* find asks the source `only`, or all of them when that is NUM_LEAKS. */
static enum psk_answer find(const struct leaks *leaks, enum leak only, const struct handshake *h,
                            size_t which, struct known_psk *out)
{
    struct offered_psk offered;
    enum psk_answer best = PSK_UNKNOWN;

    if (!offered_psk_read(h->client_hello, which, &offered))
        return PSK_NOT_OFFERED;
    for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]) && best != PSK_PROVEN; i++) {
        struct known_psk psk = {0};

        if (only != NUM_LEAKS && sources[i].kind != only)
            continue;
        enum psk_answer answer = find_at(&sources[i], leaks, h, &offered, &psk);

        if (answer > best) {
            best = answer;
            *out = psk;
        }
        OPENSSL_cleanse(&psk, sizeof(psk));
    }
    return best;
}

enum psk_answer known_psk_find(const struct leaks *leaks, const struct handshake *h, size_t which,
                               struct known_psk *out)
{
    return find(leaks, NUM_LEAKS, h, which, out);
}

/* --- The question ------------------------------------------------------------------------ */

/* mix puts the key in besides the shared secret. */
static enum answer mix(const struct handshake *h, const struct known_psk *psk,
                       struct secret *secret, struct evidence *e)
{
    static const char step[] = "Is that all that the keys are made of?";

    if (!h->suite || strcmp(psk->hash, h->suite->prf_hash) != 0) {
        evidence_add(e, h->server_hello->frame, step,
                     "can't be: the server has chosen a suite with another hash");
        return ANSWER_BROKEN;
    }
    if (exchange_is_ephemeral(h) && secret->kind != SECRET_SHARED) {
        evidence_add(e, h->server_hello->frame, step,
                     "no: an ephemeral exchange goes into them as well, and its secret is not "
                     "known");
        return ANSWER_WITHSTOOD;
    }
    evidence_add(e, h->server_hello->frame, step,
                 exchange_is_ephemeral(h)
                     ? "yes, with the secret of the ephemeral exchange"
                     : "yes: the ServerHello has no key share, no exchange took place");
    secret->kind = SECRET_SHARED;
    secret->psk_len = psk->len;
    memcpy(secret->psk, psk->value, psk->len);
    return ANSWER_SECRET;
}

static bool is_given(const struct leaks *leaks, enum leak kind)
{
    if (kind == LEAK_PSK)
        return leaks->psks.num_keys > 0;
    return kind == LEAK_TICKET_KEY || leaks->resumable; /* some ticket keys are public */
}

/* is_for_others: that a ticket is no key that was given, and the other way round, tells nothing. */
static bool is_for_others(const struct leaks *leaks, enum leak kind, const struct handshake *h)
{
    bool ticket = known_psk_is_ticket(h);

    if (kind == LEAK_PSK)
        return ticket;
    return kind == LEAK_ORIGINAL_SESSION && !ticket && leaks->psks.num_keys > 0;
}

/* answer_of_ticket_key: a key that fits and leads nowhere contradicts what was recorded. */
static enum answer answer_of_ticket_key(const struct leaks *leaks, const struct handshake *h,
                                        enum psk_answer found)
{
    if (found == PSK_OUT_OF_REACH || found == PSK_DIFFERS)
        return ANSWER_BROKEN;
    return leaks->ticket_keys.num_files > 0 && known_psk_is_sealed(h) ? ANSWER_MISMATCH
                                                                      : ANSWER_NOT_GIVEN;
}

enum answer known_psk_ask(const struct leaks *leaks, enum leak kind, const struct handshake *h,
                          struct secret *secret, struct evidence *e)
{
    struct known_psk psk = {0};

    if (h->version < TLS_1_3 || !h->psk_chosen || !is_given(leaks, kind))
        return ANSWER_NOT_GIVEN;

    enum psk_answer found = find(leaks, kind, h, h->psk_selected, &psk);
    enum answer answer =
        kind == LEAK_TICKET_KEY ? answer_of_ticket_key(leaks, h, found) : ANSWER_MISMATCH;
    if (found == PSK_UNKNOWN && is_for_others(leaks, kind, h))
        return ANSWER_NOT_GIVEN;
    known_psk_note(leaks, kind, h, found, &psk, e);
    if (found == PSK_PROVEN) {
        answer = mix(h, &psk, secret, e);
        secret->published = psk.published;
    }
    OPENSSL_cleanse(&psk, sizeof(psk));
    return answer;
}

bool known_psk_is_ticket(const struct handshake *h)
{
    struct offered_psk offered;

    return h->version >= TLS_1_3 && h->psk_chosen &&
           offered_psk_read(h->client_hello, h->psk_selected, &offered) && is_ticket(&offered);
}

bool known_psk_is_sealed(const struct handshake *h)
{
    struct offered_psk offered;

    return known_psk_is_ticket(h) && offered_psk_read(h->client_hello, h->psk_selected, &offered) &&
           session_ticket_holds_state(offered.identity);
}

/* server_of is what the client calls the server, which may be nothing. */
static struct bytes server_of(const struct handshake *h)
{
    return h->server_name.len > 0 ? h->server_name : bytes_of("", 1);
}

void known_psk_file_unread(const struct leaks *leaks, const struct handshake *h)
{
    const struct original nothing = {0};

    resumable_file(leaks->resumable, RESUMABLE_UNREAD, server_of(h), &nothing);
}

bool known_psk_may_be_unread(const struct leaks *leaks, const struct handshake *h)
{
    struct original nothing;

    return resumable_find(leaks->resumable, RESUMABLE_UNREAD, server_of(h), &nothing);
}

bool known_psk_original(const struct leaks *leaks, const struct handshake *h, struct original *out)
{
    struct known_psk psk = {0};
    bool found = false;

    if (h->version >= TLS_1_3 && h->psk_chosen && !exchange_is_ephemeral(h)) {
        enum psk_answer answer = find(leaks, LEAK_ORIGINAL_SESSION, h, h->psk_selected, &psk);

        found = answer == PSK_PROVEN || answer == PSK_OUT_OF_REACH;
    }
    if (found)
        *out = psk.original;
    OPENSSL_cleanse(&psk, sizeof(psk));
    return found;
}
