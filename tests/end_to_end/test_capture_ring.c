/*
 * keyfall-capture into several files: when the next one begins, what they are called, which of them
 * go, and what happens to those that are there already. Without the right to record it is skipped.
 */
#include "tests/support/capture_run.h"

#include <glob.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/program.h"

enum {
    FILE_HEADER = 24,
    PACKET_HEADER = 16,
    FRAME_HEADERS = 14 + 20 + 8, /* Ethernet, IPv4, UDP */
    PAYLOAD = 1000,
    RECORD = PACKET_HEADER + FRAME_HEADERS + PAYLOAD,
};

/* Files as a shell would name them for recording-*.pcap, in its order. */
static glob_t files_of(const struct capture_run *r)
{
    char *pattern = alloc_format("%s/recording-*.pcap", r->folder);
    glob_t found;
    int status = glob(pattern, 0, NULL, &found);

    assert_true(status == 0 || status == GLOB_NOMATCH);
    free(pattern);
    return found;
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text);

    return len >= strlen(end) && strcmp(text + len - strlen(end), end) == 0;
}

static uint64_t len_of(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    return (uint64_t)about.st_size;
}

/* record_datagrams records so many of them, with what ARGS adds, until SIGINT. */
static void record_datagrams(struct capture_run *r, size_t num, size_t len, const char *const *more)
{
    const char *args[16] = {"-i", "lo", "-w", r->recording, "-f", r->to_filter};
    size_t num_args = 6;

    while (*more)
        args[num_args++] = *more++;

    pid_t pid = capture_start(r, args);

    capture_is_ready(pid);
    send_datagrams(r, num, len);
    assert_int_equal(kill(pid, SIGINT), 0);
    capture_finish(r, pid);
}

static void a_file_is_followed_by_the_next_before_it_grows_too_big(void **state)
{
    struct capture_run *r = *state;
    const size_t num = 100;
    const uint64_t size = 10240;
    const size_t in_a_file = (size - FILE_HEADER) / RECORD;

    skip_unless_permitted();
    record_datagrams(r, num, PAYLOAD, ARGS("--file-size", "10k"));
    assert_int_equal(r->status, 0);

    glob_t files = files_of(r);

    assert_int_equal(files.gl_pathc, (num + in_a_file - 1) / in_a_file);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *name = alloc_format("/recording-%05zu.pcap", i + 1);
        size_t expected = i + 1 < files.gl_pathc ? in_a_file : num - i * in_a_file;

        assert_true(ends_with(files.gl_pathv[i], name));
        assert_int_equal(packets_in(files.gl_pathv[i]), expected);
        assert_int_equal(len_of(files.gl_pathv[i]), FILE_HEADER + expected * RECORD);
        free(name);
    }
    assert_said(r, "100 packets seen, 100 written, 0 dropped by the kernel\n");
    assert_said(r, "recorded in 12 files, ");
    assert_int_not_equal(access(r->recording, F_OK), 0);
    globfree(&files);
}

static void a_packet_that_is_longer_than_a_file_is_recorded_whole(void **state)
{
    struct capture_run *r = *state;
    const size_t longer = 5000;

    skip_unless_permitted();
    record_datagrams(r, 3, longer, ARGS("-C", "1k"));

    glob_t files = files_of(r);

    assert_int_equal(files.gl_pathc, 3);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        assert_int_equal(packets_in(files.gl_pathv[i]), 1);
        assert_int_equal(len_of(files.gl_pathv[i]),
                         FILE_HEADER + PACKET_HEADER + FRAME_HEADERS + longer);
    }
    globfree(&files);
}

static void of_a_ring_the_newest_files_are_kept(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    record_datagrams(r, 100, PAYLOAD, ARGS("-C", "10k", "-W", "3"));

    glob_t files = files_of(r);

    assert_int_equal(files.gl_pathc, 3);
    assert_true(ends_with(files.gl_pathv[0], "-00010.pcap"));
    assert_true(ends_with(files.gl_pathv[1], "-00011.pcap"));
    assert_true(ends_with(files.gl_pathv[2], "-00012.pcap"));
    assert_int_equal(packets_in(files.gl_pathv[0]) + packets_in(files.gl_pathv[1]) +
                         packets_in(files.gl_pathv[2]),
                     9 + 9 + 1);
    assert_said(r, "recorded in 3 files, ");
    assert_said(r, "; older ones that were deleted (--files): 9\n");
    globfree(&files);
}

static void a_ring_of_one_file_goes_on(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    record_datagrams(r, 20, PAYLOAD, ARGS("-C", "10k", "-W", "1"));

    glob_t files = files_of(r);

    assert_int_equal(files.gl_pathc, 1);
    assert_true(ends_with(files.gl_pathv[0], "-00003.pcap"));
    assert_int_equal(packets_in(files.gl_pathv[0]), 2);
    globfree(&files);
}

static void a_file_is_followed_by_the_next_when_its_first_packet_is_so_old(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();

    pid_t pid = capture_start(
        r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "--file-seconds", "0.4"));

    capture_is_ready(pid);
    send_datagrams(r, 2, PAYLOAD);
    pause_ms(500);
    send_datagrams(r, 3, PAYLOAD);
    pause_ms(1000); /* in which nothing comes: that makes no file */
    send_datagrams(r, 4, PAYLOAD);
    assert_int_equal(kill(pid, SIGINT), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);

    glob_t files = files_of(r);

    assert_int_equal(files.gl_pathc, 3);
    for (size_t i = 0; i < files.gl_pathc; i++)
        assert_int_equal(packets_in(files.gl_pathv[i]), 2 + i);
    globfree(&files);
}

/* What a shell names in its order is one recording to the attacker: no packet twice, none lost. */
static void the_files_are_read_as_one_recording(void **state)
{
    struct capture_run *r = *state;
    struct run_result result;
    char *line = alloc_text("keyfall-attacker --json");

    skip_unless_permitted();
    record_datagrams(r, 1000, PAYLOAD, ARGS("-C", "64k"));

    glob_t files = files_of(r);

    assert_true(files.gl_pathc > 15);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        char *longer = alloc_format("%s %s", line, files.gl_pathv[i]);

        free(line);
        line = longer;
    }
    run_line(&result, "%s", line);
    assert_status(&result, 1);
    assert_says(run_out(&result), "\"packets\":1000,");
    run_clear(&result);
    free(line);
    globfree(&files);
}

static void files_of_an_earlier_recording_are_left_alone(void **state)
{
    struct capture_run *r = *state;
    char *old = alloc_format("%s/recording-00007.pcap", r->folder);
    char *others[] = {alloc_format("%s/recording-7.pcap", r->folder),
                      alloc_format("%s/recording-00007.pcapng", r->folder),
                      alloc_format("%s/recording-00007.pcap.old", r->folder),
                      alloc_format("%s/recordings-00007.pcap", r->folder)};
    const char *content = "of an earlier recording";

    skip_unless_permitted();
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        file_write(others[i], bytes_of(content, strlen(content)));
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-C", "1", "-d", "0.1"));
    assert_int_equal(r->status, 0);
    assert_int_equal(rename(others[0], old), 0);

    char *first = alloc_format("%s/recording-00001.pcap", r->folder);

    assert_int_equal(unlink(first), 0);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-C", "1", "-W", "2", "-d", "0.1"));
    assert_refused(r, "recording-00007.pcap: is there already and would be read as a part of this "
                      "recording; move such files away, or choose another name behind -w");
    assert_int_not_equal(access(first, F_OK), 0);

    struct buffer left = file_read(old);

    assert_true(bytes_equal(buffer_view(&left), bytes_of(content, strlen(content))));
    buffer_clear(&left);
    free(first);
    free(old);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        free(others[i]);
}

static void names_without_an_extension_are_numbered_at_their_end(void **state)
{
    struct capture_run *r = *state;
    static const struct {
        const char *given;
        const char *made;
    } names[] = {{"plain", "plain-00001"}, {".hidden", ".hidden-00001"}, {"a.b.c", "a.b-00001.c"}};

    skip_unless_permitted();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char *folder = alloc_format("%s/with.dot", r->folder);
        char *given = alloc_format("%s/%s", folder, names[i].given);
        char *made = alloc_format("%s/%s", folder, names[i].made);

        (void)mkdir(folder, 0777);
        assert_int_equal(chmod(folder, 0777), 0);
        capture_all(r, ARGS("-i", "lo", "-w", given, "-G", "10", "-d", "0.1"));
        assert_int_equal(r->status, 0);
        assert_int_equal(access(made, F_OK), 0);
        free(made);
        free(given);
        free(folder);
    }
}

static void a_folder_that_the_recorder_may_not_write_into_is_refused(void **state)
{
    struct capture_run *r = *state;
    char *marker = alloc_format("%s/was-run", r->folder);
    char *inside = alloc_format("%s/closed/rec.pcap", r->folder);
    char *closed = alloc_format("%s/closed", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(mkdir(closed, 0755), 0); /* root's: it is nobody who would make the files */
    capture_all(r, ARGS("-i", "lo", "-w", inside, "-C", "1", "--", "touch", marker));
    assert_refused(r, "/closed: the user nobody, as whom keyfall-capture records, can't make files "
                      "in this folder; name one of nobody's behind -w, made for example with: sudo "
                      "install -d -o nobody /var/tmp/keyfall\n");
    assert_int_equal(chmod(closed, 0700), 0); /* not even to be looked into */
    capture_all(r, ARGS("-i", "lo", "-w", inside, "-C", "1", "--", "touch", marker));
    assert_refused(r, "/closed: the user nobody, as whom ");
    assert_int_not_equal(access(marker, F_OK), 0);
    capture_all(r, ARGS("-i", "lo", "-w", "/nowhere/x.pcap", "-C", "1"));
    assert_refused(r, "/nowhere: no files can be made in this folder: No such file or directory");
    free(closed);
    free(inside);
    free(marker);
}

/* Whoever is root without sudo names a folder, and means that its owner should have the files. */
static void without_sudo_the_owner_of_the_folder_makes_the_files(void **state)
{
    struct capture_run *r = *state;
    const struct passwd *known = getpwnam("daemon");
    const uid_t owners[] = {4711, known ? known->pw_uid : 4712}; /* with and without a name */
    char *folder = alloc_format("%s/owned", r->folder);
    char *inside = alloc_format("%s/rec.pcap", folder);
    char *first = alloc_format("%s/rec-00001.pcap", folder);
    struct stat about;

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(mkdir(folder, 0755), 0);
    for (size_t i = 0; i < sizeof(owners) / sizeof(*owners); i++) {
        assert_int_equal(chown(folder, owners[i], 0), 0);
        capture_all(r, ARGS("-i", "lo", "-w", inside, "-C", "1", "-d", "0.1"));
        assert_int_equal(r->status, 0);
        assert_int_equal(stat(first, &about), 0);
        assert_int_equal(about.st_uid, owners[i]);
        assert_int_not_equal(about.st_gid, 0); /* root's is given up whatever the folder's is */
        assert_int_equal(unlink(first), 0);
    }
    free(first);
    free(inside);
    free(folder);
}

static void what_sudo_records_is_the_callers(void **state)
{
    struct capture_run *r = *state;
    struct stat about;
    char *first = alloc_format("%s/recording-00001.pcap", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    assert_int_equal(setenv("SUDO_UID", "4711", 1), 0);
    assert_int_equal(setenv("SUDO_GID", "4712", 1), 0);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-C", "1", "-d", "0.1"));
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-d", "0.1"));
    assert_int_equal(unsetenv("SUDO_UID"), 0);
    assert_int_equal(unsetenv("SUDO_GID"), 0);
    assert_int_equal(stat(first, &about), 0);
    assert_int_equal(about.st_uid, 4711);
    assert_int_equal(about.st_gid, 4712);
    assert_int_equal(stat(r->recording, &about), 0);
    assert_int_equal(about.st_uid, 4711);
    free(first);
}

static void senseless_choices_are_refused(void **state)
{
    struct capture_run *r = *state;

    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-W", "3"));
    assert_refused(r, "--files counts the files that -C or -G make; add one of them\n");
    capture_all(r, ARGS("-i", "lo", "-w", "-", "-C", "3"));
    assert_refused(r, "--file-size: standard output can't begin a new file; name a file behind -w");
    capture_all(r, ARGS("-i", "lo", "-w", "-", "-G", "3"));
    assert_refused(r, "--file-seconds: standard output can't begin a new file; name a file");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-C", "3x"));
    assert_refused(r, "--file-size: \"3x\" is not a size, such as 64k, 100M or 2G");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-G", "soon"));
    assert_refused(r, "--file-seconds: \"soon\" is not a number of seconds, such as 10 or 0.5\n");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-G", "0.0000000001"));
    assert_refused(r, "--file-seconds: \"0.0000000001\" is too short a time");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-C", "1", "-W", "0"));
    assert_refused(r, "--files: \"0\" is not a whole number from 1 to ");
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(a_file_is_followed_by_the_next_before_it_grows_too_big),
        ON_CAPTURE_RUN(a_packet_that_is_longer_than_a_file_is_recorded_whole),
        ON_CAPTURE_RUN(of_a_ring_the_newest_files_are_kept),
        ON_CAPTURE_RUN(a_ring_of_one_file_goes_on),
        ON_CAPTURE_RUN(a_file_is_followed_by_the_next_when_its_first_packet_is_so_old),
        ON_CAPTURE_RUN(the_files_are_read_as_one_recording),
        ON_CAPTURE_RUN(files_of_an_earlier_recording_are_left_alone),
        ON_CAPTURE_RUN(names_without_an_extension_are_numbered_at_their_end),
        ON_CAPTURE_RUN(a_folder_that_the_recorder_may_not_write_into_is_refused),
        ON_CAPTURE_RUN(without_sudo_the_owner_of_the_folder_makes_the_files),
        ON_CAPTURE_RUN(what_sudo_records_is_the_callers),
        ON_CAPTURE_RUN(senseless_choices_are_refused),
    };

    return RUN(cases);
}
