#include "tests/support/capture_run.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture/capture_file.h"
#include "tests/support/program.h"
#include "tests/support/tcp_stage.h"

enum { ARGS_MAX = 24, TRIES = 1000, TRY_MS = 10 };

/* --- Before and after ------------------------------------------------------------------------- */

/* bind_somewhere binds to a free port of the loopback and answers which one it is. */
static uint16_t bind_somewhere(int socket)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    uint16_t port = 0;

    assert_int_equal(bind(socket, (struct sockaddr *)&address, len), 0);
    assert_int_equal(getsockname(socket, (struct sockaddr *)&address, &len), 0);

    struct reader r = reader_of(bytes_of(&address.sin_port, sizeof(address.sin_port)));

    assert_true(reader_u16(&r, &port));
    return port;
}

static uint16_t free_tcp_port(void)
{
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    uint16_t port = bind_somewhere(probe);

    assert_int_equal(close(probe), 0);
    return port;
}

static char *path_of_self(void)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

    assert_true(len > 0);
    path[len] = '\0';
    return alloc_text(path);
}

int capture_run_setup(void **state)
{
    struct capture_run *r = alloc_zero(sizeof(*r));
    const char *build = getenv("KEYFALL_BUILD");

    r->self = path_of_self();
    r->folder = scratch_new();
    assert_int_equal(chmod(r->folder, 0777), 0);
    r->recording = alloc_format("%s/recording.pcap", r->folder);
    r->out = alloc_format("%s/out", r->folder);
    r->errors = alloc_format("%s/errors", r->folder);
    r->gate = alloc_format("%s/gate", r->folder);
    assert_int_equal(mkfifo(r->gate, 0600), 0);
    r->program = alloc_format("%s/keyfall-capture", build ? build : "build");
    r->port = free_tcp_port();
    (void)snprintf(r->port_text, sizeof(r->port_text), "%u", r->port);
    (void)snprintf(r->filter, sizeof(r->filter), "tcp port %u", r->port);
    r->datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    r->to = bind_somewhere(r->datagrams);
    (void)snprintf(r->to_filter, sizeof(r->to_filter), "udp port %u", r->to);
    r->uid = getuid();
    *state = r;
    return 0;
}

int capture_run_teardown(void **state)
{
    struct capture_run *r = *state;

    (void)close(r->datagrams);
    scratch_free(r->folder);
    free(r->recording);
    free(r->out);
    free(r->errors);
    free(r->gate);
    free(r->self);
    free(r->program);
    free(r->said);
    free(r);
    return 0;
}

/* --- Running ---------------------------------------------------------------------------------- */

static bool limit_files(const struct capture_run *r)
{
    struct rlimit limit = {.rlim_cur = r->max_file, .rlim_max = r->max_file};

    return r->max_file == 0 || setrlimit(RLIMIT_FSIZE, &limit) == 0;
}

_Noreturn void become_capture(const struct capture_run *r, const char *const *args)
{
    const char *argv[ARGS_MAX + 2] = {r->program};
    char *unchanged[ARGS_MAX + 2]; /* the same, of the type that execv wants */

    for (size_t i = 0; i < ARGS_MAX && args[i]; i++)
        argv[i + 1] = args[i];
    memcpy(unchanged, argv, sizeof(argv));
    /* The leak check attaches to the process, which one that has given up root does not allow. */
    if (setenv("ASAN_OPTIONS", "detect_leaks=0", 1) == 0 && limit_files(r) &&
        (r->uid == getuid() || setresuid(r->uid, r->uid, r->uid) == 0))
        (void)execv(r->program, unchanged);
    _exit(EXIT_FAILURE);
}

pid_t capture_start(const struct capture_run *r, const char *const *args)
{
    pid_t pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        int out = open(r->out, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
        int errors = open(r->errors, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);

        if (dup2(out, STDOUT_FILENO) >= 0 && dup2(errors, STDERR_FILENO) >= 0)
            become_capture(r, args);
        _exit(EXIT_FAILURE);
    }
    return pid;
}

char *process_line(pid_t pid, const char *name)
{
    char *path = alloc_format("/proc/%d/status", (int)pid);
    char line[256];
    char *found = NULL;
    FILE *f = fopen(path, "re");

    while (f && !found && fgets(line, sizeof(line), f)) {
        if (strncmp(line, name, strlen(name)) == 0)
            found = alloc_text(line);
    }
    if (f)
        assert_int_equal(fclose(f), 0);
    free(path);
    return found ? found : alloc_text("");
}

/* The way back to any rights is closed last, when the interface has long been armed. */
static bool has_given_up_rights(pid_t pid)
{
    char *line = process_line(pid, "NoNewPrivs:");
    bool given_up = strcmp(line, "NoNewPrivs:\t1\n") == 0;

    free(line);
    return given_up;
}

void capture_is_ready(pid_t pid)
{
    for (int tries = 0; tries < TRIES && !has_given_up_rights(pid); tries++)
        pause_ms(TRY_MS);
    assert_true(has_given_up_rights(pid));
}

void capture_finish(struct capture_run *r, pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) != pid)
        assert_int_equal(errno, EINTR);
    r->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);

    struct buffer said = file_read(r->errors);

    free(r->said);
    r->said = alloc_format("%.*s", (int)said.len, (const char *)said.at);
    buffer_clear(&said);
}

void open_gate(const struct capture_run *r)
{
    int gate = open(r->gate, O_WRONLY | O_CLOEXEC);

    assert_true(gate >= 0);
    assert_int_equal(close(gate), 0);
}

void capture_all(struct capture_run *r, const char *const *args)
{
    capture_finish(r, capture_start(r, args));
}

void send_datagrams(const struct capture_run *r, size_t num, size_t len)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(r->to), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    uint8_t *payload = alloc_zero(len);

    for (size_t i = 0; i < num; i++)
        assert_int_equal(
            sendto(r->datagrams, payload, len, 0, (const struct sockaddr *)&to, sizeof(to)), len);
    free(payload);
}

void pause_ms(unsigned ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0)
        assert_int_equal(errno, EINTR);
}

/* --- What came of it -------------------------------------------------------------------------- */

void assert_said(const struct capture_run *r, const char *part)
{
    assert_says(r->said, part);
}

void assert_refused(const struct capture_run *r, const char *part)
{
    if (r->status != 2)
        fail_msg("status %d instead of 2: %s", r->status, r->said);
    assert_memory_equal(r->said, "keyfall-capture: ", 17);
    assert_said(r, part);
}

void assert_counted(const struct capture_run *r, uint64_t *written, uint64_t *dropped)
{
    unsigned long long counts[3];

    /* NOLINTNEXTLINE(cert-err34-c): our own numbers */
    if (sscanf(r->said,
               "keyfall-capture: %llu packets seen, %llu written, %llu dropped by the kernel",
               &counts[0], &counts[1], &counts[2]) != 3)
        fail_msg("no count in: %s", r->said);
    assert_int_equal(counts[0], counts[1] + counts[2]);
    if (written)
        *written = counts[1];
    if (dropped)
        *dropped = counts[2];
}

void skip_unless_permitted(void)
{
    char reason[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create("lo", reason);
    bool permitted = pcap && pcap_activate(pcap) >= 0;

    if (pcap)
        pcap_close(pcap);
    if (permitted)
        return;
    print_message("skipped: whoever runs this may not record from lo (root may)\n");
    skip();
}

void skip_unless_root(void)
{
    if (getuid() == 0)
        return;
    print_message("skipped: only root can prepare it\n");
    skip();
}

size_t read_recording(struct stage *s, const char *path)
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

size_t packets_in(const char *path)
{
    struct stage *s = alloc_zero(sizeof(*s));
    size_t packets = read_recording(s, path);

    stage_clear(s);
    free(s);
    return packets;
}
