#include "victim/group_choices.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/provider.h>

#include "capture/alloc.h"
#include "victim/dh_parameters.h"

/* The group of DHE where nobody names another: RFC 7919, so that its name says all there is. */
#define DEFAULT_DH_GROUP "ffdhe2048"

/* What one of libcrypto's providers says of a group that libssl can negotiate by name. */
struct offered {
    const char *name;
    const char *internal_name;
    int lowest; /* version of TLS that has it; 0 is any, -1 none */
    int highest;
};

/* What is looked for among them, and what was found; the texts are the provider's. */
struct search {
    const char *wanted;
    bool is_found;
    struct offered found;
};

static const char *text_of(const OSSL_PARAM *params, const char *key)
{
    const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, key);
    const char *text = NULL;

    return p && OSSL_PARAM_get_utf8_string_ptr(p, &text) == 1 && text ? text : "";
}

static int version_of(const OSSL_PARAM *params, const char *key)
{
    const OSSL_PARAM *p = OSSL_PARAM_locate_const(params, key);
    int version = -1;

    return p && OSSL_PARAM_get_int(p, &version) == 1 ? version : -1;
}

static int look_at_group(const OSSL_PARAM *params, void *arg)
{
    struct search *search = arg;
    struct offered o = {
        .name = text_of(params, OSSL_CAPABILITY_TLS_GROUP_NAME),
        .internal_name = text_of(params, OSSL_CAPABILITY_TLS_GROUP_NAME_INTERNAL),
        .lowest = version_of(params, OSSL_CAPABILITY_TLS_GROUP_MIN_TLS),
        .highest = version_of(params, OSSL_CAPABILITY_TLS_GROUP_MAX_TLS),
    };

    if (!search->is_found && (strcasecmp(o.name, search->wanted) == 0 ||
                              strcasecmp(o.internal_name, search->wanted) == 0)) {
        search->is_found = true;
        search->found = o;
    }
    return 1;
}

static int look_at_provider(OSSL_PROVIDER *provider, void *arg)
{
    (void)OSSL_PROVIDER_get_capabilities(provider, "TLS-GROUP", look_at_group, arg);
    return 1;
}

/* libssl keeps no list that could be read, but asks libcrypto's providers, and so does this. */
static bool find_offered(struct offered *offered, const char *name)
{
    struct search search = {.wanted = name};

    (void)OSSL_PROVIDER_do_all(NULL, look_at_provider, &search);
    *offered = search.found;
    return search.is_found;
}

static bool is_finite_field(enum kx kx)
{
    return kx == KX_DHE || kx == KX_DHE_PSK || kx == KX_ANON_DH;
}

static bool is_elliptic(enum kx kx)
{
    return kx == KX_ECDHE || kx == KX_ECDHE_PSK || kx == KX_ANON_ECDH;
}

static bool decide_prime(struct choices *c, struct complaint *why, const char *text)
{
    struct offered offered;

    c->group.dh = dh_parameters_named(text);
    if (c->group.dh)
        return true;
    if (find_offered(&offered, text))
        return complaint_say(why,
                             "--group %s is a curve, and --kx %s computes with a prime; take "
                             "ffdhe2048, modp_1536 or a file of openssl dhparam, or --kx ecdhe",
                             text, kx_name(c->kx));
    if (access(text, F_OK) != 0)
        return complaint_say(why,
                             "--group %s: there is no such file, and libcrypto knows no group of "
                             "that name; take ffdhe2048, modp_1536 or a file of openssl dhparam",
                             text);
    c->group.dh = dh_parameters_read(why, text);
    return c->group.dh != NULL;
}

/* Where a group that libssl has by name can be negotiated, if not here. */
static const char *other_place(const struct offered *o)
{
    if (o->lowest == TLS1_3_VERSION)
        return "it is one of TLS 1.3, take --kx tls13, or --kx dhe";
    return "TLS 1.3 has dropped it, take --kx ecdhe";
}

static bool decide_by_name(struct choices *c, struct complaint *why, const char *text)
{
    struct offered o;

    if (!find_offered(&o, text)) {
        EVP_PKEY *dh = dh_parameters_named(text);
        bool is_prime = dh || access(text, F_OK) == 0;

        EVP_PKEY_free(dh);
        return complaint_say(why,
                             is_prime ? "--group %s: --kx %s takes groups that have a number in "
                                        "TLS, such as P-256 or X25519; take --kx dhe for any prime"
                                      : "--group %s: libssl has no group of that name for --kx %s; "
                                        "take P-256 or X25519, for instance",
                             text, kx_name(c->kx));
    }
    if (o.lowest < 0 || (o.lowest > 0 && c->version < o.lowest) || o.highest < 0 ||
        (o.highest > 0 && c->version > o.highest))
        return complaint_say(why, "--group %s has no place in --kx %s with %s: %s", text,
                             kx_name(c->kx), tls_version_name(c->version), other_place(&o));
    c->group.name = alloc_text(o.name);
    c->group.nid = OBJ_txt2nid(o.internal_name);
    return true;
}

bool group_choices_make(struct choices *choices, struct complaint *why, const struct wishes *wishes)
{
    const char *text = wishes->group;
    bool is_tls13 = choices->version == TLS1_3_VERSION;

    if (is_finite_field(choices->kx))
        return decide_prime(choices, why, text ? text : DEFAULT_DH_GROUP);
    if (!text)
        return true;
    if (!is_tls13 && !is_elliptic(choices->kx))
        return complaint_say(why,
                             "--group %s: no Diffie-Hellman group takes part in --kx %s; take "
                             "--kx dhe, ecdhe or tls13, or leave out --group",
                             text, kx_name(choices->kx));
    if (is_tls13 && choices->has_psk && choices->without_dhe)
        return complaint_say(why,
                             "--group %s: with --psk-mode ke the pre-shared key is all there is; "
                             "leave out one of the two",
                             text);
    return decide_by_name(choices, why, text);
}

void group_choice_clear(struct group_choice *group)
{
    EVP_PKEY_free(group->dh);
    free(group->name);
    *group = (struct group_choice){0};
}

char *group_choices_name(const struct choices *choices)
{
    const struct group_choice *group = &choices->group;
    EVP_PKEY *usual = group->dh ? dh_parameters_named(DEFAULT_DH_GROUP) : NULL;
    char *name = NULL;

    if (group->dh && !(usual && dh_parameters_equal(group->dh, usual))) {
        char *tag = dh_parameters_tag(group->dh);

        name = alloc_format("+%s", tag);
        free(tag);
    } else if (group->name) {
        name = alloc_format("+%s", OBJ_nid2sn(group->nid));
    }
    EVP_PKEY_free(usual);
    return name ? name : alloc_text("");
}

/* The server's public key, as the client got it, tells the prime; a resumption has none. */
static bool prime_met(const EVP_PKEY *chosen, struct complaint *why, const SSL *ssl)
{
    EVP_PKEY *theirs = NULL;
    bool met = SSL_is_server(ssl) || SSL_get_peer_tmp_key(unconst(ssl), &theirs) != 1 ||
               dh_parameters_equal(chosen, theirs);

    if (!met) {
        char *wanted = dh_parameters_text(chosen);
        char *got = dh_parameters_text(theirs);

        (void)complaint_say(why, "%s was asked for and %s came of it", wanted, got);
        free(wanted);
        free(got);
    }
    EVP_PKEY_free(theirs);
    ERR_clear_error();
    return met;
}

bool group_choices_met(const struct choices *choices, struct complaint *why, const SSL *ssl)
{
    const struct group_choice *group = &choices->group;

    if (group->dh)
        return prime_met(group->dh, why, ssl);
    /* Whoever resumes without Diffie-Hellman has no group in this connection. */
    if (!group->name || (choices->without_dhe && SSL_session_reused(ssl)))
        return true;

    int nid = (int)SSL_get_negotiated_group(unconst(ssl));

    if (nid == group->nid)
        return true;
    return complaint_say(why, "%s was asked for and %s came of it", group->name,
                         OBJ_nid2sn(nid) ? OBJ_nid2sn(nid) : "another group");
}
