#include "victim/missing_suites.h"

#include <stddef.h>
#include <string.h>

/* The first row whose `part` occurs in the name applies, so what is worse stands further up. */
static const struct {
    const char *part;
    const char *reason;
} missing[] = {
    {"EXP", "export suites left OpenSSL in 2016; take a suite of 128 bits such as AES128-SHA"},
    {"SRP",
     "SRP needs a password file of its own, which this program does not keep; take --kx psk"},
    {"KRB5", "OpenSSL never had working Kerberos suites in TLS; take --kx psk"},
    {"GOST", "GOST needs an engine of its own; take AES128-GCM-SHA256"},
    {"RC4", "this OpenSSL is built without RC4 (weak); take AES128-SHA, or record another program"},
    {"RC2", "this OpenSSL is built without RC2 (weak); take AES128-SHA"},
    {"IDEA", "this OpenSSL is built without IDEA; take AES128-SHA, a 128-bit CBC suite like it"},
    {"SEED", "this OpenSSL is built without SEED; take CAMELLIA128-SHA, a CBC suite like it"},
    {"3DES", "this OpenSSL is built without 3DES (weak); take AES128-SHA, a CBC suite like it"},
    {"CBC3", "this OpenSSL is built without 3DES (weak); take AES128-SHA, a CBC suite like it"},
    {"DES_", "this OpenSSL is built without DES (broken); take AES128-SHA, a CBC suite like it"},
    {"DES-", "this OpenSSL is built without DES (broken); take AES128-SHA, a CBC suite like it"},
    {"TLS_DH_", "fixed Diffie-Hellman certificates left OpenSSL in 2016; take --kx dhe or rsa"},
    {"TLS_ECDH_", "fixed ECDH certificates left OpenSSL in 2016; take --kx ecdhe or rsa"},
    {"CAMELLIA_128_GCM",
     "OpenSSL has no Camellia in GCM; take ARIA128-GCM-SHA256 or CAMELLIA128-SHA"},
    {"CAMELLIA_256_GCM",
     "OpenSSL has no Camellia in GCM; take ARIA256-GCM-SHA384 or CAMELLIA256-SHA"},
};

const char *missing_suite_reason(const char *name)
{
    for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
        if (strcasestr(name, missing[i].part))
            return missing[i].reason;
    }
    return "no such suite here; keyfall-victim list names those that this OpenSSL can negotiate";
}
