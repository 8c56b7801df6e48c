#include "victim/suite_list.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#include <openssl/ssl.h>

#include "capture/alloc.h"

#define TLS13_SUITES                                                                               \
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"                  \
    "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"

static const int versions[] = {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
#define NUM_VERSIONS (sizeof(versions) / sizeof(*versions))

static const struct {
    const char *name;
    bool has_psk;
    bool has_certificate;
} exchanges[NUM_KX] = {
    [KX_RSA] = {"rsa", false, true},
    [KX_DHE] = {"dhe", false, true},
    [KX_ECDHE] = {"ecdhe", false, true},
    [KX_TLS13] = {"tls13", false, true},
    [KX_PSK] = {"psk", true, false},
    [KX_DHE_PSK] = {"dhe-psk", true, false},
    [KX_ECDHE_PSK] = {"ecdhe-psk", true, false},
    [KX_RSA_PSK] = {"rsa-psk", true, true},
    [KX_ANON_DH] = {"anon-dh", false, false},
    [KX_ANON_ECDH] = {"anon-ecdh", false, false},
};

static const char *const auth_names[] = {
    [AUTH_RSA] = "rsa", [AUTH_ECDSA] = "ecdsa", [AUTH_DSS] = "dss",
    [AUTH_PSK] = "psk", [AUTH_NONE] = "none",   [AUTH_ANY] = "any",
};

const char *kx_name(enum kx kx)
{
    return exchanges[kx].name;
}

bool kx_find(enum kx *kx, const char *name)
{
    for (enum kx k = KX_RSA; k < NUM_KX; k++) {
        if (strcmp(exchanges[k].name, name) == 0) {
            *kx = k;
            return true;
        }
    }
    return false;
}

bool kx_has_psk(enum kx kx)
{
    return exchanges[kx].has_psk;
}

bool kx_has_certificate(enum kx kx)
{
    return exchanges[kx].has_certificate;
}

const char *tls_version_name(int version)
{
    switch (version) {
    case TLS1_VERSION:
        return "TLS 1.0";
    case TLS1_1_VERSION:
        return "TLS 1.1";
    case TLS1_2_VERSION:
        return "TLS 1.2";
    case TLS1_3_VERSION:
        return "TLS 1.3";
    default:
        return "an unknown version";
    }
}

/* libssl's words into ours; false for what this program leaves out. */
static bool translate_auth(enum auth *auth, const SSL_CIPHER *cipher)
{
    static const struct {
        int nid;
        enum auth auth;
    } table[] = {
        {NID_auth_rsa, AUTH_RSA}, {NID_auth_ecdsa, AUTH_ECDSA}, {NID_auth_dss, AUTH_DSS},
        {NID_auth_psk, AUTH_PSK}, {NID_auth_null, AUTH_NONE},   {NID_auth_any, AUTH_ANY},
    };
    int nid = SSL_CIPHER_get_auth_nid(cipher);

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (table[i].nid == nid) {
            *auth = table[i].auth;
            return true;
        }
    }
    return false;
}

static bool translate_kx(enum kx *kx, const SSL_CIPHER *cipher, enum auth auth)
{
    static const struct {
        int nid;
        enum kx kx;
        enum kx anonymous; /* the same without authentication */
    } table[] = {
        {NID_kx_rsa, KX_RSA, KX_RSA},
        {NID_kx_dhe, KX_DHE, KX_ANON_DH},
        {NID_kx_ecdhe, KX_ECDHE, KX_ANON_ECDH},
        {NID_kx_any, KX_TLS13, KX_TLS13},
        {NID_kx_psk, KX_PSK, KX_PSK},
        {NID_kx_dhe_psk, KX_DHE_PSK, KX_DHE_PSK},
        {NID_kx_ecdhe_psk, KX_ECDHE_PSK, KX_ECDHE_PSK},
        {NID_kx_rsa_psk, KX_RSA_PSK, KX_RSA_PSK},
    };
    int nid = SSL_CIPHER_get_kx_nid(cipher);

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        if (table[i].nid == nid) {
            *kx = auth == AUTH_NONE ? table[i].anonymous : table[i].kx;
            return true;
        }
    }
    return false;
}

/* libssl offers PSK suites only where somebody would know the key. */
static unsigned nobodys_psk(SSL *ssl, const char *hint, char *identity, unsigned identity_room,
                            unsigned char *psk, unsigned psk_room)
{
    (void)ssl;
    (void)hint;
    (void)identity;
    (void)identity_room;
    (void)psk;
    (void)psk_room;
    return 0;
}

static void add_suite(struct suite_list *list, const SSL_CIPHER *cipher, int version)
{
    struct suite s = {
        .iana_name = SSL_CIPHER_standard_name(cipher),
        .openssl_name = SSL_CIPHER_get_name(cipher),
        .id = SSL_CIPHER_get_protocol_id(cipher),
        .lowest = version,
        .highest = version,
    };

    if (!translate_auth(&s.auth, cipher) || !translate_kx(&s.kx, cipher, s.auth))
        return;
    for (size_t i = 0; i < list->num_suites; i++) {
        if (list->suites[i].id == s.id) {
            list->suites[i].highest = version;
            return;
        }
    }
    list->suites = alloc_resize(list->suites, (list->num_suites + 1) * sizeof(s));
    list->suites[list->num_suites++] = s;
}

static bool ask_version(struct suite_list *list, SSL_CTX *ctx, int version)
{
    if (SSL_CTX_set_min_proto_version(ctx, version) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, version) != 1)
        return false;

    SSL *ssl = SSL_new(ctx);
    STACK_OF(SSL_CIPHER) *supported = ssl ? SSL_get1_supported_ciphers(ssl) : NULL;

    for (int i = 0; i < sk_SSL_CIPHER_num(supported); i++)
        add_suite(list, sk_SSL_CIPHER_value(supported, i), version);
    sk_SSL_CIPHER_free(supported);
    SSL_free(ssl);
    return ssl != NULL;
}

static int by_kx_and_id(const void *a, const void *b)
{
    const struct suite *x = a;
    const struct suite *y = b;

    if (x->kx != y->kx)
        return x->kx < y->kx ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

bool suite_list_ask(struct suite_list *list, struct complaint *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    bool ok;

    *list = (struct suite_list){0};
    if (!ctx)
        return complaint_say(why, "libssl can't start; is OpenSSL installed whole?");
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_psk_client_callback(ctx, nobodys_psk);
    ok = SSL_CTX_set_cipher_list(ctx, "ALL:COMPLEMENTOFALL") == 1 &&
         SSL_CTX_set_ciphersuites(ctx, TLS13_SUITES) == 1;
    for (size_t i = 0; ok && i < NUM_VERSIONS; i++)
        ok = ask_version(list, ctx, versions[i]);
    SSL_CTX_free(ctx);
    if (!ok || list->num_suites == 0)
        return complaint_say(why, "libssl names no cipher suites; is OpenSSL installed whole?");
    qsort(list->suites, list->num_suites, sizeof(*list->suites), by_kx_and_id);
    return true;
}

void suite_list_clear(struct suite_list *list)
{
    free(list->suites);
    *list = (struct suite_list){0};
}

const struct suite *suite_list_find(const struct suite_list *list, const char *name)
{
    for (size_t i = 0; i < list->num_suites; i++) {
        const struct suite *s = &list->suites[i];

        if (strcasecmp(s->iana_name, name) == 0 || strcasecmp(s->openssl_name, name) == 0)
            return s;
    }
    return NULL;
}

/* "1.0-1.2" from the two ends of the range. */
static const char *range_text(char text[static 8], const struct suite *s)
{
    static const size_t number_at = sizeof("TLS ") - 1;

    (void)snprintf(text, 8, "%.3s-%.3s", tls_version_name(s->lowest) + number_at,
                   tls_version_name(s->highest) + number_at);
    return text;
}

void suite_list_print(const struct suite_list *list, FILE *out)
{
    static const char name_column[] = "# IANA name";
    size_t width = sizeof(name_column) - 1;
    char range[8];

    for (size_t i = 0; i < list->num_suites; i++) {
        size_t len = strlen(list->suites[i].iana_name);

        width = len > width ? len : width;
    }
    (void)fprintf(out, "%-*s  id      kx         auth   TLS      OpenSSL name\n", (int)width,
                  name_column);
    for (size_t i = 0; i < list->num_suites; i++) {
        const struct suite *s = &list->suites[i];

        (void)fprintf(out, "%-*s  0x%04x  %-9s  %-5s  %s  %s\n", (int)width, s->iana_name, s->id,
                      kx_name(s->kx), auth_names[s->auth], range_text(range, s), s->openssl_name);
    }
}
