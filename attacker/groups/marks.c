#include "attacker/groups/marks.h"

#include <stdlib.h>

#include "capture/alloc.h"

void marks_init(struct marks *m, size_t room)
{
    size_t size = 2;

    while (size < 2 * room && size < 2 * MARKS_MAX)
        size *= 2;
    *m = (struct marks){.entries = alloc_zero(size * sizeof(*m->entries)), .mask = size - 1};
}

void marks_clear(struct marks *m)
{
    free(m->entries);
    *m = (struct marks){0};
}

/* place is where the mark stands, or would. The marks are as good as random by themselves. */
static struct mark_entry *place(const struct marks *m, uint64_t mark)
{
    size_t i = (size_t)(mark * 0x9e3779b97f4a7c15 >> 20) & m->mask;

    while (m->entries[i].value != 0 && m->entries[i].mark != mark)
        i = (i + 1) & m->mask;
    return &m->entries[i];
}

void marks_add(struct marks *m, uint64_t mark, uint64_t value)
{
    struct mark_entry *entry = place(m, mark);

    if (entry->value != 0 || m->num > m->mask / 2)
        return;
    *entry = (struct mark_entry){mark, value + 1};
    m->num++;
}

bool marks_find(const struct marks *m, uint64_t mark, uint64_t *value)
{
    const struct mark_entry *entry = place(m, mark);

    if (entry->value == 0)
        return false;
    *value = entry->value - 1;
    return true;
}
