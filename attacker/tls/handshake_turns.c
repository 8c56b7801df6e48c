/* Whose turn is it? What follows from the messages that were seen so far. */
#include "attacker/tls/handshake.h"

bool handshake_retry_is_open(const struct handshake *h)
{
    return h->retry_request && h->client_hello && h->client_hello < h->retry_request;
}

bool handshake_awaits(const struct handshake *h, enum side side)
{
    if (h->past_reading[side_other(side)])
        return false;
    if (!h->client_hello || handshake_retry_is_open(h))
        return side == SIDE_SERVER;
    if (!h->server_hello)
        return side == SIDE_CLIENT;
    if (h->version >= TLS_1_3)
        return side == SIDE_CLIENT;
    if (handshake_is_resumption(h) || (!h->server_hello_done && !h->torn[SIDE_SERVER]))
        return side == SIDE_CLIENT;
    return side == SIDE_SERVER;
}

bool handshake_echoes_session_id(const struct handshake *h)
{
    return h->session_id_offered.len > 0 &&
           bytes_equal(h->session_id_offered, h->session_id_chosen);
}

bool handshake_is_resumption(const struct handshake *h)
{
    if (h->version >= TLS_1_3)
        return h->psk_chosen;
    return h->server_hello && h->change_cipher_spec[SIDE_SERVER] && !h->server_hello_done &&
           !h->client_key_exchange && (!h->torn[SIDE_SERVER] || handshake_echoes_session_id(h));
}
