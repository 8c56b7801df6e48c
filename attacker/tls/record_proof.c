#include "attacker/tls/record_proof.h"

#define STEPS_NEEDED 3

/* With one in eight taken by chance, which is more than was seen in any bytes, once in 2^36. */
#define STEPS_NEEDED_IF_MISLED 12

/* A packet holds less. */
#define LONGER_THAN_PACKETS ((uint64_t)65536)

void record_proof_begin(struct record_proof *p, bool amid_conversation, unsigned steps_before)
{
    *p = (struct record_proof){.steps_before = steps_before};
    p->walk.is_strict = amid_conversation;
}

void record_proof_go_on(struct record_proof *p, unsigned steps_before)
{
    uint64_t steps_passed = p->steps_passed;

    record_proof_begin(p, true, steps_before);
    p->steps_passed = steps_passed;
}

void record_proof_bytes(struct record_proof *p, struct bytes more)
{
    if (!p->is_adrift && !p->is_refuted)
        p->is_refuted = !record_walk_on(&p->walk, more);
}

static uint64_t steps_so_far(const struct record_proof *p)
{
    return p->steps_before + p->walk.num_headers;
}

void record_proof_gap(struct record_proof *p, uint64_t missing)
{
    if (p->is_adrift || record_walk_skip(&p->walk, missing))
        return;
    p->is_adrift = true;
    if (steps_so_far(p) > p->steps_passed)
        p->steps_passed = steps_so_far(p);
}

bool record_proof_is_certain(const struct record_proof *p)
{
    return steps_so_far(p) >= STEPS_NEEDED_IF_MISLED && p->walk.len > LONGER_THAN_PACKETS;
}

bool record_proof_suffices(const struct record_proof *p, uint64_t misled)
{
    uint64_t steps = steps_so_far(p) + (record_walk_is_at_end(&p->walk) ? 1 : 0);

    if (p->is_refuted)
        return false;
    if (misled > 0)
        return !p->is_adrift && steps >= STEPS_NEEDED_IF_MISLED;
    return steps >= STEPS_NEEDED || p->steps_passed >= STEPS_NEEDED;
}
