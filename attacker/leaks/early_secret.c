#include "attacker/leaks/early_secret.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "attacker/crypto/psk_schedule.h"
#include "attacker/leaks/known_psk.h"

static const char step[] = "Does any leak know the keys of the early data (0-RTT)?";

static bool ask_keylog(const struct leaks *leaks, const struct handshake *h,
                       struct early_secret *out, struct evidence *e)
{
    struct bytes secret;

    if (!keylog_early(&leaks->keylog, h, &secret) || secret.len > sizeof(out->value))
        return false;
    *out = (struct early_secret){.source = LEAK_KEYLOG, .len = secret.len};
    memcpy(out->value, secret.at, secret.len);
    evidence_add(e, h->client_hello->frame, step,
                 "yes: the key log has the client's early traffic secret");
    return true;
}

/* ask_psk: the first key that the client offers is the one. */
static bool ask_psk(const struct leaks *leaks, const struct handshake *h, struct early_secret *out,
                    struct evidence *e)
{
    struct bytes hello = h->client_hello->whole;
    struct known_psk psk = {0};
    uint8_t hash[EVP_MAX_MD_SIZE];
    size_t len = 0;
    bool known = known_psk_find(leaks, h, 0, &psk) == PSK_PROVEN &&
                 EVP_Q_digest(NULL, psk.suite->prf_hash, NULL, hello.at, hello.len, hash, &len) &&
                 psk_early_traffic(out->value, psk.suite->prf_hash, bytes_of(psk.value, psk.len),
                                   bytes_of(hash, len));

    if (known) {
        out->source = psk.source;
        out->suite = psk.suite;
        out->len = len;
        evidence_add(e, psk.frame, step,
                     "yes: they follow from the first pre-shared key that the client offers, which "
                     "an earlier session got in this frame; the binder in the ClientHello is what "
                     "that key makes of it");
    }
    OPENSSL_cleanse(&psk, sizeof(psk));
    return known;
}

bool early_secret_ask(const struct leaks *leaks, const struct handshake *h,
                      struct early_secret *out, struct evidence *e)
{
    return ask_keylog(leaks, h, out, e) || ask_psk(leaks, h, out, e);
}
