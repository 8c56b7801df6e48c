/*
 * Target: certificate_first, certificate_read, compressed_certificate_read. Input: the body of a
 * message, or a certificate. Holds: the certificate is a view of the body, and texts end.
 */
#include "attacker/tls/certificate.h"

#include <assert.h>
#include <string.h>

#include "attacker/tls/compressed_certificate.h"
#include "attacker/tls/version.h"
#include "tests/fuzz/target.h"

static void read_one(struct bytes der)
{
    struct certificate c = {0};

    if (!certificate_read(der, &c))
        return;
    assert(memchr(c.subject, 0, sizeof(c.subject)) && memchr(c.key_name, 0, sizeof(c.key_name)));
    assert(c.num_key_usages <= CERTIFICATE_MAX_KEY_USAGES);
    certificate_clear(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const uint16_t versions[] = {TLS_1_2, TLS_1_3};
    struct bytes body = bytes_of(data, len);
    struct compressed_certificate c;
    struct buffer undone = {0};
    struct bytes der;

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        if (!certificate_first(body, versions[i], &der))
            continue;
        assert(der.len == 0 || (der.at > data && der.at + der.len <= data + len));
        read_one(der);
    }
    read_one(body);
    if (compressed_certificate_read(body, &c) && compressed_certificate_can_undo(&c) &&
        compressed_certificate_undo(&c, &undone))
        assert(undone.len == c.len);
    buffer_clear(&undone);
    return 0;
}
