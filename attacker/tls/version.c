#include "attacker/tls/version.h"

#include <stddef.h>

const char *version_name(uint16_t version)
{
    static const char *const names[] = {"SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"};

    return version >= SSL_3_0 && version <= TLS_1_3 ? names[version - SSL_3_0] : NULL;
}

uint16_t version_below(uint16_t version)
{
    switch (version) {
    case DTLS_1_0:
    case DTLS_1_0_OPENSSL:
        return TLS_1_1;
    case DTLS_1_2:
        return TLS_1_2;
    case DTLS_1_3:
        return TLS_1_3;
    default:
        return version;
    }
}

const char *version_name_of_datagrams(uint16_t version)
{
    static const char *const names[] = {"DTLS 1.0", "DTLS 1.2", "DTLS 1.3"};

    return version >= TLS_1_1 && version <= TLS_1_3 ? names[version - TLS_1_1] : NULL;
}
