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

static void clear_label(void *label)
{
    char **text = label;

    free(*text);
}

struct remembered *server_label_memory_new(void)
{
    return remembered_new(SERVER_LABEL_MAX_ADDRESSES, sizeof(char *), clear_label);
}

static char *of_certificate_new(const struct certificate *c)
{
    if (c->subject[0])
        return escape_new(
            bytes_first(bytes_of(c->subject, strlen(c->subject)), SERVER_LABEL_MAX_NAME));
    return hex_new(c->sha256);
}

/* of_address_new: *label is what the latest certificate from there says. */
static char *of_address_new(struct remembered *certificates, const struct session *s)
{
    char address[ENDPOINT_TEXT_SIZE];
    const char *text = endpoint_text(&s->connection.server, address);
    const struct certificate *c = &s->handshake.certificate;
    const struct remembered_key key = remembered_key_of(0, bytes_of(text, strlen(text)));
    char **label = remembered_find(certificates, &key);

    if (!c->seen)
        return alloc_text(label ? *label : text);
    if (!label)
        label = remembered_add(certificates, &key);
    free(*label);
    *label = of_certificate_new(c);
    return alloc_text(*label);
}

char *server_label_new(struct remembered *certificates, const struct session *s)
{
    struct bytes name = s->handshake.server_name;

    if (name.len > 0)
        return escape_new(bytes_first(name, SERVER_LABEL_MAX_NAME));
    return of_address_new(certificates, s);
}
