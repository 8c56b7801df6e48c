#include "capture/keyed_hash.h"

#include <assert.h>
#include <sys/random.h>

/* splitmix64: numbers that nobody can tell without the seed are good enough to spread keys. */
static uint32_t next_random(uint64_t *seed)
{
    uint64_t x = *seed += 0x9e3779b97f4a7c15;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return (uint32_t)(x >> 32);
}

void keyed_hash_init(struct keyed_hash *h)
{
    uint64_t seed = 0;

    /* Where the system has no random number to give, the tables work all the same. */
    (void)!getrandom(&seed, sizeof(seed), 0);
    for (size_t i = 0; i < KEYED_HASH_MAX_LEN; i++) {
        for (size_t byte = 0; byte < 256; byte++)
            h->random[i][byte] = next_random(&seed);
    }
}

unsigned keyed_hash_of(const struct keyed_hash *h, struct bytes key)
{
    struct reader r = reader_of(key);
    uint32_t hash = 0;
    uint8_t byte;

    assert(key.len <= KEYED_HASH_MAX_LEN);
    for (size_t i = 0; reader_u8(&r, &byte); i++)
        hash ^= h->random[i][byte];
    return hash;
}
