#include "attacker/session_early.h"

#include <openssl/crypto.h>

#include "attacker/crypto/traffic_secret.h"

bool session_early_under_way(const struct session *s, enum side from)
{
    const struct handshake *h = &s->handshake;
    bool may_be_tls13 = !h->datagrams && (h->version == 0 || h->version >= TLS_1_3);

    return from == SIDE_CLIENT && may_be_tls13 && h->early_data_offered && !h->end_of_early_data &&
           !s->early.over && !s->directions[SIDE_CLIENT].in_application &&
           (!h->retry_request || handshake_retry_is_open(h));
}

/* --- The seal ------------------------------------------------------------------------ */

/*
 * try_suites makes a seal for each suite that it can be. Early data goes by the suite of the
 * pre-shared key; a key log does not say which one that was, and where the server has refused, it
 * need not be the one that the two agree on. But the client offers it, and the secret is as long as
 * its hash.
 */
static void try_suites(struct session *s)
{
    struct early_data *early = &s->early;
    struct bytes secret = bytes_of(early->secret.value, early->secret.len);
    struct hello hello = {0};
    uint16_t id;

    if (!hello_read_client(s->handshake.client_hello->body, &hello) &&
        !hello_read_torn_client(s->handshake.client_hello->body, &hello))
        return;
    struct reader r = reader_of(hello.suites);
    while (early->num_seals < EARLY_MAX_SUITES && reader_u16(&r, &id)) {
        const struct suite *suite = suite_find(id);

        if (!suite || suite->version_min < TLS_1_3 ||
            traffic_hash_len(suite->prf_hash) != secret.len ||
            (early->secret.suite && early->secret.suite != suite))
            continue;
        struct seal *seal = seal_from_traffic_secret(suite, s->handshake.draft, secret);
        if (seal)
            early->seals[early->num_seals++] = seal;
    }
}

static void ask(struct session *s)
{
    struct early_data *early = &s->early;
    size_t num_lines = keylog_num_lines(&s->leaks->keylog);

    if (early->secret.len > 0 || (early->asked && early->lines_asked == num_lines))
        return;
    early->asked = true;
    early->lines_asked = num_lines;
    if (early_secret_ask(s->leaks, &s->handshake, &early->secret, &s->evidence))
        try_suites(s);
}

/* settle_for keeps the seal that has opened a record, alone. */
static void settle_for(struct early_data *early, const struct seal *proven)
{
    for (size_t i = 0; i < early->num_seals; i++) {
        if (early->seals[i] == proven) {
            early->seals[i] = early->seals[0];
            early->seals[0] = unconst(proven);
        }
    }
    while (early->num_seals > 1)
        seal_free(early->seals[--early->num_seals]);
}

struct seal *session_early_seal(struct session *s, enum side from, size_t which)
{
    if (!session_early_under_way(s, from))
        return NULL;
    ask(s);
    return which < s->early.num_seals ? s->early.seals[which] : NULL;
}

bool session_early_open(struct session *s, enum side from, const struct record *record,
                        struct search_find *out)
{
    struct seal *seal;

    for (size_t i = 0; (seal = session_early_seal(s, from, i)) != NULL; i++) {
        if (session_search_in_order(&s->directions[from], seal, record, out)) {
            out->early = seal;
            return true;
        }
    }
    return false;
}

/* --- What becomes of it --------------------------------------------------------------- */

/* add_end adds the EndOfEarlyData that stood in a record which nothing has opened: Finished goes
 * over it, and it always says the same. In draft 18 it is an alert, and no part of any hash. */
static void add_end(struct session *s, const struct record_mark *mark)
{
    static const uint8_t end[HANDSHAKE_HEADER_LEN] = {HANDSHAKE_END_OF_EARLY_DATA};

    if (s->handshake.early_data_accepted &&
        !draft_is_before(s->handshake.draft, DRAFT_END_IS_A_MESSAGE))
        (void)!handshake_see(&s->handshake, SIDE_CLIENT, bytes_of(end, sizeof(end)), mark->frame,
                             mark->time_ns);
}

void session_early_opened(struct session *s, enum side from, const struct search_find *found)
{
    struct early_data *early = &s->early;

    if (!session_early_under_way(s, from))
        return;
    if (!found->early) {
        add_end(s, &found->mark);
        early->over = true;
        return;
    }
    settle_for(early, found->early);
    if (early->first_frame == 0)
        early->first_frame = found->mark.frame;
    early->num_opened++;
}

bool session_early_shut(struct session *s, enum side from, const struct record_mark *mark)
{
    struct early_data *early = &s->early;

    if (!session_early_under_way(s, from) || early->num_opened > 0)
        return false;
    if (early->first_frame == 0)
        early->first_frame = mark->frame;
    early->num_shut++;
    return true;
}

/* fate tells what the server made of it, and in which frame that stands. */
static const char *fate(const struct handshake *h, uint64_t *frame)
{
    const struct message *where = h->retry_request          ? h->retry_request
                                  : h->encrypted_extensions ? h->encrypted_extensions
                                                            : h->server_hello;

    *frame = where ? where->frame : 0;
    if (h->retry_request)
        return "no: it asked for another ClientHello, and skipped what had been sent behind the "
               "first";
    if (h->server_hello && (!h->psk_chosen || h->psk_selected != 0))
        return "no: it did not take the pre-shared key that this was sealed with";
    if (!h->encrypted_extensions)
        return "that can't be told: its EncryptedExtensions were not read";
    return h->early_data_accepted ? "yes: its EncryptedExtensions say so"
                                  : "no: its EncryptedExtensions do not say so, and it skipped "
                                    "what had been sent";
}

void session_early_note(struct session *s)
{
    struct early_data *early = &s->early;
    uint64_t frame;

    if (!s->handshake.early_data_offered || early->num_opened + early->num_shut == 0)
        return;
    const char *answer = fate(&s->handshake, &frame);
    evidence_add(&s->evidence, frame, "Did the server take the client's early data (0-RTT)?", "%s",
                 answer);
    if (early->num_opened > 0)
        evidence_add(&s->evidence, early->first_frame, "Does the early data open?",
                     "yes: %llu record%s with the client's early keys%s",
                     (unsigned long long)early->num_opened,
                     early->num_opened == 1 ? " verifies" : "s verify",
                     *answer == 'n' ? ". It was sent, and so it is among what is given out" : "");
    else if (!session_early_under_way(s, SIDE_CLIENT))
        evidence_add(&s->evidence, early->first_frame, "Does the early data open?",
                     "no: %llu record%s in front of the first that opens, and no leak gives the "
                     "client's early keys",
                     (unsigned long long)early->num_shut,
                     early->num_shut == 1 ? " stands" : "s stand");
}

void session_early_clear(struct session *s)
{
    for (size_t i = 0; i < s->early.num_seals; i++)
        seal_free(s->early.seals[i]);
    s->early.num_seals = 0;
    OPENSSL_cleanse(&s->early.secret, sizeof(s->early.secret));
}
