#include "attacker/leaks/resumable.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>

#include "attacker/leaks/remembered.h"
#include "capture/alloc.h"

struct resumable {
    pthread_mutex_t lock;
    struct remembered *sessions; /* struct original, by the kind of name and the name */
};

static void wipe(void *original)
{
    OPENSSL_cleanse(original, sizeof(struct original));
}

struct resumable *resumable_new(void)
{
    struct resumable *r = alloc_zero(sizeof(*r));

    (void)pthread_mutex_init(&r->lock, NULL);
    r->sessions = remembered_new(RESUMABLE_MAX, sizeof(struct original), wipe);
    return r;
}

void resumable_free(struct resumable *r)
{
    if (!r)
        return;
    remembered_free(r->sessions);
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

void resumable_limit(struct resumable *r, size_t names)
{
    (void)pthread_mutex_lock(&r->lock);
    remembered_limit(r->sessions, names);
    (void)pthread_mutex_unlock(&r->lock);
}

uint64_t resumable_forgotten(struct resumable *r)
{
    uint64_t forgotten = 0;

    if (!r)
        return 0;
    (void)pthread_mutex_lock(&r->lock);
    forgotten = remembered_forgotten(r->sessions);
    (void)pthread_mutex_unlock(&r->lock);
    return forgotten;
}

void resumable_file(struct resumable *r, enum resumable_name kind, struct bytes name,
                    const struct original *original)
{
    struct remembered_key key;
    struct original *kept;

    if (!r || name.len == 0)
        return;
    key = remembered_key_of((uint8_t)kind, name);
    (void)pthread_mutex_lock(&r->lock);
    kept = remembered_find(r->sessions, &key);
    if (!kept)
        kept = remembered_add(r->sessions, &key);
    *kept = *original;
    (void)pthread_mutex_unlock(&r->lock);
}

bool resumable_find(struct resumable *r, enum resumable_name kind, struct bytes name,
                    struct original *out)
{
    struct remembered_key key;
    const struct original *kept;

    if (!r || name.len == 0)
        return false;
    key = remembered_key_of((uint8_t)kind, name);
    (void)pthread_mutex_lock(&r->lock);
    kept = remembered_find(r->sessions, &key);
    if (kept)
        *out = *kept;
    (void)pthread_mutex_unlock(&r->lock);
    return kept != NULL;
}

/* --- The question -------------------------------------------------------------------- */

bool resumable_original(struct resumable *r, const struct handshake *h, struct original *out)
{
    if (!handshake_is_resumption(h))
        return false;
    /* A client that offers a ticket may send any session ID along. RFC 5077 section 3.4. */
    return resumable_find(r, RESUMABLE_TICKET, h->ticket_offered, out) ||
           resumable_find(r, RESUMABLE_SESSION_ID, h->session_id_chosen, out);
}

enum answer resumable_ask(struct resumable *r, const struct handshake *h, struct secret *out,
                          struct evidence *e)
{
    static const char step[] = "Is the session that it takes up in the recording, and open?";
    const char *by = h->ticket_offered.len > 0 ? "ticket" : "session ID";
    struct original original = {0};
    enum answer answer = ANSWER_MISMATCH;

    if (!r || h->version >= TLS_1_3 || !handshake_is_resumption(h))
        return ANSWER_NOT_GIVEN;
    if (!resumable_original(r, h, &original))
        evidence_add(e, h->client_hello->frame, step,
                     "no: no session before this one in the recording got this %s", by);
    else if (original.secret_len == 0)
        evidence_add(e, original.frame, step, "it is, by its %s, but it stayed shut", by);
    else if (original.suite_id != h->suite_id)
        evidence_add(
            e, original.frame, step,
            "no: the session of this %s was in another cipher suite, which must not change", by);
    else if (secret_set(out, SECRET_MASTER, bytes_of(original.secret, original.secret_len)))
        answer = ANSWER_SECRET;
    if (answer == ANSWER_SECRET)
        evidence_add(e, original.frame, step,
                     "yes: it got this %s, and its master secret is that of this one as well", by);
    OPENSSL_cleanse(&original, sizeof(original));
    return answer;
}
