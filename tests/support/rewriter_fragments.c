#include "tests/support/rewriter_fragments.h"

#include <stdlib.h>

#include "tests/support/check.h"

enum {
    IPV4_HEADER = 20,
    IPV6_HEADER = 40,
    IPV6_FRAGMENT = 44, /* the extension header's protocol number */
    MORE_OF_IPV4 = 0x2000,
    MORE_OF_IPV6 = 0x0001,
};

/* put_fragment writes one fragment of `whole`: `content`, which stands `offset` bytes behind its
 * fixed header. */
static void put_fragment(struct writer *w, struct bytes whole, uint32_t identification,
                         size_t offset, struct bytes content, bool more)
{
    if (whole.at[0] >> 4 == 4) {
        write_bytes(w, bytes_first(whole, 2));
        write_uint(w, IPV4_HEADER + content.len, 2);
        write_uint(w, identification, 2);
        write_uint(w, offset / 8 | (more ? MORE_OF_IPV4 : 0), 2);
        write_bytes(w, bytes_of(whole.at + 8, 2));
        write_uint(w, 0, 2);
        write_bytes(w, bytes_of(whole.at + 12, 8));
        put_checksum(w, 0, 0, 10);
    } else {
        write_bytes(w, bytes_first(whole, 4));
        write_uint(w, 8 + content.len, 2);
        write_uint(w, IPV6_FRAGMENT, 1);
        write_bytes(w, bytes_of(whole.at + 7, 33));
        write_bytes(w, bytes_of(whole.at + 6, 1));
        write_uint(w, 0, 1);
        write_uint(w, offset | (more ? MORE_OF_IPV6 : 0), 2);
        write_uint(w, identification, 4);
    }
    write_bytes(w, content);
}

/* cut makes the fragments of one packet, in order. */
static void cut(struct packets *out, const struct packet_made *packet, size_t size,
                uint32_t identification)
{
    struct bytes whole = buffer_view(&packet->bytes);
    size_t header_len = whole.at[0] >> 4 == 4 ? IPV4_HEADER : IPV6_HEADER;
    struct bytes body = {whole.at + header_len, whole.len - header_len};

    *out = (struct packets){0};
    for (size_t offset = 0; offset < body.len; offset += size) {
        size_t left = body.len - offset;
        struct writer w = {0};

        put_fragment(&w, whole, identification, offset,
                     bytes_of(body.at + offset, left < size ? left : size), left > size);
        packets_add(out, packet->time_ns, &w);
    }
}

/* move puts the fragment with this number at the end of another list. */
static void move(struct packets *to, struct packets *from, size_t number)
{
    struct writer w = {.out = from->at[number].bytes};

    from->at[number].bytes = (struct buffer){0};
    packets_add(to, from->at[number].time_ns, &w);
}

static void copy(struct packets *to, const struct packets *from, size_t number)
{
    struct writer w = {0};

    write_bytes(&w, buffer_view(&from->at[number].bytes));
    packets_add(to, from->at[number].time_ns, &w);
}

/* contradict adds the first fragment again, with other bytes at its end. */
static void contradict(struct packets *to, const struct packets *fragments)
{
    copy(to, fragments, 0);

    struct buffer *bytes = &to->at[to->num - 1].bytes;
    for (size_t i = 0; i < 8; i++)
        bytes->at[bytes->len - 1 - i] ^= 0xff;
}

static void arrange(struct packets *to, struct packets *fragments, enum fragment_order order,
                    unsigned short dice[3])
{
    size_t num = fragments->num;

    for (size_t i = 0; i < num; i++) {
        if (order == FRAGMENTS_SHUFFLED) {
            size_t other = i + (size_t)nrand48(dice) % (num - i);
            struct packet_made kept = fragments->at[i];

            fragments->at[i] = fragments->at[other];
            fragments->at[other] = kept;
        }
        if (order == FRAGMENTS_DOUBLED)
            copy(to, fragments, i);
        if (order == FRAGMENTS_OVERLAPPED && num > 1 && i == num - 1)
            contradict(to, fragments);
        if (order == FRAGMENTS_OVERLAPPED && i == 0)
            copy(to, fragments, i);
        else
            move(to, fragments, order == FRAGMENTS_REVERSED ? num - 1 - i : i);
    }
}

void packets_fragment(struct packets *list, enum fragment_order order, size_t size)
{
    unsigned short dice[3] = {1, 2, 3};
    struct packets cut_up = {0};
    struct packets late = {0}; /* the last fragment of the packet before */

    if (order == FRAGMENTS_NONE)
        return;
    for (size_t i = 0; i < list->num; i++) {
        struct packets fragments;

        cut(&fragments, &list->at[i], size, (uint32_t)i + 1);
        if (order == FRAGMENTS_LATE && fragments.num > 1) {
            struct packets last = {0};

            move(&last, &fragments, --fragments.num);
            buffer_clear(&fragments.at[fragments.num].bytes);
            arrange(&cut_up, &fragments, order, dice);
            if (late.num > 0)
                move(&cut_up, &late, 0);
            packets_clear(&late);
            late = last;
        } else {
            arrange(&cut_up, &fragments, order, dice);
        }
        packets_clear(&fragments);
    }
    if (late.num > 0)
        move(&cut_up, &late, 0);
    packets_clear(&late);
    packets_swap(list, &cut_up);
    packets_clear(&cut_up);
}
