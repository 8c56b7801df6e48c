/* A capture file that may grow no further than to any of its bytes is whole, wherever that is. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "capture/capture_file.h"
#include "capture/packet_file.h"
#include "tests/support/program.h"

#include "tests/support/check.h"

enum { NUM_PACKETS = 6, FILE_HEADER_LEN = 24, PACKET_HEADER_LEN = 16 };

static const uint32_t LENGTHS[NUM_PACKETS] = {60, 1, 0, 33, 9, 17};

struct stage {
    char *folder;
    char *path;
    pcap_t *format;
    struct complaint why;
};

static int setup(void **state)
{
    struct stage *s = alloc_zero(sizeof(*s));

    s->folder = scratch_new();
    s->path = alloc_format("%s/file.pcap", s->folder);
    s->format =
        pcap_open_dead_with_tstamp_precision(DLT_EN10MB, 262144, PCAP_TSTAMP_PRECISION_NANO);
    assert_non_null(s->format);
    /* What the limit below would send. */
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;

    pcap_close(s->format);
    scratch_free(s->folder);
    free(s->path);
    free(s);
    return 0;
}

static void limit_files(rlim_t len)
{
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = len;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Adds the packets; false when not all of them could be. */
static bool add_all(struct stage *s, struct packet_file *f, bool each_flushed)
{
    uint8_t data[64] = {0};

    for (size_t i = 0; i < NUM_PACKETS; i++) {
        struct pcap_pkthdr header = {
            .ts = {.tv_sec = (time_t)i}, .caplen = LENGTHS[i], .len = LENGTHS[i]};

        memset(data, (int)i, sizeof(data));
        if (!packet_file_add(f, &header, data, &s->why) ||
            (each_flushed && !packet_file_flush(f, &s->why)))
            return false;
    }
    return packet_file_flush(f, &s->why);
}

/* read_back answers how many packets are in the file, each as it was written. */
static size_t read_back(struct stage *s)
{
    struct capture_file *f = capture_file_open(s->path, 1, &s->why);
    struct packet packet;
    enum capture_step step;
    size_t num = 0;

    assert_non_null(f);
    while ((step = capture_file_next(f, &packet, &s->why)) == CAPTURE_PACKET) {
        uint8_t expected[64];

        memset(expected, (int)num, sizeof(expected));
        assert_true(num < NUM_PACKETS);
        assert_true(bytes_equal(packet.data, bytes_of(expected, LENGTHS[num])));
        num++;
    }
    assert_int_equal(step, CAPTURE_END);
    capture_file_close(f);
    return num;
}

/* How many packets there are in front of a limit, and where the last of them ends. */
static size_t fitting(uint64_t max_len, uint64_t *end)
{
    size_t num = 0;

    *end = FILE_HEADER_LEN;
    while (num < NUM_PACKETS && *end + PACKET_HEADER_LEN + LENGTHS[num] <= max_len)
        *end += PACKET_HEADER_LEN + LENGTHS[num++];
    return num;
}

static void assert_whole_at_every_limit(struct stage *s, bool each_flushed)
{
    uint64_t whole_len;

    (void)fitting(UINT64_MAX, &whole_len);
    for (uint64_t max = FILE_HEADER_LEN; max <= whole_len; max++) {
        uint64_t end;
        size_t expected = fitting(max, &end);

        limit_files(max);

        struct packet_file *f = packet_file_new(s->format, fopen(s->path, "wbe"), "F", &s->why);

        assert_non_null(f);
        assert_int_equal(add_all(s, f, each_flushed), expected == NUM_PACKETS);
        assert_int_equal(packet_file_packets(f), expected);
        assert_int_equal(packet_file_len(f), end);
        packet_file_close(f);
        limit_files(RLIM_INFINITY);
        assert_int_equal(read_back(s), expected);
        if (expected < NUM_PACKETS)
            assert_says(s->why.text, expected == 1 ? "; 1 packet is in it, and can be read"
                                                   : " packets are in it, and can be read");
    }
}

static void what_is_written_at_once_is_cut_behind_the_last_whole_packet(void **state)
{
    assert_whole_at_every_limit(*state, false);
}

static void what_is_written_one_by_one_is_cut_behind_the_last_whole_packet(void **state)
{
    assert_whole_at_every_limit(*state, true);
}

static void a_file_without_room_for_its_header_is_refused(void **state)
{
    struct stage *s = *state;

    for (rlim_t max = 0; max < FILE_HEADER_LEN; max++) {
        limit_files(max);
        assert_null(packet_file_new(s->format, fopen(s->path, "wbe"), "F", &s->why));
        limit_files(RLIM_INFINITY);
        assert_string_equal(s->why.text, "F: it can't grow any more, because a limit is set for "
                                         "the size of files (ulimit -f)");
    }
}

/* Should there be room again: what was behind the hole must not follow. */
static void nothing_follows_a_failure(void **state)
{
    struct stage *s = *state;
    uint64_t end;
    size_t expected = fitting(100, &end);

    limit_files(100);

    struct packet_file *f = packet_file_new(s->format, fopen(s->path, "wbe"), "F", &s->why);

    assert_non_null(f);
    assert_false(add_all(s, f, false));
    limit_files(RLIM_INFINITY);
    assert_true(packet_file_flush(f, &s->why));
    packet_file_close(f);
    assert_int_equal(read_back(s), expected);
}

/* More than the buffer holds, in packets of the greatest length and in the smallest ones. */
static void many_packets_are_all_written(void **state)
{
    struct stage *s = *state;
    uint8_t *data = alloc_zero(262144);
    struct packet_file *f = packet_file_new(s->format, fopen(s->path, "wbe"), "F", &s->why);

    assert_non_null(f);
    for (uint32_t i = 0; i < 20000; i++) {
        struct pcap_pkthdr header = {.caplen = i % 1000 == 0 ? 262144 : i % 7};

        header.len = header.caplen;
        assert_true(packet_file_add(f, &header, data, &s->why));
    }
    assert_true(packet_file_flush(f, &s->why));

    uint64_t len = packet_file_len(f);

    packet_file_close(f);
    free(data);

    struct buffer content = file_read(s->path);

    assert_int_equal(content.len, len);
    buffer_clear(&content);

    struct capture_file *back = capture_file_open(s->path, 1, &s->why);
    struct packet packet;

    assert_non_null(back);
    for (uint32_t i = 0; i < 20000; i++) {
        assert_int_equal(capture_file_next(back, &packet, &s->why), CAPTURE_PACKET);
        assert_int_equal(packet.data.len, i % 1000 == 0 ? 262144 : i % 7);
    }
    assert_int_equal(capture_file_next(back, &packet, &s->why), CAPTURE_END);
    capture_file_close(back);
}

#define ON_STAGE(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_STAGE(what_is_written_at_once_is_cut_behind_the_last_whole_packet),
        ON_STAGE(what_is_written_one_by_one_is_cut_behind_the_last_whole_packet),
        ON_STAGE(a_file_without_room_for_its_header_is_refused),
        ON_STAGE(nothing_follows_a_failure),
        ON_STAGE(many_packets_are_all_written),
    };

    return RUN(cases);
}
