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

void secret_clear(struct secret *secret)
{
    OPENSSL_cleanse(secret, sizeof(*secret));
}
