#include "tests/support/sample_handshake.h"

#include "tests/support/check.h"

bool saw(struct handshake *h, enum side from, uint8_t type, struct bytes body)
{
    struct bytes whole = message_of(type, body);
    uint64_t frame = 100 + h->num_messages;
    bool seen = handshake_see(h, from, whole, frame, 1000 * frame);

    exact_free(whole); /* the handshake keeps its own copy */
    return seen;
}

bool saw_hex(struct handshake *h, enum side from, uint8_t type, const char *body)
{
    struct bytes b = unhex(body);
    bool seen = saw(h, from, type, b);

    exact_free(b);
    return seen;
}

void saw_hellos(struct handshake *h, const struct sample_choice *choice)
{
    struct writer w = {0};
    struct bytes client = sample_client_hello(&w, choice->version >= TLS_1_3);
    struct bytes server = sample_server_hello(&w, choice);

    assert_true(saw(h, SIDE_CLIENT, HANDSHAKE_CLIENT_HELLO, client));
    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_SERVER_HELLO, server));
    exact_free(client);
    exact_free(server);
}

void saw_certificate(struct handshake *h, struct bytes der)
{
    struct writer w = {0};

    write_open(&w, 3);
    write_block(&w, der, 3);
    write_close(&w);
    struct bytes body = writer_take(&w);
    assert_true(saw(h, SIDE_SERVER, HANDSHAKE_CERTIFICATE, body));
    exact_free(body);
}
