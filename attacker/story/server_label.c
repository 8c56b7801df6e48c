#include "attacker/story/server_label.h"

#include <stdlib.h>

#include "attacker/story/escape.h"

/* hex_new: for certificates that name nobody. */
static char *hex_new(const uint8_t digest[static CERTIFICATE_FINGERPRINT])
{
    struct buffer text = {0};

    buffer_append(&text, bytes_of("sha256:", 7));
    for (size_t i = 0; i < CERTIFICATE_FINGERPRINT; i++) {
        char *byte = alloc_format("%02x", digest[i]);

        buffer_append(&text, bytes_of(byte, 2));
        free(byte);
    }
    buffer_append(&text, bytes_of("", 1));
    return (char *)text.at;
}

char *server_label_new(const struct session *s)
{
    const struct handshake *h = &s->handshake;
    const struct certificate *c = &h->certificate;
    char address[ENDPOINT_TEXT_SIZE];

    if (h->server_name.len > 0)
        return escape_new(bytes_first(h->server_name, SERVER_LABEL_MAX_NAME));
    if (c->seen && c->subject[0])
        return escape_new(
            bytes_first(bytes_of(c->subject, strlen(c->subject)), SERVER_LABEL_MAX_NAME));
    if (c->seen)
        return hex_new(c->sha256);
    return alloc_text(endpoint_text(&s->connection.server, address));
}
