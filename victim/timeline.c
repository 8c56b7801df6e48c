#include "victim/timeline.h"

#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define SLOT_NS  (5 * NS_PER_S)

static const struct {
    uint32_t least_ns;
    uint32_t spread_ns;
} latencies[] = {
    [DELAY_BURST] = {1200, 1600},
    [DELAY_WIRE] = {24000, 18000},
    [DELAY_THINK] = {420000, 900000},
};

static uint64_t real_now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

void timeline_init(struct timeline *t, const struct seed *seed)
{
    *t = (struct timeline){.simulated = seed->given};
    t->now_ns = seed->given ? TIMELINE_START_S * NS_PER_S : real_now_ns();
    dice_init(&t->dice, seed, "latencies");
}

uint64_t timeline_pass(struct timeline *t, enum delay delay)
{
    if (t->simulated) {
        t->now_ns += latencies[delay].least_ns + dice_below(&t->dice, latencies[delay].spread_ns);
        return t->now_ns;
    }

    uint64_t now_ns = real_now_ns();

    /* The system's clock may be set back or be read twice within its resolution. */
    t->now_ns = now_ns > t->now_ns ? now_ns : t->now_ns + 1;
    return t->now_ns;
}

void timeline_next_conversation(struct timeline *t)
{
    if (t->simulated)
        t->now_ns = (t->now_ns + SLOT_NS - 1) / SLOT_NS * SLOT_NS;
}

uint64_t timeline_seconds(const struct timeline *t)
{
    return (t->simulated ? t->now_ns : real_now_ns()) / NS_PER_S;
}
