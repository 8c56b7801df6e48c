#include "tests/support/rewriter_segments.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#include "tests/support/check.h"

/* --- Taking a plain recording apart ------------------------------------------------ */

static uint32_t take(struct reader *r, size_t width)
{
    uint64_t number = 0;

    assert_true(reader_uint(r, &number, width));
    return (uint32_t)number;
}

static void skip_bytes(struct reader *r, size_t n)
{
    assert_true(reader_skip(r, n));
}

/* take_addresses reads an IP header and returns how many bytes follow it: Ethernet pads. */
static size_t take_addresses(struct segment *out, struct reader *r)
{
    uint32_t first = take(r, 1);
    bool six = first == 0x60;
    size_t length;

    assert_true(six || first == 0x45);
    out->from.family = out->to.family = six ? 6 : 4;
    skip_bytes(r, six ? 3 : 1);
    length = take(r, 2) - (six ? 0 : 20);
    skip_bytes(r, six ? 0 : 2);
    if (!six)
        assert_int_equal(take(r, 2) & 0x3fff, 0); /* no fragment */
    skip_bytes(r, six ? 0 : 1);
    assert_int_equal(take(r, 1), 6); /* TCP, without a header in between */
    skip_bytes(r, six ? 1 : 2);
    assert_true(reader_copy(r, out->from.address, six ? 16 : 4));
    assert_true(reader_copy(r, out->to.address, six ? 16 : 4));
    return length;
}

static void take_segment(struct segments *list, uint64_t time_ns, struct bytes frame)
{
    struct segment segment = {.time_ns = time_ns};
    struct reader r = reader_of(frame);
    size_t length;
    size_t header_len;

    skip_bytes(&r, 14); /* Ethernet */
    length = take_addresses(&segment, &r);
    segment.from.port = (uint16_t)take(&r, 2);
    segment.to.port = (uint16_t)take(&r, 2);
    segment.sequence = take(&r, 4);
    segment.acknowledge = take(&r, 4);
    header_len = 4 * (size_t)(take(&r, 1) >> 4);
    segment.flags = (uint8_t)take(&r, 1);
    skip_bytes(&r, header_len - 14);
    assert_true(length - header_len <= r.left.len);
    segments_add(list, &segment, bytes_first(reader_rest(&r), length - header_len));
}

void segments_read(struct segments *list, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, error);
    struct pcap_pkthdr *header;
    const u_char *data;

    *list = (struct segments){0};
    if (!pcap)
        fail_msg("%s", error);
    assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
    while (pcap_next_ex(pcap, &header, &data) == 1) {
        uint64_t seconds = (uint64_t)header->ts.tv_sec;

        assert_int_equal(header->caplen, header->len);
        take_segment(list, seconds * 1000000000 + (uint64_t)header->ts.tv_usec,
                     bytes_of(data, header->caplen));
    }
    pcap_close(pcap);
    assert_true(list->num > 0);
}

/* --- The list --------------------------------------------------------------------- */

void segments_clear(struct segments *list)
{
    for (size_t i = 0; i < list->num; i++)
        buffer_clear(&list->at[i].payload);
    free(list->at);
    *list = (struct segments){0};
}

struct segment *segments_add(struct segments *list, const struct segment *like,
                             struct bytes payload)
{
    struct segment copy = *like;

    copy.payload = (struct buffer){0};
    buffer_append(&copy.payload, payload);
    if (list->num == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 64;
        list->at = alloc_resize(list->at, list->room * sizeof(*list->at));
    }
    list->at[list->num] = copy;
    return &list->at[list->num++];
}

void segments_copy(struct segments *list, const struct segments *from)
{
    for (size_t i = 0; i < from->num; i++)
        segments_add(list, &from->at[i], buffer_view(&from->at[i].payload));
}

void segments_swap(struct segments *a, struct segments *b)
{
    struct segments kept = *a;

    *a = *b;
    *b = kept;
}

void segments_remove(struct segments *list, size_t number)
{
    assert_true(number < list->num);
    buffer_clear(&list->at[number].payload);
    for (size_t i = number; i + 1 < list->num; i++)
        list->at[i] = list->at[i + 1];
    list->num--;
}

static int by_time(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;

    return (*left > *right) - (*left < *right);
}

void segments_retime(struct segments *list)
{
    uint64_t *times = alloc_zero(list->num * sizeof(*times));

    for (size_t i = 0; i < list->num; i++)
        times[i] = list->at[i].time_ns;
    qsort(times, list->num, sizeof(*times), by_time);
    for (size_t i = 0; i < list->num; i++)
        list->at[i].time_ns = times[i];
    free(times);
}

bool segment_is_from_client(const struct segments *list, const struct segment *segment)
{
    return endpoint_equal(&segment->from, &list->at[0].from);
}

uint32_t segment_span(const struct segment *segment)
{
    uint32_t span = (uint32_t)segment->payload.len;

    return span + ((segment->flags & (TCP_FLAG_SYN | TCP_FLAG_FIN)) != 0);
}

struct buffer segments_stream(const struct segments *list, bool client)
{
    struct buffer stream = {0};

    for (size_t i = 0; i < list->num; i++) {
        if (segment_is_from_client(list, &list->at[i]) == client)
            buffer_append(&stream, buffer_view(&list->at[i].payload));
    }
    return stream;
}
