#include "attacker/groups/budget.h"

#include <stddef.h>
#include <time.h>

/* So much work takes some 0.1 ms; the clock takes a thousandth of that. */
#define WORK_UNCHECKED ((uint64_t)1 << 17)

static uint64_t now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

void budget_begin(struct budget *b, uint64_t milliseconds, bool (*stop)(void))
{
    uint64_t now = now_ns();

    *b = (struct budget){.begun_ns = now, .end_ns = now + milliseconds * 1000000, .stop = stop};
}

struct budget budget_part(const struct budget *whole, unsigned parts)
{
    uint64_t now = now_ns();

    return (struct budget){.begun_ns = now,
                           .end_ns = now + budget_left(whole) / parts,
                           .stop = whole->stop,
                           .over = whole->over};
}

bool budget_spend(struct budget *b, uint64_t work)
{
    b->unchecked += work;
    if (b->unchecked < WORK_UNCHECKED)
        return !b->over;
    b->unchecked = 0;
    b->over = b->over || now_ns() >= b->end_ns || (b->stop && b->stop());
    return !b->over;
}

uint64_t budget_left(const struct budget *b)
{
    uint64_t now = now_ns();

    return b->over || now >= b->end_ns ? 0 : b->end_ns - now;
}

uint64_t budget_spent(const struct budget *b)
{
    return now_ns() - b->begun_ns;
}
