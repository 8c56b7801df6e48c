#include "victim/key_usage_choices.h"

#include <stdlib.h>

#include "capture/alloc.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* RFC 5280 section 4.2.1.3, in its order, which is that of the bits. */
static const char *const usages[] = {
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly",
};

enum { USAGE_SIGNATURE = 0 };

static bool find_usage(size_t *which, const char *name, size_t len)
{
    for (*which = 0; *which < COUNT(usages); (*which)++) {
        if (strlen(usages[*which]) == len && strncmp(usages[*which], name, len) == 0)
            return true;
    }
    return false;
}

/* Reads "name,name,..." into one flag a usage. */
static bool read_list(bool wanted[static COUNT(usages)], struct complaint *why, const char *text)
{
    for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        size_t len = strcspn(at, ",");
        size_t which;

        if (!find_usage(&which, at, len))
            return complaint_say(why,
                                 "--key-usage %.*s: no such usage; take one or more of "
                                 "digitalSignature, keyEncipherment and keyAgreement, with commas "
                                 "between (or the others of RFC 5280, section 4.2.1.3)",
                                 (int)len, at);
        wanted[which] = true;
    }
    return true;
}

/* As libcrypto's extensions are written; to be freed. */
static char *extension_text(const bool wanted[static COUNT(usages)])
{
    struct buffer text = {0};

    buffer_append(&text, bytes_of("critical", strlen("critical")));
    for (size_t i = 0; i < COUNT(usages); i++) {
        if (!wanted[i])
            continue;
        buffer_append(&text, bytes_of(",", 1));
        buffer_append(&text, bytes_of(usages[i], strlen(usages[i])));
    }
    buffer_append(&text, bytes_of("", 1));
    return (char *)text.at;
}

/* libssl minds in one case: up to TLS 1.2, a key on a curve must be allowed to sign. */
static bool check_signing(const struct choices *c, struct complaint *why, const bool *wanted)
{
    bool only_signs = c->key_type == KEY_EC || c->key_type == KEY_ED25519;

    if (!only_signs || wanted[USAGE_SIGNATURE] || c->version == TLS1_3_VERSION)
        return true;
    return complaint_say(why,
                         "--key-usage without digitalSignature: with %s libssl minds up to TLS "
                         "1.2; add it, or take --kx tls13 or --key-type rsa, where libssl does not",
                         key_type_name(c->key_type));
}

bool key_usage_choices_make(struct choices *choices, struct complaint *why,
                            const struct wishes *wishes)
{
    bool wanted[COUNT(usages)] = {false};

    if (!wishes->key_usage)
        return true;
    if (choices->key_type == KEY_NONE)
        return complaint_say(
            why,
            "--key-usage: no certificate takes part in --kx %s; leave it out, or "
            "take --kx rsa, dhe, ecdhe or tls13",
            kx_name(choices->has_psk && choices->kx == KX_TLS13 ? KX_PSK : choices->kx));
    if (wishes->cert)
        return complaint_say(why,
                             "--key-usage is for a certificate that is made here, and %s is "
                             "made already; leave out one of the two",
                             wishes->cert);
    if (!read_list(wanted, why, wishes->key_usage) || !check_signing(choices, why, wanted))
        return false;
    choices->key_usage = extension_text(wanted);
    return true;
}

/*
 * What came of certificates that permit one use only. Tried with OpenSSL 3.0.19 at both ends, and
 * with gnutls-cli 3.7.9 --insecure as the client of this program; tests/end_to_end/test_key_usage.c
 * tries it again.
 */
static const char tried[] =
    "#\n"
    "# What a certificate permits (Key Usage, RFC 5280 section 4.2.1.3) the other end has to "
    "heed.\n"
    "# Tried with OpenSSL 3.0 and GnuTLS 3.7, and --key-usage of one usage only:\n"
    "#\n"
    "# --key-type   --key-usage       OpenSSL takes            GnuTLS takes\n"
    "# rsa          keyEncipherment   all                      rsa\n"
    "# rsa          digitalSignature  all, even rsa            dhe, ecdhe, tls13\n"
    "# rsa          keyAgreement      all                      rsa\n"
    "# ec, ed25519  digitalSignature  ecdhe, tls13             ecdhe, tls13\n"
    "# ec, ed25519  keyEncipherment   tls13, no ecdhe          none\n"
    "# ec, ed25519  keyAgreement      tls13, no ecdhe          none\n"
    "#\n"
    "# So GnuTLS enforces it, with one gap (rsa with keyAgreement). OpenSSL does not, but for\n"
    "# certificates of elliptic curves up to TLS 1.2.\n";

void key_usage_print(FILE *out)
{
    (void)fputs(tried, out);
}
