#include "attacker/leaks/fixed_dh.h"

#include "attacker/leaks/diffie_hellman.h"

static const char value_step[] = "What is the client's public value?";

/* client_certificate is the Certificate message in which the client shows its own; NULL when it has
 * shown none. */
static const struct message *client_certificate(const struct handshake *h)
{
    for (size_t i = 0; i < h->num_messages; i++) {
        if (h->messages[i].type == HANDSHAKE_CERTIFICATE && h->messages[i].from == SIDE_CLIENT)
            return &h->messages[i];
    }
    return NULL;
}

/* value_in writes the public value of the key in a Certificate message. */
static bool value_in(const struct message *m, uint16_t version, uint8_t out[static SECRET_MAX_LEN],
                     size_t *len)
{
    struct certificate certificate = {0};
    struct bytes der;
    bool found = m && certificate_first(m->body, version, &der) && der.len > 0 &&
                 certificate_read(der, &certificate) && certificate.public_key &&
                 diffie_hellman_value_of(certificate.public_key, out, len);

    certificate_clear(&certificate);
    return found;
}

/*
 * find_value: the client's public value stands in its ClientKeyExchange; or that is empty, when the
 * client's certificate holds a key in the same group, which is then used (RFC 5246 section
 * 7.4.7.2). Empty when it is not to be found. `room` is for the second way.
 */
static struct bytes find_value(const struct handshake *h, uint8_t room[static SECRET_MAX_LEN],
                               struct evidence *e)
{
    const struct message *own = client_certificate(h);
    char hex[EVIDENCE_HEX_SIZE];
    size_t len;

    if (h->client_value.len > 0) {
        evidence_add(e, h->client_key_exchange->frame, value_step,
                     "it stands in the ClientKeyExchange, %zu bytes: %s", h->client_value.len,
                     evidence_hex(h->client_value, hex));
        return h->client_value;
    }
    if (value_in(own, h->version, room, &len)) {
        evidence_add(e, own->frame, value_step,
                     "the ClientKeyExchange is empty: it is the one in the client's own "
                     "certificate, %zu bytes: %s",
                     len, evidence_hex(bytes_of(room, len), hex));
        return bytes_of(room, len);
    }
    evidence_add(e, h->client_key_exchange->frame, value_step,
                 "the ClientKeyExchange is empty: it is the one in the client's own certificate, "
                 "and %s",
                 own ? "that holds none that can be read" : "none is in the recording");
    return (struct bytes){0};
}

enum answer fixed_dh_ask(EVP_PKEY *key, const struct handshake *h, struct secret *out,
                         struct evidence *e)
{
    static const char step[] = "Does the key give the shared secret?";
    uint8_t room[SECRET_MAX_LEN];

    if (!key) {
        evidence_add(e, 0, step,
                     "can't be told: the other half of it stands in the server's certificate, and "
                     "that can't be read or is not in the recording");
        return ANSWER_BROKEN;
    }
    evidence_add(e, h->certificate_message->frame, "What does the key do in this handshake?",
                 "it agrees on the secret: the certificate's own Diffie-Hellman key is the "
                 "server's part of the exchange, here and in every other of its kind");

    struct bytes value = find_value(h, room, e);
    if (value.len == 0)
        return ANSWER_BROKEN;
    if (!diffie_hellman_compute(key, value, false, SECRET_PREMASTER, out)) {
        evidence_add(e, h->client_key_exchange->frame, step,
                     "no: the client's public value is no member of its group");
        return ANSWER_BROKEN;
    }
    evidence_add(e, h->client_key_exchange->frame, step,
                 "yes: with the client's public value, %zu bytes", out->len);
    return ANSWER_SECRET;
}
