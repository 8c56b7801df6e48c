/*
 * Target: sslv2_hello_begins, sslv2_hello_next, sslv2_hello_read. Input: the beginning of a stream.
 * Holds: the hello is a view of it, and what it says is a view of the hello.
 */
#include "attacker/tls/sslv2_hello.h"

#include <assert.h>

#include "tests/fuzz/target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct reader r = reader_of(bytes_of(data, len));
    struct hello hello;
    struct bytes whole;

    if (!sslv2_hello_begins(r.left) || !sslv2_hello_next(&r, &whole))
        return 0;
    assert(whole.at >= data && whole.at + whole.len + r.left.len == data + len);
    if (sslv2_hello_read(whole, &hello))
        assert(hello.session_id.len <= whole.len);
    return 0;
}
