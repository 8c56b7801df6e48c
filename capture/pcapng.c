#include "capture/pcapng.h"

#include <stdlib.h>

#include "capture/alloc.h"

/* A block is its type, its length, the body, and its length again. */
enum { HEAD_LEN = 8, FOOT_LEN = 4, FRAME_LEN = HEAD_LEN + FOOT_LEN };

/* What is read at a time: the memory for a block grows with what is there of it, whatever length
 * it claims. */
#define PIECE_LEN ((size_t)64 * 1024)

struct pcapng {
    FILE *stream;
    enum byte_order order;
    struct pcapng_interface *interfaces; /* of the section that is being read */
    size_t num_interfaces;
    struct buffer body; /* of the block that is being read, with its foot */
    uint64_t last_ns;   /* time of the packet before */
    char piece[PIECE_LEN];
    const char *trouble;
};

struct head {
    uint32_t type;
    uint32_t len; /* of the whole block */
};

bool pcapng_begins(struct bytes magic)
{
    struct reader r = reader_of(magic);
    uint32_t type;

    return reader_u32(&r, &type) && type == PCAPNG_TYPE_SECTION;
}

struct pcapng *pcapng_new(FILE *stream)
{
    struct pcapng *p = alloc_zero(sizeof(*p));

    p->stream = stream;
    return p;
}

static enum pcapng_step damaged(struct pcapng *p, const char *trouble)
{
    p->trouble = trouble;
    return PCAPNG_DAMAGED;
}

static bool failed(struct pcapng *p, const char *trouble)
{
    p->trouble = trouble;
    return false;
}

/* --- From block to block ------------------------------------------------------------- */

/* read_on takes the next `len` bytes of the file, and puts them behind `to`, or nowhere if NULL. */
static bool read_on(struct pcapng *p, size_t len, struct buffer *to)
{
    while (len > 0) {
        size_t wanted = len < PIECE_LEN ? len : PIECE_LEN;
        size_t n = fread(p->piece, 1, wanted, p->stream);

        if (to)
            buffer_append(to, bytes_of(p->piece, n));
        if (n < wanted)
            return failed(p, "it ends in the middle of a block");
        len -= n;
    }
    return true;
}

static bool parse_head(struct head *out, struct bytes raw, enum byte_order order)
{
    struct reader r = reader_of(raw);
    uint64_t type;
    uint64_t len;

    if (!reader_uint_in(&r, &type, 4, order) || !reader_uint_in(&r, &len, 4, order))
        return false;
    *out = (struct head){(uint32_t)type, (uint32_t)len};
    return true;
}

/* has_possible_length: there is room for the frame, and all of it is padded. */
static bool has_possible_length(struct pcapng *p, const struct head *head)
{
    return (head->len >= FRAME_LEN && head->len % 4 == 0) ||
           failed(p, "a block has an impossible length");
}

/* read_body reads a block's body and foot into p->body, and checks the foot. */
static bool read_body(struct pcapng *p, const struct head *head, struct bytes *out)
{
    struct reader r;
    uint64_t foot;

    if (!has_possible_length(p, head))
        return false;
    if (head->len > PCAPNG_MAX_BLOCK)
        return failed(p, "a block claims to be longer than 16 MiB, which is the limit here");
    if (!read_on(p, head->len - HEAD_LEN - p->body.len, &p->body))
        return false;
    r = reader_of(buffer_view(&p->body));
    if (!reader_bytes(&r, out, head->len - FRAME_LEN) || !reader_uint_in(&r, &foot, 4, p->order) ||
        foot != head->len)
        return failed(p, "the two lengths of a block differ");
    return true;
}

static bool pass_over(struct pcapng *p, const struct head *head)
{
    return has_possible_length(p, head) && read_on(p, head->len - HEAD_LEN, NULL);
}

/* --- Sections and interfaces ----------------------------------------------------------- */

/* begin_section: the byte order stands in the body, and the length in front of it is in that
 * order, too. */
static bool begin_section(struct pcapng *p, struct bytes raw_head)
{
    enum { LEAST_LEN = 16 };
    struct bytes body;
    struct head head;
    uint16_t major;

    if (!read_on(p, LEAST_LEN, &p->body))
        return false;
    if (!pcapng_read_section(&p->order, &major, buffer_view(&p->body)))
        return failed(p, "a section has no byte-order magic");
    if (!parse_head(&head, raw_head, p->order) || head.len < FRAME_LEN + LEAST_LEN)
        return failed(p, "a block has an impossible length");
    if (major != 1)
        return failed(p, "a section is of a later version of the format");
    p->num_interfaces = 0;
    return read_body(p, &head, &body);
}

static bool add_interface(struct pcapng *p, const struct head *head)
{
    struct pcapng_interface interface;
    struct bytes body;

    if (!read_body(p, head, &body))
        return false;
    if (!pcapng_read_interface(&interface, body, p->order))
        return failed(p, "an interface block is too short");
    if (p->num_interfaces == PCAPNG_MAX_INTERFACES)
        return failed(p, "it has more than 65536 interfaces, which is the limit here");
    if ((p->num_interfaces & (p->num_interfaces - 1)) == 0) /* full: it is a power of two */
        p->interfaces =
            alloc_resize(p->interfaces, (p->num_interfaces > 0 ? p->num_interfaces : 1) * 2 *
                                            sizeof(*p->interfaces));
    p->interfaces[p->num_interfaces++] = interface;
    return true;
}

/* --- What is handed out -------------------------------------------------------------------- */

static enum pcapng_step take_packet(struct pcapng *p, const struct head *head, struct packet *out)
{
    struct pcapng_packet packet;
    struct bytes body;

    if (!read_body(p, head, &body))
        return PCAPNG_DAMAGED;
    if (p->num_interfaces == 0)
        return damaged(p, "a packet stands in front of every interface");
    if (!pcapng_read_packet(&packet, head->type, body, p->interfaces[0].snap_length, p->order))
        return damaged(p, "a packet is longer than its block");
    if (packet.interface >= p->num_interfaces)
        return damaged(p, "a packet is from an interface that is not described");

    const struct pcapng_interface *from = &p->interfaces[packet.interface];

    if (packet.timed)
        p->last_ns = pcapng_time_ns(&from->clock, packet.ticks);
    *out = (struct packet){
        .time_ns = p->last_ns,
        .link_type = from->link_type,
        .wire_len = packet.wire_len,
        .data = packet.data,
    };
    return PCAPNG_PACKET;
}

static enum pcapng_step take_secrets(struct pcapng *p, const struct head *head,
                                     struct bytes *keylog)
{
    struct bytes body;

    if (!read_body(p, head, &body))
        return PCAPNG_DAMAGED;
    if (!pcapng_read_secrets(keylog, body, p->order))
        return damaged(p, "a secrets block is shorter than its secrets");
    return PCAPNG_SECRETS;
}

/* read_head reads the first bytes of the next block; *at_end when there are none. */
static bool read_head(struct pcapng *p, struct head *out, uint8_t raw[static HEAD_LEN],
                      bool *at_end)
{
    size_t n = fread(raw, 1, HEAD_LEN, p->stream);

    p->body.len = 0;
    *at_end = n == 0;
    return (n == HEAD_LEN && parse_head(out, bytes_of(raw, HEAD_LEN), p->order)) ||
           failed(p, "it ends in the middle of a block");
}

static bool is_packet(uint32_t type)
{
    return type == PCAPNG_TYPE_OLD_PACKET || type == PCAPNG_TYPE_SIMPLE_PACKET ||
           type == PCAPNG_TYPE_ENHANCED_PACKET;
}

/* pass takes a block that is neither packet nor secrets. */
static bool pass(struct pcapng *p, const struct head *head, struct bytes raw_head)
{
    switch (head->type) {
    case PCAPNG_TYPE_SECTION:
        return begin_section(p, raw_head);
    case PCAPNG_TYPE_INTERFACE:
        return add_interface(p, head);
    default:
        return pass_over(p, head);
    }
}

enum pcapng_step pcapng_next(struct pcapng *p, struct packet *packet, struct bytes *keylog)
{
    uint8_t raw[HEAD_LEN];
    struct head head;
    bool at_end;

    do {
        if (!read_head(p, &head, raw, &at_end))
            return at_end ? PCAPNG_END : PCAPNG_DAMAGED;
        if (is_packet(head.type))
            return take_packet(p, &head, packet);
        if (head.type == PCAPNG_TYPE_SECRETS)
            return take_secrets(p, &head, keylog);
    } while (pass(p, &head, bytes_of(raw, HEAD_LEN)));
    return PCAPNG_DAMAGED;
}

/* --- Whole blocks ------------------------------------------------------------------------- */

/* read_whole leaves a block's body, with its foot, in p->body. */
static bool read_whole(struct pcapng *p, const struct head *head, struct bytes raw_head)
{
    struct bytes body;

    if (head->type == PCAPNG_TYPE_SECTION || head->type == PCAPNG_TYPE_INTERFACE)
        return pass(p, head, raw_head);
    return read_body(p, head, &body);
}

bool pcapng_next_block(struct pcapng *p, struct pcapng_whole_block *out)
{
    uint8_t raw[HEAD_LEN];
    struct head head;
    bool at_end;
    bool too_long;

    do {
        if (!read_head(p, &head, raw, &at_end)) {
            p->trouble = at_end ? NULL : p->trouble;
            return false;
        }
        too_long = head.type != PCAPNG_TYPE_SECTION && head.len > PCAPNG_MAX_BLOCK;
        if (!(too_long ? pass_over(p, &head) : read_whole(p, &head, bytes_of(raw, HEAD_LEN))))
            return false;
    } while (too_long);
    *out = (struct pcapng_whole_block){
        .type = head.type,
        .order = p->order,
        .body = bytes_first(buffer_view(&p->body), p->body.len - FOOT_LEN),
        .is_packet = is_packet(head.type),
    };
    return !out->is_packet ||
           (p->num_interfaces > 0 && pcapng_read_packet(&out->packet, out->type, out->body,
                                                        p->interfaces[0].snap_length, p->order)) ||
           failed(p, "a packet is longer than its block");
}

const char *pcapng_trouble(const struct pcapng *p)
{
    return p->trouble;
}

void pcapng_free(struct pcapng *p)
{
    if (!p)
        return;
    buffer_clear(&p->body);
    free(p->interfaces);
    free(p);
}
