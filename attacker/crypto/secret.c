#include "attacker/crypto/secret.h"

#include <openssl/crypto.h>

bool secret_set(struct secret *out, enum secret_kind kind, struct bytes value)
{
    if (value.len > sizeof(out->value))
        return false;
    out->kind = kind;
    out->len = value.len;
    if (value.len > 0)
        memcpy(out->value, value.at, value.len);
    return true;
}

struct bytes secret_view(const struct secret *secret)
{
    return bytes_of(secret->value, secret->len);
}

unsigned secret_traffic_known(const struct secret *secret)
{
    unsigned known = 0;

    for (int i = 0; i < TRAFFIC_NUM_LABELS; i++)
        known |= (unsigned)(secret->traffic.len[i] > 0) << i;
    return known;
}

void secret_clear(struct secret *secret)
{
    OPENSSL_cleanse(secret, sizeof(*secret));
}
