/*
 * Target: hello_read_client, _server and _retry, and what looks into the extensions. Input: the
 * body of a message. Holds: a hello that is whole reads the same when it is taken for a torn one.
 */
#include "attacker/tls/hello.h"

#include <assert.h>
#include <stdlib.h>

#include "capture/alloc.h"
#include "tests/fuzz/target.h"

static void look_into(const struct hello *hello)
{
    struct bytes e;

    if (hello_extension(hello, EXTENSION_SERVER_NAME, &e))
        assert(hello_server_name(e).len <= e.len);
    if (hello_extension(hello, EXTENSION_ALPN, &e))
        assert(hello_first_protocol(e).len <= e.len);
    if (hello_extension(hello, EXTENSION_KEY_SHARE, &e))
        assert(hello_key_share(e, 29).len <= e.len);
    if (hello_extension(hello, EXTENSION_CONNECTION_ID, &e))
        assert(hello_connection_id(e).len <= e.len);
    (void)hello_is_retry_request(hello);
    (void)hello_hides_another(hello);
}

static void read_client(struct bytes body)
{
    struct hello whole;
    struct hello torn;
    uint8_t *without_cookie = alloc_zero(body.len + 1);

    assert(hello_drop_cookie(without_cookie, body) <= body.len);
    free(without_cookie);
    if (!hello_read_client(body, &whole))
        return;
    assert(hello_read_torn_client(body, &torn) && torn.legacy_version == whole.legacy_version);
    assert(bytes_equal(torn.extensions, whole.extensions));
    look_into(&whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct bytes body = bytes_of(data, len);
    struct hello hello;
    struct hello torn;

    read_client(body);
    if (hello_read_server(body, &hello)) {
        assert(hello_read_torn_server(body, &torn) && torn.suite == hello.suite);
        look_into(&hello);
    }
    if (hello_read_retry(body, &hello))
        look_into(&hello);
    return 0;
}
