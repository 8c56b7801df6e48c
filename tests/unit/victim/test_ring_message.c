/* The format, byte by byte. */
#include "victim/ring_message.h"

#include "tests/support/check.h"

static void a_header_is_written_as_it_is_documented(void **state)
{
    static const uint8_t agreement[RING_AGREEMENT_SIZE] = {0xaa, [15] = 0xbb};
    struct ring_header header = {
        .type = RING_VALUE,
        .agreement = bytes_of(agreement, sizeof(agreement)),
        .members = 5,
        .sender = 4,
        .round = 3,
        .length = 256,
    };
    struct bytes expected = unhex("4b455946414c4c47 01 01 aa0000000000000000000000000000bb 0100 "
                                  "05 04 03 00000100");
    uint8_t written[RING_HEADER_SIZE];

    (void)state;
    ring_header_write(written, &header);
    assert_true(bytes_equal(bytes_of(written, sizeof(written)), expected));
    exact_free(expected);
}

int main(void)
{
    const struct CMUnitTest cases[] = {CASE(a_header_is_written_as_it_is_documented)};

    return RUN(cases);
}
