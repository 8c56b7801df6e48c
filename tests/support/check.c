#include "tests/support/check.h"

#include <stdlib.h>

#include "capture/alloc.h"

struct bytes exact_copy(struct bytes b)
{
    uint8_t *copy = b.len > 0 ? malloc(b.len) : NULL;

    if (b.len > 0) {
        assert_non_null(copy);
        memcpy(copy, b.at, b.len);
    }
    return bytes_of(copy, b.len);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct bytes unhex(const char *hex)
{
    uint8_t *out = alloc_zero(strlen(hex) / 2 + 1);
    size_t num_digits = 0;

    for (; *hex; hex++) {
        int value = digit(*hex);

        if (value < 0) {
            assert_non_null(strchr(" \t\r\n", *hex));
            continue;
        }
        out[num_digits / 2] = (uint8_t)(out[num_digits / 2] << 4 | value);
        num_digits++;
    }
    assert_int_equal(num_digits % 2, 0);

    struct bytes exact = exact_copy(bytes_of(out, num_digits / 2));
    free(out);
    return exact;
}

void exact_free(struct bytes b)
{
    free(unconst(b.at));
}
