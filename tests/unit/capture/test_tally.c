#include "capture/tally.h"

#include <stdlib.h>

#include "tests/support/check.h"

static void assert_report(struct tally t, const char *expected)
{
    char *text = tally_report(&t);

    assert_string_equal(text, expected);
    free(text);
}

static void seen_is_what_was_written_and_what_the_kernel_dropped(void **state)
{
    (void)state;
    assert_report((struct tally){0}, "0 packets seen, 0 written, 0 dropped by the kernel");
    assert_report((struct tally){.written = 8, .dropped = 3},
                  "11 packets seen, 8 written, 3 dropped by the kernel");
}

static void what_the_interface_lost_is_told_when_there_is_any(void **state)
{
    (void)state;
    assert_report((struct tally){.written = 8, .dropped = 3, .missed = 2},
                  "11 packets seen, 8 written, 3 dropped by the kernel, 2 by the interface");
}

static void a_recording_is_complete_when_nobody_dropped_anything(void **state)
{
    (void)state;
    assert_true(tally_is_complete(&(struct tally){.written = 5}));
    assert_false(tally_is_complete(&(struct tally){.written = 5, .dropped = 1}));
    assert_false(tally_is_complete(&(struct tally){.written = 5, .missed = 1}));
}

static void assert_line(struct tally t, uint64_t seconds, const char *file, const char *expected)
{
    char *line = tally_line(&t, seconds, file);

    assert_string_equal(line, expected);
    free(line);
}

static void a_line_tells_packets_bytes_drops_and_time(void **state)
{
    struct tally t = {.written = 1234, .len = 1536, .dropped = 2, .missed = 3};

    (void)state;
    assert_line(t, 59, NULL, "1234 packets, 1.5 KiB, 5 dropped, 00:00:59");
    t.len = UINT64_C(3) << 30;
    assert_line(t, 3661, NULL, "1234 packets, 3.0 GiB, 5 dropped, 01:01:01");
    t.len = 1000 << 10;
    assert_line(t, 360000, NULL, "1234 packets, 1.0 MiB, 5 dropped, 100:00:00");
}

static void a_line_ends_with_the_name_of_the_file_without_its_folders(void **state)
{
    struct tally t = {.written = 1, .len = 24};

    (void)state;
    assert_line(t, 0, "rec-00001.pcap", "1 packets, 0.0 KiB, 0 dropped, 00:00:00, rec-00001.pcap");
    assert_line(t, 0, "/a/b/rec-00001.pcap",
                "1 packets, 0.0 KiB, 0 dropped, 00:00:00, rec-00001.pcap");
    assert_line(t, 0, "a\n\033b", "1 packets, 0.0 KiB, 0 dropped, 00:00:00, a??b");
}

static void a_line_is_never_too_long(void **state)
{
    struct tally t = {.written = UINT64_MAX, .len = UINT64_MAX, .dropped = UINT64_MAX};
    char name[300];

    (void)state;
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';

    char *line = tally_line(&t, UINT64_MAX, name);

    assert_int_equal(strlen(line), 77);
    free(line);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(seen_is_what_was_written_and_what_the_kernel_dropped),
        CASE(what_the_interface_lost_is_told_when_there_is_any),
        CASE(a_recording_is_complete_when_nobody_dropped_anything),
        CASE(a_line_tells_packets_bytes_drops_and_time),
        CASE(a_line_ends_with_the_name_of_the_file_without_its_folders),
        CASE(a_line_is_never_too_long),
    };

    return RUN(cases);
}
