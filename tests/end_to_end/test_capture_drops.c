/*
 * keyfall-capture when packets come faster than it can write. To make sure that they do, it is
 * stopped while they come: what the kernel's buffer then holds is recorded, and what it doesn't is
 * counted.
 */
#include "tests/support/capture_run.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/program.h"

enum { NUM_SENT = 20000, PAYLOAD = 100 };

static void send_while_stopped(const struct capture_run *r, pid_t pid)
{
    int status;

    capture_is_ready(pid);
    assert_int_equal(kill(pid, SIGSTOP), 0);
    assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
    assert_true(WIFSTOPPED(status));
    send_datagrams(r, NUM_SENT, PAYLOAD);
    assert_int_equal(kill(pid, SIGCONT), 0);
}

/* record_while_stopped has it stopped while all of them come, and then go on until SIGINT. */
static void record_while_stopped(struct capture_run *r, const char *const *args)
{
    pid_t pid = capture_start(r, args);

    send_while_stopped(r, pid);
    assert_int_equal(kill(pid, SIGINT), 0);
    capture_finish(r, pid);
}

static void the_buffer_holds_what_comes_while_the_recorder_is_held_up(void **state)
{
    struct capture_run *r = *state;

    skip_unless_permitted();
    record_while_stopped(
        r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "--fail-on-drop"));
    assert_int_equal(r->status, 0);
    assert_said(r, "20000 packets seen, 20000 written, 0 dropped by the kernel\n");
    assert_int_equal(packets_in(r->recording), NUM_SENT);
}

/* Each packet of the loopback is counted once: what was sent is what was written or dropped. */
static void what_does_not_fit_into_the_buffer_is_counted(void **state)
{
    struct capture_run *r = *state;
    uint64_t written;
    uint64_t dropped;

    skip_unless_permitted();
    record_while_stopped(
        r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "--buffer-size", "256k"));
    assert_int_equal(r->status, 0);
    assert_counted(r, &written, &dropped);
    assert_true(written > 0);
    assert_true(dropped > 0);
    assert_int_equal(written + dropped, NUM_SENT);
    assert_int_equal(packets_in(r->recording), written);
}

static void drops_are_a_failure_to_who_asks_for_it(void **state)
{
    struct capture_run *r = *state;
    uint64_t dropped;

    skip_unless_permitted();
    record_while_stopped(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-B", "256k",
                                 "--fail-on-drop"));
    assert_counted(r, NULL, &dropped);
    assert_true(dropped > 0);
    assert_int_equal(r->status, 1);
}

static void drops_do_not_hide_the_status_of_the_command(void **state)
{
    struct capture_run *r = *state;
    static const struct {
        const char *command;
        int status;
    } commands[] = {{"read _ <\"$0\"; exit 0", 1}, {"read _ <\"$0\"; exit 7", 7}};

    skip_unless_permitted();
    for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
        pid_t pid = capture_start(r, ARGS("-i", "lo", "-w", r->recording, "-f", r->to_filter, "-B",
                                          "256k", "--fail-on-drop", "--", "sh", "-c",
                                          commands[i].command, r->gate));
        uint64_t dropped;

        send_while_stopped(r, pid);
        open_gate(r);
        capture_finish(r, pid);
        assert_counted(r, NULL, &dropped);
        assert_true(dropped > 0);
        assert_int_equal(r->status, commands[i].status);
    }
}

static void a_buffer_of_no_sense_is_refused(void **state)
{
    struct capture_run *r = *state;

    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-B", "255k"));
    assert_refused(r, "--buffer-size: \"255k\" is not a size from 256k to 2097151k\n");
    capture_all(r, ARGS("-i", "lo", "-w", r->recording, "-B", "lots"));
    assert_refused(r, "--buffer-size: \"lots\" is not a size, such as 64k, 100M or 2G (a number "
                      "alone is in MiB)\n");
}

/* --- Promiscuous mode ------------------------------------------------------------------------- */

/*
 * In a network namespace of its own nobody else sets the loopback's mode. The kernel tells that
 * mode in a sysfs that was mounted from inside.
 */
static void enter_own_network(const struct capture_run *r)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    char *sys = alloc_format("%s/sys", r->folder);

    if (unshare(CLONE_NEWNS | CLONE_NEWNET) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mkdir(sys, 0755) != 0 ||
        mount("sysfs", sys, "sysfs", 0, NULL) != 0) {
        print_message("skipped: not even root may have a network of its own here\n");
        skip();
    }

    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    assert_int_equal(ioctl(any, SIOCSIFFLAGS, &request), 0);
    assert_int_equal(close(any), 0);
    free(sys);
}

static bool is_promiscuous(const struct capture_run *r)
{
    char *path = alloc_format("%s/sys/class/net/lo/flags", r->folder);
    struct buffer flags = file_read(path);
    unsigned long set = strtoul((const char *)flags.at, NULL, 16);

    buffer_clear(&flags);
    free(path);
    return set & IFF_PROMISC;
}

static void assert_mode(struct capture_run *r, bool promiscuous)
{
    pid_t pid = capture_start(
        r, ARGS("-i", "lo", "-w", r->recording, promiscuous ? "--promiscuous" : "--fail-on-drop"));

    capture_is_ready(pid);

    bool was_promiscuous = is_promiscuous(r);

    assert_int_equal(kill(pid, SIGINT), 0);
    capture_finish(r, pid);
    assert_int_equal(r->status, 0);
    assert_int_equal(was_promiscuous, promiscuous);
    assert_false(is_promiscuous(r));
}

static void the_interface_is_promiscuous_only_when_asked_for(void **state)
{
    struct capture_run *r = *state;
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    char *sys = alloc_format("%s/sys", r->folder);

    skip_unless_permitted();
    skip_unless_root();
    enter_own_network(r);
    assert_mode(r, true);
    assert_mode(r, false);
    assert_int_equal(umount2(sys, MNT_DETACH), 0);
    assert_int_equal(setns(home, CLONE_NEWNET), 0);
    assert_int_equal(close(home), 0);
    free(sys);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        ON_CAPTURE_RUN(the_buffer_holds_what_comes_while_the_recorder_is_held_up),
        ON_CAPTURE_RUN(what_does_not_fit_into_the_buffer_is_counted),
        ON_CAPTURE_RUN(drops_are_a_failure_to_who_asks_for_it),
        ON_CAPTURE_RUN(drops_do_not_hide_the_status_of_the_command),
        ON_CAPTURE_RUN(a_buffer_of_no_sense_is_refused),
        ON_CAPTURE_RUN(the_interface_is_promiscuous_only_when_asked_for),
    };

    return RUN(cases);
}
