#include "attacker/groups/kangaroo.h"

#include <string.h>

/* Different jumps: with fewer than some twenty, the two meet later (Teske, 2001). */
#define NUM_JUMPS 32

/* A place in so many is written down for each doubling beyond 2^14 steps, so that there are some
 * 2^15 entries in the end, however long the way is. */
#define STEPS_WRITTEN_DOWN 14

/* Each may take so many times 2^(bits/2) steps. To meet, they need one to two such lengths to come
 * to the same stretch, and then each length more leaves one in seven that have not met. */
#define PATIENCE 5

struct kangaroo {
    BIGNUM *at; /* in the form */
    uint64_t distance;
    struct marks been; /* place to distance, where the mark ends in zeros */
};

struct hunt {
    const struct residues *r;
    const BIGNUM *base; /* plain, both */
    const BIGNUM *target;
    unsigned bits;
    BIGNUM *jumps[NUM_JUMPS]; /* in the form */
    uint64_t lengths[NUM_JUMPS];
    uint64_t written; /* a mark is written down when none of these bits is set */
    struct kangaroo tame;
    struct kangaroo wild;
};

static uint64_t middle(const struct hunt *h)
{
    return h->bits > 0 ? (uint64_t)1 << (h->bits - 1) : 0;
}

/* set_lengths: half of the square root of the width, on the average, is the length with which they
 * meet soonest. The numbers are those of SplitMix64, so that each run is the same. */
static void set_lengths(struct hunt *h)
{
    uint64_t average = ((uint64_t)1 << (h->bits / 2)) / 2 + 1;
    uint64_t state = 0;

    for (size_t i = 0; i < NUM_JUMPS; i++) {
        uint64_t z = state += 0x9e3779b97f4a7c15;

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        h->lengths[i] = (z ^ z >> 31) % (2 * average) + 1;
    }
}

/* set_out makes the jumps, and puts the two where they start. */
static bool set_out(struct hunt *h)
{
    unsigned doublings = h->bits / 2 > STEPS_WRITTEN_DOWN ? h->bits / 2 - STEPS_WRITTEN_DOWN : 0;
    bool paid = true;

    h->written = ((uint64_t)1 << doublings) - 1;
    set_lengths(h);
    for (size_t i = 0; i < NUM_JUMPS; i++) {
        h->jumps[i] = number_new();
        paid = paid && residues_power_word(h->r, h->jumps[i], h->base, h->lengths[i]);
        if (paid)
            residues_enter(h->r, h->jumps[i], h->jumps[i]);
    }
    h->tame = (struct kangaroo){.at = number_new(), .distance = middle(h)};
    h->wild = (struct kangaroo){.at = number_new()};
    marks_init(&h->tame.been, MARKS_MAX / 8);
    marks_init(&h->wild.been, MARKS_MAX / 8);
    paid = paid && residues_power_word(h->r, h->tame.at, h->base, h->tame.distance);
    if (paid)
        residues_enter(h->r, h->tame.at, h->tame.at);
    residues_enter(h->r, h->wild.at, h->target);
    return paid;
}

static void come_home(struct hunt *h)
{
    for (size_t i = 0; i < NUM_JUMPS; i++)
        BN_free(h->jumps[i]);
    BN_free(h->tame.at);
    BN_free(h->wild.at);
    marks_clear(&h->tame.been);
    marks_clear(&h->wild.been);
}

/* met: the one stands where the other has been, so it is told what the distances make of it; and
 * whether that is so, for marks may be equal by chance. */
static bool met(const struct hunt *h, uint64_t tame, uint64_t wild, uint64_t *x)
{
    BIGNUM *power = number_new();

    *x = tame - wild;
    bool equal = tame >= wild && residues_power_word(h->r, power, h->base, *x) &&
                 BN_cmp(power, h->target) == 0;
    BN_free(power);
    return equal;
}

/* jump takes one step; SOUGHT_NOT_THERE when it led nowhere yet. */
static enum sought jump(struct hunt *h, struct kangaroo *k, uint64_t *x)
{
    uint64_t mark = residues_mark(h->r, k->at);
    size_t which = mark % NUM_JUMPS;
    const struct kangaroo *other = k == &h->tame ? &h->wild : &h->tame;
    uint64_t distance;

    if ((mark / NUM_JUMPS & h->written) == 0) {
        marks_add(&k->been, mark, k->distance);
        if (marks_find(&other->been, mark, &distance) &&
            met(h, k == &h->tame ? k->distance : distance, k == &h->tame ? distance : k->distance,
                x))
            return SOUGHT_FOUND;
    }
    k->distance += h->lengths[which];
    return residues_multiply(h->r, k->at, k->at, h->jumps[which]) ? SOUGHT_NOT_THERE
                                                                  : SOUGHT_OUT_OF_TIME;
}

enum sought kangaroo_find(const struct residues *r, uint64_t *x, const BIGNUM *base,
                          const BIGNUM *target, unsigned bits)
{
    struct hunt h = {.r = r, .base = base, .target = target, .bits = bits};
    uint64_t patience = PATIENCE * ((uint64_t)1 << (bits + 1) / 2) + 64;
    enum sought result = set_out(&h) ? SOUGHT_NOT_THERE : SOUGHT_OUT_OF_TIME;

    for (uint64_t i = 0; result == SOUGHT_NOT_THERE && i < patience; i++) {
        result = jump(&h, &h.tame, x);
        if (result == SOUGHT_NOT_THERE)
            result = jump(&h, &h.wild, x);
    }
    come_home(&h);
    return result;
}
