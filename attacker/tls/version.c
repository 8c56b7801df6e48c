#include "attacker/tls/version.h"

#include <stddef.h>

const char *version_name(uint16_t version)
{
    static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

    return version >= SSL_3_0 && version <= TLS_1_3 ? names[version - SSL_3_0] : NULL;
}
