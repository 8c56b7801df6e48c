#include "attacker/crypto/seal_lacks.h"

#include <stdio.h>

#include "attacker/crypto/seal.h"
#include "attacker/crypto/traffic_secret.h"
#include "attacker/tls/hello.h"

/* can_seal makes a seal from zeros: when that works, it works with every secret. */
static bool can_seal(const struct suite *suite, uint16_t version)
{
    static const uint8_t zeros[2 * RANDOM_LEN]; /* as long as two randoms, or any secret */
    const struct seal_terms terms = {.suite = suite, .version = version};
    struct bytes master = bytes_of(zeros, MASTER_SECRET_LEN);
    struct seal *seal =
        version >= TLS_1_3
            ? seal_from_traffic_secret(suite, 0, bytes_of(zeros, traffic_hash_len(suite->prf_hash)))
            : seal_from_master(&terms, master, SIDE_CLIENT, bytes_of(zeros, sizeof(zeros)));
    bool can = seal != NULL;

    seal_free(seal);
    return can;
}

bool seal_lacks(char out[static SEAL_LACKS_SIZE], const struct suite *suite, uint16_t version)
{
    const char *name = version_name(version);

    if (can_seal(suite, version))
        return false;
    if (suite->cipher->sealing != SEALING_NULL && !bulk_cipher_known(suite->cipher))
        (void)snprintf(out, SEAL_LACKS_SIZE, "neither libcrypto nor libgcrypt has %s here",
                       suite->cipher->name);
    else if (suite->mac_hash && traffic_hash_len(suite->mac_hash) == 0)
        (void)snprintf(out, SEAL_LACKS_SIZE, "libcrypto has no hash %s here", suite->mac_hash);
    else if (traffic_hash_len(suite->prf_hash) == 0)
        (void)snprintf(out, SEAL_LACKS_SIZE, "libcrypto has no hash %s here", suite->prf_hash);
    else
        (void)snprintf(out, SEAL_LACKS_SIZE, "how it is used in %s is not known here",
                       name ? name : "this version");
    return true;
}
