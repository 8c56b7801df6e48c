#include "attacker/leaks/ticket_rotation.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define NS_PER_SECOND UINT64_C(1000000000)

/* A key is in use for three lifetimes of a ticket. */
#define PERIOD_IN_LIFETIMES 3

/* Lifetimes in seconds that are likely when none was hinted: GnuTLS's own, then an hour and a day,
 * as people set it. */
static const uint32_t likely[] = {21600, 3600, 86400};

#define NUM_LIKELY (sizeof(likely) / sizeof(likely[0]))

/* count_of: so many periods of this lifetime had passed, and `before` fewer. */
static uint64_t count_of(uint64_t time_ns, uint32_t lifetime, size_t before)
{
    return time_ns / NS_PER_SECOND / ((uint64_t)PERIOD_IN_LIFETIMES * lifetime) - before;
}

bool ticket_rotation_key(uint8_t out[static TICKET_ROTATION_LEN], size_t which,
                         const uint8_t key[static TICKET_ROTATION_LEN], uint64_t time_ns,
                         uint32_t lifetime)
{
    uint8_t input[8 + TICKET_ROTATION_LEN];
    size_t num = lifetime > 0 ? 1 : NUM_LIKELY;
    size_t len = 0;

    if (which >= 2 * num)
        return false;
    uint64_t count = count_of(time_ns, lifetime > 0 ? lifetime : likely[which / 2], which % 2);

    for (size_t i = 0; i < 8; i++)
        input[i] = (uint8_t)(count >> 8 * (7 - i));
    memcpy(input + 8, key, TICKET_ROTATION_LEN);
    bool made = EVP_Q_digest(NULL, "SHA3-512", NULL, input, sizeof(input), out, &len) == 1;
    OPENSSL_cleanse(input, sizeof(input));
    return made && len == TICKET_ROTATION_LEN;
}
