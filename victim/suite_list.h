/*
 * suite_list.h - what can this machine's OpenSSL negotiate?
 *
 * Nobody here keeps a list: libssl is asked, version by version, what it would offer. So `list`
 * names what works, and a choice that is not in it is refused before anybody connects.
 *
 * Left out: SRP suites, which need a password file of their own. Next: choices.h.
 */
#ifndef KEYFALL_VICTIM_SUITE_LIST_H
#define KEYFALL_VICTIM_SUITE_LIST_H

#include <stdio.h>

#include "capture/bytes.h"
#include "capture/complaint.h"

/* How the two ends agree on a secret: the words of --kx. */
enum kx {
    KX_RSA,
    KX_DHE,
    KX_ECDHE,
    KX_TLS13, /* (EC)DHE, agreed on apart from the suite */
    KX_PSK,
    KX_DHE_PSK,
    KX_ECDHE_PSK,
    KX_RSA_PSK,
    KX_ANON_DH,
    KX_ANON_ECDH,
};
#define NUM_KX (KX_ANON_ECDH + 1)

/* What the server proves who it is with. */
enum auth {
    AUTH_RSA,
    AUTH_ECDSA, /* or EdDSA, from TLS 1.2 on: RFC 8422 section 2.2 */
    AUTH_DSS,
    AUTH_PSK,
    AUTH_NONE,
    AUTH_ANY, /* TLS 1.3: any certificate, the suite does not say */
};

struct suite {
    const char *iana_name; /* both names live as long as libssl */
    const char *openssl_name;
    uint16_t id;
    enum kx kx;
    enum auth auth;
    int lowest; /* TLS1_VERSION to TLS1_3_VERSION */
    int highest;
};

struct suite_list {
    struct suite *suites; /* by key exchange, then id */
    size_t num_suites;
};

/* suite_list_ask fills the list; suite_list_clear frees it. False when libssl can't be asked. */
bool suite_list_ask(struct suite_list *list, struct complaint *why) MUST_CHECK;
void suite_list_clear(struct suite_list *list);

/* suite_list_find looks a suite up by IANA's or OpenSSL's name, in any case; NULL if unknown. */
const struct suite *suite_list_find(const struct suite_list *list, const char *name);

/* suite_list_print writes a header line that starts with '#', then one line a suite, aligned. */
void suite_list_print(const struct suite_list *list, FILE *out);

/* kx_name and kx_find translate the words of --kx; kx_find is false for any other word. */
const char *kx_name(enum kx kx);
bool kx_find(enum kx *kx, const char *name) MUST_CHECK;

/* kx_has_psk, kx_has_certificate: what takes part in this key exchange. */
bool kx_has_psk(enum kx kx);
bool kx_has_certificate(enum kx kx);

/* tls_version_name is "TLS 1.2" for TLS1_2_VERSION. */
const char *tls_version_name(int version);

#endif
