/*
 * keyfall-capture as its user meets it. What needs the right to record is skipped without it.
 *
 * Called as "test_capture_live talk PORT", this program is the command that is recorded: it holds a
 * conversation with itself over loopback and ends with status 7.
 */
#include "tests/support/capture_run.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/tcp_stage.h"

enum { TALK_STATUS = 7 };

static const char QUESTION[] = "what is the launch code?";
static const char ANSWER[] = "0000";

/* --- The command that is recorded ----------------------------------------------------------- */

static void say(int to, const char *text)
{
    if (write(to, text, strlen(text)) != (ssize_t)strlen(text))
        exit(EXIT_FAILURE);
}

static void hear_out(int from)
{
    char heard[64];
    ssize_t got;

    do
        got = read(from, heard, sizeof(heard));
    while (got > 0);
    if (got < 0)
        exit(EXIT_FAILURE);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

static int talk(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int again = 1;

    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &again, sizeof(again)) != 0 ||
        bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(listener, 1) != 0 ||
        connect(client, (struct sockaddr *)&address, sizeof(address)) != 0)
        return EXIT_FAILURE;

    int server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    (void)close(listener);
    say(client, QUESTION);
    (void)shutdown(client, SHUT_WR);
    hear_out(server);
    say(server, ANSWER);
    (void)close(server);
    hear_out(client);
    (void)close(client);
    return TALK_STATUS;
}

/* --- What was recorded ---------------------------------------------------------------------- */

static bool has_text(const struct buffer *stream, const char *text)
{
    return bytes_equal(buffer_view(stream), bytes_of(text, strlen(text)));
}

/* From SYN to the last FIN: one connection, whole. */
static void assert_recorded(const char *path)
{
    struct stage *s = alloc_zero(sizeof(*s));

    assert_in_range(read_recording(s, path), 8, 20);
    assert_int_equal(s->num_opened, 1);
    assert_true(s->heard[0].at_the_end.syn_seen);
    assert_true(has_text(&s->heard[0].stream[SIDE_CLIENT], QUESTION));
    assert_true(has_text(&s->heard[0].stream[SIDE_SERVER], ANSWER));
    assert_int_equal(reassembly_counts(s->reassembly)->gaps, 0);
    stage_clear(s);
    free(s);
}

/* --- What needs no right -------------------------------------------------------------------- */

static void help_goes_to_standard_output(void **state)
{
    struct capture_run *r = *state;
    struct stat about;

    capture_all(r, ARGS("--help"));
    assert_int_equal(r->status, 0);
    assert_string_equal(r->said, "");
    assert_int_equal(stat(r->out, &about), 0);
    assert_true(about.st_size > 0);
}

static void a_help_that_cannot_be_written_is_a_failure(void **state)
{
    struct capture_run *r = *state;
    static const char *const wishes[] = {"--help", "--version", "-D"};

    free(r->out);
    r->out = alloc_text("/dev/full");
    for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++) {
        capture_all(r, ARGS(wishes[i]));
        assert_refused(r, "standard output: can't be written: No space left on device\n");
    }
}

static void wrong_usage_is_refused(void **state)
{
    struct capture_run *r = *state;

    capture_all(r, ARGS("-w", r->recording));
    assert_refused(r, "no interface is named; add -i IFACE");
    capture_all(r, ARGS("-i", "lo"));
    assert_refused(r, "no file is named; add -w FILE");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "port", "443"));
    assert_refused(r, "\"port\" is out of place; a filter goes behind -f");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--"));
    assert_refused(r, "there is no command behind --");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-c", "many"));
    assert_refused(r, "--count: \"many\" is not a whole number");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-s", "262145"));
    assert_refused(r, "--snaplen: \"262145\" is not a whole number from 1 to 262144");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-d", "-1"));
    assert_refused(r, "--duration: \"-1\"");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-d", "0.0000000001"));
    assert_refused(r, "--duration: \"0.0000000001\" is too short a time");
    capture_all(r, ARGS("--wirte", r->recording));
    assert_refused(r, "--wirte: no such option");
    capture_all(r, ARGS("-i"));
    assert_refused(r, "-i: a value is missing");
}

static void an_interface_that_is_not_there_is_refused_with_those_that_are(void **state)
{
    struct capture_run *r = *state;

    capture_all(r, ARGS("-i", "nosuch0", "-w", r->recording));
    assert_refused(r, "nosuch0: no such interface; there are: ");
    assert_said(r, "lo");
}

/* --- Recording ------------------------------------------------------------------------------ */

static void a_command_is_recorded_from_its_first_packet_to_its_last(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "--", r->self, "talk",
                        r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_recorded(r->recording);
}

static void what_was_seen_written_and_dropped_is_counted(void **state)
{
    struct capture_run *r = *state;
    uint64_t written;
    uint64_t dropped;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "--", r->self, "talk",
                        r->port_text));
    assert_counted(r, &written, &dropped);
    assert_int_equal(written, packets_in(r->recording));
    assert_in_range(written, 8, 20);
    assert_int_equal(dropped, 0);
    assert_said(r, "recorded in /");
}

static void a_filter_leaves_out_what_does_not_match(void **state)
{
    struct capture_run *r = *state;
    char filter[128];

    skip_unless_permitted();
    (void)snprintf(filter, sizeof(filter), "%s and tcp[tcpflags] & tcp-syn != 0", r->filter);
    capture_all(
        r, ARGS("-i", "lo", "-w", r->recording, "-f", filter, "--", r->self, "talk", r->port_text));
    assert_int_equal(packets_in(r->recording), 2); /* SYN and SYN-ACK */
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-f", "tcp prot"));
    assert_refused(r, "--filter: \"tcp prot\": ");
}

static void the_snap_length_cuts(void **state)
{
    struct capture_run *r = *state;
    struct stage *s = alloc_zero(sizeof(*s));

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-s", "60", "-f", r->filter, "--", r->self,
                        "talk", r->port_text));
    assert_true(read_recording(s, r->recording) >= 8);
    assert_true(reassembly_counts(s->reassembly)->bytes_missing >= strlen(QUESTION));
    stage_clear(s);
    free(s);
}

static void after_so_many_packets_recording_ends_and_the_command_goes_on(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "-c", "3", "--", r->self,
                        "talk", r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_int_equal(packets_in(r->recording), 3);
}

static void after_so_long_recording_ends(void **state)
{
    struct capture_run *r = *state;
    struct timespec before;
    struct timespec after;

    skip_unless_permitted();
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--duration", "0.3"));
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(r->status, 0);
    (void)packets_in(r->recording);
    assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
                        (after.tv_nsec - before.tv_nsec) / 1000000,
                    300, 5000);
}

static void the_status_of_the_command_is_passed_on(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "exit 42"));
    assert_int_equal(r->status, 42);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "kill -9 $$"));
    assert_int_equal(r->status, 128 + SIGKILL);
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--", "keyfall-no-such-command"));
    assert_int_equal(r->status, 127);
    assert_said(r, "keyfall-no-such-command: can't be run: No such file or directory");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "--", "/etc/passwd"));
    assert_int_equal(r->status, 126);
    assert_said(r, "/etc/passwd: can't be run: Permission denied");
}

static void a_file_that_cannot_be_written_is_refused_before_the_command_runs(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", "/nowhere/x.pcap", "--", "touch", r->recording));
    assert_refused(r, "/nowhere/x.pcap: can't be written: No such file or directory");
    assert_int_not_equal(access(r->recording, F_OK), 0);
    capture_all(r, ARGS("-i", "lo", "-w", r->folder));
    assert_refused(r, "can't be written: Is a directory");
}

static void standard_output_carries_packets_and_nothing_else(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", "-", "-f", r->filter, "--", "sh", "-c",
                        "echo words; exec \"$0\" talk \"$1\"", r->self, r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_recorded(r->out);
    assert_said(r, "words");
}

static bool recording_has_begun(const struct capture_run *r)
{
    struct stat about;

    return stat(r->recording, &about) == 0 && about.st_size > 24;
}

static void assert_signal_leaves_a_clean_file(struct capture_run *r, int signo)
{
    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter));

    capture_is_ready(pid);
    for (int tries = 0; tries < 100 && !recording_has_begun(r); tries++) {
        assert_int_equal(talk(r->port), TALK_STATUS);
        pause_ms(20);
    }
    assert_int_equal(kill(pid, signo), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);
    assert_said(r, "dropped by the kernel");
    assert_true(packets_in(r->recording) > 0);
}

static void ctrl_c_leaves_a_clean_file(void **state)
{
    skip_unless_permitted();
    assert_signal_leaves_a_clean_file(*state, SIGINT);
}

static void sigterm_leaves_a_clean_file(void **state)
{
    skip_unless_permitted();
    assert_signal_leaves_a_clean_file(*state, SIGTERM);
}

static void a_signal_reaches_the_command(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();

    pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "--", "sleep", "60"));

    capture_is_ready(pid);
    assert_int_equal(kill(pid, SIGTERM), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 128 + SIGTERM);
}

static void the_command_keeps_the_rights_that_the_recorder_gives_up(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    skip_unless_root();
    capture_all(r,
                ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "test \"$(id -u)\" -eq 0"));
    assert_int_equal(r->status, 0);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "talk") == 0)
        return talk((uint16_t)strtoul(argv[2], NULL, 10));

    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(help_goes_to_standard_output),
        ON_CAPTURE_RUN(a_help_that_cannot_be_written_is_a_failure),
        ON_CAPTURE_RUN(wrong_usage_is_refused),
        ON_CAPTURE_RUN(an_interface_that_is_not_there_is_refused_with_those_that_are),
        ON_CAPTURE_RUN(a_command_is_recorded_from_its_first_packet_to_its_last),
        ON_CAPTURE_RUN(what_was_seen_written_and_dropped_is_counted),
        ON_CAPTURE_RUN(a_filter_leaves_out_what_does_not_match),
        ON_CAPTURE_RUN(the_snap_length_cuts),
        ON_CAPTURE_RUN(after_so_many_packets_recording_ends_and_the_command_goes_on),
        ON_CAPTURE_RUN(after_so_long_recording_ends),
        ON_CAPTURE_RUN(the_status_of_the_command_is_passed_on),
        ON_CAPTURE_RUN(a_file_that_cannot_be_written_is_refused_before_the_command_runs),
        ON_CAPTURE_RUN(standard_output_carries_packets_and_nothing_else),
        ON_CAPTURE_RUN(ctrl_c_leaves_a_clean_file),
        ON_CAPTURE_RUN(sigterm_leaves_a_clean_file),
        ON_CAPTURE_RUN(a_signal_reaches_the_command),
        ON_CAPTURE_RUN(the_command_keeps_the_rights_that_the_recorder_gives_up),
    };

    return RUN(cases);
}
