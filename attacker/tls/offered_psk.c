#include "attacker/tls/offered_psk.h"

static bool read_identity(struct reader *r, size_t which, struct offered_psk *out)
{
    struct reader list;
    struct reader identity;
    bool read = reader_block(r, &list, 2);

    for (size_t i = 0; read && i <= which; i++)
        read = reader_block(&list, &identity, 2) && reader_u32(&list, &out->age);
    if (read)
        out->identity = identity.left;
    return read;
}

/* read_binder takes the list of them to the end. */
static bool read_binder(struct reader *r, size_t which, struct offered_psk *out)
{
    struct reader list;
    struct reader binder;
    bool read = reader_block(r, &list, 2) && reader_done(r);

    for (size_t i = 0; read && i <= which; i++)
        read = reader_block(&list, &binder, 1);
    if (read)
        out->binder = binder.left;
    return read;
}

bool offered_psk_read(const struct message *client_hello, size_t which, struct offered_psk *out)
{
    struct hello hello;
    struct bytes extension;
    struct offered_psk offered = {0};

    if (!client_hello || client_hello->torn || client_hello->sslv2 ||
        !hello_read_client(client_hello->body, &hello) ||
        !hello_extension(&hello, EXTENSION_PRE_SHARED_KEY, &extension))
        return false;

    struct reader r = reader_of(extension);
    if (!read_identity(&r, which, &offered))
        return false;
    size_t binders_len = r.left.len;
    if (!read_binder(&r, which, &offered) || binders_len > client_hello->whole.len)
        return false;
    offered.bound = bytes_first(client_hello->whole, client_hello->whole.len - binders_len);
    *out = offered;
    return true;
}

struct bytes offered_psk_identity(const struct handshake *h)
{
    struct offered_psk offered = {0};

    if (h->version < TLS_1_3)
        return h->client_params.psk_identity;
    if (!h->psk_chosen || !offered_psk_read(h->client_hello, h->psk_selected, &offered))
        return (struct bytes){0};
    return offered.identity;
}
