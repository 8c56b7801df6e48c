/*
 * keyfall-capture when there is no more room: what was written can be read to its last packet, and
 * the message says what is full and how many packets are where.
 */
#include "tests/support/capture_run.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"

enum { NUM_SENT = 400, PAYLOAD = 700 };

/* record_too_much records more than there is room for. It ends by itself. */
static void record_too_much(struct capture_run *r, const char *const *args)
{
    pid_t pid = capture_start(r, args);

    capture_is_ready(pid);
    send_datagrams(r, NUM_SENT, PAYLOAD);
    capture_finish(r, pid);
    assert_int_equal(r->status, 1);
}

static void assert_said_of(const struct capture_run *r, const char *path, const char *cause,
                           size_t packets)
{
    char *sentence = alloc_format("keyfall-capture: %s: %s; %zu packets are in it, and can be read "
                                  "to the last\n",
                                  path, cause, packets);

    assert_said(r, sentence);
    free(sentence);
}

/* tshark, where there is one, is a second opinion: it warns of a file that ends in a packet. */
static void assert_tshark_finds_it_whole(const char *path)
{
    struct run_result result;

    if (!is_installed("tshark"))
        return;
    run_line(&result, "tshark -r %s -w /dev/null", path);
    assert_status(&result, 0);
    if (strstr(run_err(&result), "cut short"))
        fail_msg("%s", run_err(&result));
    run_clear(&result);
}

/*
 * mount_small mounts a small file system in the run's folder, and has the recording go there. The
 * mount namespace is this process's own, so all of it is gone with the process.
 */
static void mount_small(struct capture_run *r, const char *options)
{
    char *small = alloc_format("%s/small", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(mkdir(small, 0777), 0);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("small", small, "tmpfs", 0, options) != 0) {
        print_message("skipped: not even root may mount a file system here\n");
        skip();
    }
    free(r->recording);
    r->recording = alloc_format("%s/recording.pcap", small);
    free(small);
}

static void unmount(const struct capture_run *r)
{
    char *small = alloc_format("%s/small", r->folder);

    assert_int_equal(umount2(small, MNT_DETACH), 0);
    free(small);
}

/* The name of the n-th file of a series. */
static char *file_number(const struct capture_run *r, unsigned n)
{
    return alloc_format("%s/small/recording-%05u.pcap", r->folder, n);
}

static void a_full_disk_leaves_whole_packets_and_a_sentence(void **state)
{
    struct capture_run *r = *state;
    uint64_t written;

    mount_small(r, "size=96k,mode=777");
    record_too_much(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    size_t packets = packets_in(r->recording);

    assert_in_range(packets, 100, NUM_SENT - 1);
    assert_said_of(r, r->recording, "the disk is full", packets);
    assert_counted(r, &written, NULL);
    assert_int_equal(written, packets);
    assert_tshark_finds_it_whole(r->recording);
    unmount(r);
}

static void a_full_disk_ends_a_series_of_whole_files(void **state)
{
    struct capture_run *r = *state;
    uint64_t written;
    size_t packets = 0;

    mount_small(r, "size=96k,mode=777");
    record_too_much(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-C", "20k"));
    for (unsigned number = 1; number <= 5; number++) {
        char *name = file_number(r, number);
        size_t here = packets_in(name);

        packets += here;
        if (number == 5)
            assert_said_of(r, name, "the disk is full", here);
        free(name);
    }
    assert_counted(r, &written, NULL);
    assert_int_equal(written, packets);
    unmount(r);
}

/* Where the ring's limit is below the disk's, the disk is never full. */
static void a_ring_goes_on_where_the_disk_is_small(void **state)
{
    struct capture_run *r = *state;

    mount_small(r, "size=96k,mode=777");

    pid_t pid = capture_start(
        r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-C", "20k", "-W", "3"));

    capture_is_ready(pid);
    send_datagrams(r, NUM_SENT, PAYLOAD);
    assert_int_equal(kill(pid, SIGTERM), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);
    assert_said(r, "400 packets seen, 400 written, 0 dropped by the kernel\n");
    unmount(r);
}

/* There is room for one page, which the first file takes. */
static void a_file_that_cannot_even_begin_is_not_left_behind(void **state)
{
    struct capture_run *r = *state;

    mount_small(r, "size=4k,mode=777");

    char *first = file_number(r, 1);
    char *second = file_number(r, 2);

    record_too_much(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-C", "2k"));
    assert_int_equal(packets_in(first), 2);
    assert_int_not_equal(access(second, F_OK), 0);
    assert_said(r, "recording-00002.pcap: the disk is full\n");
    assert_said(r, "keyfall-capture: 2 packets seen, 2 written, ");
    assert_said(r, "recorded in /");
    assert_said(r, "recording-00001.pcap\n");
    free(second);
    free(first);
    unmount(r);
}

static void a_limit_for_the_size_of_files_is_met_in_the_same_way(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    r->max_file = 50001;
    record_too_much(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    size_t packets = packets_in(r->recording);

    assert_int_equal(packets, (50001 - 24) / (16 + 42 + PAYLOAD));
    assert_said_of(r, r->recording,
                   "it can't grow any more, because a limit is set for the size of files "
                   "(ulimit -f)",
                   packets);
    assert_tshark_finds_it_whole(r->recording);
}

static void standard_output_into_a_file_is_cut_as_well(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    r->max_file = 50001;
    record_too_much(r, ARGS("-i", "lo", "-w", "-", "-f", r->to_filter));

    size_t packets = packets_in(r->out);

    assert_int_equal(packets, (50001 - 24) / (16 + 42 + PAYLOAD));
    assert_said(r, "keyfall-capture: standard output: it can't grow any more");
}

static void a_disk_that_is_full_from_the_beginning_is_refused(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", "/dev/full", "--", "touch", r->recording));
    assert_refused(r, "/dev/full: the disk is full\n");
    assert_int_not_equal(access(r->recording, F_OK), 0);
    assert_int_equal(access("/dev/full", F_OK), 0);
}

static void the_command_goes_on_when_the_disk_is_full(void **state)
{
    struct capture_run *r = *state;
    char *marker = alloc_format("%s/was-run-to-its-end", r->folder);

    skip_unless_permitted();
    r->max_file = 5001;

    pid_t pid =
        capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "--", "sh", "-c",
                              "read _ <\"$0\"; : > \"$1\"; exit 7", r->gate, marker));

    capture_is_ready(pid);
    send_datagrams(r, NUM_SENT, PAYLOAD);
    open_gate(r);
    capture_finish(r, pid);
    assert_int_equal(r->status, 1); /* the recording has failed, whatever the command did */
    assert_int_equal(access(marker, F_OK), 0);
    free(marker);
}

static void a_reader_that_goes_away_ends_it_with_a_sentence(void **state)
{
    struct capture_run *r = *state;
    int ends[2];

    skip_unless_permitted();
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);

    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        int errors = open(r->errors, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);

        if (dup2(ends[1], STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0)
            become_capture(r, ARGS("-i", "lo", "-w", "-", "-f", r->to_filter));
        _exit(EXIT_FAILURE);
    }
    assert_int_equal(close(ends[1]), 0);
    capture_is_ready(pid);
    assert_int_equal(close(ends[0]), 0);
    send_datagrams(r, 1, PAYLOAD);
    capture_finish(r, pid);
    assert_int_equal(r->status, 1);
    assert_said(r, "keyfall-capture: standard output: nobody reads it any more\n");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(a_full_disk_leaves_whole_packets_and_a_sentence),
        ON_CAPTURE_RUN(a_full_disk_ends_a_series_of_whole_files),
        ON_CAPTURE_RUN(a_ring_goes_on_where_the_disk_is_small),
        ON_CAPTURE_RUN(a_file_that_cannot_even_begin_is_not_left_behind),
        ON_CAPTURE_RUN(a_limit_for_the_size_of_files_is_met_in_the_same_way),
        ON_CAPTURE_RUN(standard_output_into_a_file_is_cut_as_well),
        ON_CAPTURE_RUN(a_disk_that_is_full_from_the_beginning_is_refused),
        ON_CAPTURE_RUN(the_command_goes_on_when_the_disk_is_full),
        ON_CAPTURE_RUN(a_reader_that_goes_away_ends_it_with_a_sentence),
    };

    return RUN(cases);
}
