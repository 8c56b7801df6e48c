#include "attacker/crypto/psk_schedule.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "attacker/crypto/traffic_secret.h"

/* rfc: since tickets have a nonce, the drafts derive these as the RFC does. */
static struct traffic_terms rfc(const char *hash)
{
    return (struct traffic_terms){.hash = hash};
}

bool psk_of_ticket(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                   struct bytes resumption_secret, struct bytes nonce)
{
    const struct traffic_terms terms = rfc(hash);

    return traffic_derive(out, &terms, resumption_secret, "resumption", nonce);
}

/* derive_early derives from the early secret. */
static bool derive_early(uint8_t *out, const char *hash, struct bytes psk, const char *label,
                         struct bytes context)
{
    const struct traffic_terms terms = rfc(hash);
    uint8_t early[TRAFFIC_SECRET_MAX_LEN];
    bool made =
        traffic_early_secret(early, hash, psk) &&
        traffic_derive(out, &terms, bytes_of(early, traffic_hash_len(hash)), label, context);

    OPENSSL_cleanse(early, sizeof(early));
    return made;
}

bool psk_binder(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash, struct bytes psk,
                const char *label, struct bytes transcript)
{
    const struct traffic_terms terms = rfc(hash);
    uint8_t of_nothing[EVP_MAX_MD_SIZE];
    uint8_t key[TRAFFIC_SECRET_MAX_LEN];
    size_t len;
    bool made = EVP_Q_digest(NULL, hash, NULL, "", 0, of_nothing, &len) == 1 &&
                derive_early(key, hash, psk, label, bytes_of(of_nothing, len)) &&
                traffic_verify_data(out, &terms, bytes_of(key, len), transcript);

    OPENSSL_cleanse(key, sizeof(key));
    return made;
}

bool psk_early_traffic(uint8_t out[static TRAFFIC_SECRET_MAX_LEN], const char *hash,
                       struct bytes psk, struct bytes transcript)
{
    return derive_early(out, hash, psk, "c e traffic", transcript);
}
