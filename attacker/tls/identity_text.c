#include "attacker/tls/identity_text.h"

#include <stdio.h>

/* Four characters for the widest byte, and what may stand behind it: "...", a quotation mark and
 * the end. */
#define ROOM_FOR_ONE_MORE (4 + 3 + 1 + 1)

static bool is_plain(uint8_t byte)
{
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

char *identity_text(struct bytes identity, char out[static IDENTITY_TEXT_SIZE])
{
    struct reader r = reader_of(identity);
    size_t len = 1;
    uint8_t byte;

    out[0] = '"';
    while (len + ROOM_FOR_ONE_MORE <= IDENTITY_TEXT_SIZE && reader_u8(&r, &byte))
        len += (size_t)snprintf(out + len, IDENTITY_TEXT_SIZE - len,
                                is_plain(byte) ? "%c" : "\\x%02x", byte);
    (void)snprintf(out + len, IDENTITY_TEXT_SIZE - len, "%s\"", reader_done(&r) ? "" : "...");
    return out;
}
