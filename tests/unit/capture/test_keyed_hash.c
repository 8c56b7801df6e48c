#include "tests/support/check.h"

#include "capture/keyed_hash.h"

enum { NUM_KEYS = 65536, NUM_BUCKETS = 1024, MEAN = NUM_KEYS / NUM_BUCKETS };

/* Key number i: all zero but for two bytes at this place. */
static unsigned hash_of_number(const struct keyed_hash *h, size_t place, unsigned i)
{
    uint8_t key[KEYED_HASH_MAX_LEN] = {0};

    key[place] = (uint8_t)(i >> 8);
    key[place + 1] = (uint8_t)i;
    return keyed_hash_of(h, bytes_of(key, sizeof(key)));
}

static void one_key_has_one_hash(void **state)
{
    struct keyed_hash h;

    (void)state;
    keyed_hash_init(&h);
    assert_int_equal(hash_of_number(&h, 0, 4711), hash_of_number(&h, 0, 4711));
    assert_int_not_equal(hash_of_number(&h, 0, 4711), hash_of_number(&h, 1, 4711));
}

/* Of 65536 keys that differ in two bytes no bucket gets much more than its share, wherever the two
 * bytes stand. */
static void keys_are_spread(void **state)
{
    struct keyed_hash h;

    (void)state;
    keyed_hash_init(&h);
    for (size_t place = 0; place + 1 < KEYED_HASH_MAX_LEN; place++) {
        unsigned buckets[NUM_BUCKETS] = {0};

        for (unsigned i = 0; i < NUM_KEYS; i++) {
            unsigned *bucket = &buckets[hash_of_number(&h, place, i) % NUM_BUCKETS];

            (*bucket)++;
            assert_true(*bucket < 4 * MEAN);
        }
    }
}

static void nobody_else_has_the_same_numbers(void **state)
{
    struct keyed_hash a;
    struct keyed_hash b;
    size_t same = 0;

    (void)state;
    keyed_hash_init(&a);
    keyed_hash_init(&b);
    for (unsigned i = 1; i < 1000; i++)
        same += hash_of_number(&a, 0, i) == hash_of_number(&b, 0, i);
    assert_true(same < 10);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(one_key_has_one_hash),
        CASE(keys_are_spread),
        CASE(nobody_else_has_the_same_numbers),
    };

    return RUN(cases);
}
