#include "attacker/story/annotated_copy.h"

#include "capture/capture_file.h"
#include "capture/input.h"
#include "capture/pcapng_writer.h"

struct copy {
    FILE *out;
    const struct run_capture *from;
    struct annotations *notes;
    uint64_t num_packets;
};

/* --- What is added -------------------------------------------------------------------- */

static void write_secrets(const struct copy *c, enum byte_order order)
{
    struct bytes keylog;

    while (annotations_next_secrets(c->notes, &keylog))
        pcapng_write_secrets(c->out, order, keylog);
}

/* take_comments appends those of the next packet, as options. Behind damage that the first reading
 * stopped at, packets have no number. */
static void take_comments(struct copy *c, struct buffer *options, enum byte_order order)
{
    struct bytes text;

    if (c->num_packets == c->from->num_packets)
        return;
    while (annotations_next_comment(c->notes, &text, c->from->first_frame + c->num_packets))
        pcapng_put_comment(options, order, text);
    c->num_packets++;
}

/* write_packet writes a packet's block with its comments, or as it is when it has none, or when
 * there is no room for them. A block without options and time gets them, the time being 0. */
static void write_packet(struct copy *c, const struct pcapng_whole_block *block)
{
    struct buffer comments = {0};
    struct buffer made = {0};
    struct buffer body = {0};
    struct bytes packet = block->body;
    uint32_t type = block->type;

    take_comments(c, &comments, block->order);
    if (comments.len > 0) {
        if (type == PCAPNG_TYPE_SIMPLE_PACKET) {
            pcapng_put_enhanced(&made, block->order, &block->packet);
            packet = buffer_view(&made);
            type = PCAPNG_TYPE_ENHANCED_PACKET;
        }
        pcapng_put_commented(&body, block->order, packet, buffer_view(&comments));
    }
    if (body.len > 0 && body.len < PCAPNG_MAX_BLOCK / 2)
        pcapng_write_block(c->out, block->order, type, buffer_view(&body));
    else
        pcapng_write_block(c->out, block->order, block->type, block->body);
    buffer_clear(&comments);
    buffer_clear(&made);
    buffer_clear(&body);
}

/* --- pcapng ------------------------------------------------------------------------------ */

/* write_section copies a section's header; how long the section was, is not so any more. */
static void write_section(const struct copy *c, const struct pcapng_whole_block *block)
{
    enum { UP_TO_LENGTH = 8, LENGTH = 8 };
    static const uint8_t not_told[LENGTH] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct reader r = reader_of(block->body);
    struct buffer body = {0};

    buffer_append(&body, bytes_first(block->body, UP_TO_LENGTH));
    buffer_append(&body, bytes_of(not_told, LENGTH));
    if (reader_skip(&r, UP_TO_LENGTH + LENGTH))
        buffer_append(&body, reader_rest(&r));
    pcapng_write_block(c->out, block->order, block->type, buffer_view(&body));
    buffer_clear(&body);
}

static void copy_blocks(struct copy *c, FILE *stream)
{
    struct pcapng *blocks = pcapng_new(stream);
    struct pcapng_whole_block block;

    while (pcapng_next_block(blocks, &block)) {
        if (block.type == PCAPNG_TYPE_SECTION) {
            write_section(c, &block);
            write_secrets(c, block.order);
        } else if (block.is_packet) {
            write_packet(c, &block);
        } else {
            pcapng_write_block(c->out, block.order, block.type, block.body);
        }
    }
    pcapng_free(blocks);
}

/* --- pcap -------------------------------------------------------------------------------- */

struct pcap_head {
    bool nanoseconds;
    uint32_t snap_length;
    uint16_t link_type;
};

/* magic 4 | version 4 | time zone 4 | accuracy 4 | snap length 4 | link type 4, of which the upper
 * half is about check sequences. draft-ietf-opsawg-pcap section 4. */
static bool read_head(struct pcap_head *out, FILE *stream)
{
    enum { HEAD_LEN = 24 };
    const uint32_t nanoseconds = 0xa1b23c4d;
    const uint32_t nanoseconds_swapped = 0x4d3cb2a1;
    uint8_t raw[HEAD_LEN];
    struct reader r = reader_of(bytes_of(raw, fread(raw, 1, sizeof(raw), stream)));
    uint32_t magic;
    uint64_t snap_length;
    uint64_t link_type;

    if (!reader_u32(&r, &magic))
        return false;

    enum byte_order order = magic >> 24 == 0xa1 ? ORDER_BIG_ENDIAN : ORDER_LITTLE_ENDIAN;

    if (!reader_skip(&r, 12) || !reader_uint_in(&r, &snap_length, 4, order) ||
        !reader_uint_in(&r, &link_type, 4, order))
        return false;
    *out = (struct pcap_head){
        .nanoseconds = magic == nanoseconds || magic == nanoseconds_swapped,
        .snap_length = (uint32_t)snap_length,
        .link_type = (uint16_t)link_type,
    };
    return true;
}

static void copy_packet(struct copy *c, const struct packet *packet, bool nanoseconds)
{
    struct buffer body = {0};
    struct pcapng_whole_block block = {
        .type = PCAPNG_TYPE_ENHANCED_PACKET,
        .order = PCAPNG_OWN_ORDER,
        .packet = {.ticks = packet->time_ns / (nanoseconds ? 1 : 1000),
                   .wire_len = (uint32_t)packet->wire_len,
                   .data = packet->data},
    };

    pcapng_put_enhanced(&body, PCAPNG_OWN_ORDER, &block.packet);
    block.body = buffer_view(&body);
    write_packet(c, &block);
    buffer_clear(&body);
}

static bool copy_packets(struct copy *c, const struct pcap_head *head, struct complaint *why)
{
    struct capture_file *file = capture_file_open(c->from->path, c->from->first_frame, why);
    struct complaint told_before;
    struct packet packet;

    if (!file)
        return false;
    pcapng_write_section(c->out);
    write_secrets(c, PCAPNG_OWN_ORDER);
    pcapng_write_interface(c->out, head->link_type, head->snap_length, head->nanoseconds ? 9 : 6);
    while (capture_file_next(file, &packet, &told_before) == CAPTURE_PACKET)
        copy_packet(c, &packet, head->nanoseconds);
    capture_file_close(file);
    return true;
}

/* --- Either ------------------------------------------------------------------------------- */

bool annotated_copy(FILE *out, const struct run_capture *from, struct annotations *notes,
                    struct complaint *why)
{
    struct copy c = {.out = out, .from = from, .notes = notes};
    struct input *input = input_open(from->path, why);
    FILE *stream = input ? input_stream(input) : NULL;
    struct pcap_head head = {0};
    bool copied = stream != NULL;

    if (stream && pcapng_begins(input_magic(input)))
        copy_blocks(&c, stream);
    else if (stream)
        copied = (read_head(&head, stream) || complaint_say(why,
                                                            "%s: was whole a moment ago, and "
                                                            "can't be read a second time",
                                                            from->path)) &&
                 copy_packets(&c, &head, why);
    if (stream)
        (void)fclose(stream);
    input_close(input);
    return copied;
}
