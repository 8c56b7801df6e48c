/*
 * marks.h - a table from marks (see residues_mark) to numbers, of a size that is known before.
 *
 * One allocation, open addressing, never more than half full: millions of entries go in and are
 * looked up in the inner loops of this folder.
 */
#ifndef KEYFALL_ATTACKER_GROUPS_MARKS_H
#define KEYFALL_ATTACKER_GROUPS_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * 2^20 entries: 32 MiB. The square root of a group's order has to fit for baby steps to reach it,
 * so orders up to 2^40; what is larger is the kangaroos', who need next to no memory.
 */
#define MARKS_MAX ((size_t)1 << 20)

struct mark_entry {
    uint64_t mark;
    uint64_t value; /* plus 1; 0 when nothing stands here */
};

struct marks {
    struct mark_entry *entries;
    size_t mask;
    size_t num;
};

/* marks_init makes room for `room` entries, MARKS_MAX at the most. Ends with marks_clear. */
void marks_init(struct marks *m, size_t room);
void marks_clear(struct marks *m);

/* marks_add files `value`, which is less than 2^64 - 1, if no other has this mark and there is
 * room. */
void marks_add(struct marks *m, uint64_t mark, uint64_t value);

/* marks_find: *value is what was filed under this mark. False when nothing was. */
bool marks_find(const struct marks *m, uint64_t mark, uint64_t *value);

#endif
