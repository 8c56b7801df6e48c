#include "attacker/leaks/resumable.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "capture/keyed_hash.h"

/* Tickets are as long as a server likes: their hash stands for them. */
#define DIGEST_LEN 32

struct entry {
    uint8_t digest[DIGEST_LEN];
    struct original original;
    struct entry *younger;
    UT_hash_handle hh;
};

struct resumable {
    pthread_mutex_t lock;
    struct entry *entries; /* uthash: by digest */
    struct entry *oldest;  /* list, in the order in which they were added */
    struct entry *youngest;
    struct keyed_hash hash;
    size_t limit;
    size_t num_entries;
    uint64_t forgotten;
};

struct resumable *resumable_new(void)
{
    struct resumable *r = alloc_zero(sizeof(*r));

    (void)pthread_mutex_init(&r->lock, NULL);
    keyed_hash_init(&r->hash);
    r->limit = RESUMABLE_MAX;
    return r;
}

static void wipe(struct entry *entry)
{
    OPENSSL_cleanse(entry, sizeof(*entry));
    free(entry);
}

void resumable_free(struct resumable *r)
{
    if (!r)
        return;
    HASH_CLEAR(hh, r->entries);
    while (r->oldest) {
        struct entry *entry = r->oldest;

        r->oldest = entry->younger;
        wipe(entry);
    }
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

/* forget_oldest: there is one. */
static void forget_oldest(struct resumable *r, struct entry *entry)
{
    r->oldest = entry->younger;
    if (!r->oldest)
        r->youngest = NULL;
    HASH_DELETE(hh, r->entries, entry);
    wipe(entry);
    r->num_entries--;
    r->forgotten++;
}

static void keep_within_limit(struct resumable *r)
{
    if (r->num_entries > r->limit && r->oldest)
        forget_oldest(r, r->oldest);
}

void resumable_limit(struct resumable *r, size_t names)
{
    (void)pthread_mutex_lock(&r->lock);
    r->limit = names;
    (void)pthread_mutex_unlock(&r->lock);
}

uint64_t resumable_forgotten(struct resumable *r)
{
    uint64_t forgotten = 0;

    if (!r)
        return 0;
    (void)pthread_mutex_lock(&r->lock);
    forgotten = r->forgotten;
    (void)pthread_mutex_unlock(&r->lock);
    return forgotten;
}

/* digest_of: the kind goes into it, so that a ticket is never taken for a session ID. */
static bool digest_of(uint8_t out[static DIGEST_LEN], enum resumable_name kind, struct bytes name)
{
    const uint8_t prefix = (uint8_t)kind;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context && EVP_DigestInit_ex2(context, EVP_sha256(), NULL) == 1 &&
                EVP_DigestUpdate(context, &prefix, 1) == 1 &&
                EVP_DigestUpdate(context, name.at, name.len) == 1 &&
                EVP_DigestFinal_ex(context, out, NULL) == 1;

    EVP_MD_CTX_free(context);
    return made;
}

/* find is called with the lock held. */
static struct entry *find(struct resumable *r, const uint8_t digest[static DIGEST_LEN])
{
    unsigned hash = keyed_hash_of(&r->hash, bytes_of(digest, DIGEST_LEN));
    struct entry *entry;

    HASH_FIND_BYHASHVALUE(hh, r->entries, digest, DIGEST_LEN, hash, entry);
    return entry;
}

static struct entry *add(struct resumable *r, const uint8_t digest[static DIGEST_LEN])
{
    unsigned hash = keyed_hash_of(&r->hash, bytes_of(digest, DIGEST_LEN));
    struct entry *entry = alloc_zero(sizeof(*entry));

    memcpy(entry->digest, digest, DIGEST_LEN);
    HASH_ADD_BYHASHVALUE(hh, r->entries, digest, DIGEST_LEN, hash, entry);
    if (r->youngest)
        r->youngest->younger = entry;
    else
        r->oldest = entry;
    r->youngest = entry;
    r->num_entries++;
    return entry;
}

void resumable_file(struct resumable *r, enum resumable_name kind, struct bytes name,
                    const struct original *original)
{
    uint8_t digest[DIGEST_LEN];
    struct entry *entry;

    if (!r || name.len == 0 || !digest_of(digest, kind, name))
        return;
    (void)pthread_mutex_lock(&r->lock);
    entry = find(r, digest);
    if (!entry)
        entry = add(r, digest);
    entry->original = *original;
    keep_within_limit(r);
    (void)pthread_mutex_unlock(&r->lock);
}

bool resumable_find(struct resumable *r, enum resumable_name kind, struct bytes name,
                    struct original *out)
{
    uint8_t digest[DIGEST_LEN];

    if (!r || name.len == 0 || !digest_of(digest, kind, name))
        return false;
    (void)pthread_mutex_lock(&r->lock);

    const struct entry *entry = find(r, digest);
    if (entry)
        *out = entry->original;
    (void)pthread_mutex_unlock(&r->lock);
    return entry != NULL;
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
