/*
 * The decrypted conversations as a capture file: as if there had been no TLS.
 *
 *     SYN, SYN-ACK, ACK    when the connection began
 *     data, ACK            when the packet was recorded with which the record was whole
 *     FIN, FIN, ACK        when it ended
 *
 * The addresses are the original ones, the server's port is the one of plain_port.h, and what goes
 * through a tunnel has the client's next port, not to be taken for that; whatever did not open
 * leaves a hole in the sequence numbers, of as many bytes as it had sealed. What went by DTLS goes
 * by UDP: a datagram for each record, and nothing else. The packets of several conversations stand
 * in the order in which they opened: with the first words of one connection come the three that
 * began it.
 */
#include <stdlib.h>

#include "attacker/story/output_file.h"
#include "attacker/story/plain_port.h"
#include "attacker/story/sink.h"
#include "capture/alloc.h"
#include "capture/packet_file.h"
#include "capture/segment.h"

/* As tcpdump's; no frame here is longer than SEGMENT_DATAGRAM_FRAME_MAX. */
#define SNAP_LENGTH 262144

/* 1 GiB: a hole that is longer would look like a step back. RFC 9293 section 3.4. */
#define MAX_HOLE ((uint64_t)1 << 30)

/* A receiver acknowledges at least every second full segment. RFC 9293 section 3.8.6.3. */
#define SEGMENTS_PER_ACK 2

/* The golden ratio of 2^32: steps of it spread, so that two connections that have the same
 * addresses and ports begin with numbers that are far apart. */
#define NUMBER_STEP 0x9e3779b1u

static const uint64_t NS_PER_SECOND = 1000000000;

struct plain_capture {
    pcap_t *format;
    struct packet_file *out;
    uint32_t num_opened;
    bool failed;
    struct complaint why;
};

struct plain_talk {
    struct endpoint ends[2];
    uint32_t next[2]; /* sequence number of the next byte */
    uint16_t ip_id[2];
    bool datagrams; /* there is no connection: it is UDP */
    bool begun;
    uint64_t start_ns;
    uint64_t last_ns; /* of the latest packet */
};

static void *plain_open(const char *path, bool colour, struct complaint *why)
{
    FILE *stream = output_file_open(path, OUTPUT_FOR_ALL, why);
    struct plain_capture *plain;

    (void)colour;
    if (!stream)
        return NULL;
    plain = alloc_zero(sizeof(*plain));
    plain->format =
        pcap_open_dead_with_tstamp_precision(DLT_EN10MB, SNAP_LENGTH, PCAP_TSTAMP_PRECISION_NANO);
    plain->out =
        packet_file_new(plain->format, stream, stream == stdout ? "standard output" : path, why);
    if (plain->out)
        return plain;
    pcap_close(plain->format);
    free(plain);
    return NULL;
}

static void *plain_session_opened(void *sink, const struct session *s)
{
    struct plain_capture *plain = sink;
    struct plain_talk *talk = alloc_zero(sizeof(*talk));

    plain->num_opened++;
    talk->ends[SIDE_CLIENT] = s->connection.client;
    talk->ends[SIDE_CLIENT].port += (uint16_t)s->depth;
    talk->ends[SIDE_SERVER] = s->connection.server;
    talk->ends[SIDE_SERVER].port = plain_port(s->connection.server.port);
    talk->next[SIDE_CLIENT] = plain->num_opened * NUMBER_STEP;
    talk->next[SIDE_SERVER] = ~talk->next[SIDE_CLIENT];
    talk->start_ns = s->connection.start_ns;
    talk->datagrams = s->dtls != NULL;
    return talk;
}

/* --- Packets ------------------------------------------------------------------------- */

static void write_frame(struct plain_capture *plain, const uint8_t *frame, size_t len,
                        uint64_t time_ns)
{
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len};

    header.ts.tv_sec = (time_t)(time_ns / NS_PER_SECOND);
    /* At this precision libpcap takes tv_usec for nanoseconds. */
    header.ts.tv_usec = (suseconds_t)(time_ns % NS_PER_SECOND);
    if (!plain->failed)
        plain->failed = !packet_file_add(plain->out, &header, frame, &plain->why);
}

/* packet_of is what the next packet is, of which only TCP's own is left to be said. */
static struct segment packet_of(struct plain_talk *talk, enum side from, struct bytes data)
{
    /* Locally administered: addresses that no vendor gave out. RFC 9542 section 2.1. */
    static const uint8_t macs[2][SEGMENT_MAC_SIZE] = {{0x02, 0, 0, 0, 0, 1}, {0x02, 0, 0, 0, 0, 2}};
    enum side to = side_other(from);

    return (struct segment){
        .from = &talk->ends[from],
        .to = &talk->ends[to],
        .from_mac = macs[from],
        .to_mac = macs[to],
        .ip_id = talk->ip_id[from]++,
        .data = data,
    };
}

static void send_datagram(struct plain_capture *plain, struct plain_talk *talk, enum side from,
                          struct bytes data, uint64_t time_ns)
{
    uint8_t frame[SEGMENT_DATAGRAM_FRAME_MAX];
    const struct segment datagram = packet_of(talk, from, data);

    write_frame(plain, frame, segment_datagram(frame, &datagram), time_ns);
}

static void send_segment(struct plain_capture *plain, struct plain_talk *talk, enum side from,
                         uint8_t flags, struct bytes data)
{
    uint8_t frame[SEGMENT_FRAME_MAX];
    struct segment segment = packet_of(talk, from, data);

    segment.seq = talk->next[from];
    segment.ack = talk->next[side_other(from)];
    segment.flags = flags;
    write_frame(plain, frame, segment_frame(frame, &segment), talk->last_ns);
    talk->next[from] += (uint32_t)data.len;
    if (flags & (SEGMENT_SYN | SEGMENT_FIN))
        talk->next[from]++; /* each counts as one byte: RFC 9293 section 3.4 */
}

static void send_bare(struct plain_capture *plain, struct plain_talk *talk, enum side from,
                      uint8_t flags)
{
    send_segment(plain, talk, from, flags, bytes_of(NULL, 0));
}

static void begin(struct plain_capture *plain, struct plain_talk *talk)
{
    if (talk->begun)
        return;
    talk->begun = true;
    talk->last_ns = talk->start_ns;
    send_bare(plain, talk, SIDE_CLIENT, SEGMENT_SYN);
    send_bare(plain, talk, SIDE_SERVER, SEGMENT_SYN | SEGMENT_ACK);
    send_bare(plain, talk, SIDE_CLIENT, SEGMENT_ACK);
}

/* --- What the session tells ------------------------------------------------------------- */

static void plain_plaintext(void *sink, void *of_session, enum side from, struct bytes data,
                            uint64_t time_ns)
{
    struct plain_talk *talk = of_session;
    size_t mss = segment_mss(talk->ends[from].family);
    struct reader r = reader_of(data);
    size_t num_unacked = 0;

    if (talk->datagrams) {
        send_datagram(sink, talk, from, data, time_ns);
        return;
    }
    begin(sink, talk);
    talk->last_ns = time_ns;
    while (!reader_done(&r)) {
        struct bytes piece = bytes_first(r.left, mss);
        bool last = piece.len == r.left.len;

        send_segment(sink, talk, from, last ? SEGMENT_ACK | SEGMENT_PSH : SEGMENT_ACK, piece);
        if (last || ++num_unacked == SEGMENTS_PER_ACK) {
            send_bare(sink, talk, side_other(from), SEGMENT_ACK);
            num_unacked = 0;
        }
        if (!reader_skip(&r, piece.len))
            break;
    }
}

static void plain_skipped(void *sink, void *of_session, enum side from, uint64_t sealed_len)
{
    struct plain_talk *talk = of_session;
    uint64_t hole = sealed_len < MAX_HOLE ? sealed_len : MAX_HOLE;

    if (talk->datagrams)
        return; /* nothing in UDP counts */
    begin(sink, talk);
    talk->next[from] += hole > 0 ? (uint32_t)hole : 1;
}

static void plain_verdict(void *sink, void *of_session, const struct session *s, uint64_t id)
{
    struct plain_talk *talk = of_session;

    (void)id;
    if (talk->begun) {
        if (s->connection.end_ns > talk->last_ns)
            talk->last_ns = s->connection.end_ns;
        send_bare(sink, talk, SIDE_CLIENT, SEGMENT_FIN | SEGMENT_ACK);
        send_bare(sink, talk, SIDE_SERVER, SEGMENT_FIN | SEGMENT_ACK);
        send_bare(sink, talk, SIDE_CLIENT, SEGMENT_ACK);
    }
    free(talk);
}

static bool plain_finished(void *sink, const struct run_summary *summary, struct complaint *why)
{
    struct plain_capture *plain = sink;
    bool written = !plain->failed && packet_file_flush(plain->out, &plain->why);

    (void)summary;
    *why = plain->why;
    packet_file_close(plain->out);
    pcap_close(plain->format);
    free(plain);
    return written;
}

const struct sink_kind sink_plain_capture = {
    .open = plain_open,
    .session_opened = plain_session_opened,
    .plaintext = plain_plaintext,
    .skipped = plain_skipped,
    .verdict = plain_verdict,
    .finished = plain_finished,
};
