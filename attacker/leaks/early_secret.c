#include "attacker/leaks/early_secret.h"

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

bool early_secret_ask(const struct leaks *leaks, const struct handshake *h,
                      struct early_secret *out, struct evidence *e)
{
    return ask_keylog(leaks, h, out, e);
}
