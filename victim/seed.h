/*
 * seed.h - where do the random numbers come from, and can the same ones come again?
 *
 * A real conversation draws on the system's randomness. A recording for a lesson or a test should
 * be the same bytes on every run, so `--seed TEXT` replaces all randomness by numbers that follow
 * from the text. Each purpose has a label, and each label its own row of numbers: what the
 * handshake of one kind draws does not shift the numbers of the next purpose. That is why the RSA,
 * DHE, ECDHE and TLS 1.3 recordings of one seed share their server key, certificate, addresses and
 * words.
 *
 * A seeded run has no secrets: who knows the text knows every key. For demonstration only.
 *
 * Next: timeline.h, which does the same for the time of day.
 */
#ifndef KEYFALL_VICTIM_SEED_H
#define KEYFALL_VICTIM_SEED_H

#include "capture/bytes.h"

#define SEED_KEY_SIZE 32 /* SHA-256 */

struct seed {
    uint8_t key[SEED_KEY_SIZE];
    bool given; /* by the user; otherwise the key is the system's randomness */
};

/*
 * seed_init keys the seed with `text`, or with the system's randomness when it is NULL. False when
 * libcrypto can't give any.
 */
bool seed_init(struct seed *seed, const char *text) MUST_CHECK;

/* seed_clear wipes the key. */
void seed_clear(struct seed *seed);

/*
 * struct dice is one row of numbers: those of one label. It is for what is not secret (addresses,
 * words, latencies); keys come from libcrypto, see seed_govern.
 */
struct dice {
    uint8_t key[SEED_KEY_SIZE];
    uint64_t turn; /* blocks drawn so far */
    uint8_t block[SEED_KEY_SIZE];
    size_t left; /* bytes of block not yet given out, at its end */
};

/* dice_init starts the row of numbers that belongs to `label`; same seed and label, same numbers.
 */
void dice_init(struct dice *dice, const struct seed *seed, const char *label);

/* dice_roll fills `out` with the next `len` bytes of the row. */
void dice_roll(struct dice *dice, uint8_t *out, size_t len);

/* dice_below is a number from 0 to limit - 1, limit at least 1; nearly uniform, which is enough. */
uint32_t dice_below(struct dice *dice, uint32_t limit);

/*
 * seed_govern makes libcrypto draw every random number from the seed, if the user gave one, until
 * seed_release; seed_label says what they are for from now on. Without a user's seed both do
 * nothing, and libcrypto keeps its own generator.
 *
 * This is the one thing in the program that is not owned by a caller: RAND_set_rand_method takes
 * functions without an argument, so there can be only one government in a process.
 */
void seed_govern(const struct seed *seed);
void seed_label(const struct seed *seed, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void seed_release(const struct seed *seed);

/*
 * seed_interrupt lets libcrypto draw from the row of `label`, with or without a user's seed, until
 * seed_go_on goes on where it was; *interrupted is the place to remember that.
 */
void seed_interrupt(const struct seed *seed, struct dice *interrupted, const char *label);
void seed_go_on(const struct seed *seed, struct dice *interrupted);

#endif
