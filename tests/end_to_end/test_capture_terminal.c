/*
 * keyfall-capture on a terminal: the line that tells how far it is, and Ctrl-C. The terminal is a
 * pseudo-terminal, whose other end this program holds.
 */
#include "tests/support/capture_run.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/program.h"
#include "tests/support/terminal.h"

enum { COLUMNS = 79 };

#define CTRL_C "\x03"
#define CTRL_Q "\x11"
#define CTRL_S "\x13"

/* start_on_terminal answers the terminal's other end; only standard error is on it, and input. */
static int start_on_terminal(const struct capture_run *r, pid_t *pid, const char *const *args)
{
    int terminal;

    *pid = forkpty(&terminal, NULL, NULL, NULL);
    assert_true(*pid >= 0);
    if (*pid == 0) {
        int out = open(r->out, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);

        if (dup2(out, STDOUT_FILENO) >= 0)
            become_capture(r, args);
        _exit(EXIT_FAILURE);
    }
    return terminal;
}

static const char *text_of(const struct buffer *shown)
{
    return (const char *)shown->at;
}

/* end_by_key types Ctrl-C, and reads to the end. */
static void end_by_key(struct capture_run *r, pid_t pid, int terminal, struct buffer *shown)
{
    int status;

    terminal_type(terminal, CTRL_C);
    terminal_read(terminal, shown, NULL, 10000);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    r->status = WEXITSTATUS(status);
    assert_int_equal(close(terminal), 0);
}

/* How often a line was written over: each begins with a carriage return. None is too long. */
static size_t num_lines_in_place(const struct buffer *shown)
{
    size_t num = 0;

    for (const char *at = strchr(text_of(shown), '\r'); at; at = strchr(at + 1, '\r')) {
        size_t len = strcspn(at + 1, "\r\n");

        assert_true(len <= COLUMNS);
        num += strncmp(at + 1 + strspn(at + 1, "0123456789"), " packets, ", 10) == 0;
    }
    return num;
}

/* In front of the final report the line is blank, and the cursor where it begins. */
static void assert_cleared_before_the_report(const struct buffer *shown)
{
    char *cleared = alloc_format("\r%*s\rkeyfall-capture: ", COLUMNS, "");

    assert_says(text_of(shown), cleared);
    free(cleared);
}

static void a_line_tells_once_a_second_how_far_it_is(void **state)
{
    struct capture_run *r = *state;
    struct buffer shown = {0};
    pid_t pid;

    skip_unless_permitted();

    int terminal =
        start_on_terminal(r, &pid, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    capture_is_ready(pid);
    send_datagrams(r, 10, 982); /* with all headers 1040 bytes each */
    terminal_read(terminal, &shown, NULL, 1500);
    end_by_key(r, pid, terminal, &shown);
    assert_int_equal(r->status, 0);
    assert_in_range(num_lines_in_place(&shown), 1, 5);
    assert_says(text_of(&shown), "\r10 packets, 10.2 KiB, 0 dropped, 00:00:01");
    assert_cleared_before_the_report(&shown);
    assert_says(text_of(&shown), "10 packets seen, 10 written, 0 dropped by the kernel\r\n");
    assert_int_equal(packets_in(r->recording), 10);
    buffer_clear(&shown);
}

static void of_several_files_it_names_the_current_one(void **state)
{
    struct capture_run *r = *state;
    struct buffer shown = {0};
    pid_t pid;

    skip_unless_permitted();

    int terminal = start_on_terminal(
        r, &pid, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-C", "3k", "-W", "4"));

    capture_is_ready(pid);
    send_datagrams(r, 10, 1000);
    terminal_read(terminal, &shown, NULL, 1500);
    end_by_key(r, pid, terminal, &shown);
    assert_says(text_of(&shown), ", 0 dropped, 00:00:01, recording-00005.pcap");
    assert_cleared_before_the_report(&shown);
    buffer_clear(&shown);
}

static void where_no_terminal_is_there_is_no_such_line(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-d", "1.5"));
    assert_int_equal(r->status, 0);
    assert_null(strchr(r->said, '\r'));
}

/* record_for_a_while answers what is shown when it runs for longer than it takes to show a line. */
static struct buffer record_for_a_while(struct capture_run *r, const char *const *args)
{
    struct buffer shown = {0};
    int status;
    pid_t pid;
    int terminal = start_on_terminal(r, &pid, args);

    terminal_read(terminal, &shown, NULL, 10000);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(close(terminal), 0);
    return shown;
}

static void who_else_writes_to_the_terminal_is_not_disturbed(void **state)
{
    struct capture_run *r = *state;
    struct buffer shown;

    skip_unless_permitted();
    shown = record_for_a_while(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "--",
                                       "sh", "-c", "printf here >&2; sleep 1.5; echo ' too' >&2"));
    assert_int_equal(num_lines_in_place(&shown), 0);
    assert_memory_equal(text_of(&shown), "here too\r\nkeyfall-capture: ", 27);
    buffer_clear(&shown);
    shown = record_for_a_while(r, ARGS("-i", "lo", "-w", "-", "-f", r->to_filter, "-d", "1.5"));
    assert_int_equal(num_lines_in_place(&shown), 0);
    buffer_clear(&shown);
}

static void a_terminal_that_is_held_does_not_hold_the_recording(void **state)
{
    struct capture_run *r = *state;
    struct buffer shown = {0};
    pid_t pid;

    skip_unless_permitted();

    int terminal =
        start_on_terminal(r, &pid, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter));

    capture_is_ready(pid);
    terminal_type(terminal, CTRL_S);
    pause_ms(2500); /* in which two lines would have been shown */
    send_datagrams(r, 100, 10);
    pause_ms(500);
    assert_int_equal(packets_in(r->recording), 100);
    terminal_type(terminal, CTRL_Q);
    end_by_key(r, pid, terminal, &shown);
    assert_int_equal(r->status, 0);
    buffer_clear(&shown);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(a_line_tells_once_a_second_how_far_it_is),
        ON_CAPTURE_RUN(of_several_files_it_names_the_current_one),
        ON_CAPTURE_RUN(where_no_terminal_is_there_is_no_such_line),
        ON_CAPTURE_RUN(who_else_writes_to_the_terminal_is_not_disturbed),
        ON_CAPTURE_RUN(a_terminal_that_is_held_does_not_hold_the_recording),
    };

    return RUN(cases);
}
