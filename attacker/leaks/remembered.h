/*
 * remembered.h - things that were seen before, by name: as many as there is room for, and the
 * oldest goes first.
 *
 * Names are as long as whoever made the recording likes, so a hash stands for them.
 */
#ifndef KEYFALL_ATTACKER_LEAKS_REMEMBERED_H
#define KEYFALL_ATTACKER_LEAKS_REMEMBERED_H

#include "capture/bytes.h"

#define REMEMBERED_DIGEST_LEN 32

/* The hash of a name, and which kind of name it is. */
struct remembered_key {
    uint8_t digest[REMEMBERED_DIGEST_LEN];
    uint8_t kind;
};

struct remembered_key remembered_key_of(uint8_t kind, struct bytes name);

bool remembered_key_equal(const struct remembered_key *a, const struct remembered_key *b);

struct remembered;

/* remembered_new: each thing takes `value_len` bytes, and has `clear` called before it goes, which
 * may be NULL. Freed by remembered_free, which takes NULL too. */
struct remembered *remembered_new(size_t limit, size_t value_len, void (*clear)(void *value))
    __attribute__((returns_nonnull));
void remembered_free(struct remembered *r);

/* remembered_limit puts another number in the place of `limit`, before anything is added. */
void remembered_limit(struct remembered *r, size_t limit);

/* remembered_find returns what is kept by this name, or NULL. */
void *remembered_find(const struct remembered *r, const struct remembered_key *key);

/* remembered_add makes room for a name that is not there, and returns its value, zeroed. The oldest
 * is dropped when there are too many. */
void *remembered_add(struct remembered *r, const struct remembered_key *key)
    __attribute__((returns_nonnull));

/* remembered_drop lets go of a name that is there. */
void remembered_drop(struct remembered *r, const struct remembered_key *key);

/* remembered_next goes through the values from the oldest on: the one behind `before`, which is
 * NULL at first; NULL behind the last. */
const void *remembered_next(const struct remembered *r, const void *before);

/* remembered_forgotten: so many were dropped to keep within the limit. */
uint64_t remembered_forgotten(const struct remembered *r);

#endif
