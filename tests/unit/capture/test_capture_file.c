#include "tests/support/check.h"
#include "tests/support/program.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/capture_file.h"

/* Magic, version 2.4, time zone, accuracy, snap length 262144, link type. */
#define HEADER_MICRO  "d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 "
#define HEADER_NANO   "4d3cb2a1 0200 0400 00000000 00000000 00000400 01000000 "
#define HEADER_BIG    "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001 "
#define HEADER_802_11 "d4c3b2a1 0200 0400 00000000 00000000 00000400 69000000 "
/* Seconds 10, fraction 5, recorded 3, on the wire 7. */
#define PACKET     "0a000000 05000000 03000000 07000000 616263 "
#define PACKET_BIG "0000000a 00000005 00000003 00000007 616263 "
/* Section header, an Ethernet interface with microseconds, an enhanced packet block. */
#define PCAPNG_HEADER                                                                              \
    "0a0d0d0a 1c000000 4d3c2b1a 0100 0000 ffffffffffffffff 1c000000 "                              \
    "01000000 14000000 0100 0000 00000400 14000000 "
#define PCAPNG_PACKET                                                                              \
    "06000000 24000000 00000000 00000000 40420f00 03000000 07000000 61626300 24000000 "

struct scratch {
    char path[64];
    struct complaint why;
};

static int setup(void **state)
{
    struct scratch *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    (void)snprintf(s->path, sizeof(s->path), "/tmp/keyfall-test-XXXXXX");

    int fd = mkstemp(s->path);

    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct scratch *s = *state;

    (void)unlink(s->path);
    free(s);
    return 0;
}

static void write_hex(const struct scratch *s, const char *hex, size_t leave_out)
{
    struct bytes content = unhex(hex);

    file_write(s->path, bytes_first(content, content.len - leave_out));
    exact_free(content);
}

static void assert_refused(struct scratch *s, const char *path, const char *because)
{
    assert_null(capture_file_open(path, 1, &s->why));
    if (!strstr(s->why.text, because))
        fail_msg("\"%s\" does not say \"%s\"", s->why.text, because);
    assert_memory_equal(s->why.text, path, strlen(path));
}

static struct capture_file *opened(struct scratch *s, const char *hex, uint64_t first_frame)
{
    write_hex(s, hex, 0);

    struct capture_file *f = capture_file_open(s->path, first_frame, &s->why);

    if (!f)
        fail_msg("%s", s->why.text);
    return f;
}

static void assert_one_packet(struct scratch *s, const char *hex, uint64_t time_ns)
{
    struct capture_file *f = opened(s, hex, 1);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(p.frame, 1);
    assert_int_equal(p.time_ns, time_ns);
    assert_int_equal(p.link_type, DLT_EN10MB);
    assert_int_equal(p.wire_len, 7);
    assert_true(bytes_equal(p.data, bytes_of("abc", 3)));
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    capture_file_close(f);
}

static void microseconds_become_nanoseconds(void **state)
{
    assert_one_packet(*state, HEADER_MICRO PACKET, 10000005000);
}

static void nanoseconds_stay_as_they_are(void **state)
{
    assert_one_packet(*state, HEADER_NANO PACKET, 10000000005);
}

static void either_byte_order_is_read(void **state)
{
    assert_one_packet(*state, HEADER_BIG PACKET_BIG, 10000005000);
}

static void pcapng_is_read(void **state)
{
    assert_one_packet(*state, PCAPNG_HEADER PCAPNG_PACKET, 1000000000);
}

static void a_header_alone_is_a_recording_without_packets(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f = opened(s, HEADER_MICRO, 1);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    capture_file_close(f);
}

static void frames_are_numbered_from_the_given_one(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f = opened(s, HEADER_MICRO PACKET PACKET, 41);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(p.frame, 41);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(p.frame, 42);
    capture_file_close(f);
}

/* Every cut of a file of two packets: whole packets come, then either the end or the damage. */
static void everything_in_front_of_the_damage_is_used(void **state)
{
    struct scratch *s = *state;
    const size_t header_len = 24;
    const size_t packet_len = 19;

    for (size_t leave_out = 0; leave_out <= 2 * packet_len; leave_out++) {
        size_t left = 2 * packet_len - leave_out;
        struct packet p;

        write_hex(s, HEADER_MICRO PACKET PACKET, leave_out);

        struct capture_file *f = capture_file_open(s->path, 1, &s->why);

        assert_non_null(f);
        for (size_t i = 0; i < left / packet_len; i++)
            assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
        assert_int_equal(capture_file_next(f, &p, &s->why),
                         left % packet_len == 0 ? CAPTURE_END : CAPTURE_DAMAGED);
        assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
        capture_file_close(f);
    }
    assert_non_null(strstr(s->why.text, "damaged after packet 0 ("));
    assert_non_null(strstr(s->why.text, "everything before it is used"));
    for (size_t len = 1; len < header_len; len++) {
        write_hex(s, HEADER_MICRO, header_len - len);
        assert_refused(s, s->path, "is not a capture file");
    }
}

static void an_empty_file_is_refused(void **state)
{
    struct scratch *s = *state;

    write_hex(s, "", 0);
    assert_refused(s, s->path, "is empty");
}

static void a_file_that_is_something_else_is_refused(void **state)
{
    struct scratch *s = *state;

    write_hex(s, "2d2d2d2d2d424547494e2050524956415445204b45592d2d2d2d2d0a0a0a0a0a", 0);
    assert_refused(s, s->path, "is not a capture file (pcap or pcapng)");
}

static void a_link_type_that_is_not_supported_is_named(void **state)
{
    struct scratch *s = *state;

    write_hex(s, HEADER_802_11 PACKET, 0);
    assert_refused(s, s->path, "link of type 105 (IEEE802_11), which is not supported");
}

static void a_missing_file_is_refused(void **state)
{
    assert_refused(*state, "/tmp/keyfall-test-is-not-there", "No such file or directory");
}

static void a_directory_is_refused(void **state)
{
    assert_refused(*state, "/tmp", "is a directory");
}

static void standard_input_is_read_as_a_file(void **state)
{
    struct scratch *s = *state;
    struct packet p;

    write_hex(s, HEADER_MICRO PACKET, 0);
    assert_non_null(freopen(s->path, "rb", stdin));

    struct capture_file *f = capture_file_open("-", 1, &s->why);

    assert_non_null(f);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    capture_file_close(f);
}

static void closing_nothing_is_fine(void **state)
{
    (void)state;
    capture_file_close(NULL);
}

/* An interface of IEEE 802.11 beside the Ethernet one: its packets keep their numbers. */
#define PCAPNG_WIFI "01000000 14000000 6900 0000 00000400 14000000 "
#define PCAPNG_WIFI_PACKET                                                                         \
    "06000000 24000000 01000000 00000000 40420f00 03000000 07000000 61626300 24000000 "
#define PCAPNG_SECRETS "0a000000 18000000 4b534c54 03000000 61626300 18000000 "

static void packets_of_links_that_are_not_read_are_left_out_and_told(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f =
        opened(s, PCAPNG_HEADER PCAPNG_WIFI PCAPNG_WIFI_PACKET PCAPNG_PACKET PCAPNG_WIFI_PACKET, 1);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(p.frame, 2);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_COMPLAINT);
    assert_says(s->why.text, ": 2 of its packets are left out: recorded on a link of type 105 "
                             "(IEEE802_11), which is not supported; it is Wi-Fi");
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    assert_int_equal(capture_file_num_packets(f), 3);
    capture_file_close(f);
}

static void a_damaged_pcapng_is_told_behind_its_packets(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f = opened(s, PCAPNG_HEADER PCAPNG_PACKET "06000000", 1);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_DAMAGED);
    assert_says(s->why.text, "damaged after packet 1 (it ends in the middle of a block); "
                             "everything before it is used");
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_END);
    capture_file_close(f);
}

static void secrets_come_where_they_stand(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f = opened(s, PCAPNG_HEADER PCAPNG_SECRETS PCAPNG_PACKET, 1);
    struct packet p;

    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_SECRETS);
    assert_true(bytes_equal(capture_file_secrets(f), bytes_of("abc", 3)));
    assert_int_equal(capture_file_next(f, &p, &s->why), CAPTURE_PACKET);
    assert_int_equal(p.frame, 1);
    capture_file_close(f);
}

static void secrets_can_be_searched_for_without_the_packets(void **state)
{
    struct scratch *s = *state;
    struct capture_file *f =
        opened(s, PCAPNG_HEADER PCAPNG_SECRETS PCAPNG_PACKET PCAPNG_SECRETS PCAPNG_PACKET, 1);
    struct bytes secrets;

    assert_true(capture_file_next_secrets(f, &secrets));
    assert_true(capture_file_next_secrets(f, &secrets));
    assert_true(bytes_equal(secrets, bytes_of("abc", 3)));
    assert_false(capture_file_next_secrets(f, &secrets));
    capture_file_close(f);
    f = opened(s, HEADER_MICRO PACKET, 1);
    assert_false(capture_file_next_secrets(f, &secrets));
    capture_file_close(f);
}

#define ON_SCRATCH(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_SCRATCH(microseconds_become_nanoseconds),
        ON_SCRATCH(nanoseconds_stay_as_they_are),
        ON_SCRATCH(either_byte_order_is_read),
        ON_SCRATCH(pcapng_is_read),
        ON_SCRATCH(a_header_alone_is_a_recording_without_packets),
        ON_SCRATCH(frames_are_numbered_from_the_given_one),
        ON_SCRATCH(everything_in_front_of_the_damage_is_used),
        ON_SCRATCH(an_empty_file_is_refused),
        ON_SCRATCH(a_file_that_is_something_else_is_refused),
        ON_SCRATCH(a_link_type_that_is_not_supported_is_named),
        ON_SCRATCH(a_missing_file_is_refused),
        ON_SCRATCH(a_directory_is_refused),
        ON_SCRATCH(standard_input_is_read_as_a_file),
        ON_SCRATCH(packets_of_links_that_are_not_read_are_left_out_and_told),
        ON_SCRATCH(a_damaged_pcapng_is_told_behind_its_packets),
        ON_SCRATCH(secrets_come_where_they_stand),
        ON_SCRATCH(secrets_can_be_searched_for_without_the_packets),
        CASE(closing_nothing_is_fine),
    };

    return RUN(cases);
}
