#include "attacker/tls/handshake_type.h"

#include <stddef.h>

static const char *find(uint8_t type)
{
    static const struct {
        uint8_t type;
        const char *name;
    } names[] = {
        {HANDSHAKE_HELLO_REQUEST, "HelloRequest"},
        {HANDSHAKE_CLIENT_HELLO, "ClientHello"},
        {HANDSHAKE_SERVER_HELLO, "ServerHello"},
        {HANDSHAKE_NEW_SESSION_TICKET, "NewSessionTicket"},
        {HANDSHAKE_END_OF_EARLY_DATA, "EndOfEarlyData"},
        {HANDSHAKE_HELLO_RETRY_REQUEST, "HelloRetryRequest"},
        {HANDSHAKE_ENCRYPTED_EXTENSIONS, "EncryptedExtensions"},
        {HANDSHAKE_CERTIFICATE, "Certificate"},
        {HANDSHAKE_SERVER_KEY_EXCHANGE, "ServerKeyExchange"},
        {HANDSHAKE_CERTIFICATE_REQUEST, "CertificateRequest"},
        {HANDSHAKE_SERVER_HELLO_DONE, "ServerHelloDone"},
        {HANDSHAKE_CERTIFICATE_VERIFY, "CertificateVerify"},
        {HANDSHAKE_CLIENT_KEY_EXCHANGE, "ClientKeyExchange"},
        {HANDSHAKE_FINISHED, "Finished"},
        {HANDSHAKE_CERTIFICATE_URL, "CertificateURL"},
        {HANDSHAKE_CERTIFICATE_STATUS, "CertificateStatus"},
        {HANDSHAKE_SUPPLEMENTAL_DATA, "SupplementalData"},
        {HANDSHAKE_KEY_UPDATE, "KeyUpdate"},
        {HANDSHAKE_COMPRESSED_CERTIFICATE, "CompressedCertificate"},
        {HANDSHAKE_NEXT_PROTOCOL, "NextProtocol"},
        {HANDSHAKE_CHANNEL_ID, "ChannelID"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].type == type)
            return names[i].name;
    }
    return NULL;
}

const char *handshake_type_name(uint8_t type)
{
    const char *name = find(type);

    return name ? name : "unknown message";
}

bool handshake_type_is_known(uint8_t type)
{
    return find(type) != NULL;
}
