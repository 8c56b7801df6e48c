#include "victim/ring_message.h"

#include <assert.h>

static uint8_t *put(uint8_t *at, size_t value, size_t width)
{
    for (size_t i = width; i > 0; i--, value >>= 8)
        at[i - 1] = (uint8_t)value;
    return at + width;
}

void ring_header_write(uint8_t out[static RING_HEADER_SIZE], const struct ring_header *header)
{
    uint8_t *at = out;

    assert(header->agreement.len == RING_AGREEMENT_SIZE);
    memcpy(at, RING_MAGIC, strlen(RING_MAGIC));
    at = put(at + strlen(RING_MAGIC), RING_VERSION, 1);
    at = put(at, header->type, 1);
    memcpy(at, header->agreement.at, RING_AGREEMENT_SIZE);
    at = put(at + RING_AGREEMENT_SIZE, RING_GROUP_NUMBER, 2);
    at = put(at, header->members, 1);
    at = put(at, header->sender, 1);
    at = put(at, header->round, 1);
    at = put(at, header->length, 4);
    assert(at == out + RING_HEADER_SIZE);
}
