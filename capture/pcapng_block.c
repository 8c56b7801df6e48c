#include "capture/pcapng_block.h"

/* Microseconds, when an interface does not say otherwise. */
static const struct pcapng_clock usual_clock = {.exponent = 6};

static const uint64_t NS_PER_SECOND = 1000000000;

/* --- Numbers in the section's byte order ---------------------------------------- */

static bool read_u16(struct reader *r, uint16_t *out, enum byte_order order)
{
    uint64_t n;

    if (!reader_uint_in(r, &n, 2, order))
        return false;
    *out = (uint16_t)n;
    return true;
}

static bool read_u32(struct reader *r, uint32_t *out, enum byte_order order)
{
    uint64_t n;

    if (!reader_uint_in(r, &n, 4, order))
        return false;
    *out = (uint32_t)n;
    return true;
}

/* --- The section and its interfaces ------------------------------------------------ */

/* byte-order magic 4 | major 2 | minor 2 | section length 8 | options */
bool pcapng_read_section(enum byte_order *order, uint16_t *major, struct bytes body)
{
    enum { MAGIC = 0x1a2b3c4d, MAGIC_SWAPPED = 0x4d3c2b1a };
    struct reader r = reader_of(body);
    uint32_t magic;

    if (!reader_u32(&r, &magic) || (magic != MAGIC && magic != MAGIC_SWAPPED))
        return false;

    enum byte_order found = magic == MAGIC ? ORDER_BIG_ENDIAN : ORDER_LITTLE_ENDIAN;

    if (!read_u16(&r, major, found) || !reader_skip(&r, 10))
        return false;
    *order = found;
    return true;
}

/* code 2 | length 2 | value | padding up to 4. False at the end, and where there is no option. */
static bool read_option(struct reader *r, uint16_t *code, struct reader *value,
                        enum byte_order order)
{
    struct reader ahead = *r;
    struct bytes content;
    uint16_t len;
    const size_t unit = 4;

    if (!read_u16(&ahead, code, order) || !read_u16(&ahead, &len, order) ||
        !reader_bytes(&ahead, &content, len))
        return false;
    if (!reader_skip(&ahead,
                     (unit - len % unit) % unit)) /* some writers leave the last padding out */
        (void)reader_rest(&ahead);
    *r = ahead;
    *value = reader_of(content);
    return *code != 0;
}

static void take_interface_option(struct pcapng_interface *i, uint16_t code, struct reader value,
                                  enum byte_order order)
{
    enum { IF_TSRESOL = 9, IF_TSOFFSET = 14 };
    uint8_t resolution;
    uint64_t offset;

    if (code == IF_TSRESOL && reader_u8(&value, &resolution)) {
        i->clock.binary = resolution & 0x80;
        i->clock.exponent = resolution & 0x7f;
    } else if (code == IF_TSOFFSET && reader_uint_in(&value, &offset, 8, order)) {
        i->clock.offset_s = (int64_t)offset;
    }
}

/* link type 2 | reserved 2 | snap length 4 | options */
bool pcapng_read_interface(struct pcapng_interface *out, struct bytes body, enum byte_order order)
{
    struct pcapng_interface i = {.clock = usual_clock};
    struct reader r = reader_of(body);
    struct reader value;
    uint16_t link_type;
    uint16_t code;

    if (!read_u16(&r, &link_type, order) || !reader_skip(&r, 2) ||
        !read_u32(&r, &i.snap_length, order))
        return false;
    i.link_type = link_type;
    while (read_option(&r, &code, &value, order))
        take_interface_option(&i, code, value, order);
    *out = i;
    return true;
}

/* --- Packets -------------------------------------------------------------------------- */

/* time, upper half 4 | lower half 4 | captured length 4 | original length 4 | data | ... */
static bool read_timed(struct pcapng_packet *p, struct reader *r, enum byte_order order)
{
    uint32_t high;
    uint32_t low;
    uint32_t captured;

    if (!read_u32(r, &high, order) || !read_u32(r, &low, order) || !read_u32(r, &captured, order) ||
        !read_u32(r, &p->wire_len, order) || !reader_bytes(r, &p->data, captured))
        return false;
    p->timed = true;
    p->ticks = (uint64_t)high << 32 | low;
    return true;
}

/* interface 2 | drops 2 | as above */
static bool read_old(struct pcapng_packet *p, struct reader *r, enum byte_order order)
{
    uint16_t interface;

    if (!read_u16(r, &interface, order) || !reader_skip(r, 2) || !read_timed(p, r, order))
        return false;
    p->interface = interface;
    return true;
}

/* original length 4 | data, as much of it as the snap length allows | padding */
static bool read_simple(struct pcapng_packet *p, struct reader *r, uint32_t snap_length,
                        enum byte_order order)
{
    if (!read_u32(r, &p->wire_len, order))
        return false;

    uint32_t len = snap_length > 0 && snap_length < p->wire_len ? snap_length : p->wire_len;

    return reader_bytes(r, &p->data, len);
}

bool pcapng_read_packet(struct pcapng_packet *out, uint32_t type, struct bytes body,
                        uint32_t snap_length, enum byte_order order)
{
    struct pcapng_packet p = {0};
    struct reader r = reader_of(body);
    bool read = type == PCAPNG_TYPE_SIMPLE_PACKET ? read_simple(&p, &r, snap_length, order)
                : type == PCAPNG_TYPE_OLD_PACKET
                    ? read_old(&p, &r, order)
                    : read_u32(&r, &p.interface, order) && read_timed(&p, &r, order);

    if (read)
        *out = p;
    return read;
}

/* type of the secrets 4 | length 4 | secrets | ... */
bool pcapng_read_secrets(struct bytes *keylog, struct bytes body, enum byte_order order)
{
    struct reader r = reader_of(body);
    struct bytes secrets;
    uint32_t type;
    uint32_t len;

    if (!read_u32(&r, &type, order) || !read_u32(&r, &len, order) ||
        !reader_bytes(&r, &secrets, len))
        return false;
    *keylog = type == PCAPNG_SECRETS_TLS ? secrets : bytes_of(NULL, 0);
    return true;
}

/* --- Time ---------------------------------------------------------------------------------- */

/* split turns ticks into seconds and the nanoseconds behind them. */
static void split(const struct pcapng_clock *clock, uint64_t ticks, uint64_t *s, uint64_t *ns)
{
    enum { MAX_DECIMAL = 19 /* 10^19 still has 64 bits */, EXACT_BITS = 34 /* times 10^9, too */ };
    unsigned exponent = clock->exponent;
    uint64_t units = 1;

    *s = 0;
    *ns = 0;
    if (clock->binary && exponent < 64) {
        uint64_t part = exponent > 0 ? ticks & (UINT64_MAX >> (64 - exponent)) : 0;
        unsigned kept = exponent < EXACT_BITS ? exponent : EXACT_BITS;

        *s = ticks >> exponent;
        *ns = ((part >> (exponent - kept)) * NS_PER_SECOND) >> kept;
    } else if (!clock->binary && exponent <= MAX_DECIMAL) {
        for (unsigned i = 0; i < exponent; i++)
            units *= 10;
        *s = ticks / units;
        *ns = units > NS_PER_SECOND ? ticks % units / (units / NS_PER_SECOND)
                                    : ticks % units * (NS_PER_SECOND / units);
    }
}

uint64_t pcapng_time_ns(const struct pcapng_clock *clock, uint64_t ticks)
{
    uint64_t s;
    uint64_t ns;

    split(clock, ticks, &s, &ns);
    s += (uint64_t)clock->offset_s; /* modulo 2^64, as negative ones are meant */
    return s < UINT64_MAX / NS_PER_SECOND ? s * NS_PER_SECOND + ns : 0;
}
