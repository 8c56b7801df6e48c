#include "attacker/tls/exchange_name.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <stdio.h>

static const char *tls13_name(const struct handshake *h)
{
    const struct group *group = group_find(h->group);
    bool prime = group && group->kind == GROUP_FINITE_FIELD;
    bool lattice = group && group->kind == GROUP_LATTICE;

    if (h->server_value.len == 0)
        return h->psk_chosen ? "PSK" : "";
    if (lattice)
        return h->psk_chosen ? "PSK_MLKEM" : "MLKEM";
    if (h->psk_chosen)
        return prime ? "PSK_DHE" : "PSK_ECDHE";
    return prime ? "DHE" : "ECDHE";
}

char *exchange_name(const struct handshake *h, char out[static SUITE_KEY_EXCHANGE_SIZE])
{
    out[0] = '\0';
    if (h->version >= TLS_1_3)
        (void)snprintf(out, SUITE_KEY_EXCHANGE_SIZE, "%s", tls13_name(h));
    else if (h->suite)
        (void)suite_key_exchange_name(h->suite, out);
    return out;
}

/* 16384 bits: the longest prime that a name is looked up for. */
#define MAX_PRIME_LEN 2048

static void prime_of(const EVP_PKEY *key, char out[static GROUP_TEXT_SIZE])
{
    uint8_t bytes[MAX_PRIME_LEN];
    BIGNUM *p = NULL;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_FFC_P, &p) == 1 &&
        BN_num_bytes(p) <= (int)sizeof(bytes))
        (void)group_prime_name(bytes_of(bytes, (size_t)BN_bn2bin(p, bytes)), out);
    BN_free(p);
    ERR_clear_error();
}

/* fixed_group_name: the server's key stands in its certificate, and its group is that of the
 * exchange. */
static void fixed_group_name(const EVP_PKEY *key, char out[static GROUP_TEXT_SIZE])
{
    char name[GROUP_TEXT_SIZE];
    const struct group *group;

    if (!EVP_PKEY_is_a(key, "EC") || EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1) {
        prime_of(key, out);
        return;
    }
    group = group_find_named(name);
    (void)snprintf(out, GROUP_TEXT_SIZE, "%s", group ? group->name : name);
}

char *exchange_group_name(const struct handshake *h, char out[static GROUP_TEXT_SIZE])
{
    const struct group *group = group_find(h->group);
    const EVP_PKEY *certified = h->certificate.public_key;

    out[0] = '\0';
    if (h->server_params.p.len > 0)
        return group_prime_name(h->server_params.p, out);
    if (group)
        (void)snprintf(out, GROUP_TEXT_SIZE, "%s", group->name);
    else if (h->group != 0)
        (void)snprintf(out, GROUP_TEXT_SIZE, "group 0x%04x", h->group);
    else if (h->suite && suite_is_fixed(h->suite) && h->client_key_exchange && certified)
        fixed_group_name(certified, out);
    return out;
}

bool exchange_is_ephemeral(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return h->server_value.len > 0;
    return h->suite && suite_is_ephemeral(h->suite);
}
