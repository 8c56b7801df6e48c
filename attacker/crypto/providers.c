#include "attacker/crypto/providers.h"

#include <openssl/err.h>

void providers_load(struct providers *p)
{
    /* The standard one comes by itself only as long as no other was asked for. */
    p->standard = OSSL_PROVIDER_load(NULL, "default");
    p->legacy = OSSL_PROVIDER_load(NULL, "legacy");
    ERR_clear_error();
}

void providers_unload(struct providers *p)
{
    if (p->legacy)
        OSSL_PROVIDER_unload(p->legacy);
    if (p->standard)
        OSSL_PROVIDER_unload(p->standard);
    *p = (struct providers){0};
}
