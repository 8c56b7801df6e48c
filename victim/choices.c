#include "victim/choices.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#include "capture/alloc.h"
#include "victim/group_choices.h"
#include "victim/key_usage_choices.h"
#include "victim/missing_suites.h"
#include "victim/resume_choices.h"

/* All that leads to the decision, gathered once. */
struct deciding {
    const struct wishes *wishes;
    const struct suite_list *list;
    const struct suite *suite; /* that the user named, or NULL */
    int version;               /* that the user named, or 0 */
    bool has_kx;
    bool has_key_type;
    enum key_type key_type; /* that the user named or brought */
};

static bool read_version(int *version, struct complaint *why, const char *text)
{
    static const struct {
        const char *name;
        int version;
    } names[] = {
        {"1.0", TLS1_VERSION},
        {"1.1", TLS1_1_VERSION},
        {"1.2", TLS1_2_VERSION},
        {"1.3", TLS1_3_VERSION},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i].name, text) == 0) {
            *version = names[i].version;
            return true;
        }
    }
    if (strcasestr(text, "ssl") || strcmp(text, "3.0") == 0 || strcmp(text, "2.0") == 0)
        return complaint_say(why,
                             "--tls %s: this OpenSSL is built without SSL 2.0 and 3.0; take "
                             "--tls 1.0, their next of kin, or record another program",
                             text);
    return complaint_say(why, "--tls %s: no such version; take 1.0, 1.1, 1.2 or 1.3", text);
}

static bool read_key_type(enum key_type *type, struct complaint *why, const char *text)
{
    static const struct {
        const char *name;
        enum key_type type;
    } names[] = {{"rsa", KEY_RSA}, {"ec", KEY_EC}, {"ed25519", KEY_ED25519}};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i].name, text) == 0) {
            *type = names[i].type;
            return true;
        }
    }
    return complaint_say(why, "--key-type %s: no such kind of key; take rsa, ec or ed25519", text);
}

/* Can a key of this kind do what the suite asks of the server's key? */
static bool key_fits(enum key_type type, enum auth auth, int version)
{
    switch (auth) {
    case AUTH_RSA:
        return type == KEY_RSA;
    case AUTH_ECDSA:
        return type == KEY_EC || (type == KEY_ED25519 && version >= TLS1_2_VERSION);
    case AUTH_DSS:
        return type == KEY_DSA;
    case AUTH_ANY: /* or none: a pre-shared key stands for the certificate */
        return type != KEY_DSA;
    case AUTH_PSK:
    case AUTH_NONE:
        return type == KEY_NONE;
    }
    return false;
}

static enum key_type key_for(enum auth auth)
{
    switch (auth) {
    case AUTH_RSA:
    case AUTH_ANY:
        return KEY_RSA;
    case AUTH_ECDSA:
        return KEY_EC;
    case AUTH_DSS:
        return KEY_DSA;
    case AUTH_PSK:
    case AUTH_NONE:
        return KEY_NONE;
    }
    return KEY_NONE;
}

static bool gather(struct deciding *d, struct choices *c, struct complaint *why)
{
    const struct wishes *w = d->wishes;
    enum key_type named = KEY_NONE;

    if (w->tls && !read_version(&d->version, why, w->tls))
        return false;
    if (w->kx && !kx_find(&c->kx, w->kx))
        return complaint_say(why,
                             "--kx %s: no such key exchange; take rsa, dhe, ecdhe, tls13, psk, "
                             "dhe-psk, ecdhe-psk, rsa-psk, anon-dh or anon-ecdh",
                             w->kx);
    d->has_kx = w->kx != NULL;
    if (w->key_type) {
        if (!read_key_type(&named, why, w->key_type))
            return false;
        if (d->has_key_type && d->key_type != named)
            return complaint_say(why, "--key-type %s, but %s holds %s; leave out one of the two",
                                 w->key_type, w->key, key_type_name(d->key_type));
        d->key_type = named;
        d->has_key_type = true;
    }
    if (w->suite) {
        d->suite = suite_list_find(d->list, w->suite);
        if (!d->suite)
            return complaint_say(why, "--suite %s: %s", w->suite, missing_suite_reason(w->suite));
    }
    return true;
}

/* In TLS 1.3 a key that both were given is no exchange of its own. RFC 8446 section 2.2. */
static void take_psk_of_tls13(struct choices *c)
{
    c->kx = KX_TLS13;
    c->has_psk = true;
}

/* A named suite decides; --kx and --tls may only repeat what it says. */
static bool decide_by_suite(struct choices *c, struct complaint *why, const struct deciding *d)
{
    const struct suite *s = d->suite;

    if (d->has_kx && c->kx == KX_PSK && s->kx == KX_TLS13)
        take_psk_of_tls13(c);
    if (d->has_kx && c->kx != s->kx)
        return complaint_say(why,
                             "--kx %s, but the key exchange of %s is %s; leave out --kx, or take "
                             "a suite of that exchange from keyfall-victim list",
                             kx_name(c->kx), s->iana_name, kx_name(s->kx));
    if (d->version != 0 && (d->version < s->lowest || d->version > s->highest))
        return complaint_say(
            why, "%s does not carry %s, whose lowest is %s and highest %s; leave out --tls",
            tls_version_name(d->version), s->iana_name, tls_version_name(s->lowest),
            tls_version_name(s->highest));
    c->kx = s->kx;
    c->version = d->version != 0 ? d->version : s->highest;
    return true;
}

/* Without a suite, key exchange and version must agree with each other. */
static bool decide_by_kx(struct choices *c, struct complaint *why, const struct deciding *d)
{
    if (!d->has_kx)
        c->kx = d->version == TLS1_3_VERSION ? KX_TLS13 : KX_RSA;
    if (c->kx == KX_PSK && d->version == TLS1_3_VERSION)
        take_psk_of_tls13(c);
    if (c->kx == KX_TLS13) {
        if (d->version != 0 && d->version != TLS1_3_VERSION)
            return complaint_say(why,
                                 "--kx tls13 is TLS 1.3, but --tls says %s; leave out --tls, or "
                                 "take --kx ecdhe",
                                 d->wishes->tls);
        c->version = TLS1_3_VERSION;
        return true;
    }
    if (d->version == TLS1_3_VERSION && c->kx == KX_RSA)
        return complaint_say(why, "TLS 1.3 has no RSA key transport; take --tls 1.2 with --kx rsa, "
                                  "or --kx tls13");
    if (d->version == TLS1_3_VERSION)
        return complaint_say(why,
                             "TLS 1.3 has no suites of its own for --kx %s; take --tls 1.2 with "
                             "--kx %s, or --kx tls13, with --psk if you like",
                             kx_name(c->kx), kx_name(c->kx));
    c->version = d->version != 0 ? d->version : TLS1_2_VERSION;
    return true;
}

/* A key that others gave goes with SHA-256 unless they say another hash. RFC 8446 4.2.11. */
static bool has_hash_of_psk(const struct suite *s, const struct choices *c)
{
    return c->kx != KX_TLS13 || !c->has_psk || strstr(s->iana_name, "_SHA256");
}

/* Which suites would do, before the question of which is best. */
static bool is_candidate(const struct suite *s, const struct choices *c, const struct deciding *d)
{
    if (d->suite)
        return s == d->suite;
    return s->kx == c->kx && s->lowest <= c->version && s->highest >= c->version &&
           has_hash_of_psk(s, c) && key_fits(c->key_type, s->auth, c->version) &&
           !strstr(s->iana_name, "_WITH_NULL_");
}

static bool decide_key(struct choices *c, struct complaint *why, const struct deciding *d)
{
    if (kx_has_psk(c->kx) || (c->kx == KX_TLS13 && d->wishes->psk))
        c->has_psk = true;

    bool has_certificate = kx_has_certificate(c->kx) && (c->kx != KX_TLS13 || !c->has_psk);

    if (!has_certificate && d->has_key_type)
        return complaint_say(why, "no certificate takes part in --kx %s; leave out %s",
                             kx_name(c->kx == KX_TLS13 ? KX_PSK : c->kx),
                             d->wishes->key ? "--key and --cert" : "--key-type");
    c->key_type = has_certificate ? KEY_RSA : KEY_NONE;
    if (d->has_key_type)
        c->key_type = d->key_type;
    else if (d->suite && has_certificate)
        c->key_type = key_for(d->suite->auth);
    if (d->suite && !key_fits(c->key_type, d->suite->auth, c->version))
        return complaint_say(why, "%s in %s has no use for %s; it needs %s", d->suite->iana_name,
                             tls_version_name(c->version), key_type_name(c->key_type),
                             key_type_name(key_for(d->suite->auth)));
    return true;
}

/*
 * The better suite of two: what a listener has seen in practice, first AES-128 in GCM, then in CBC.
 * The rest in the order of their numbers.
 */
static size_t rank(const struct suite *s)
{
    static const char *const preferred[] = {"AES_128_GCM_SHA256", "AES_256_GCM_SHA384",
                                            "AES_128_CBC_SHA256", "AES_128_CBC_SHA",
                                            "CHACHA20_POLY1305_SHA256"};
    size_t n = sizeof(preferred) / sizeof(*preferred);
    size_t len = strlen(s->iana_name);

    for (size_t i = 0; i < n; i++) {
        size_t tail = strlen(preferred[i]);

        if (len > tail && strcmp(s->iana_name + len - tail, preferred[i]) == 0)
            return i;
    }
    return n;
}

static int by_rank(const void *a, const void *b)
{
    const struct suite *x = a;
    const struct suite *y = b;

    if (rank(x) != rank(y))
        return rank(x) < rank(y) ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* What a key is good for: half a sentence. RFC 5246 section 7.4.2. */
static const char *use_of_key(enum key_type type)
{
    switch (type) {
    case KEY_RSA:
        return "an RSA key goes with --kx rsa, dhe, ecdhe, tls13 and rsa-psk";
    case KEY_EC:
        return "an EC key only signs; take --kx ecdhe or tls13, or an RSA key";
    case KEY_ED25519:
        return "an EdDSA key only signs; take --kx ecdhe with --tls 1.2, --kx tls13, or an RSA key";
    case KEY_DSA:
        return "a DSA key only signs; take --kx dhe, or an RSA key";
    case KEY_NONE:
        break;
    }
    return "keyfall-victim list names what there is";
}

static bool decide_suites(struct choices *c, struct complaint *why, const struct deciding *d)
{
    c->allowed = alloc_zero(d->list->num_suites * sizeof(*c->allowed));
    for (size_t i = 0; i < d->list->num_suites; i++) {
        if (is_candidate(&d->list->suites[i], c, d))
            c->allowed[c->num_allowed++] = d->list->suites[i];
    }
    if (c->num_allowed == 0)
        return complaint_say(why, "%s has no suite of --kx %s for %s: %s",
                             tls_version_name(c->version), kx_name(c->kx),
                             key_type_name(c->key_type), use_of_key(c->key_type));
    qsort(c->allowed, c->num_allowed, sizeof(*c->allowed), by_rank);
    if (d->wishes->command == COMMAND_EXCHANGE)
        c->num_allowed = 1;
    return true;
}

static bool has_ephemeral(enum kx kx)
{
    return kx != KX_RSA && kx != KX_PSK && kx != KX_RSA_PSK;
}

/* A conversation that begins with a key from before looks for no certificate: see
 * ephemeral_reuse.c. */
static bool decide_reuse(struct choices *c, struct complaint *why, const struct wishes *w)
{
    c->reuses_ephemeral = w->reuse_ephemeral != NULL;
    if (c->reuses_ephemeral && !has_ephemeral(c->kx))
        return complaint_say(why,
                             "--reuse-ephemeral: there is no ephemeral key in --kx %s; take --kx "
                             "dhe, ecdhe or tls13",
                             kx_name(c->kx));
    if (c->reuses_ephemeral && c->version == TLS1_3_VERSION && (c->has_psk || w->resume))
        return complaint_say(why, "--reuse-ephemeral and a pre-shared key of TLS 1.3 don't go "
                                  "together here; leave out one of the two");
    return true;
}

static bool check_rest(const struct choices *c, struct complaint *why, const struct wishes *w)
{
    if (w->psk && !c->has_psk)
        return complaint_say(why,
                             "no pre-shared key takes part in --kx %s; leave out --psk, or take "
                             "--kx psk, dhe-psk, ecdhe-psk or rsa-psk",
                             kx_name(c->kx));
    if (w->message && w->message_file)
        return complaint_say(why, "--message and --message-file both say what to say; take one");
    if (!w->key != !w->cert)
        return complaint_say(why, "--key and --cert belong together; give both, or neither to have "
                                  "them made");
    return true;
}

bool choices_make(struct choices *choices, struct complaint *why, const struct wishes *wishes,
                  enum key_type given, const struct suite_list *list)
{
    struct deciding d = {
        .wishes = wishes,
        .list = list,
        .has_key_type = given != KEY_NONE,
        .key_type = given,
    };

    *choices = (struct choices){0};
    return gather(&d, choices, why) &&
           (d.suite ? decide_by_suite(choices, why, &d) : decide_by_kx(choices, why, &d)) &&
           decide_key(choices, why, &d) && decide_suites(choices, why, &d) &&
           check_rest(choices, why, wishes) && decide_reuse(choices, why, wishes) &&
           resume_choices_make(choices, why, wishes) && group_choices_make(choices, why, wishes) &&
           key_usage_choices_make(choices, why, wishes);
}

void choices_clear(struct choices *choices)
{
    free(choices->allowed);
    free(choices->key_usage);
    group_choice_clear(&choices->group);
    *choices = (struct choices){0};
}

bool choices_met(const struct choices *choices, struct complaint *why, const SSL *ssl)
{
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);
    int version = SSL_version(ssl);

    if (!cipher || version != choices->version)
        return complaint_say(why, "%s was asked for and %s came of it",
                             tls_version_name(choices->version), tls_version_name(version));
    for (size_t i = 0; i < choices->num_allowed; i++) {
        if (choices->allowed[i].id == SSL_CIPHER_get_protocol_id(cipher))
            return group_choices_met(choices, why, ssl);
    }
    return complaint_say(why, "%s was asked for and %s came of it", choices->allowed[0].iana_name,
                         SSL_CIPHER_standard_name(cipher));
}
