#include "attacker/crypto/providers.h"

#include <gcrypt.h>
#include <openssl/err.h>

void providers_load(struct providers *p)
{
    /* The standard one comes by itself only as long as no other was asked for. */
    p->standard = OSSL_PROVIDER_load(NULL, "default");
    p->legacy = OSSL_PROVIDER_load(NULL, "legacy");
    ERR_clear_error();

    /* libgcrypt wants to be asked for its version before anything else. Its memory that is never
     * swapped out is not needed: libcrypto's is not of that kind either. */
    (void)gcry_check_version(NULL);
    (void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
    (void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

void providers_unload(struct providers *p)
{
    if (p->legacy)
        OSSL_PROVIDER_unload(p->legacy);
    if (p->standard)
        OSSL_PROVIDER_unload(p->standard);
    *p = (struct providers){0};
}
