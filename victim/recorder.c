#include "victim/recorder.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <pcap/pcap.h>

#include "capture/alloc.h"

/* As tcpdump's, and no limit here: no frame of this recorder is longer than SEGMENT_FRAME_MAX. */
#define SNAP_LENGTH 262144

/* Few large writes instead of one every 4096 bytes; beyond this it makes no difference. */
#define FILE_BUFFER_SIZE ((size_t)256 * 1024)

#define NS_PER_S UINT64_C(1000000000)

/* A receiver acknowledges at least every second full segment. RFC 9293 section 3.8.6.3. */
#define SEGMENTS_PER_ACK 2

struct recorder {
    char *path;
    pcap_t *format;
    pcap_dumper_t *dumper;
    FILE *file; /* belongs to dumper once there is one */
    struct timeline *timeline;
    uint64_t num_packets;
    int error; /* errno of the first write that failed, or 0 */
};

void tapped_init(struct tapped *tapped, const struct endpoint *client,
                 const struct endpoint *server, const struct seed *seed, const char *label)
{
    struct dice hosts;
    struct dice connection;

    assert(client->family == server->family);
    *tapped = (struct tapped){.endpoint = {[SIDE_CLIENT] = *client, [SIDE_SERVER] = *server}};
    dice_init(&hosts, seed, "hosts");
    dice_init(&connection, seed, label);
    for (size_t i = 0; i < NUM_SIDES; i++) {
        dice_roll(&hosts, tapped->mac[i], SEGMENT_MAC_SIZE);
        /* Locally administered, and no group: an address that no vendor gave out. RFC 9542, 2.1. */
        tapped->mac[i][0] = (uint8_t)((tapped->mac[i][0] & 0xfc) | 0x02);
        tapped->next_seq[i] = dice_below(&connection, UINT32_MAX);
        tapped->next_ip_id[i] = (uint16_t)dice_below(&connection, UINT16_MAX);
    }
}

static FILE *open_file(const char *path, struct complaint *why)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wbe");

    if (!file) {
        (void)complaint_say(why, "%s: %s; name a file that can be written", path, strerror(errno));
        return NULL;
    }
    (void)setvbuf(file, NULL, _IOFBF, FILE_BUFFER_SIZE);
    return file;
}

struct recorder *recorder_open(const char *path, struct timeline *timeline, struct complaint *why)
{
    FILE *file = open_file(path, why);

    if (!file)
        return NULL;

    struct recorder *r = alloc_zero(sizeof(*r));

    r->path = alloc_text(path);
    r->timeline = timeline;
    r->file = file;
    r->format =
        pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAP_LENGTH, PCAP_TSTAMP_PRECISION_NANO);
    r->dumper = r->format ? pcap_dump_fopen(r->format, file) : NULL;
    if (!r->dumper) {
        (void)complaint_say(why, "%s: libpcap can't write it: %s; name another file", path,
                            r->format ? pcap_geterr(r->format) : "out of memory");
        (void)fclose(file);
        if (r->format)
            pcap_close(r->format);
        free(r->path);
        free(r);
        return NULL;
    }
    return r;
}

static void write_frame(struct recorder *r, const uint8_t *frame, size_t len, uint64_t time_ns)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len};

    header.ts.tv_sec = (time_t)(time_ns / NS_PER_S);
    /* With the nanosecond format, libpcap takes tv_usec for nanoseconds. */
    header.ts.tv_usec = (suseconds_t)(time_ns % NS_PER_S);
    errno = 0;
    pcap_dump((u_char *)r->dumper, &header, frame);
    if (ferror(r->file) && r->error == 0)
        r->error = errno != 0 ? errno : EIO;
    r->num_packets++;
}

static void send_segment(struct recorder *r, struct tapped *tapped, enum side from, uint8_t flags,
                         struct bytes data, enum delay delay)
{
    uint8_t frame[SEGMENT_FRAME_MAX];
    enum side to = side_other(from);
    struct segment s = {
        .from = &tapped->endpoint[from],
        .to = &tapped->endpoint[to],
        .from_mac = tapped->mac[from],
        .to_mac = tapped->mac[to],
        .seq = tapped->next_seq[from],
        .ack = tapped->next_seq[to],
        .ip_id = tapped->next_ip_id[from]++,
        .flags = flags,
        .data = data,
    };

    write_frame(r, frame, segment_frame(frame, &s), timeline_pass(r->timeline, delay));
    tapped->next_seq[from] += (uint32_t)data.len;
    if (flags & (SEGMENT_SYN | SEGMENT_FIN)) /* each counts as one byte: RFC 9293 section 3.4 */
        tapped->next_seq[from]++;
    tapped->num_unacked[to] = 0;
}

static void send_ack(struct recorder *r, struct tapped *tapped, enum side from)
{
    send_segment(r, tapped, from, SEGMENT_ACK, bytes_of(NULL, 0), DELAY_WIRE);
}

void recorder_connect(struct recorder *r, struct tapped *tapped)
{
    const struct bytes nothing = bytes_of(NULL, 0);

    if (!r)
        return;
    send_segment(r, tapped, SIDE_CLIENT, SEGMENT_SYN, nothing, DELAY_WIRE);
    send_segment(r, tapped, SIDE_SERVER, SEGMENT_SYN | SEGMENT_ACK, nothing, DELAY_WIRE);
    send_ack(r, tapped, SIDE_CLIENT);
}

void recorder_burst(struct recorder *r, struct tapped *tapped, enum side from, struct bytes data)
{
    size_t mss = segment_mss(tapped->endpoint[from].family);
    struct reader left = reader_of(data);
    enum delay delay = DELAY_THINK;

    if (!r)
        return;
    while (!reader_done(&left)) {
        struct bytes piece = bytes_first(left.left, mss);
        bool is_last = piece.len == left.left.len;
        uint8_t flags = is_last ? SEGMENT_ACK | SEGMENT_PSH : SEGMENT_ACK;

        send_segment(r, tapped, from, flags, piece, delay);
        delay = DELAY_BURST;
        if (++tapped->num_unacked[from] >= SEGMENTS_PER_ACK || is_last)
            send_ack(r, tapped, side_other(from));
        if (!reader_skip(&left, piece.len))
            break;
    }
}

void recorder_hang_up(struct recorder *r, struct tapped *tapped, enum side first)
{
    const struct bytes nothing = bytes_of(NULL, 0);
    enum side second = side_other(first);

    if (!r)
        return;
    send_segment(r, tapped, first, SEGMENT_FIN | SEGMENT_ACK, nothing, DELAY_THINK);
    send_segment(r, tapped, second, SEGMENT_FIN | SEGMENT_ACK, nothing, DELAY_WIRE);
    send_ack(r, tapped, first);
}

uint64_t recorder_packets(const struct recorder *r)
{
    return r ? r->num_packets : 0;
}

bool recorder_failed(const struct recorder *r)
{
    return r && r->error != 0;
}

bool recorder_close(struct recorder *r, struct complaint *why)
{
    bool whole = true;

    if (!r)
        return true;
    errno = 0;
    if (pcap_dump_flush(r->dumper) != 0 && r->error == 0)
        r->error = errno != 0 ? errno : EIO;
    if (r->error != 0)
        whole = complaint_say(why, "%s: the recording is not whole: %s; make room and run it again",
                              r->path, strerror(r->error));
    pcap_dump_close(r->dumper);
    pcap_close(r->format);
    free(r->path);
    free(r);
    return whole;
}
