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

static void note(const struct handshake *h, const struct known_psk *psk, struct evidence *e)
{
    if (psk->source == LEAK_TICKET_KEY)
        evidence_add(e, h->client_hello->frame, step,
                     "yes: they follow from the first pre-shared key that the client offers, which "
                     "is in its ticket, and a ticket key %s%s%s opens that; the binder in the "
                     "ClientHello is what that key makes of it",
                     psk->published ? "that was published (" : "that was given",
                     psk->published ? psk->published : "", psk->published ? ")" : "");
    else
        evidence_add(e, psk->frame, step,
                     "yes: they follow from the first pre-shared key that the client offers, which "
                     "%s; the binder in the ClientHello is what that key makes of it",
                     psk->source == LEAK_PSK ? "was given"
                                             : "an earlier session got in this frame");
}

/* ask_psk: the first key that the client offers is the one. */
static bool ask_psk(const struct leaks *leaks, const struct handshake *h, struct early_secret *out,
                    struct evidence *e)
{
    struct bytes hello = h->client_hello->whole;
    struct known_psk psk = {0};
    uint8_t hash[EVP_MAX_MD_SIZE];
    size_t len = 0;
    bool known =
        known_psk_find(leaks, h, 0, &psk) == PSK_PROVEN &&
        EVP_Q_digest(NULL, psk.hash, NULL, hello.at, hello.len, hash, &len) &&
        psk_early_traffic(out->value, psk.hash, bytes_of(psk.value, psk.len), bytes_of(hash, len));

    if (known) {
        out->source = psk.source;
        out->published = psk.published;
        out->suite = psk.suite;
        out->len = len;
        note(h, &psk, e);
    }
    OPENSSL_cleanse(&psk, sizeof(psk));
    return known;
}

bool early_secret_ask(const struct leaks *leaks, const struct handshake *h,
                      struct early_secret *out, struct evidence *e)
{
    return ask_keylog(leaks, h, out, e) || ask_psk(leaks, h, out, e);
}
