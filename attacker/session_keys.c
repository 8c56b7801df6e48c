#include "attacker/session_keys.h"

#include <openssl/crypto.h>

#include "attacker/crypto/master_secret.h"
#include "attacker/crypto/ssl3.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/crypto/transcript.h"
#include "attacker/leaks/known_psk.h"
#include "attacker/session_psk.h"
#include "attacker/session_secret.h"
#include "attacker/session_tickets.h"

static const char *prf_hash(const struct session *s)
{
    return master_secret_hash(s->handshake.suite, s->handshake.version);
}

/* --- SSL 3.0 to TLS 1.2 ---------------------------------------------------------- */

static bool derive_master(uint8_t out[static MASTER_SECRET_LEN], const struct session *s)
{
    const struct handshake *h = &s->handshake;
    struct bytes premaster = secret_view(&s->secret);
    uint8_t randoms[2 * RANDOM_LEN];
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    struct bytes seed = bytes_of(randoms, sizeof(randoms));

    memcpy(randoms, h->client_random, RANDOM_LEN);
    memcpy(randoms + RANDOM_LEN, h->server_random, RANDOM_LEN);
    if (h->version == SSL_3_0)
        return ssl3_expand(out, MASTER_SECRET_LEN, premaster, seed);
    if (h->extended_master_secret)
        seed = bytes_of(hash, transcript_hash(hash, prf_hash(s), h, transcript_end(h)));
    return master_secret_derive(out, prf_hash(s), premaster, h->extended_master_secret, seed);
}

/* to_master turns the premaster secret that a leak gave into the master secret. */
static void to_master(struct session *s)
{
    uint8_t master[MASTER_SECRET_LEN];

    if (s->secret.kind != SECRET_PREMASTER)
        return;
    if (!derive_master(master, s) ||
        !secret_set(&s->secret, SECRET_MASTER, bytes_of(master, sizeof(master))))
        secret_clear(&s->secret);
    OPENSSL_cleanse(master, sizeof(master));
}

/* seal_of_master is the seal behind the ChangeCipherSpec; NULL when its keys are not known. */
static struct seal *seal_of_master(struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    uint8_t randoms[2 * RANDOM_LEN];

    if (s->secret.kind != SECRET_MASTER || !h->suite)
        return NULL;
    if (h->compression_method > COMPRESSION_DEFLATE) {
        s->cipher_unsupported = true;
        return NULL;
    }
    memcpy(randoms, h->server_random, RANDOM_LEN);
    memcpy(randoms + RANDOM_LEN, h->client_random, RANDOM_LEN);

    const struct seal_terms terms = {h->suite, h->version, h->encrypt_then_mac, h->truncated_hmac};
    struct seal *seal =
        seal_from_master(&terms, secret_view(&s->secret), from, bytes_of(randoms, sizeof(randoms)));
    s->cipher_unsupported |= !seal;
    if (seal)
        seal->mac_order_unknown = h->encrypt_then_mac_unknown;
    return seal;
}

void session_keys_opened(struct session *s, enum side from)
{
    struct handshake *h = &s->handshake;
    const struct seal *seal = s->directions[from].seal;

    if (!h->encrypt_then_mac_unknown || seal->mac_order_unknown)
        return;
    h->encrypt_then_mac = seal->encrypt_then_mac;
    h->encrypt_then_mac_unknown = false;
}

/* start_inflating: with new keys, a new zlib stream begins. RFC 3749 section 2. */
static void start_inflating(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];

    inflater_free(d->inflater);
    d->inflater =
        d->seal && s->handshake.compression_method == COMPRESSION_DEFLATE ? inflater_new() : NULL;
}

void session_keys_change_cipher_spec(struct session *s, enum side from)
{
    struct direction *d = &s->directions[from];

    d->sealed = true;
    seal_free(d->seal);
    d->seal = seal_of_master(s, from);
    start_inflating(s, from);
}

static bool verify_ssl3(const struct session *s, const struct message *finished)
{
    uint8_t expected[SSL3_VERIFY_DATA_LEN];

    return ssl3_verify_data(expected, &s->handshake, finished, secret_view(&s->secret),
                            finished->from) &&
           bytes_equal(bytes_of(expected, sizeof(expected)), finished->body);
}

/* is_verify_data: with the transcript as it is counted now. */
static bool is_verify_data(const struct session *s, const struct message *finished)
{
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t expected[VERIFY_DATA_LEN];
    size_t len = transcript_hash(hash, prf_hash(s), &s->handshake, finished);

    return len > 0 &&
           finished_verify_data(expected, prf_hash(s), secret_view(&s->secret), finished->from,
                                bytes_of(hash, len)) &&
           bytes_equal(bytes_of(expected, sizeof(expected)), finished->body);
}

/* verify_tls12: the first Finished tells what the transcript begins with. */
static bool verify_tls12(struct session *s, const struct message *finished)
{
    struct handshake *h = &s->handshake;

    if (is_verify_data(s, finished))
        return true;
    if (h->before_cookie.len == 0 || h->hashes_before_cookie)
        return false;
    h->hashes_before_cookie = true;
    return is_verify_data(s, finished);
}

/* --- TLS 1.3 ----------------------------------------------------------------- */

static struct traffic_terms terms_of(const struct session *s)
{
    return (struct traffic_terms){s->handshake.suite->prf_hash, s->handshake.draft};
}

static struct bytes traffic(const struct session *s, enum traffic_label which)
{
    return bytes_of(s->secret.traffic.value[which], s->secret.traffic.len[which]);
}

static enum traffic_label application_label(enum side from)
{
    return from == SIDE_CLIENT ? TRAFFIC_CLIENT_APPLICATION : TRAFFIC_SERVER_APPLICATION;
}

static enum traffic_label handshake_label(enum side from)
{
    return from == SIDE_CLIENT ? TRAFFIC_CLIENT_HANDSHAKE : TRAFFIC_SERVER_HANDSHAKE;
}

static struct seal *seal_of_traffic(struct session *s, struct bytes secret)
{
    if (secret.len == 0)
        return NULL;

    struct seal *seal = seal_from_traffic_secret(s->handshake.suite, s->handshake.draft, secret);
    s->cipher_unsupported |= !seal;
    return seal;
}

static void seal_with(struct session *s, enum side from, enum traffic_label which)
{
    struct direction *d = &s->directions[from];

    seal_free(d->seal);
    d->seal = seal_of_traffic(s, traffic(s, which));
}

void session_keys_start_tls13(struct session *s)
{
    struct handshake *h = &s->handshake;
    uint8_t hash[TRANSCRIPT_MAX_LEN];

    session_keys_ask(s);
    s->directions[SIDE_CLIENT].sealed = true;
    s->directions[SIDE_SERVER].sealed = true;
    if (s->secret.kind == SECRET_SHARED) {
        const struct traffic_terms terms = terms_of(s);
        const struct traffic_inputs inputs = {secret_view(&s->secret),
                                              bytes_of(s->secret.psk, s->secret.psk_len)};
        size_t len = transcript_hash(hash, terms.hash, h, transcript_end(h));

        if (len > 0 && traffic_handshake_secrets(&s->secret.traffic, s->handshake_secret, &terms,
                                                 &inputs, bytes_of(hash, len))) {
            s->secret.kind = SECRET_TRAFFIC;
            s->shared_secret_known = true;
        }
    }
    if (s->secret.kind == SECRET_TRAFFIC) {
        seal_with(s, SIDE_CLIENT, TRAFFIC_CLIENT_HANDSHAKE);
        seal_with(s, SIDE_SERVER, TRAFFIC_SERVER_HANDSHAKE);
    } else {
        known_psk_file_unread(s->leaks, h);
    }
    /* Without a seal, nothing of this handshake can be read any more: nobody needs to wait. */
    h->past_reading[SIDE_CLIENT] = !s->directions[SIDE_CLIENT].seal;
    h->past_reading[SIDE_SERVER] = !s->directions[SIDE_SERVER].seal;
}

static bool verify_tls13(struct session *s, const struct message *finished)
{
    const struct traffic_terms terms = terms_of(s);
    uint8_t hash[TRANSCRIPT_MAX_LEN];
    uint8_t expected[TRAFFIC_SECRET_MAX_LEN];
    size_t len = transcript_hash(hash, terms.hash, &s->handshake, finished);
    struct bytes secret = traffic(s, handshake_label(finished->from));

    return len > 0 && secret.len == len &&
           traffic_verify_data(expected, &terms, secret, bytes_of(hash, len)) &&
           bytes_equal(bytes_of(expected, len), finished->body);
}

/* to_application: behind its Finished, each side uses its application keys. A key log has brought
 * them; from the shared secret they follow, now that the server's Finished is known. */
static void to_application(struct session *s, enum side from)
{
    const struct traffic_terms terms = terms_of(s);
    uint8_t hash[TRANSCRIPT_MAX_LEN];

    if (from == SIDE_SERVER && s->shared_secret_known) {
        const struct handshake *h = &s->handshake;
        size_t len = transcript_hash(hash, terms.hash, h, transcript_end(h));

        if (len == 0 || !traffic_application_secrets(&s->secret.traffic, &terms,
                                                     s->handshake_secret, bytes_of(hash, len)))
            s->secret.kind = SECRET_NONE;
    }
    s->directions[from].in_application = true;
    seal_with(s, from, application_label(from));
}

/* update_secret puts the secret behind a KeyUpdate in the place of the one before it. RFC 8446
 * section 7.2. */
static bool update_secret(const struct session *s, uint8_t secret[static TRAFFIC_SECRET_MAX_LEN],
                          size_t len)
{
    const struct traffic_terms terms = terms_of(s);
    uint8_t next[TRAFFIC_SECRET_MAX_LEN];
    bool made = len > 0 && traffic_next(next, &terms, bytes_of(secret, len));

    if (made)
        memcpy(secret, next, len);
    OPENSSL_cleanse(next, sizeof(next));
    return made;
}

void session_keys_update(struct session *s, enum side from)
{
    enum traffic_label which = application_label(from);

    if (update_secret(s, s->secret.traffic.value[which], s->secret.traffic.len[which]))
        seal_with(s, from, which);
}

/* --- A change of keys that was not recorded ------------------------------------------- */

/* updates_in: the first change may be the one to the application's keys. */
static size_t updates_in(const struct direction *d, size_t changes)
{
    return d->in_application ? changes : changes - 1;
}

struct seal *session_keys_next(struct session *s, enum side from, size_t changes)
{
    const struct direction *d = &s->directions[from];
    uint8_t secret[TRAFFIC_SECRET_MAX_LEN];
    struct bytes present = traffic(s, application_label(from));
    struct seal *next = NULL;
    bool made = s->secret.kind == SECRET_TRAFFIC;

    if (s->handshake.version < TLS_1_3)
        return d->sealed || changes > 1 ? NULL : seal_of_master(s, from);
    memcpy(secret, present.at, sizeof(secret));
    for (size_t i = 0; made && i < updates_in(d, changes); i++)
        made = update_secret(s, secret, present.len);
    if (made)
        next = seal_of_traffic(s, bytes_of(secret, present.len));
    OPENSSL_cleanse(secret, sizeof(secret));
    return next;
}

void session_keys_change_unseen(struct session *s, enum side from, struct seal *next,
                                size_t changes)
{
    struct direction *d = &s->directions[from];
    enum traffic_label which = application_label(from);
    bool made = s->handshake.version >= TLS_1_3;

    session_secret_tell(s); /* `next` has opened a record, and what led to it is replaced here */
    for (size_t i = 0; made && i < updates_in(d, changes); i++)
        made = update_secret(s, s->secret.traffic.value[which], s->secret.traffic.len[which]);
    d->in_application = s->handshake.version >= TLS_1_3;
    d->sealed = true;
    seal_free(d->seal);
    d->seal = next;
    start_inflating(s, from);
}

/* --- Both ---------------------------------------------------------------------- */

/* can_be_attacked: enough was recorded for a leak to be tried on it. */
static bool can_be_attacked(const struct handshake *h)
{
    return h->client_hello && h->server_hello && h->suite;
}

void session_keys_ask_now(struct session *s)
{
    const struct handshake *h = &s->handshake;

    if (s->asked || !can_be_attacked(h))
        return;
    s->asked = true;
    s->lines_asked = keylog_num_lines(&s->leaks->keylog);
    leaks_ask(s->leaks, h, &s->found, &s->secret, &s->evidence);
    session_psk_begin(s);
    if (h->version < TLS_1_3)
        to_master(s);
}

/* seal_anew: another secret has taken the place of the one that the seals in use were made of. */
static void seal_anew(struct session *s)
{
    for (enum side side = SIDE_CLIENT; side <= SIDE_SERVER; side++) {
        while (s->directions[side].rift.num_next > 0)
            seal_free(s->directions[side].rift.next[--s->directions[side].rift.num_next]);
        if (s->handshake.version >= TLS_1_3)
            seal_with(s, side, handshake_label(side));
        else if (s->directions[side].sealed)
            session_keys_change_cipher_spec(s, side);
    }
}

void session_keys_replace(struct session *s, const struct secret *premaster)
{
    s->secret = *premaster;
    to_master(s);
    seal_anew(s);
}

bool session_keys_ask_again(struct session *s)
{
    const struct handshake *h = &s->handshake;
    size_t num_lines = keylog_num_lines(&s->leaks->keylog);

    if (!s->asked || s->found.found || num_lines == s->lines_asked)
        return false;
    s->lines_asked = num_lines;
    if (!leaks_ask_again(s->leaks, h, &s->found, &s->secret, &s->evidence))
        return false;
    if (h->version < TLS_1_3)
        to_master(s);
    seal_anew(s);
    return true;
}

void session_keys_ask(struct session *s)
{
    const struct handshake *h = &s->handshake;

    if (h->version >= TLS_1_3 || h->client_key_exchange || handshake_is_resumption(h))
        session_keys_ask_now(s);
}

void session_keys_finished(struct session *s, const struct message *finished)
{
    bool tls13 = s->handshake.version >= TLS_1_3;
    bool equal = tls13                             ? verify_tls13(s, finished)
                 : s->handshake.version == SSL_3_0 ? verify_ssl3(s, finished)
                                                   : verify_tls12(s, finished);
    const char *step = finished->from == SIDE_CLIENT
                           ? "Is the client's Finished what these keys make of the handshake?"
                           : "Is the server's Finished what these keys make of the handshake?";

    s->finished_verified[finished->from] = equal;
    if (equal)
        evidence_add(&s->evidence, finished->frame, step,
                     "yes: verify_data was recomputed, %zu bytes, and is equal",
                     finished->body.len);
    else
        evidence_add(&s->evidence, finished->frame, step,
                     "no: verify_data differs, so part of the handshake was not recorded");
    if (tls13 && finished->from == SIDE_CLIENT)
        session_tickets_settle(s);
    if (tls13)
        to_application(s, finished->from);
}
