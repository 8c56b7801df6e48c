#include "attacker/leaks/remembered.h"

#include <openssl/sha.h>
#include <stdlib.h>

#include "capture/keyed_hash.h"

struct entry {
    struct remembered_key key;
    struct entry *older;
    struct entry *younger;
    UT_hash_handle hh;
    max_align_t value[]; /* value_len bytes */
};

struct remembered {
    struct keyed_hash hash;
    struct entry *entries; /* uthash: by key */
    struct entry *oldest;  /* list, in the order in which they were added */
    struct entry *youngest;
    size_t num_entries;
    size_t limit;
    size_t value_len;
    void (*clear)(void *value);
    uint64_t forgotten;
};

struct remembered_key remembered_key_of(uint8_t kind, struct bytes name)
{
    struct remembered_key key = {.kind = kind};

    SHA256(name.at, name.len, key.digest);
    return key;
}

bool remembered_key_equal(const struct remembered_key *a, const struct remembered_key *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

struct remembered *remembered_new(size_t limit, size_t value_len, void (*clear)(void *value))
{
    struct remembered *r = alloc_zero(sizeof(*r));

    keyed_hash_init(&r->hash);
    r->limit = limit;
    r->value_len = value_len;
    r->clear = clear;
    return r;
}

void remembered_limit(struct remembered *r, size_t limit)
{
    r->limit = limit;
}

uint64_t remembered_forgotten(const struct remembered *r)
{
    return r->forgotten;
}

static void free_entry(struct remembered *r, struct entry *entry)
{
    if (r->clear)
        r->clear(entry->value);
    free(entry);
}

void remembered_free(struct remembered *r)
{
    if (!r)
        return;
    HASH_CLEAR(hh, r->entries);
    while (r->oldest) {
        struct entry *entry = r->oldest;

        r->oldest = entry->younger;
        free_entry(r, entry);
    }
    free(r);
}

/* find_entry, and in *hash the key's, for whoever adds one. */
static struct entry *find_entry(const struct remembered *r, const struct remembered_key *key,
                                unsigned *hash)
{
    struct entry *entry;

    *hash = keyed_hash_of(&r->hash, bytes_of(key, sizeof(*key)));
    HASH_FIND_BYHASHVALUE(hh, r->entries, key, sizeof(*key), *hash, entry);
    return entry;
}

void *remembered_find(const struct remembered *r, const struct remembered_key *key)
{
    unsigned hash;
    struct entry *entry = find_entry(r, key, &hash);

    return entry ? entry->value : NULL;
}

static void drop_entry(struct remembered *r, struct entry *entry)
{
    if (entry->older)
        entry->older->younger = entry->younger;
    else
        r->oldest = entry->younger;
    if (entry->younger)
        entry->younger->older = entry->older;
    else
        r->youngest = entry->older;
    r->num_entries--;
    HASH_DELETE(hh, r->entries, entry);
    free_entry(r, entry);
}

void remembered_drop(struct remembered *r, const struct remembered_key *key)
{
    unsigned hash;
    struct entry *entry = find_entry(r, key, &hash);

    if (entry)
        drop_entry(r, entry);
}

void *remembered_add(struct remembered *r, const struct remembered_key *key)
{
    struct entry *entry = alloc_zero(sizeof(*entry) + r->value_len);
    unsigned hash = keyed_hash_of(&r->hash, bytes_of(key, sizeof(*key)));

    entry->key = *key;
    entry->older = r->youngest;
    if (r->youngest)
        r->youngest->younger = entry;
    else
        r->oldest = entry;
    r->youngest = entry;
    HASH_ADD_BYHASHVALUE(hh, r->entries, key, sizeof(entry->key), hash, entry);
    r->num_entries++;
    if (r->num_entries > r->limit && r->oldest != entry) {
        r->forgotten++;
        drop_entry(r, r->oldest);
    }
    return entry->value;
}

const void *remembered_next(const struct remembered *r, const void *before)
{
    const struct entry *entry = r->oldest;

    if (before) {
        const char *value = before;

        entry =
            ((const struct entry *)(const void *)(value - offsetof(struct entry, value)))->younger;
    }
    return entry ? entry->value : NULL;
}
