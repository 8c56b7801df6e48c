#include "victim/seed.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

bool seed_init(struct seed *seed, const char *text)
{
    seed->given = text != NULL;
    if (!text)
        return RAND_priv_bytes(seed->key, SEED_KEY_SIZE) == 1;
    return EVP_Digest(text, strlen(text), seed->key, NULL, EVP_sha256(), NULL) == 1;
}

void seed_clear(struct seed *seed)
{
    OPENSSL_cleanse(seed, sizeof(*seed));
}

void dice_init(struct dice *dice, const struct seed *seed, const char *label)
{
    *dice = (struct dice){0};
    uint8_t *made = HMAC(EVP_sha256(), seed->key, SEED_KEY_SIZE, (const uint8_t *)label,
                         strlen(label), dice->key, NULL);

    assert(made);
    (void)made;
}

/* Block number n is SHA-256(key, n): a generator of the plainest kind, and nothing rests on it. */
static void next_block(struct dice *dice)
{
    uint8_t input[SEED_KEY_SIZE + sizeof(dice->turn)];

    memcpy(input, dice->key, SEED_KEY_SIZE);
    for (size_t i = 0; i < sizeof(dice->turn); i++)
        input[SEED_KEY_SIZE + i] = (uint8_t)(dice->turn >> (8 * i));
    dice->turn++;

    int made = EVP_Digest(input, sizeof(input), dice->block, NULL, EVP_sha256(), NULL);

    assert(made == 1);
    (void)made;
    dice->left = SEED_KEY_SIZE;
}

void dice_roll(struct dice *dice, uint8_t *out, size_t len)
{
    while (len > 0) {
        if (dice->left == 0)
            next_block(dice);

        size_t n = len < dice->left ? len : dice->left;

        memcpy(out, dice->block + SEED_KEY_SIZE - dice->left, n);
        dice->left -= n;
        out += n;
        len -= n;
    }
}

uint32_t dice_below(struct dice *dice, uint32_t limit)
{
    uint8_t raw[4];

    assert(limit > 0);
    dice_roll(dice, raw, sizeof(raw));
    return ((uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3]) %
           limit;
}

/* The government: see seed.h for why this one variable has no owner. */
static struct dice governing;

static int governed_bytes(unsigned char *out, int len)
{
    dice_roll(&governing, out, (size_t)len);
    return 1;
}

static int governed_status(void)
{
    return 1;
}

static int governed_seed(const void *more, int len)
{
    (void)more;
    (void)len;
    return 1;
}

static int governed_add(const void *more, int len, double randomness)
{
    (void)more;
    (void)len;
    (void)randomness;
    return 1;
}

static const RAND_METHOD government = {
    .seed = governed_seed,
    .bytes = governed_bytes,
    .add = governed_add,
    .pseudorand = governed_bytes,
    .status = governed_status,
};

/*
 * Deprecated since OpenSSL 3.0 in favour of writing a whole provider. It still decides every random
 * byte, the private ones too, and a demonstration needs no more.
 */
static void set_rand_method(const RAND_METHOD *method)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    (void)RAND_set_rand_method(method);
#pragma GCC diagnostic pop
}

void seed_govern(const struct seed *seed)
{
    if (!seed->given)
        return;
    seed_label(seed, "start");
    set_rand_method(&government);
}

void seed_label(const struct seed *seed, const char *format, ...)
{
    char label[64];
    va_list list;

    if (!seed->given)
        return;
    va_start(list, format);
    (void)vsnprintf(label, sizeof(label), format, list);
    va_end(list);
    dice_init(&governing, seed, label);
}

void seed_release(const struct seed *seed)
{
    if (!seed->given)
        return;
    set_rand_method(NULL);
    OPENSSL_cleanse(&governing, sizeof(governing));
}

void seed_interrupt(const struct seed *seed, struct dice *interrupted, const char *label)
{
    *interrupted = governing;
    dice_init(&governing, seed, label);
    if (!seed->given)
        set_rand_method(&government);
}

void seed_go_on(const struct seed *seed, struct dice *interrupted)
{
    governing = *interrupted;
    OPENSSL_cleanse(interrupted, sizeof(*interrupted));
    if (!seed->given)
        set_rand_method(NULL);
}
