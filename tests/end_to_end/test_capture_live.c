/*
 * keyfall-capture as its user meets it. What needs the right to record is skipped without it.
 *
 * Called as "test_capture_live talk PORT", this program is the command that is recorded: it holds a
 * conversation with itself over loopback and ends with status 7. Others may use the loopback at the
 * same time, so each case has a port of its own and a filter for it.
 */
#include "tests/support/check.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/capture_file.h"
#include "tests/support/tcp_stage.h"

enum { TALK_STATUS = 7, NOBODY = 65534, ARGS_MAX = 16 };

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

/* A port that is free at the moment. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof(address);
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(probe, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &len), 0);
    assert_int_equal(close(probe), 0);

    struct reader port = reader_of(bytes_of(&address.sin_port, sizeof(address.sin_port)));
    uint16_t number = 0;

    assert_true(reader_u16(&port, &number));
    return number;
}

/* --- Running keyfall-capture ---------------------------------------------------------------- */

struct run {
    char folder[32];
    char recording[64]; /* what -w names */
    char out[64];       /* standard output goes there */
    char errors[64];    /* and standard error */
    char self[1024];    /* this program */
    char program[1024];
    uint16_t port; /* of the conversation */
    char port_text[8];
    char filter[32]; /* matches that port */
    char said[4096]; /* standard error, once it has ended */
    int status;
    uid_t uid; /* whom it is started as */
};

static int setup(void **state)
{
    struct run *r = alloc_zero(sizeof(*r));
    const char *build = getenv("KEYFALL_BUILD");
    ssize_t len = readlink("/proc/self/exe", r->self, sizeof(r->self) - 1);

    assert_true(len > 0);
    (void)snprintf(r->folder, sizeof(r->folder), "/tmp/keyfall-live-XXXXXX");
    assert_non_null(mkdtemp(r->folder));
    assert_int_equal(chmod(r->folder, 0777), 0);
    (void)snprintf(r->recording, sizeof(r->recording), "%s/recording.pcap", r->folder);
    (void)snprintf(r->out, sizeof(r->out), "%s/out", r->folder);
    (void)snprintf(r->errors, sizeof(r->errors), "%s/errors", r->folder);
    (void)snprintf(r->program, sizeof(r->program), "%s/keyfall-capture", build ? build : "build");
    r->port = free_port();
    (void)snprintf(r->port_text, sizeof(r->port_text), "%u", r->port);
    (void)snprintf(r->filter, sizeof(r->filter), "tcp port %u", r->port);
    r->uid = getuid();
    *state = r;
    return 0;
}

static int teardown(void **state)
{
    struct run *r = *state;

    (void)unlink(r->recording);
    (void)unlink(r->out);
    (void)unlink(r->errors);
    (void)rmdir(r->folder);
    free(r);
    return 0;
}

static _Noreturn void become(const struct run *r, const char *const *args)
{
    const char *argv[ARGS_MAX + 2] = {r->program};
    char *unchanged[ARGS_MAX + 2]; /* the same, of the type that execv wants */
    int out = open(r->out, O_CREAT | O_TRUNC | O_WRONLY, 0666);
    int errors = open(r->errors, O_CREAT | O_TRUNC | O_WRONLY, 0666);

    for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
        argv[i + 1] = args[i];
    memcpy(unchanged, argv, sizeof(argv));
    /* The leak check attaches to the process, which one that has given up root does not allow. */
    if (dup2(out, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0 &&
        setenv("ASAN_OPTIONS", "detect_leaks=0", 1) == 0 &&
        (r->uid == getuid() || setresuid(r->uid, r->uid, r->uid) == 0))
        (void)execv(r->program, unchanged);
    _exit(EXIT_FAILURE);
}

static pid_t start(const struct run *r, const char *const *args)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0)
        become(r, args);
    return pid;
}

static void finish(struct run *r, pid_t pid)
{
    int status;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    r->status = WEXITSTATUS(status);

    FILE *f = fopen(r->errors, "rbe");

    assert_non_null(f);
    r->said[fread(r->said, 1, sizeof(r->said) - 1, f)] = '\0';
    assert_int_equal(fclose(f), 0);
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void run(struct run *r, const char *const *args)
{
    finish(r, start(r, args));
}

static void assert_said(const struct run *r, const char *part)
{
    if (!strstr(r->said, part))
        fail_msg("\"%s\" is not in: %s", part, r->said);
}

static void assert_refused(struct run *r, const char *part)
{
    assert_int_equal(r->status, 2);
    assert_memory_equal(r->said, "keyfall-capture: ", 17);
    assert_said(r, part);
}

/* Recording needs a right that not everyone who runs the tests has. */
static void skip_unless_permitted(void)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create("lo", reason);
    bool permitted = pcap && pcap_activate(pcap) >= 0;

    if (pcap)
        pcap_close(pcap);
    if (!permitted)
        skip();
}

/* --- What was recorded ---------------------------------------------------------------------- */

/* read_recording puts the file's packets through a reassembly and answers how many they were. */
static size_t read_recording(struct stage *s, const char *path)
{
    struct complaint why;
    struct packet packet;
    enum capture_step step;
    size_t packets = 0;
    struct capture_file *f = capture_file_open(path, 1, &why);

    if (!f)
        fail_msg("%s", why.text);
    stage_init(s);
    while ((step = capture_file_next(f, &packet, &why)) == CAPTURE_PACKET) {
        reassembly_packet(s->reassembly, &packet);
        packets++;
    }
    assert_int_equal(step, CAPTURE_END);
    reassembly_finish(s->reassembly);
    capture_file_close(f);
    return packets;
}

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

static size_t packets_in(const char *path)
{
    struct stage *s = alloc_zero(sizeof(*s));
    size_t packets = read_recording(s, path);

    stage_clear(s);
    free(s);
    return packets;
}

/* --- What needs no right -------------------------------------------------------------------- */

static void help_goes_to_standard_output(void **state)
{
    struct run *r = *state;
    struct stat about;

    run(r, ARGS("--help"));
    assert_int_equal(r->status, 0);
    assert_string_equal(r->said, "");
    assert_int_equal(stat(r->out, &about), 0);
    assert_true(about.st_size > 0);
}

static void wrong_usage_is_refused(void **state)
{
    struct run *r = *state;

    run(r, ARGS("-w", r->recording));
    assert_refused(r, "no interface is named; add -i IFACE");
    run(r, ARGS("-i", "lo"));
    assert_refused(r, "no file is named; add -w FILE");
    run(r, ARGS("-i", "lo", "-w", r->recording, "port", "443"));
    assert_refused(r, "\"port\" is out of place; a filter goes behind -f");
    run(r, ARGS("-i", "lo", "-w", r->recording, "--"));
    assert_refused(r, "there is no command behind --");
    run(r, ARGS("-i", "lo", "-w", r->recording, "-c", "many"));
    assert_refused(r, "--count: \"many\" is not a whole number");
    run(r, ARGS("-i", "lo", "-w", r->recording, "-s", "262145"));
    assert_refused(r, "--snaplen: \"262145\" is not a whole number from 1 to 262144");
    run(r, ARGS("-i", "lo", "-w", r->recording, "-d", "-1"));
    assert_refused(r, "--duration: \"-1\"");
    run(r, ARGS("--wirte", r->recording));
    assert_refused(r, "--wirte: no such option");
    run(r, ARGS("-i"));
    assert_refused(r, "-i: a value is missing");
}

static void an_interface_that_is_not_there_is_refused_with_those_that_are(void **state)
{
    struct run *r = *state;

    run(r, ARGS("-i", "nosuch0", "-w", r->recording));
    assert_refused(r, "nosuch0: no such interface; there are: ");
    assert_said(r, "lo");
}

static void who_may_not_record_is_told_the_command_that_helps(void **state)
{
    struct run *r = *state;

    if (getuid() == 0)
        r->uid = NOBODY;
    else if (access(r->program, X_OK) != 0)
        skip();
    run(r, ARGS("-i", "lo", "-w", r->recording, "-d", "0.1"));
    if (r->status == EXIT_SUCCESS || r->status == EXIT_FAILURE)
        skip(); /* it has the right already, or nobody can't reach the program */
    assert_refused(r, "sudo setcap cap_net_raw,cap_net_admin=eip /");
    assert_said(r, "/keyfall-capture\n");
}

/* --- Recording ------------------------------------------------------------------------------ */

static void a_command_is_recorded_from_its_first_packet_to_its_last(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    run(r,
        ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "--", r->self, "talk", r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_recorded(r->recording);
}

static void what_was_seen_written_and_dropped_is_counted(void **state)
{
    struct run *r = *state;
    unsigned seen;
    unsigned written;
    unsigned dropped;

    skip_unless_permitted();
    run(r,
        ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "--", r->self, "talk", r->port_text));
    assert_int_equal(
        sscanf(r->said, /* NOLINT(cert-err34-c): our own numbers */
               "keyfall-capture: %u packets seen, %u written, %u dropped by the kernel", &seen,
               &written, &dropped),
        3);
    assert_int_equal(written, packets_in(r->recording));
    assert_in_range(written, 8, seen);
    assert_int_equal(dropped, 0);
}

static void a_filter_leaves_out_what_does_not_match(void **state)
{
    struct run *r = *state;
    char filter[128];

    skip_unless_permitted();
    (void)snprintf(filter, sizeof(filter), "%s and tcp[tcpflags] & tcp-syn != 0", r->filter);
    run(r, ARGS("-i", "lo", "-w", r->recording, "-f", filter, "--", r->self, "talk", r->port_text));
    assert_int_equal(packets_in(r->recording), 2); /* SYN and SYN-ACK */
    run(r, ARGS("-i", "lo", "-w", r->recording, "-f", "tcp prot"));
    assert_refused(r, "--filter: \"tcp prot\": ");
}

static void the_snap_length_cuts(void **state)
{
    struct run *r = *state;
    struct stage *s = alloc_zero(sizeof(*s));

    skip_unless_permitted();
    run(r, ARGS("-i", "lo", "-w", r->recording, "-s", "60", "-f", r->filter, "--", r->self, "talk",
                r->port_text));
    assert_true(read_recording(s, r->recording) >= 8);
    assert_true(reassembly_counts(s->reassembly)->bytes_missing >= strlen(QUESTION));
    stage_clear(s);
    free(s);
}

static void after_so_many_packets_recording_ends_and_the_command_goes_on(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    run(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter, "-c", "3", "--", r->self, "talk",
                r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_int_equal(packets_in(r->recording), 3);
}

static void after_so_long_recording_ends(void **state)
{
    struct run *r = *state;
    struct timespec before;
    struct timespec after;

    skip_unless_permitted();
    (void)clock_gettime(CLOCK_MONOTONIC, &before);
    run(r, ARGS("-i", "lo", "-w", r->recording, "--duration", "0.3"));
    (void)clock_gettime(CLOCK_MONOTONIC, &after);
    assert_int_equal(r->status, 0);
    (void)packets_in(r->recording);
    assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
                        (after.tv_nsec - before.tv_nsec) / 1000000,
                    300, 5000);
}

static void the_status_of_the_command_is_passed_on(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    run(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "exit 42"));
    assert_int_equal(r->status, 42);
    run(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "kill -9 $$"));
    assert_int_equal(r->status, 128 + SIGKILL);
    run(r, ARGS("-i", "lo", "-w", r->recording, "--", "keyfall-no-such-command"));
    assert_int_equal(r->status, 127);
    assert_said(r, "keyfall-no-such-command: can't be run: No such file or directory");
    run(r, ARGS("-i", "lo", "-w", r->recording, "--", "/etc/passwd"));
    assert_int_equal(r->status, 126);
    assert_said(r, "/etc/passwd: can't be run: Permission denied");
}

static void a_file_that_cannot_be_written_is_refused_before_the_command_runs(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    run(r, ARGS("-i", "lo", "-w", "/nowhere/x.pcap", "--", "touch", r->recording));
    assert_refused(r, "/nowhere/x.pcap: can't be written: No such file or directory");
    assert_int_not_equal(access(r->recording, F_OK), 0);
    run(r, ARGS("-i", "lo", "-w", r->folder));
    assert_refused(r, "can't be written: Is a directory");
}

static void standard_output_carries_packets_and_nothing_else(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    run(r, ARGS("-i", "lo", "-w", "-", "-f", r->filter, "--", "sh", "-c",
                "echo words; exec \"$0\" talk \"$1\"", r->self, r->port_text));
    assert_int_equal(r->status, TALK_STATUS);
    assert_recorded(r->out);
    assert_said(r, "words");
}

static void wait_until(bool (*is_so)(const struct run *r, pid_t pid), const struct run *r,
                       pid_t pid)
{
    const struct timespec pause = {.tv_nsec = 10000000};

    for (int tries = 0; tries < 500 && !is_so(r, pid); tries++)
        (void)nanosleep(&pause, NULL);
    assert_true(is_so(r, pid));
}

static bool recording_has_begun(const struct run *r, pid_t pid)
{
    struct stat about;

    (void)pid;
    return stat(r->recording, &about) == 0 && about.st_size > 24;
}

static bool is_not_root(const struct run *r, pid_t pid)
{
    char path[64];
    char line[256];
    unsigned ids[4] = {0};

    (void)r;
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);

    FILE *f = fopen(path, "re");

    assert_non_null(f);
    while (fgets(line, sizeof(line), f)) {
        /* NOLINTNEXTLINE(cert-err34-c): the kernel's numbers */
        if (sscanf(line, "Uid: %u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) == 4)
            break;
    }
    assert_int_equal(fclose(f), 0);
    return ids[0] != 0 && ids[1] != 0 && ids[2] != 0 && ids[3] != 0;
}

static void assert_signal_leaves_a_clean_file(struct run *r, int signo)
{
    pid_t pid = start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->filter));

    wait_until(is_not_root, r, pid); /* so it is recording, or about to, with its signals held */
    for (int tries = 0; tries < 100 && !recording_has_begun(r, pid); tries++) {
        const struct timespec pause = {.tv_nsec = 20000000};

        assert_int_equal(talk(r->port), TALK_STATUS);
        (void)nanosleep(&pause, NULL);
    }
    assert_int_equal(kill(pid, signo), 0);
    finish(r, pid);
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
    struct run *r = *state;

    skip_unless_permitted();

    pid_t pid = start(r, ARGS("-i", "lo", "-w", r->recording, "--", "sleep", "60"));

    wait_until(is_not_root, r, pid);
    assert_int_equal(kill(pid, SIGTERM), 0);
    finish(r, pid);
    assert_int_equal(r->status, 128 + SIGTERM);
}

static void the_command_keeps_the_rights_that_the_recorder_gives_up(void **state)
{
    struct run *r = *state;

    skip_unless_permitted();
    if (getuid() != 0)
        skip();
    run(r, ARGS("-i", "lo", "-w", r->recording, "--", "sh", "-c", "test \"$(id -u)\" -eq 0"));
    assert_int_equal(r->status, 0);
}

#define ON_RUN(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "talk") == 0)
        return talk((uint16_t)strtoul(argv[2], NULL, 10));

    const struct CMUnitTest cases[] = {
        ON_RUN(help_goes_to_standard_output),
        ON_RUN(wrong_usage_is_refused),
        ON_RUN(an_interface_that_is_not_there_is_refused_with_those_that_are),
        ON_RUN(who_may_not_record_is_told_the_command_that_helps),
        ON_RUN(a_command_is_recorded_from_its_first_packet_to_its_last),
        ON_RUN(what_was_seen_written_and_dropped_is_counted),
        ON_RUN(a_filter_leaves_out_what_does_not_match),
        ON_RUN(the_snap_length_cuts),
        ON_RUN(after_so_many_packets_recording_ends_and_the_command_goes_on),
        ON_RUN(after_so_long_recording_ends),
        ON_RUN(the_status_of_the_command_is_passed_on),
        ON_RUN(a_file_that_cannot_be_written_is_refused_before_the_command_runs),
        ON_RUN(standard_output_carries_packets_and_nothing_else),
        ON_RUN(ctrl_c_leaves_a_clean_file),
        ON_RUN(sigterm_leaves_a_clean_file),
        ON_RUN(a_signal_reaches_the_command),
        ON_RUN(the_command_keeps_the_rights_that_the_recorder_gives_up),
    };

    return RUN(cases);
}
