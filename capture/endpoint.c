#include "capture/endpoint.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

char *endpoint_text(const struct endpoint *e, char out[static ENDPOINT_TEXT_SIZE])
{
    char address[INET6_ADDRSTRLEN];
    bool v6 = e->family == 6;
    const char *text = inet_ntop(v6 ? AF_INET6 : AF_INET, e->address, address, sizeof(address));

    assert(text != NULL); /* fails only for a family or a size that is not the one above */
    (void)snprintf(out, ENDPOINT_TEXT_SIZE, v6 ? "[%s]:%u" : "%s:%u", text, e->port);
    return out;
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
    return a->port == b->port && a->family == b->family &&
           memcmp(a->address, b->address, sizeof(a->address)) == 0;
}
