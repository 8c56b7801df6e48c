#include "attacker/session_tickets.h"

#include <openssl/crypto.h>

#include "attacker/crypto/psk_schedule.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/crypto/transcript.h"

/* read_ticket: lifetime 4 | age_add 4 | nonce 1+n | ticket 2+n | extensions. */
static bool read_ticket(struct bytes body, struct bytes *nonce, struct bytes *ticket)
{
    struct reader r = reader_of(body);
    struct reader nonce_block;
    struct reader ticket_block;

    if (!reader_skip(&r, 4 + 4) || !reader_block(&r, &nonce_block, 1) ||
        !reader_block(&r, &ticket_block, 2))
        return false;
    *nonce = nonce_block.left;
    *ticket = ticket_block.left;
    return true;
}

static void file(const struct session *s, struct bytes body, uint64_t frame)
{
    const struct handshake *h = &s->handshake;
    const struct tickets *t = &s->tickets;
    struct original original = {
        .suite_id = h->suite_id,
        .opened_by = opened_by_leaks(h) | s->found.original_opened_by,
        .server_key = s->found.answers[LEAK_SERVER_KEY],
        .frame = frame,
    };
    struct bytes nonce;
    struct bytes ticket;

    if (!read_ticket(body, &nonce, &ticket))
        return;
    if (t->secret_len > 0 && psk_of_ticket(original.secret, h->suite->prf_hash,
                                           bytes_of(t->secret, t->secret_len), nonce))
        original.secret_len = t->secret_len;
    resumable_file(s->leaks->resumable, RESUMABLE_PSK_IDENTITY, ticket, &original);
    OPENSSL_cleanse(&original, sizeof(original));
}

void session_tickets_see(struct session *s, struct bytes body, const struct record_mark *mark)
{
    struct tickets *t = &s->tickets;

    if (draft_is_before(s->handshake.draft, DRAFT_TICKETS_HAVE_NONCE))
        return; /* their layout was another one, and the key of all tickets the same */
    if (t->settled) {
        file(s, body, mark->frame);
        return;
    }
    if (t->num_waiting == SESSION_MAX_TICKETS)
        return;
    buffer_append(&t->waiting[t->num_waiting], body);
    t->frames[t->num_waiting++] = mark->frame;
}

/* make_secret: nothing less than a Finished that verifies shows that all of the handshake is there.
 */
static void make_secret(struct session *s)
{
    const struct handshake *h = &s->handshake;
    struct tickets *t = &s->tickets;
    uint8_t hash[TRANSCRIPT_MAX_LEN];

    if (!s->shared_secret_known || !s->finished_verified[SIDE_CLIENT])
        return;

    const struct traffic_terms terms = {h->suite->prf_hash, h->draft};
    size_t len = transcript_hash(hash, terms.hash, h, h->finished[SIDE_CLIENT] + 1);
    if (len > 0 &&
        traffic_resumption_secret(t->secret, &terms, s->handshake_secret, bytes_of(hash, len)))
        t->secret_len = len;
}

void session_tickets_settle(struct session *s)
{
    struct tickets *t = &s->tickets;

    if (t->settled)
        return;
    t->settled = true;
    make_secret(s);
    for (size_t i = 0; i < t->num_waiting; i++) {
        file(s, buffer_view(&t->waiting[i]), t->frames[i]);
        buffer_clear(&t->waiting[i]);
    }
    t->num_waiting = 0;
}

void session_tickets_clear(struct session *s)
{
    struct tickets *t = &s->tickets;

    for (size_t i = 0; i < t->num_waiting; i++)
        buffer_clear(&t->waiting[i]);
    OPENSSL_cleanse(t, sizeof(*t));
}
