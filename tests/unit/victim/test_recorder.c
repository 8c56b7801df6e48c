/* Recordings are read back here byte by byte, and their checksums recomputed in another way. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "capture/alloc.h"
#include "victim/recorder.h"

#include "tests/support/check.h"

#define FILE_HEADER_SIZE 24
#define MAX_FRAMES       64

#define SYN 0x02
#define FIN 0x01
#define PSH 0x08
#define ACK 0x10

/* One frame as it was read back. */
struct seen {
    uint64_t time_ns;
    uint8_t family;
    uint16_t from_port;
    uint32_t seq;
    uint32_t ack;
    uint16_t ip_id;
    uint16_t mss; /* of the option, or 0 */
    uint8_t flags;
    struct bytes data;
    bool ip_checksum_right;
    bool tcp_checksum_right;
};

struct stage {
    char folder[32];
    char *path;
    struct seed seed;
    struct timeline timeline;
    struct recorder *recorder;
    struct tapped tapped;
    struct buffer file; /* what was read back; the frames are views into it */
    struct seen frames[MAX_FRAMES];
    size_t num_frames;
};

static void set_up_for(struct stage *s, uint8_t family)
{
    struct endpoint client = {.family = family, .port = 40000};
    struct endpoint server = {.family = family, .port = 443};
    struct complaint why;

    *s = (struct stage){.folder = "/tmp/keyfall-recorder-XXXXXX"};
    client.address[family == 4 ? 3 : 15] = 1;
    server.address[family == 4 ? 3 : 15] = 2;
    assert_non_null(mkdtemp(s->folder));
    s->path = alloc_format("%s/r.pcap", s->folder);
    assert_true(seed_init(&s->seed, "test"));
    timeline_init(&s->timeline, &s->seed);
    s->recorder = recorder_open(s->path, &s->timeline, &why);
    assert_non_null(s->recorder);
    tapped_init(&s->tapped, &client, &server, &s->seed, "connection 1");
}

static void tear_down(struct stage *s)
{
    buffer_clear(&s->file);
    (void)unlink(s->path);
    (void)rmdir(s->folder);
    free(s->path);
}

static uint32_t native_u32(struct reader *r)
{
    uint32_t n = 0;

    assert_true(reader_copy(r, (uint8_t *)&n, sizeof(n)));
    return n;
}

/* RFC 1071 as its text says it: 16-bit words, most significant byte first. */
static uint32_t sum_of(struct bytes b, uint32_t sum)
{
    struct reader r = reader_of(b);
    uint16_t word;
    uint8_t last;

    while (reader_u16(&r, &word))
        sum += word;
    if (reader_u8(&r, &last))
        sum += (uint32_t)last << 8;
    return sum;
}

static bool sums_up(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff;
}

static void read_tcp(struct seen *f, struct bytes tcp, struct bytes addresses)
{
    struct reader r = reader_of(tcp);
    uint16_t to_port;
    uint16_t kind_and_len = 0;
    uint8_t offset = 0;

    f->tcp_checksum_right = sums_up(sum_of(tcp, sum_of(addresses, 6 + (uint32_t)tcp.len)));
    assert_true(reader_u16(&r, &f->from_port) && reader_u16(&r, &to_port) &&
                reader_u32(&r, &f->seq) && reader_u32(&r, &f->ack) && reader_u8(&r, &offset) &&
                reader_u8(&r, &f->flags) && reader_skip(&r, 6));
    if (offset >> 4 == 6) {
        assert_true(reader_u16(&r, &kind_and_len) && reader_u16(&r, &f->mss));
        assert_int_equal(kind_and_len, 0x0204);
    } else {
        assert_int_equal(offset >> 4, 5);
    }
    f->data = reader_rest(&r);
}

static void read_ipv4(struct seen *f, struct reader r)
{
    struct reader header = {bytes_first(r.left, 20)};
    struct bytes addresses = {0};
    uint16_t total = 0;

    f->family = 4;
    f->ip_checksum_right = sums_up(sum_of(header.left, 0));
    assert_true(reader_skip(&r, 2) && reader_u16(&r, &total) && reader_u16(&r, &f->ip_id) &&
                reader_skip(&r, 6) && reader_bytes(&r, &addresses, 8));
    assert_int_equal(total, 20 + r.left.len);
    read_tcp(f, r.left, addresses);
}

static void read_ipv6(struct seen *f, struct reader r)
{
    struct bytes addresses = {0};
    uint16_t payload = 0;

    f->family = 6;
    f->ip_checksum_right = true; /* it has none */
    assert_true(reader_skip(&r, 4) && reader_u16(&r, &payload) && reader_skip(&r, 2) &&
                reader_bytes(&r, &addresses, 32));
    assert_int_equal(payload, r.left.len);
    read_tcp(f, r.left, addresses);
}

static void read_frame(struct seen *f, struct bytes frame)
{
    struct reader r = reader_of(frame);
    uint16_t type = 0;

    assert_true(reader_skip(&r, 12) && reader_u16(&r, &type));
    if (type == 0x0800)
        read_ipv4(f, r);
    else
        read_ipv6(f, r);
}

/* Closes the recording and reads all of it. */
static void read_back(struct stage *s)
{
    struct complaint why;
    uint8_t chunk[4096];
    size_t n;

    assert_true(recorder_close(s->recorder, &why));

    FILE *file = fopen(s->path, "rb");

    assert_non_null(file);
    while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buffer_append(&s->file, bytes_of(chunk, n));
    (void)fclose(file);

    struct reader r = reader_of(buffer_view(&s->file));

    assert_true(reader_skip(&r, FILE_HEADER_SIZE));
    while (!reader_done(&r)) {
        assert_true(s->num_frames < MAX_FRAMES);

        struct seen *f = &s->frames[s->num_frames++];
        uint32_t seconds = native_u32(&r);
        uint32_t nanoseconds = native_u32(&r);
        uint32_t caplen = native_u32(&r);
        struct bytes frame = {0};

        assert_int_equal(native_u32(&r), caplen);
        assert_true(reader_bytes(&r, &frame, caplen));
        f->time_ns = seconds * UINT64_C(1000000000) + nanoseconds;
        read_frame(f, frame);
    }
}

static void assert_flags(const struct stage *s, const uint8_t *flags, size_t num_flags)
{
    assert_int_equal(s->num_frames, num_flags);
    for (size_t i = 0; i < num_flags; i++)
        assert_int_equal(s->frames[i].flags, flags[i]);
}

static void assert_all_checksums(const struct stage *s)
{
    assert_true(s->num_frames > 0);
    for (size_t i = 0; i < s->num_frames; i++) {
        assert_true(s->frames[i].ip_checksum_right);
        assert_true(s->frames[i].tcp_checksum_right);
    }
}

/* Bytes that no two neighbours share, so that a shift is noticed. */
static void fill(uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(i * 7 + i / 251);
}

static void a_recording_begins_with_the_nanosecond_magic_and_a_snap_length_of_262144(void **state)
{
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    read_back(&s);

    struct reader r = reader_of(buffer_view(&s.file));

    assert_int_equal(native_u32(&r), 0xa1b23c4d);
    assert_true(reader_skip(&r, 12));
    assert_int_equal(native_u32(&r), 262144);
    assert_int_equal(native_u32(&r), 1); /* Ethernet */
    assert_true(reader_done(&r));
    tear_down(&s);
}

static void a_connection_opens_and_closes_with_three_packets_each(void **state)
{
    static const uint8_t flags[] = {SYN, SYN | ACK, ACK, FIN | ACK, FIN | ACK, ACK};
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    recorder_connect(s.recorder, &s.tapped);
    recorder_hang_up(s.recorder, &s.tapped, SIDE_SERVER);
    assert_int_equal(recorder_packets(s.recorder), 6);
    read_back(&s);
    assert_flags(&s, flags, sizeof(flags));
    assert_int_equal(s.frames[0].mss, 1460);
    assert_int_equal(s.frames[1].mss, 1460);
    assert_int_equal(s.frames[0].from_port, 40000);
    assert_int_equal(s.frames[3].from_port, 443);
    /* SYN and FIN count as a byte each: the last packet acknowledges both. */
    assert_int_equal(s.frames[5].ack, s.frames[0].seq + 2);
    assert_int_equal(s.frames[5].seq, s.frames[1].seq + 2);
    assert_all_checksums(&s);
    tear_down(&s);
}

static void a_burst_is_cut_into_segments_and_every_second_one_is_acknowledged(void **state)
{
    static const uint8_t flags[] = {SYN, SYN | ACK, ACK, ACK, ACK, ACK, ACK, ACK | PSH, ACK};
    uint8_t burst[3 * 1460 + 601]; /* an odd number of bytes at the end */
    struct buffer got = {0};
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    fill(burst, sizeof(burst));
    recorder_connect(s.recorder, &s.tapped);
    recorder_burst(s.recorder, &s.tapped, SIDE_CLIENT, bytes_of(burst, sizeof(burst)));
    read_back(&s);
    assert_flags(&s, flags, sizeof(flags));
    for (size_t i = 3; i < s.num_frames; i++) {
        const struct seen *f = &s.frames[i];

        if (f->from_port == 40000)
            assert_int_equal(f->seq, s.frames[0].seq + 1 + got.len);
        else
            assert_int_equal(f->ack, s.frames[0].seq + 1 + got.len);
        buffer_append(&got, f->data);
    }
    assert_int_equal(s.frames[3].data.len, 1460);
    assert_int_equal(s.frames[7].data.len, 601);
    assert_int_equal(got.len, sizeof(burst));
    assert_memory_equal(got.at, burst, sizeof(burst));
    assert_all_checksums(&s);
    buffer_clear(&got);
    tear_down(&s);
}

static void sequence_numbers_go_on_from_zero_after_the_highest(void **state)
{
    uint8_t burst[4000];
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    fill(burst, sizeof(burst));
    s.tapped.next_seq[SIDE_SERVER] = UINT32_MAX - 1000;
    recorder_connect(s.recorder, &s.tapped);
    recorder_burst(s.recorder, &s.tapped, SIDE_SERVER, bytes_of(burst, sizeof(burst)));
    recorder_hang_up(s.recorder, &s.tapped, SIDE_CLIENT);
    read_back(&s);
    assert_int_equal(s.frames[1].seq, UINT32_MAX - 1000);
    assert_int_equal(s.frames[3].seq, UINT32_MAX - 999);
    assert_int_equal(s.frames[4].seq, 460);
    assert_int_equal(s.frames[s.num_frames - 1].ack, 3001);
    assert_all_checksums(&s);
    tear_down(&s);
}

static void addresses_of_ip_version_6_get_their_own_headers_and_a_smaller_segment(void **state)
{
    uint8_t burst[1500];
    struct stage s;

    (void)state;
    set_up_for(&s, 6);
    fill(burst, sizeof(burst));
    recorder_connect(s.recorder, &s.tapped);
    recorder_burst(s.recorder, &s.tapped, SIDE_CLIENT, bytes_of(burst, sizeof(burst)));
    read_back(&s);
    assert_int_equal(s.frames[0].family, 6);
    assert_int_equal(s.frames[0].mss, 1440);
    assert_int_equal(s.frames[3].data.len, 1440);
    assert_int_equal(s.frames[4].data.len, 60);
    assert_all_checksums(&s);
    tear_down(&s);
}

static void times_and_identifications_only_go_forward(void **state)
{
    uint8_t burst[20000];
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    fill(burst, sizeof(burst));
    recorder_connect(s.recorder, &s.tapped);
    recorder_burst(s.recorder, &s.tapped, SIDE_CLIENT, bytes_of(burst, sizeof(burst)));
    recorder_hang_up(s.recorder, &s.tapped, SIDE_CLIENT);
    read_back(&s);
    assert_int_equal(s.frames[0].time_ns / 1000000000, TIMELINE_START_S);
    for (size_t i = 1; i < s.num_frames; i++)
        assert_true(s.frames[i].time_ns > s.frames[i - 1].time_ns);
    assert_int_equal(s.frames[2].ip_id, (uint16_t)(s.frames[0].ip_id + 1));
    tear_down(&s);
}

static void an_empty_burst_is_no_packet(void **state)
{
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    recorder_burst(s.recorder, &s.tapped, SIDE_CLIENT, bytes_of("", 0));
    assert_int_equal(recorder_packets(s.recorder), 0);
    read_back(&s);
    assert_int_equal(s.num_frames, 0);
    tear_down(&s);
}

static void two_connections_share_hardware_addresses_and_nothing_else(void **state)
{
    struct tapped other;
    struct stage s;

    (void)state;
    set_up_for(&s, 4);
    tapped_init(&other, &s.tapped.endpoint[SIDE_CLIENT], &s.tapped.endpoint[SIDE_SERVER], &s.seed,
                "connection 2");
    assert_memory_equal(other.mac, s.tapped.mac, sizeof(other.mac));
    assert_memory_not_equal(other.mac[SIDE_CLIENT], other.mac[SIDE_SERVER], SEGMENT_MAC_SIZE);
    assert_int_not_equal(other.next_seq[SIDE_CLIENT], s.tapped.next_seq[SIDE_CLIENT]);
    for (size_t i = 0; i < NUM_SIDES; i++)
        assert_int_equal(other.mac[i][0] & 0x03, 0x02); /* of no vendor, and of no group */
    read_back(&s);
    tear_down(&s);
}

static void a_full_disk_is_told(void **state)
{
    struct seed seed;
    struct timeline timeline;
    struct complaint why = {""};

    (void)state;
    assert_true(seed_init(&seed, "test"));
    timeline_init(&timeline, &seed);

    struct recorder *r = recorder_open("/dev/full", &timeline, &why);

    assert_non_null(r);
    assert_false(recorder_close(r, &why));
    assert_non_null(strstr(why.text, "/dev/full: the recording is not whole: No space left"));
}

static void a_file_that_can_not_be_made_is_told(void **state)
{
    struct timeline timeline = {0};
    struct complaint why = {""};

    (void)state;
    assert_null(recorder_open("/nowhere/r.pcap", &timeline, &why));
    assert_non_null(strstr(why.text, "/nowhere/r.pcap: No such file or directory"));
}

static void without_a_recorder_nothing_happens(void **state)
{
    struct tapped tapped = {0};
    struct complaint why;

    (void)state;
    recorder_connect(NULL, &tapped);
    recorder_burst(NULL, &tapped, SIDE_CLIENT, bytes_of("abc", 3));
    recorder_hang_up(NULL, &tapped, SIDE_CLIENT);
    assert_int_equal(tapped.next_seq[SIDE_CLIENT], 0);
    assert_int_equal(recorder_packets(NULL), 0);
    assert_false(recorder_failed(NULL));
    assert_true(recorder_close(NULL, &why));
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_recording_begins_with_the_nanosecond_magic_and_a_snap_length_of_262144),
        CASE(a_connection_opens_and_closes_with_three_packets_each),
        CASE(a_burst_is_cut_into_segments_and_every_second_one_is_acknowledged),
        CASE(sequence_numbers_go_on_from_zero_after_the_highest),
        CASE(addresses_of_ip_version_6_get_their_own_headers_and_a_smaller_segment),
        CASE(times_and_identifications_only_go_forward),
        CASE(an_empty_burst_is_no_packet),
        CASE(two_connections_share_hardware_addresses_and_nothing_else),
        CASE(a_full_disk_is_told),
        CASE(a_file_that_can_not_be_made_is_told),
        CASE(without_a_recorder_nothing_happens),
    };

    return RUN(cases);
}
