#include "attacker/tls/suite.h"

#include <stdlib.h>
#include <string.h>

static int compare_id(const void *id, const void *row)
{
    return (int)*(const uint16_t *)id - (int)((const struct suite *)row)->id;
}

const struct suite *suite_find(uint16_t id)
{
    size_t num_suites;
    const struct suite *table = suite_table(&num_suites);

    return bsearch(&id, table, num_suites, sizeof(*table), compare_id);
}

char *suite_key_exchange_name(const struct suite *suite, char out[static SUITE_KEY_EXCHANGE_SIZE])
{
    const char *start = suite->name + strlen("TLS_");
    const char *end = strstr(start, "_WITH_");
    size_t len = end ? (size_t)(end - start) : 0;

    if (len >= SUITE_KEY_EXCHANGE_SIZE)
        len = SUITE_KEY_EXCHANGE_SIZE - 1;
    memcpy(out, start, len);
    out[len] = '\0';
    return out;
}

bool suite_is_ephemeral(const struct suite *suite)
{
    enum key_exchange kx = suite->key_exchange;

    return kx == KX_DHE || kx == KX_DH_ANON || kx == KX_DHE_PSK || kx == KX_ECDHE ||
           kx == KX_ECDH_ANON || kx == KX_ECDHE_PSK;
}

bool suite_is_fixed(const struct suite *suite)
{
    return suite->key_exchange == KX_DH || suite->key_exchange == KX_ECDH;
}

bool suite_is_curve(const struct suite *suite)
{
    enum key_exchange kx = suite->key_exchange;

    return kx == KX_ECDHE || kx == KX_ECDH || kx == KX_ECDH_ANON || kx == KX_ECDHE_PSK;
}

bool suite_uses_psk(const struct suite *suite)
{
    enum key_exchange kx = suite->key_exchange;

    return kx == KX_PSK || kx == KX_DHE_PSK || kx == KX_ECDHE_PSK || kx == KX_RSA_PSK;
}
