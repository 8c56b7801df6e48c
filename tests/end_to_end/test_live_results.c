/*
 * Results while packets still arrive: the attacker at the end of a pipe into which the test writes
 * recordings, piece by piece, and reads what comes of it before it goes on.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/support/program.h"
#include "tests/support/rewriter.h"

#define RSA "fixtures/rsa/recording.pcap"
#define DHE "fixtures/dhe/recording.pcap"
#define KEY "fixtures/rsa/server.key"

enum { HEADER_LEN = 24, PATIENCE_MS = 20000 };

struct attacker {
    pid_t pid;
    int in;
    int out;
    char shown[65536];
    size_t shown_len;
};

static void become_attacker(int in, int out, const char *form)
{
    const char *build = getenv("KEYFALL_BUILD");
    char *program = alloc_format("%s/keyfall-attacker", build ? build : "build");

    if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
        (void)execl(program, program, "-k", KEY, form, "-", (char *)NULL);
    _exit(127);
}

static struct attacker start(const char *form)
{
    struct attacker a = {0};
    int in[2];
    int out[2];

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    a.pid = fork();
    assert_true(a.pid >= 0);
    if (a.pid == 0) {
        (void)close(in[1]);
        (void)close(out[0]);
        become_attacker(in[0], out[1], form);
    }
    assert_int_equal(close(in[0]), 0);
    assert_int_equal(close(out[1]), 0);
    a.in = in[1];
    a.out = out[0];
    return a;
}

/* feed writes a recording, from byte `from` on, and without its last `leave_out` bytes. */
static void feed(const struct attacker *a, const char *path, size_t from, size_t leave_out)
{
    struct buffer file = file_read(path);
    size_t len = file.len - from - leave_out;

    assert_int_equal(write(a->in, file.at + from, len), len);
    buffer_clear(&file);
}

/* await_shown waits until `part` was printed. */
static void await_shown(struct attacker *a, const char *part)
{
    struct pollfd ready = {.fd = a->out, .events = POLLIN};

    while (!strstr(a->shown, part)) {
        assert_true(a->shown_len < sizeof(a->shown) - 1);
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            fail_msg("\"%s\" was not printed; what was: %s", part, a->shown);

        ssize_t n = read(a->out, a->shown + a->shown_len, sizeof(a->shown) - 1 - a->shown_len);

        if (n <= 0)
            fail_msg("\"%s\" was never printed; what was: %s", part, a->shown);
        a->shown_len += (size_t)n;
    }
}

static void finish(struct attacker *a, int expected)
{
    int status;

    assert_int_equal(close(a->in), 0);
    while (waitpid(a->pid, &status, 0) != a->pid)
        assert_int_equal(errno, EINTR);
    assert_int_equal(close(a->out), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expected);
}

static void a_session_is_told_when_it_ends(void **state)
{
    static const struct {
        const char *form;
        const char *first;
        const char *second;
    } rows[] = {
        {"--json", "\"id\":1", "\"id\":2"},
        {"-q", "1 decrypted", "2 protected"},
        {"--verify-checksums", "session 1", "session 2"}, /* the story */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct attacker a = start(rows[i].form);

        feed(&a, RSA, 0, 0);
        await_shown(&a, rows[i].first);
        assert_null(strstr(a.shown, rows[i].second));
        feed(&a, DHE, HEADER_LEN, 0);
        await_shown(&a, rows[i].second);
        finish(&a, 0);
    }
}

/* A connection that was opened first and says nothing, and one that goes on speaking TLS. */
static void an_earlier_connection_that_goes_on_does_not_hold_it_back(void **state)
{
    const size_t first_packet = 16 + 58;                   /* the SYN, with the header in front */
    const size_t last_packets = (16 + 85) + 4 * (16 + 54); /* one alert, and both FINs */
    struct buffer file = file_read(DHE);
    const size_t left_out[] = {file.len - HEADER_LEN - first_packet, last_packets};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct attacker a = start("-q");

        feed(&a, DHE, 0, left_out[i]);
        feed(&a, RSA, HEADER_LEN, 0);
        await_shown(&a, "1 decrypted");
        finish(&a, 0);
    }
    buffer_clear(&file);
}

static void a_reset_connection_is_over_when_nothing_more_comes(void **state)
{
    static const struct rewriting reset = {"RST", .changes = {{change_reset, 0}}};
    char *folder = scratch_new();
    char *path = alloc_format("%s/reset.pcap", folder);
    struct attacker a = start("-q");

    (void)state;
    rewrite(&reset, RSA, path);
    feed(&a, path, 0, 0);
    await_shown(&a, "1 decrypted");
    finish(&a, 0);
    free(path);
    scratch_free(folder);
}

/* Ctrl-C reaches recorder and attacker: standard input is read to its end, and all is told. */
static void an_interrupt_does_not_lose_what_is_still_in_the_pipe(void **state)
{
    struct attacker a = start("-q");

    (void)state;
    feed(&a, RSA, 0, 0);
    await_shown(&a, "1 decrypted"); /* so it has begun to listen for signals */
    assert_int_equal(kill(a.pid, SIGINT), 0);
    feed(&a, DHE, HEADER_LEN, 0);
    assert_int_equal(close(a.in), 0);
    a.in = dup(a.out);
    await_shown(&a, "2 protected");
    finish(&a, 0);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        CASE(a_session_is_told_when_it_ends),
        CASE(an_earlier_connection_that_goes_on_does_not_hold_it_back),
        CASE(a_reset_connection_is_over_when_nothing_more_comes),
        CASE(an_interrupt_does_not_lose_what_is_still_in_the_pipe),
    };

    return RUN(cases);
}
