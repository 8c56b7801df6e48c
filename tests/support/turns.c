#include "tests/support/turns.h"

#define BIT_SERVER 0x8000
#define BIT_ODD    0x4000

bool turn_next(struct reader *r, struct turn *out)
{
    uint16_t head;

    if (!reader_u16(r, &head))
        return false;
    out->from = head & BIT_SERVER ? SIDE_SERVER : SIDE_CLIENT;
    out->odd = head & BIT_ODD;
    out->len = head & TURN_MAX_LEN;
    out->said = bytes_first(r->left, out->len);
    return reader_skip(r, out->said.len);
}

void turn_append(struct buffer *out, enum side from, struct bytes said)
{
    struct reader r = reader_of(said);

    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, TURN_MAX_LEN);
        unsigned head = (unsigned)piece.len | (from == SIDE_SERVER ? BIT_SERVER : 0);
        const uint8_t written[] = {(uint8_t)(head >> 8), (uint8_t)head};

        buffer_append(out, bytes_of(written, sizeof(written)));
        buffer_append(out, piece);
        (void)!reader_skip(&r, piece.len);
    }
}
