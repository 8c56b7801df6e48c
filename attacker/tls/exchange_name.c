#include "attacker/tls/exchange_name.h"

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

char *exchange_group_name(const struct handshake *h, char out[static GROUP_TEXT_SIZE])
{
    const struct group *group = group_find(h->group);

    out[0] = '\0';
    if (h->server_params.p.len > 0)
        return group_prime_name(h->server_params.p, out);
    if (group)
        (void)snprintf(out, GROUP_TEXT_SIZE, "%s", group->name);
    else if (h->group != 0)
        (void)snprintf(out, GROUP_TEXT_SIZE, "group 0x%04x", h->group);
    return out;
}

bool exchange_is_ephemeral(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return h->server_value.len > 0;
    return h->suite && suite_is_ephemeral(h->suite);
}
