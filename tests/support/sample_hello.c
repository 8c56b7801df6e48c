#include "tests/support/sample_hello.h"

#include "attacker/tls/hello.h"
#include "attacker/tls/version.h"

static void open_extension(struct writer *w, unsigned type)
{
    write_uint(w, type, 2);
    write_open(w, 2);
}

static void write_server_name(struct writer *w)
{
    open_extension(w, EXTENSION_SERVER_NAME);
    write_open(w, 2);
    write_uint(w, 0, 1); /* host_name */
    write_open(w, 2);
    write_text(w, SAMPLE_HOST);
    write_close(w);
    write_close(w);
    write_close(w);
}

static void write_alpn(struct writer *w, bool offer)
{
    open_extension(w, EXTENSION_ALPN);
    write_open(w, 2);
    if (offer)
        write_block(w, bytes_of("h2", 2), 1);
    write_block(w, bytes_of("http/1.1", 8), 1);
    write_close(w);
    write_close(w);
}

static void write_tls13_offer(struct writer *w)
{
    open_extension(w, EXTENSION_SUPPORTED_VERSIONS);
    write_hex(w, "04 0304 0303");
    write_close(w);
    open_extension(w, EXTENSION_KEY_SHARE);
    write_open(w, 2);
    write_uint(w, 0x0017, 2);
    write_open(w, 2);
    write_repeated(w, 0x04, 65);
    write_close(w);
    write_uint(w, 0x001d, 2);
    write_open(w, 2);
    write_repeated(w, 0x1d, 32);
    write_close(w);
    write_close(w);
    write_close(w);
}

struct bytes sample_client_hello(struct writer *w, bool tls13)
{
    write_uint(w, TLS_1_2, 2);
    write_repeated(w, 0xc1, RANDOM_LEN);
    write_open(w, 1); /* session id */
    write_repeated(w, 0x1d, 32);
    write_close(w);
    write_open(w, 2);
    write_hex(w, "1301 c02f");
    write_close(w);
    write_open(w, 1);
    write_uint(w, 0, 1);
    write_close(w);
    write_open(w, 2);
    write_server_name(w);
    write_alpn(w, true);
    open_extension(w, EXTENSION_SESSION_TICKET);
    write_text(w, "a ticket");
    write_close(w);
    open_extension(w, EXTENSION_EXTENDED_MASTER_SECRET);
    write_close(w);
    if (tls13)
        write_tls13_offer(w);
    write_close(w);
    return writer_take(w);
}

static void write_random(struct writer *w, bool retry)
{
    if (retry) /* RFC 8446 section 4.1.3 */
        write_hex(w, "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    else
        write_repeated(w, 0x52, RANDOM_LEN);
}

static void write_key_share(struct writer *w, const struct sample_choice *choice)
{
    open_extension(w, EXTENSION_KEY_SHARE);
    write_uint(w, choice->group, 2);
    if (!choice->retry) { /* a retry names the group alone */
        write_open(w, 2);
        write_repeated(w, 0xe5, 32);
        write_close(w);
    }
    write_close(w);
}

struct bytes sample_server_hello(struct writer *w, const struct sample_choice *choice)
{
    bool tls13 = choice->version >= TLS_1_3;

    write_uint(w, tls13 ? TLS_1_2 : choice->version, 2);
    write_random(w, choice->retry);
    write_open(w, 1);
    write_repeated(w, 0x1d, 32);
    write_close(w);
    write_uint(w, choice->suite, 2);
    write_uint(w, 0, 1);
    write_open(w, 2);
    if (tls13) {
        open_extension(w, EXTENSION_SUPPORTED_VERSIONS);
        write_uint(w, choice->version, 2);
        write_close(w);
    }
    if (choice->group)
        write_key_share(w, choice);
    if (choice->psk) {
        open_extension(w, EXTENSION_PRE_SHARED_KEY);
        write_uint(w, 0, 2);
        write_close(w);
    }
    if (choice->extended_master_secret) {
        open_extension(w, EXTENSION_EXTENDED_MASTER_SECRET);
        write_close(w);
    }
    if (choice->encrypt_then_mac) {
        open_extension(w, EXTENSION_ENCRYPT_THEN_MAC);
        write_close(w);
    }
    if (choice->truncated_hmac) {
        open_extension(w, EXTENSION_TRUNCATED_HMAC);
        write_close(w);
    }
    if (choice->alpn)
        write_alpn(w, false);
    write_close(w);
    return writer_take(w);
}
