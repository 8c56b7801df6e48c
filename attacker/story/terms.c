#include "attacker/story/terms.h"

#include <stdlib.h>

#include "attacker/leaks/known_psk.h"
#include "attacker/story/escape.h"
#include "attacker/story/layout.h"
#include "attacker/tls/exchange_name.h"

void terms_print_title(FILE *out, bool colour, const struct session *s, uint64_t id)
{
    char client[ENDPOINT_TEXT_SIZE];
    char server[ENDPOINT_TEXT_SIZE];
    char title[2 * ENDPOINT_TEXT_SIZE + 48];
    char inside[40] = "";

    if (s->carrier > 0)
        (void)snprintf(inside, sizeof(inside), ", inside of %llu", (unsigned long long)s->carrier);
    (void)snprintf(title, sizeof(title), "session %llu%s: %s to %s", (unsigned long long)id, inside,
                   endpoint_text(&s->connection.client, client),
                   endpoint_text(&s->connection.server, server));
    layout_colour(out, colour, LAYOUT_STRONG);
    layout_rule(out, title);
    layout_reset(out, colour);
}

static void print_wire_text(FILE *out, const char *before, struct bytes raw)
{
    char *shown = escape_new(raw);
    char *line = alloc_format("%s%s", before, shown);

    (void)fputs("   ", out);
    layout_wrap(out, 3, line);
    free(line);
    free(shown);
}

/* takes_up_another: a pre-shared key of TLS 1.3 may also be one that was agreed on elsewhere. */
static bool takes_up_another(const struct handshake *h)
{
    return handshake_is_resumption(h) && (h->version < TLS_1_3 || known_psk_is_ticket(h));
}

void terms_print(FILE *out, const struct session *s)
{
    const struct handshake *h = &s->handshake;
    const struct certificate *c = &h->certificate;
    const char *version = handshake_version_name(h);
    char exchange[SUITE_KEY_EXCHANGE_SIZE];
    char group[GROUP_TEXT_SIZE];

    if (h->server_name.len > 0)
        print_wire_text(out, "server name   ", h->server_name);
    if (!h->server_hello)
        return;
    (void)fprintf(out, "   agreed on     %s, ", version ? version : "an unknown version");
    if (h->suite)
        (void)fprintf(out, "%s\n", h->suite->name);
    else
        (void)fprintf(out, "cipher suite 0x%04x, which is not known\n", h->suite_id);
    if (exchange_name(h, exchange)[0]) {
        (void)fprintf(out, "   key exchange  %s", exchange);
        if (exchange_group_name(h, group)[0])
            (void)fprintf(out, " in %s", group);
        (void)fprintf(out, "%s\n", takes_up_another(h) ? ", taking up an earlier session" : "");
    }
    if (c->seen) {
        char *before = alloc_format("certificate   %s, ", c->key_name);

        print_wire_text(out, before, bytes_of(c->subject, strlen(c->subject)));
        free(before);
    }
}
